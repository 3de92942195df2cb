"""Answers worth a second look: of one project, what ``doubtful`` finds, as cards; and letting such an answer stand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import answers, ledger
from spotid.review import deeds
from spotid.review.chances import Binned, Chances
from spotid.review.conflicts import Card, Witness, bare_cards
from spotid.review.desk import OTHER_ANSWER, Desk
from spotid.review.doubtful import Doubt, doubtful
from spotid.review.tallies import BINS, bin_of
from spotid.words import Verdict

UPHOLDS = "upholds"  # the name in the evidence of an answer that lets another one stand
ASKED = frozenset({Verdict.SAME, Verdict.DIFFERENT})
EVERY = ASKED | {Verdict.NEW, Verdict.ASSIGN, Verdict.MERGE, Verdict.LINK, Verdict.SPLIT, Verdict.RELEASE}


@dataclass(frozen=True, slots=True)
class Doubted:
    """A card of one answer, and why it is worth a second look."""

    card: Card
    doubt: Doubt[str]
    kmh: float | None  # the speed that one animal would have needed
    limit: float | None


def doubts(desk: Desk, chances: Chances, earned: bool) -> list[Doubted]:
    """The answers that the rest speaks against, the most doubtful first; none that a card of a conflict has already.

    Before chances are ``earned`` by the project's own answers, pictures say nothing here. To be called with the desk's
    lock held.
    """
    key = (desk.row, chances if earned else None)
    if desk.doubted is None or desk.doubted[0] != key:
        desk.doubted = (key, _doubts(desk, chances, earned))
    found: list[Doubted] = desk.doubted[1]
    return found


def _doubts(desk: Desk, chances: Chances, earned: bool) -> list[Doubted]:
    known = desk.identities
    settled = answers.upheld(desk.project.store)
    shown = {one.uid for card in bare_cards(known) for one in card.witnesses}
    given, firm = _given(desk)
    found = doubtful(
        [(one.a, one.b, one.same) for one in given],
        _chance(desk, Binned(chances) if earned else None),
        firm=firm,
        impossible=lambda ones, others: map(desk.journeys.impossible, ones, others),
        located=_located(desk),
    )
    cards = []
    for doubt in found:
        uid = given[doubt.at].uid
        if uid in shown or uid in settled:
            continue
        witness = (Witness(uid, (doubt.a, doubt.b), not doubt.same, round(doubt.wrong, 3)),)
        joins, parting = ((witness,), ()) if doubt.same else (((),), witness)
        card = Card("doubt", (doubt.a, doubt.b), joins, parting, round(doubt.wrong, 3))
        between = desk.journeys.between(doubt.a, doubt.b)
        cards.append(Doubted(card, doubt, between.kmh, between.limit))
    return cards


def keep(desk: Desk, uid: str, target: str, reviewer: str = "") -> deeds.Deed:
    """Let an answer stand after a second look: it is given once more, and not shown again.

    The same ``uid`` again changes nothing. Raises NotFoundError where the answer does not stand, BadRequestError where
    it is none on a pair.
    """
    with desk.lock:
        desk.fresh()
        store = desk.project.store
        known = ledger.find(store, uid)
        if known is not None:
            if ledger.evidence_of(store, uid).get(UPHOLDS) != target:
                raise BadRequestError(*OTHER_ANSWER)
            return deeds.Deed(known, True)
        before = answers.by_uid(store, [target]).get(target)
        if before is None or before.a is None or not ledger.stands(store, target):
            raise NotFoundError("This answer was taken back already, or never given.", "Reload the page.")
        if before.kind not in ASKED:
            raise BadRequestError("This answer is not about a pair.", "Reload the page.")
        said = {UPHOLDS: target, "anchor": before.evidence.get("anchor") or before.a}
        if "with" in before.evidence:
            said["with"] = before.evidence["with"]
        answer = ledger.Answer(uid, Verdict(before.kind), before.a, before.b, reviewer=reviewer, evidence=said)
        return deeds.Deed(desk.keep(answer), False)


@dataclass(frozen=True, slots=True)
class _Given:
    uid: str
    a: str
    b: str
    same: bool


def _given(desk: Desk) -> tuple[list[_Given], list[tuple[str, str]]]:
    """The answers on pairs that hold, and what else joins sightings. What a split has cut holds no more."""
    known = desk.identities
    found, sightings, asked = list[_Given](), set[str](), set[tuple[str, frozenset[str]]]()
    for one in known.given(EVERY):
        sightings.update(filter(None, (one.a, one.b)))
        if one.kind not in ASKED or one.a is None or one.b is None or {one.a, one.b} & desk.withdrawn:
            continue
        if one.kind == Verdict.DIFFERENT:
            found.append(_Given(one.uid, one.a, one.b, False))
        elif one.uid in known.joins(one.a).get(one.b, ()):
            found.append(_Given(one.uid, one.a, one.b, True))
            asked.add((one.uid, frozenset((one.a, one.b))))
    firm = []
    for here in sorted(set().union(*map(known.group, sightings))):
        for far, uids in known.joins(here).items():
            if here < far:
                firm += [(here, far) for uid in uids if (uid, frozenset((here, far))) not in asked]
    return found, firm


def _chance(desk: Desk, binned: Callable[[int], float] | None) -> Callable[[list[str], list[str]], list[float]]:
    """The chance of pairs by their scores; of a pair in neither list that of its end, unless sides are opposite."""
    if binned is None:
        return lambda ones, others: [math.nan] * len(ones)
    scores: dict[str, dict[str, int]] = {}

    def of(sighting: str) -> dict[str, int]:
        if sighting not in scores:
            scores[sighting] = {offer.comparison: bin_of(offer) for offer in desk.lists.read(sighting)}
        return scores[sighting]

    def one(a: str, b: str) -> float:
        at = of(a).get(b, of(b).get(a))
        if at is not None:
            return binned(at)
        ends = [min(found.values()) for found in (of(a), of(b)) if found]
        apart = len({end // BINS for end in ends}) > 1  # of two profiles: nothing compares them
        return math.nan if not ends or apart or desk.sides.opposite(a, b) else binned(min(ends))

    return lambda ones, others: list(map(one, ones, others))


def _located(desk: Desk) -> Callable[[list[str], list[str]], list[float]]:
    said: dict[str, dict[str, float | None]] = {}

    def of(sighting: str) -> dict[str, float | None]:
        if sighting not in said:
            said[sighting] = {offer.comparison: offer.located for offer in desk.lists.read(sighting)}
        return said[sighting]

    def one(a: str, b: str) -> float:
        found = of(a).get(b)
        found = of(b).get(a) if found is None else found
        return math.nan if found is None else found

    return lambda ones, others: list(map(one, ones, others))
