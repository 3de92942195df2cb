"""What the lists say of two animals together: the best of all listed pairs of their visits, and the mean of all pairs.

Of two animals that were seen on several visits each, one listed pair may look alike by chance while all others were not
even listed. A pair that is in neither visit's list counts as ``UNLISTED``. Everything is worked out from lists that
are in memory, of the animals that somebody asks for, and kept until an answer changes them.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from spotid.review.tallies import bin_of

if TYPE_CHECKING:
    from spotid.review.queue import Offer
    from spotid.review.reading import Reading as Desk

DEEP = 15  # look-alikes of a visit that are looked at, more than are asked about
MOST = 24  # visits of an animal that are looked at, from the first to the last
TINY = 1e-6
SLIGHT = 0.05  # nats that a score of 1 counts beside its chance: pairs of one step of the curve keep their order


class Together:
    """Log-odds of pairs of units and of the groups that they are in, by the chances of the listed pairs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._near: dict[str, tuple[dict[str, float], float]] = {}  # unit → its list's log-odds, and the lowest
        self._units: dict[int | str, list[str]] = {}  # group → its units
        self._known: dict[tuple[int | str, int | str], tuple[float, float]] = {}

    def __call__(self, one: str, other: str) -> tuple[float, float] | None:
        """The best pair's log-odds and the mean of the groups of two units; None for two units alone."""
        known = self._desk.identities
        labels = known.label(one), known.label(other)
        if isinstance(labels[0], str) and isinstance(labels[1], str):
            return None  # nearly all questions of a large survey
        found = self._known.get(labels)
        if found is None:
            found = self._known[labels] = self._known[labels[::-1]] = self._weighed(*map(self._of, (one, other)))
        return found

    def forget(self) -> None:
        """Chances are others now."""
        for known in (self._near, self._units, self._known):
            known.clear()

    def update(self, heads: Collection[str], anew: Collection[str]) -> None:
        """Units stand otherwise, or have other lists."""
        for one in {*heads, *anew}:
            self._near.pop(one, None)
        self._units.clear()
        self._known.clear()

    def _of(self, unit: str) -> list[str]:
        desk = self._desk
        label = desk.identities.label(unit)
        if label not in self._units:
            frames = (one for one in desk.identities.group(unit) if one in desk.seen)
            heads = {desk.units.head(one) for one in frames} or {unit}
            self._units[label] = sorted(heads, key=desk.queue.place)
        return self._units[label]

    def _weighed(self, ours: list[str], theirs: list[str]) -> tuple[float, float]:
        best, total = -math.inf, 0.0
        ours, theirs = _spread(ours), _spread(theirs)
        for one in ours:
            near, lowest = self._list(one)
            for other in theirs:
                far, low = self._list(other)
                known = [odds for odds in (near.get(other), far.get(one)) if odds is not None]
                odds = max(known) if known else min(lowest, low)
                best, total = max(best, odds), total + odds
        return best, total / (len(ours) * len(theirs))

    def _list(self, unit: str) -> tuple[dict[str, float], float]:
        found = self._near.get(unit)
        if found is None:
            desk = self._desk
            deep = desk.lists.deeper(unit, DEEP)
            near = {one.comparison: odds_of(desk, one) for one in deep}
            found = self._near[unit] = near, min(near.values(), default=log_odds(0.0))
        return found


def odds_of(desk: Desk, offer: Offer) -> float:
    """The log-odds of one listed pair, by its chance."""
    return log_odds(desk.binned(bin_of(offer))) + SLIGHT * offer.score


def log_odds(chance: float) -> float:
    """The log-odds of a chance, within what is worth telling apart."""
    inside = min(1 - TINY, max(TINY, chance))
    return math.log(inside / (1 - inside))


def _spread(units: list[str]) -> list[str]:
    """At most ``MOST`` of them, from first to last."""
    return units if len(units) <= MOST else [units[at * len(units) // MOST] for at in range(MOST)]
