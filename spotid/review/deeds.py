"""What people do to individuals: assign, merge, link, split, release, describe; each is one row and can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import ledger
from spotid.review import names
from spotid.review.desk import OTHER_ANSWER, Desk
from spotid.review.identity import Identities
from spotid.review.unseen import outweighed
from spotid.words import PAIR_VERDICTS, Verdict


@dataclass(frozen=True, slots=True)
class Deed:
    """The row of the ledger, and whether it was there before."""

    event: ledger.Event
    repeated: bool


def assign(desk: Desk, uid: str, sighting: str, to: str, **who: Any) -> Deed:
    """``sighting`` belongs to the individual that ``to`` belongs to; ``to`` alone becomes one with it."""
    return _join(desk, uid, Verdict.ASSIGN, sighting, to, who)


def merge(desk: Desk, uid: str, a: str, b: str, **who: Any) -> Deed:
    """The individuals of two sightings are one; the older code stays."""
    return _join(desk, uid, Verdict.MERGE, a, b, who)


def link(desk: Desk, uid: str, a: str, b: str, **who: Any) -> Deed:
    """A left-only and a right-only animal were seen together and are one.

    What the same person said of them on opposite sides is taken back in the same step, each answer by a row of its own;
    whatever else keeps the two apart stays, and is a conflict.
    """
    with desk.lock:
        desk.fresh()
        reviewer = who.get("reviewer", "")
        if ledger.find(desk.project.store, uid) is None:
            desk.check_sightings(a, b)
            for target in outweighed(desk, a, b, reviewer):
                number = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{uid} {target}"))
                evidence = {"for": uid}
                desk.keep(ledger.Answer(number, Verdict.UNDO, target=target, reviewer=reviewer, evidence=evidence))
        return _join(desk, uid, Verdict.LINK, a, b, who)


def second(desk: Desk, uid: str, a: str, b: str, said: str, **who: Any) -> Deed:
    """A second opinion on a pair: same, different, cannot_tell or not_comparable. It changes no identity."""
    if said not in PAIR_VERDICTS:
        raise BadRequestError(f"“{said}” is not an answer to a pair.", "Reload the page.")
    return _keep(desk, ledger.Answer(uid, Verdict.SECOND, a, b), {"said": str(said)}, who)


def split(desk: Desk, uid: str, out: Sequence[str], **who: Any) -> Deed:
    """These sightings of one individual are another animal; the rest stays together and keeps the code.

    Raises BadRequestError where they are not some, but not all, sightings of one individual.
    """
    return _take_out(desk, uid, Verdict.SPLIT, out, who)


def release(desk: Desk, uid: str, out: Sequence[str], **who: Any) -> Deed:
    """These sightings of one individual belong to nobody again."""
    return _take_out(desk, uid, Verdict.RELEASE, out, who)


def describe(desk: Desk, uid: str, sighting: str, facts: Mapping[str, str], **who: Any) -> Deed:
    """Say something of the individual that ``sighting`` belongs to; an empty word takes an earlier one away.

    Raises BadRequestError for a name that is taken or means nothing, NotFoundError where there is no individual.
    """
    said = names.checked(facts)
    with desk.lock:
        desk.fresh()
        number = desk.identities.individual(sighting)
        if number is None and ledger.find(desk.project.store, uid) is None:
            raise NotFoundError("This picture belongs to no individual.", "Give it one first, then describe it.")
        if said.get("name") and number is not None:
            names.check_free(said["name"], number, desk.identities)
        return _keep(desk, ledger.Answer(uid, Verdict.DESCRIBE, sighting), {"facts": said}, who)


def take_back(desk: Desk, uid: str, target: str, reviewer: str = "") -> Deed:
    """Undo any standing answer, not only the newest. Raises NotFoundError where it does not stand."""
    with desk.lock:
        desk.fresh()
        store = desk.project.store
        known = ledger.find(store, uid)
        if known is not None:
            if known.kind != Verdict.UNDO or known.target != target:
                raise BadRequestError(*OTHER_ANSWER)
            return Deed(known, True)
        if not ledger.stands(store, target):
            raise NotFoundError("This answer was taken back already, or never given.", "Reload the page.")
        return Deed(desk.keep(ledger.Answer(uid, Verdict.UNDO, target=target, reviewer=reviewer)), False)


def parting(known: Identities, out: Sequence[str], kind: Verdict) -> dict[str, list[str]]:
    """What a split or a release has to say, so that it can be replayed alone: who leaves, who stays, what is cut."""
    gone = set(out)
    stay = known.group(next(iter(gone))) - gone
    beyond = stay if kind is Verdict.SPLIT else stay | gone
    cut = {uid for one in gone for other, uids in known.joins(one).items() if other in beyond for uid in uids}
    if kind is Verdict.RELEASE:
        cut |= {uid for one in gone for uid in known.called_new(one)}
    return {"out": sorted(gone), "stay": sorted(stay), "cut": sorted(cut)}


def _take_out(desk: Desk, uid: str, kind: Verdict, out: Sequence[str], who: Mapping[str, Any]) -> Deed:
    with desk.lock:
        desk.fresh()
        if not out:
            raise BadRequestError("No picture was chosen.", "Choose the pictures first.")
        first = min(out)
        known = ledger.find(desk.project.store, uid)
        if known is not None:
            if known.kind != kind or sorted(set(out)) != (known.more or {}).get("out"):
                raise BadRequestError(*OTHER_ANSWER)
            return Deed(known, True)
        group = desk.identities.group(first)
        if desk.identities.individual(first) is None or not set(out) <= group:
            raise BadRequestError("These pictures are not of one individual.", "Reload the page and choose again.")
        if kind is Verdict.SPLIT and set(out) == group:
            raise BadRequestError(
                "All pictures of the individual were chosen: nothing would stay.", "Leave out those that stay."
            )
        return _keep(desk, ledger.Answer(uid, kind, first), parting(desk.identities, out, kind), who)


def _join(desk: Desk, uid: str, kind: Verdict, a: str, b: str, who: Mapping[str, Any]) -> Deed:
    with desk.lock:
        desk.fresh()
        if ledger.find(desk.project.store, uid) is None and desk.identities.label(a) == desk.identities.label(b):
            raise BadRequestError("The two are one individual already.", "Reload the page.")
        return _keep(desk, ledger.Answer(uid, kind, a, b), {"anchor": a}, who)


def _keep(desk: Desk, answer: ledger.Answer, says: Mapping[str, Any], who: Mapping[str, Any]) -> Deed:
    """Keep an answer that says more than its two sightings. ``who``: reviewer, seconds, evidence."""
    with desk.lock:
        desk.fresh()
        known = ledger.find(desk.project.store, answer.uid)
        if known is not None:
            desk.check_repeat(known, answer.kind, answer.a, answer.b)
            told = known.more or {}
            if any(key in told and told[key] != value for key, value in says.items()):
                raise BadRequestError(*OTHER_ANSWER)
            return Deed(known, True)
        desk.check_sightings(answer.a, answer.b)
        evidence = {**(who.get("evidence") or {}), **says}
        full = ledger.Answer(
            *(answer.uid, answer.kind, answer.a, answer.b),
            reviewer=who.get("reviewer", ""),
            seconds=who.get("seconds"),
            evidence=evidence,
        )
        return Deed(desk.keep(full), False)
