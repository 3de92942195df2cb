"""Which pairs are still open, anchor by anchor; kept up to date answer by answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spotid.review.identity import Identities
from spotid.review.sides import Sides
from spotid.words import Verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """One look-alike that is offered to an anchor."""

    comparison: str
    likeness: float
    spots: int | None
    score: float
    same_visit: bool
    place: float = 0.0  # 0 to 1: how surely both pictures show one place, which counts in the order


@dataclass(slots=True)
class Tally:
    """How the questions of an anchor, or of all anchors, stand."""

    left: int = 0
    implied: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.left + other.left, self.implied + other.implied)


def without_opposites(
    lists: Mapping[str, Sequence[Offer]], nearest: int, sides: Sides, identities: Identities
) -> tuple[dict[str, list[Offer]], int]:
    """The ``nearest`` best look-alikes of every anchor that may show its side, and how many pairs were left out for it.

    Pairs of one visit stay: two cameras of a station see both sides of an animal, and the time tells that it is one.
    Pairs that were answered stay too, so that the answer can be looked at and taken back.
    """
    offers: dict[str, list[Offer]] = {}
    left_out: set[tuple[str, str]] = set()
    for anchor, entries in lists.items():
        kept: list[Offer] = []
        for offer in entries:
            if len(kept) == nearest:
                break
            other = offer.comparison
            if offer.same_visit or not sides.opposite(anchor, other, offer.score) or identities.answered(anchor, other):
                kept.append(offer)
            elif identities.relation(anchor, other) is None:
                left_out.add((anchor, other) if anchor < other else (other, anchor))
        offers[anchor] = kept
    return offers, len(left_out)


class Queue:
    """The questions by anchor: each anchor's nearest, without what earlier answers imply.

    A pair that is in the lists of both its pictures is one question; it is counted with the anchor that comes first.
    Pairs that were too hard to tell wait until ``ask_again``.
    """

    def __init__(self, anchors: Sequence[str], offers: Mapping[str, Sequence[Offer]], identities: Identities) -> None:
        self.anchors = list(anchors)
        self.offers = offers
        self._identities = identities
        self._hard_before = 0
        self._place = {anchor: index for index, anchor in enumerate(self.anchors)}
        self._owned: dict[str, list[str]] = {anchor: [] for anchor in self.anchors}
        self._concerns: dict[str, set[str]] = {}
        seen: set[tuple[str, str]] = set()
        for anchor in self.anchors:
            for offer in offers[anchor]:
                other = offer.comparison
                key = (anchor, other) if anchor < other else (other, anchor)
                if key not in seen:
                    seen.add(key)
                    self._owned[anchor].append(other)
                    self._concerns.setdefault(anchor, set()).add(anchor)
                    self._concerns.setdefault(other, set()).add(anchor)
        self._tallies = {anchor: self._count(anchor) for anchor in self.anchors}
        self.total = sum(self._tallies.values(), Tally())

    def is_open(self, a: str, b: str) -> bool:
        """Whether this pair is a question that no answer settles."""
        known = self._identities
        return (
            known.relation(a, b) is None
            and not known.set_aside(a, b, before=self._hard_before)
            and not known.is_unusable(a)
            and not known.is_unusable(b)
        )

    def open_offers(self, anchor: str) -> list[tuple[int, Offer]]:
        """The anchor's open questions, best first, with their rank (1 is the best)."""
        if self._identities.is_unusable(anchor):
            return []
        offers = self.offers.get(anchor, ())
        return [(rank, offer) for rank, offer in enumerate(offers, 1) if self.is_open(anchor, offer.comparison)]

    def position(self, anchor: str) -> int | None:
        """The anchor's place in the order, from 0; None where it is no anchor."""
        return self._place.get(anchor)

    def next_anchor(self, after: str | None, step: int = 1) -> str | None:
        """The nearest anchor in that direction that has an open question, going round; None where there is none.

        Anchors that a person called new individuals are passed over.
        """
        if not self.anchors:
            return None
        start = self._place.get(after or "", -1 if step > 0 else 0)
        for distance in range(1, len(self.anchors) + 1):
            anchor = self.anchors[(start + step * distance) % len(self.anchors)]
            if not self._identities.is_new(anchor) and self.open_offers(anchor):
                return anchor
        return None

    def update(self, touched: Iterable[str]) -> None:
        """Count again where answers may have changed something."""
        for anchor in set().union(*(self._concerns.get(sighting, ()) for sighting in touched)):
            old, new = self._tallies[anchor], self._count(anchor)
            self._tallies[anchor] = new
            self.total = Tally(self.total.left + new.left - old.left, self.total.implied + new.implied - old.implied)

    def ask_again(self, before: int) -> None:
        """Ask the pairs that were too hard to tell once more, those answered so up to the ledger row ``before``."""
        self._hard_before = before
        self._tallies = {anchor: self._count(anchor) for anchor in self.anchors}
        self.total = sum(self._tallies.values(), Tally())

    def _count(self, anchor: str) -> Tally:
        tally = Tally()
        known = self._identities
        passed = known.is_new(anchor)
        asked: set[frozenset[str]] = set()
        for other in self._owned[anchor]:
            if known.relation(anchor, other) in (Verdict.SAME, Verdict.DIFFERENT):
                tally.implied += not known.answered(anchor, other)
            elif not passed and self.is_open(anchor, other):
                # Several pictures of one individual are one question: the answer to one settles the others.
                group = frozenset(known.group(other))
                tally.left += group not in asked
                asked.add(group)
        return tally
