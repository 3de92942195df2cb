"""Second opinions: which of them contradict a first answer that stands, and how such a dispute is settled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import answers, ledger
from spotid.review import deeds
from spotid.review.desk import OTHER_ANSWER, Desk
from spotid.review.identity import Identities
from spotid.words import Verdict

DECIDED = frozenset({Verdict.SAME, Verdict.DIFFERENT})
SETTLES, BEFORE, AGAIN = "settles", "instead_of", "again"  # names in the evidence of answers that are kept here


@dataclass(frozen=True, slots=True)
class Dispute:
    """A second opinion that contradicts what was answered first: ``said`` is what it says, ``first`` are answers."""

    second: str
    said: Verdict
    a: str
    b: str
    first: tuple[str, ...]


def disputes(known: Identities) -> list[Dispute]:
    """The second opinions that contradict a standing answer on their pair and that no later answer has settled.

    Only *same* against *different* is a dispute; whoever could not tell contradicts nobody.
    """
    found = []
    for second in known.second_opinions():
        said = str((second.more or {}).get("said", ""))
        if said not in DECIDED or second.a is None or second.b is None:
            continue
        standing = [one for one in map(known.answer, known.told(second.a, second.b)) if one is not None]
        if any(one.row > second.row for one in standing):
            continue  # answered again since: settled
        against = sorted(one.uid for one in standing if one.kind in DECIDED and one.kind != said)
        if against:
            found.append(Dispute(second.uid, Verdict(said), second.a, second.b, tuple(against)))
    return found


def settle(desk: Desk, uid: str, second: str, right: str, reviewer: str = "") -> deeds.Deed:
    """Say that the first answer (``right`` is "first") or the second opinion is right; the pair is asked no more.

    Either way an ordinary answer is kept; where the second one is right, the first answers are taken back before it.
    The same ``uid`` again changes nothing. Raises BadRequestError, NotFoundError where there is no such dispute.
    """
    if right not in ("first", "second"):
        raise BadRequestError("Only the first or the second answer can be right.", "Reload the page.")
    with desk.lock:
        desk.fresh()
        known = ledger.find(desk.project.store, uid)
        if known is not None:
            evidence = ledger.evidence_of(desk.project.store, uid)
            if evidence.get(SETTLES) != second or (evidence.get(BEFORE) is not None) != (right == "second"):
                raise BadRequestError(*OTHER_ANSWER)
            return deeds.Deed(known, True)
        dispute = next((one for one in disputes(desk.identities) if one.second == second), None)
        begun = [] if right == "first" else _taken_back(desk, uid, second)
        if dispute is None and not begun:
            raise NotFoundError("Nobody's answers disagree here any more.", "Reload the page.")
        opinion = desk.identities.answer(second)
        if opinion is None or opinion.a is None or opinion.b is None:
            raise NotFoundError("This second opinion was taken back.", "Reload the page.")
        says = Verdict(str((opinion.more or {})["said"]))
        first = list(dispute.first) if dispute is not None else []
        evidence = {SETTLES: second, "anchor": opinion.a}
        if right == "second":
            for one in first:
                deeds.take_back(desk, _derived(uid, one), one, reviewer)
            evidence[BEFORE] = sorted({*begun, *first})
        elif says == Verdict.SAME:
            says = Verdict.DIFFERENT
        else:
            says = Verdict.SAME
        answer = ledger.Answer(uid, says, opinion.a, opinion.b, reviewer=reviewer, evidence=evidence)
        return deeds.Deed(desk.keep(answer), False)


def _taken_back(desk: Desk, uid: str, second: str) -> list[str]:
    """First answers that an earlier try with the same uid had taken back when it was cut short."""
    opinion = ledger.find(desk.project.store, second)
    if opinion is None:
        return []
    on_pair = [one for one in ledger.events(desk.project.store) if (one.a, one.b) == (opinion.a, opinion.b)]
    return [one.uid for one in on_pair if ledger.find(desk.project.store, _derived(uid, one.uid)) is not None]


def again(desk: Desk, uid: str, target: str, reviewer: str = "") -> deeds.Deed:
    """Give an answer that was taken back once more, as it was and for whoever gave it; ``reviewer`` did so.

    Raises NotFoundError, BadRequestError.
    """
    with desk.lock:
        desk.fresh()
        before = answers.by_uid(desk.project.store, [target]).get(target)
        if before is None or before.kind == Verdict.UNDO or before.a is None:
            raise NotFoundError("There is no such answer.", "Reload the page.")
        known = ledger.find(desk.project.store, uid)
        if known is not None:
            desk.check_repeat(known, Verdict(before.kind), before.a, before.b)
            return deeds.Deed(known, True)
        if ledger.stands(desk.project.store, target):
            raise BadRequestError("This answer stands already.", "Reload the page.")
        answer = ledger.Answer(
            *(uid, Verdict(before.kind), before.a, before.b),
            reviewer=before.reviewer,
            seconds=before.seconds,
            evidence={**before.evidence, AGAIN: target, "by": reviewer},
        )
        return deeds.Deed(desk.keep(answer), False)


def revert(desk: Desk, uid: str, of: str, reviewer: str = "") -> deeds.Deed:
    """Undo what was done on a card: an undo gives its answer again; a settled dispute is open again."""
    with desk.lock:
        desk.fresh()
        row = ledger.find(desk.project.store, of)
        if row is None:
            raise NotFoundError("There is no such answer.", "Reload the page.")
        if row.kind == Verdict.UNDO:
            return again(desk, uid, row.target or "", reviewer)
        done = ledger.evidence_of(desk.project.store, of)
        deed = deeds.take_back(desk, uid, of, reviewer)
        firsts = done.get(BEFORE) or ()
        for one in firsts:
            again(desk, _derived(uid, one), one, reviewer)
        second = str(done.get(SETTLES) or "")
        if firsts and ledger.stands(desk.project.store, second):  # it must be younger than what it contradicts
            deeds.take_back(desk, _derived(uid, second), second, reviewer)
            again(desk, _derived(uid, f"{second} again"), second, reviewer)
        return deed


def _derived(uid: str, other: str) -> str:
    """A number for the second row of one action, the same whenever the action is sent."""
    return hashlib.sha256(f"{uid} {other}".encode()).hexdigest()[:32]
