"""Most useful question first: likely matches by the pairs that they settle, then all others by their chance.

A match between two animals known from ten pictures each settles a hundred pairs by one answer. But the chance times the
sizes of both groups, taken alone, goes astray: small chances of large animals outweigh good ones of small animals, and
hundreds of questions about the best known animals come first. So sizes count only where the chance of a match is
``LIKELY`` or more. The chance is that of the two animals, by all of their listed pairs (``together``).

Sizes did count against a pair too, by the weights of ``asking.gain``: a large animal has been found by most of its own
already. Where chances are too low for the animals at hand, as the curve of leopards is for antelopes until there are
answers, that put off the joins that settle most: in projects of nyalas with drawn places (three draws) half of the
pairs was joined after 284, 354 and 215 answers, by ``together`` after 187, 193 and 158; by the most certain pair after
162, 191 and 143. On tigers all three are alike. Where chances fit (visits of 15 generated and 6 such
surveys, lists of five) half of the pairs takes .59 of what the most certain pair needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from spotid.review.queue import Offer
from spotid.review.ways.certain import LAST, MostCertain
from spotid.review.ways.together import Together, odds_of

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

BEST, MEAN = 0.7, 0.3  # what the best and the mean pair of two animals count
LIKELY = 0.8
OWN = 1e-6  # what a pair's own score counts: of the pairs between two animals, the most alike is shown
Order = Callable[["Desk", str, Offer], float]


def settled(chance: float, ours: int, theirs: int) -> float:
    """What a question is worth: for a likely match the pairs of pictures that it is expected to settle, its chance
    times both groups' sizes, and for any other its chance. All answers take about the same time.

    The frames of a visit that were never joined count too.
    """
    return 1 + chance * ours * theirs if chance >= LIKELY else chance


def group_chance(own: float, together: tuple[float, float] | None = None) -> float:
    """The chance of a pair with log-odds ``own``, for the two animals that it stands for. ``together``: log-odds of
    their best pair and of the mean; None where both were seen on one visit alone."""
    best, mean = together or (own, own)
    return 1 / (1 + math.exp(-BEST * best - MEAN * mean))


def size(desk: Desk, head: str) -> int:
    """Sightings of a unit's animal, rounded down to a power of two.

    Finer would change the worth of all questions about an animal with every answer on it, and hardly their order.
    """
    return 1 << _pictures(desk, head).bit_length() - 1


def _pictures(desk: Desk, head: str) -> int:
    return max(len(desk.identities.group(head)), len(desk.units.frames(head)))


class MostUseful(MostCertain):
    """One answer that joins two well known animals saves more work than ten about strangers."""

    name = "useful"
    label = "Most useful question"
    sentence = "Likely matches first, and of these the ones that settle the most pairs in a second of your time."
    by: Order | None = None  # another order, where somebody puts one here

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._together = Together(desk)
        self._sizes: dict[str, int] = {}  # head → what it was last weighed with, where that is more than 1

    def order(self, anchor: str, offer: Offer) -> float:
        """What a question is worth."""
        desk = self._desk
        return (self.by or self._settled)(desk, anchor, offer) - LAST * desk.journeys.impossible(*offer.pair(anchor))

    def _settled(self, desk: Desk, anchor: str, offer: Offer) -> float:
        ours, theirs = size(desk, anchor), size(desk, offer.comparison)
        together = self._together(anchor, offer.comparison)
        return settled(group_chance(odds_of(desk, offer), together), ours, theirs) + OWN * offer.score

    def joins(self, anchor: str, other: str) -> tuple[int, int]:
        """How many pictures of either animal a match would join."""
        return _pictures(self._desk, anchor), _pictures(self._desk, other)

    def forget(self, what: str) -> None:
        """Other chances make another order."""
        super().forget(what)
        self._together.forget()
        if what == "chances":
            self._lines.clear()

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Questions of all units of an individual are worth something else when it has grown enough."""
        self._together.update(heads, anew)
        if self._lines:
            grown = {head for head in wide if self._sizes.get(head, 1) != size(self._desk, head)}
            self._sizes |= {head: size(self._desk, head) for head in grown}
            super().update({*heads, *grown}, anew, wide)
