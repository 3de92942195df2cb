"""Individuals that may be one and the same: the pairs whose pictures look most alike and that nobody told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spotid.review.identity import Identities
from spotid.review.queue import Offer


@dataclass(frozen=True, slots=True)
class Likely:
    """Two individuals, by number, and the two of their sightings that look most alike."""

    one: int
    other: int
    a: str  # of individual ``one``
    b: str  # of individual ``other``
    offer: Offer


def likely(
    offers: Mapping[str, Sequence[Offer]],
    known: Identities,
    *,
    number: int | None = None,
    limit: int = 20,
    usable: Callable[[str, Offer], bool] = lambda anchor, offer: True,
) -> list[Likely]:
    """Suggested merges, best first; with ``number`` only those of that individual.

    ``offers``: the look-alikes offered to each anchor, which leave out pairs of opposite sides. A pair of individuals
    goes by its best pair of pictures; pairs of pictures that were set aside say nothing. ``usable`` may refuse more.
    """
    best: dict[tuple[int, int], tuple[float, str, str, Offer]] = {}
    of = known.individuals()
    for anchor, entries in offers.items():
        mine = of.get(anchor)
        if mine is None:
            continue
        for offer in entries:
            theirs = of.get(offer.comparison)
            if theirs is None or theirs == mine or (number is not None and number not in (mine, theirs)):
                continue
            pair, a, b = _pair(mine, theirs, anchor, offer.comparison)
            if pair in best and (offer.score, a, b) <= best[pair][:3]:
                continue
            if usable(anchor, offer) and not known.set_aside(a, b):
                best[pair] = (offer.score, a, b, offer)
    found: list[Likely] = []
    for (one, other), (_, a, b, offer) in sorted(best.items(), key=lambda entry: (-entry[1][0], entry[0])):
        if known.relation(a, b) is None:
            found.append(Likely(one, other, a, b, offer))
            if len(found) == limit:
                break
    return found


def _pair(mine: int, theirs: int, a: str, b: str) -> tuple[tuple[int, int], str, str]:
    return ((mine, theirs), a, b) if mine < theirs else ((theirs, mine), b, a)
