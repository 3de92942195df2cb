"""Which pairs are still open, anchor by anchor; kept up to date answer by answer."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from spotid.review.identity import Identities
from spotid.review.tallies import Counts, Tallies, Tally
from spotid.review.visits import Units
from spotid.words import Verdict

Passes = Callable[[str], bool]


class Offer(NamedTuple):
    """One look-alike that is offered to an anchor; a tuple, since a large survey has a million of them.

    Anchor and ``comparison`` are heads of units. ``shown`` and ``frame`` are the best pair of their frames, empty where
    these are the heads; all numbers are those of that pair.
    """

    comparison: str
    likeness: float
    spots: int | None
    score: float
    same_visit: bool
    place: float = 0.0  # 0 to 1: how surely both pictures show one place, which counts in the order
    shown: str = ""
    frame: str = ""
    located: float | None = None  # what place and time say, in nats; in the score already. None: no opinion
    feasible: float | None = None  # 1 at one place, towards 0 where only haste explains both; None: no opinion
    profile: int = 0  # of the project's profiles that of these animals, whose parts made the score

    def pair(self, anchor: str) -> tuple[str, str]:
        """The two pictures: of the anchor's visit, and of the look-alike's."""
        return self.shown or anchor, self.frame or self.comparison


class Queue:
    """The questions by anchor: each anchor's nearest, without what earlier answers imply.

    A pair that is in the lists of both its units is one question. It belongs to the anchor that comes first, and is
    counted there; where a person called that one a new individual, the other still asks it.
    A pair of units is open while a pair of their frames is. Pairs that were too hard to tell wait until ``ask_again``.
    ``place``: sighting → where it comes in the order; without it, anchors come as given.
    """

    def __init__(
        self,
        anchors: Sequence[str],
        offers: Mapping[str, Sequence[Offer]],
        identities: Identities,
        units: Units | None = None,
        place: Mapping[str, int] | None = None,
    ) -> None:
        self.anchors = list(anchors)
        self.offers = dict(offers)
        self.units = units or Units()
        self._identities = identities
        self._hard_before = 0
        self._place = place or {anchor: index for index, anchor in enumerate(self.anchors)}
        self.owned: dict[str, set[str]] = {anchor: set() for anchor in self.anchors}
        self._owners: dict[str, set[str]] = {}  # unit → anchors that own a pair with it
        for anchor in self.anchors:
            for offer in self.offers[anchor]:
                other = offer.comparison
                if anchor not in self.owned.get(other, ()):
                    self.owned[anchor].add(other)
                    self._owners.setdefault(other, set()).add(anchor)
        self._everything = Tallies(self, identities)
        self._some: dict[Hashable, Tallies] = {}

    @property
    def total(self) -> Tally:
        """How all questions stand."""
        return self._everything.total

    @property
    def by_score(self) -> Mapping[int, int]:
        """How many questions are left in each bin of the score (``tallies.bin_of``)."""
        return self._everything.open

    def some(self, name: Hashable, counts: Counts, most: int = 4) -> Tally:
        """How the questions stand that count; the ``most`` last asked for by name are kept up to date."""
        tallies = self._some.pop(name, None) or Tallies(self, self._identities, counts)
        self._some[name] = tallies
        while len(self._some) > most:
            self._some.pop(next(iter(self._some)))
        return tallies.total

    def forget_some(self) -> None:
        """Count anew what passes: what pictures are like has changed."""
        self._some.clear()

    # --- what is offered ---------------------------------------------------------------------------------------------

    def offer(self, anchor: str, offers: Sequence[Offer]) -> None:
        """Offer other look-alikes to an anchor than until now; to one that is none yet, too."""
        if anchor not in self.offers:
            insort(self.anchors, anchor, key=self._place.__getitem__)
            self.offers[anchor], self.owned[anchor] = (), set()
        before = {offer.comparison for offer in self.offers[anchor]}
        self.offers[anchor] = offers
        self._own_anew(anchor, before.symmetric_difference(offer.comparison for offer in offers))

    def drop(self, anchor: str) -> None:
        """This is no anchor any more."""
        before = {offer.comparison for offer in self.offers.pop(anchor)}
        del self.anchors[bisect_left(self.anchors, self._place[anchor], key=self._place.__getitem__)]
        self._own_anew(anchor, before)
        for other in self.owned.pop(anchor):
            self._owners[other].discard(anchor)
        self._recount([anchor])

    def _own_anew(self, anchor: str, others: Iterable[str]) -> None:
        recount = {anchor}
        for other in others:
            asking = [one for one, two in ((anchor, other), (other, anchor)) if self.found(one, two) is not None]
            owner = min(asking, key=self._place.__getitem__, default=None)
            for one, two in ((anchor, other), (other, anchor)):
                if one == owner:
                    self.owned[one].add(two)
                    self._owners.setdefault(two, set()).add(one)
                else:
                    self.owned.get(one, set()).discard(two)
                    self._owners.get(two, set()).discard(one)
                recount.add(one)
        self._recount(recount)

    def found(self, anchor: str, other: str) -> Offer | None:
        """What is offered to an anchor of another unit; None where nothing is."""
        for offer in self.offers.get(anchor, ()):
            if offer.comparison == other:
                return offer
        return None

    def asked_by(self, one: str, other: str) -> list[str]:
        """Which of the two asks this pair: an anchor that is offered the other, unless it is a new individual."""
        known = self._identities
        return [
            anchor
            for anchor, far in ((one, other), (other, one))
            if not known.is_new(anchor) and self.found(anchor, far) is not None
        ]

    def asking(self, owner: str, other: str) -> tuple[str, Offer] | None:
        """Who asks this pair, and as what: the anchor that owns it, or the other where that one is a new individual."""
        for anchor, far in ((owner, other), (other, owner)):
            if not self._identities.is_new(anchor):
                offer = self.found(anchor, far)
                if offer is not None:
                    return anchor, offer
        return None

    # --- what is open ------------------------------------------------------------------------------------------------

    def relation(self, a: str, b: str) -> Verdict | None:
        """SAME or DIFFERENT, where this follows for all frames of both units; None where it is open."""
        known = self._identities
        first = known.relation(a, b)
        if first is None or first is Verdict.SAME:
            return first
        ours, theirs = (self._speakers(one) for one in (a, b))
        if len(ours) == len(theirs) == 1:
            return first
        return first if all(known.relation(one, other) for one in ours for other in theirs) else None

    def stands(self, a: str, b: str) -> tuple[bool, bool]:
        """Whether a pair of units is settled by what follows from answers, and whether it is open."""
        known, units = self._identities, self.units
        if units.alone(a) and units.alone(b):  # nearly all pairs of a survey: both are asked at once
            settled = known.relation(a, b) is not None
            return settled, not settled and self._waits(a, b)
        return self.relation(a, b) is not None, self.is_open(a, b)

    def _speakers(self, head: str) -> Sequence[str]:
        """Frames whose relations are those of the whole unit: one suffices where all are one group."""
        frames = self.units.frames(head)
        return frames[:1] if len(frames) > 1 and self._identities.individual(head) is not None else frames

    def is_open(self, a: str, b: str) -> bool:
        """Whether this pair of units is a question that no answer settles."""
        return self.open_frames(a, b, "", "") is not None

    def open_frames(self, a: str, b: str, shown: str, frame: str) -> tuple[str, str] | None:
        """A pair of their frames that is open: the one given, if it is; None where there is none."""
        ours, theirs = self.units.frames(a), self.units.frames(b)
        if shown and self._asks(shown, frame):
            return shown, frame
        if len(ours) == len(theirs) == 1:
            return (a, b) if self._asks(a, b) else None
        return next(((one, other) for one in ours for other in theirs if self._asks(one, other)), None)

    def _asks(self, one: str, other: str) -> bool:
        return self._identities.relation(one, other) is None and self._waits(one, other)

    def _waits(self, one: str, other: str) -> bool:
        """Whether a pair of frames, which follows from nothing, is to be asked now."""
        known = self._identities
        return not (
            known.is_unusable(one) or known.is_unusable(other) or known.set_aside(one, other, before=self._hard_before)
        )

    def answered(self, a: str, b: str) -> bool:
        """Whether there is an answer on the very pair, by any of their frames."""
        known = self._identities
        return any(known.answered(one, other) for one in self.units.frames(a) for other in self.units.frames(b))

    def open_offers(self, anchor: str) -> list[tuple[int, Offer]]:
        """The anchor's open questions, best first, with their rank (1 is the best), showing frames that are open."""
        if self._identities.is_unusable(anchor):
            return []
        return [
            (rank, showing)
            for rank, offer in enumerate(self.offers.get(anchor, ()), 1)
            if (showing := self.showing(anchor, offer)) is not None
        ]

    def showing(self, anchor: str, offer: Offer) -> Offer | None:
        """The offer with a pair of frames that is open, the best one if it is; None where there is none."""
        best = offer.pair(anchor)
        pair = self.open_frames(anchor, offer.comparison, *best)
        if pair is None or pair == best:
            return None if pair is None else offer
        return offer._replace(shown=pair[0], frame=pair[1])

    # --- order -------------------------------------------------------------------------------------------------------

    def place(self, sighting: str) -> int:
        """Where a sighting comes in the order of all."""
        return self._place[sighting]

    def position(self, anchor: str) -> int | None:
        """The anchor's place among the anchors, from 0; None where it is no anchor."""
        if anchor not in self.offers:
            return None
        return bisect_left(self.anchors, self._place[anchor], key=self._place.__getitem__)

    def next_anchor(self, after: str | None, step: int = 1, passes: Passes | None = None) -> str | None:
        """The nearest anchor in that direction that has an open question, going round; None where there is none.

        Anchors that a person called new individuals are passed over, and so are those that do not pass.
        """
        if not self.anchors:
            return None
        known = self.position(after or "")
        start = (-1 if step > 0 else 0) if known is None else known
        for distance in range(1, len(self.anchors) + 1):
            anchor = self.anchors[(start + step * distance) % len(self.anchors)]
            if self._identities.is_new(anchor) or (passes is not None and not passes(anchor)):
                continue
            if self.open_offers(anchor):
                return anchor
        return None

    # --- counts ------------------------------------------------------------------------------------------------------

    def concerned(self, touched: Iterable[str]) -> set[str]:
        """The anchors that own a pair with the unit of one of these sightings."""
        heads = set(map(self.units.head, touched))
        return (heads & self.owned.keys()).union(*(self._owners.get(one, ()) for one in heads))

    def pairs_of(self, heads: Iterable[str]) -> Iterable[tuple[str, str]]:
        """All pairs of these units that somebody owns: (owner, other)."""
        for head in heads:
            for other in self.owned.get(head, ()):
                yield head, other
            for owner in self._owners.get(head, ()):
                yield owner, head

    def update(self, touched: Iterable[str]) -> None:
        """Count again where answers may have changed something."""
        self._recount(self.concerned(touched))

    def ask_again(self, before: int) -> None:
        """Ask the pairs that were too hard to tell once more, those answered so up to the ledger row ``before``."""
        self._hard_before = before
        self._everything = Tallies(self, self._identities)
        self._some.clear()

    def _recount(self, anchors: Iterable[str]) -> None:
        for tallies in (self._everything, *self._some.values()):
            tallies.recount(anchors)
