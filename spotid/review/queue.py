"""Which pairs are still open, anchor by anchor; kept up to date answer by answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spotid.review.identity import Identities


class Offer(NamedTuple):
    """One look-alike that is offered to an anchor; a tuple, since a large survey has a million of them."""

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


class Queue:
    """The questions by anchor: each anchor's nearest, without what earlier answers imply.

    A pair that is in the lists of both its pictures is one question. It belongs to the anchor that comes first, and is
    counted there; where a person called that one a new individual, the other still asks it.
    Pairs that were too hard to tell wait until ``ask_again``.
    """

    def __init__(self, anchors: Sequence[str], offers: Mapping[str, Sequence[Offer]], identities: Identities) -> None:
        self.anchors = list(anchors)
        self.offers = dict(offers)
        self._identities = identities
        self._hard_before = 0
        self._place = {anchor: index for index, anchor in enumerate(self.anchors)}
        self._owned: dict[str, set[str]] = {anchor: set() for anchor in self.anchors}
        self._owners: dict[str, set[str]] = {}  # sighting → anchors that own a pair with it
        for anchor in self.anchors:
            for offer in self.offers[anchor]:
                other = offer.comparison
                if anchor not in self._owned.get(other, ()):
                    self._owned[anchor].add(other)
                    self._owners.setdefault(other, set()).add(anchor)
        self._tallies = {anchor: self._count(anchor) for anchor in self.anchors}
        self.total = self._sum()

    def offer(self, anchor: str, offers: Sequence[Offer]) -> None:
        """Offer other look-alikes to an anchor than until now."""
        before = {offer.comparison for offer in self.offers[anchor]}
        self.offers[anchor] = offers
        recount = {anchor}
        for other in before.symmetric_difference(offer.comparison for offer in offers):
            asking = [one for one, two in ((anchor, other), (other, anchor)) if self._offers(one, two)]
            owner = min(asking, key=self._place.__getitem__, default=None)
            for one, two in ((anchor, other), (other, anchor)):
                if one == owner:
                    self._owned[one].add(two)
                    self._owners.setdefault(two, set()).add(one)
                else:
                    self._owned.get(one, set()).discard(two)
                    self._owners.get(two, set()).discard(one)
                recount.add(one)
        self._recount(recount & self._tallies.keys())

    def _offers(self, anchor: str, other: str) -> bool:
        return any(offer.comparison == other for offer in self.offers.get(anchor, ()))

    def is_open(self, a: str, b: str) -> bool:
        """Whether this pair is a question that no answer settles."""
        return self._identities.relation(a, b) is None and self._waits(a, b)

    def _waits(self, a: str, b: str) -> bool:
        """Whether this pair, which follows from nothing, is to be asked now."""
        known = self._identities
        return not (known.set_aside(a, b, before=self._hard_before) or known.is_unusable(a) or known.is_unusable(b))

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
        concerned = set(touched)
        self._recount((concerned & self._tallies.keys()).union(*(self._owners.get(one, ()) for one in concerned)))

    def ask_again(self, before: int) -> None:
        """Ask the pairs that were too hard to tell once more, those answered so up to the ledger row ``before``."""
        self._hard_before = before
        self._tallies = {anchor: self._count(anchor) for anchor in self.anchors}
        self.total = self._sum()

    def _recount(self, anchors: Iterable[str]) -> None:
        for anchor in anchors:
            old, new = self._tallies[anchor], self._count(anchor)
            self._tallies[anchor] = new
            self.total = Tally(self.total.left + new.left - old.left, self.total.implied + new.implied - old.implied)

    def _sum(self) -> Tally:
        tallies = self._tallies.values()
        return Tally(sum(one.left for one in tallies), sum(one.implied for one in tallies))

    def _count(self, anchor: str) -> Tally:
        tally = Tally()
        known = self._identities
        passed = known.is_new(anchor)
        asked: set[int | str] = set()
        for other in self._owned[anchor]:
            if known.relation(anchor, other) is not None:
                tally.implied += not known.answered(anchor, other)
            elif self._waits(anchor, other) and (
                not passed or (self._offers(other, anchor) and not known.is_new(other))
            ):
                # Several pictures of one individual are one question: the answer to one settles the others.
                label = known.label(other)
                tally.left += label not in asked
                asked.add(label)
        return tally
