"""Most useful question first: the one whose answer *same* is expected to settle the most pairs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from spotid.review.queue import Offer
from spotid.review.tallies import bin_of
from spotid.review.ways.certain import MostCertain

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

Order = Callable[["Desk", str, Offer], float]


def expected_settled(desk: Desk, anchor: str, offer: Offer) -> float:
    """Pairs of sightings that the answer is expected to settle: the chance of a match times both groups' sizes.

    Joining ten sightings with ten settles a hundred pairs; the frames of a visit that were never joined count too.
    """
    return desk.binned(bin_of(offer)) * size(desk, anchor) * size(desk, offer.comparison)


def size(desk: Desk, head: str) -> int:
    """Sightings of a unit's animal, rounded down to a power of two.

    Finer would change the worth of all questions about an animal with every answer on it, and hardly their order.
    """
    return 1 << max(len(desk.identities.group(head)), len(desk.units.frames(head))).bit_length() - 1


class MostUseful(MostCertain):
    """One answer that joins two well known animals saves more work than ten about strangers."""

    name = "useful"
    label = "Most useful first"
    sentence = "The question whose answer is expected to save the most other questions."
    by: Order = staticmethod(expected_settled)  # exchangeable

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sizes: dict[str, int] = {}  # head → what it was last weighed with, where that is more than 1

    def order(self, anchor: str, offer: Offer) -> float:
        """What a question is worth."""
        return self.by(self._desk, anchor, offer)

    def forget(self, what: str) -> None:
        """Other chances make another order."""
        super().forget(what)
        if what == "chances":
            self._lines.clear()

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Questions of all units of an individual are worth something else when it has grown enough."""
        if self._lines:
            grown = {head for head in wide if self._sizes.get(head, 1) != size(self._desk, head)}
            self._sizes |= {head: size(self._desk, head) for head in grown}
            super().update({*heads, *grown}, anew, wide)
