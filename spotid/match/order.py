"""In which order look-alikes are shown: evidence of both coats, less what resembles everybody, and the place.

Every number here orders lists; none of them is a probability (``calibrate`` makes one of the result).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HUB_SHARE = 0.3  # of the mean evidence of a picture's ten strongest pairs, taken off: some pictures resemble everybody
HUB_PAIRS = 10
POOLED = 1.0  # mean evidence over all pairs of frames of two visits, added to each of them
# Evidence that two pictures of one place, taken on two visits, are worth beside the coat. Of pairs of real capture
# events at one station up to two months apart, one in three is the same leopard; elsewhere one in forty (1,555 events
# of 402 leopards). A few agreeing spots outweigh it.
SAME_PLACE = 4.0
OPPOSITE = 8.0  # taken off where one picture is known to show the left side and the other the right
LIKENESS = 0.3  # what the inner product of two embeddings counts: little, as the built-in encoder is weak
HALF = 2.0  # evidence that takes a pair half of the way from 0.5 to 1


@dataclass(frozen=True)
class Pairs:
    """Rows of all lists, one entry each. ``anchor`` and ``candidate`` are numbers of sightings, 0 to ``count`` - 1."""

    count: int
    anchor: np.ndarray  # (n,) int64
    candidate: np.ndarray  # (n,) int64
    evidence: np.ndarray  # (n,) float64, 0 and up: verified spots and votes
    likeness: np.ndarray  # (n,) float64, -1 to 1
    place: np.ndarray  # (n,) float64, 0 to 1: how surely two visits to one place
    same_visit: np.ndarray  # (n,) bool
    opposite: np.ndarray  # (n,) bool


def likely(evidence: float, likeness: float, place: float = 0.0, opposite: bool = False) -> float:
    """The ranking score of one pair alone, 0 to 1, rising with evidence and likeness; for lists still being made."""
    value = evidence + LIKENESS * min(1.0, max(-1.0, likeness)) + SAME_PLACE * place - OPPOSITE * opposite
    return float(squeezed(np.array(value)))


def squeezed(value: np.ndarray) -> np.ndarray:
    """Any number to 0..1, rising; unlike the logistic curve it never runs out of digits."""
    return np.asarray(0.5 + 0.5 * value / (HALF + np.abs(value)))


def scores(pairs: Pairs, visit: np.ndarray) -> np.ndarray:
    """The ranking score of every pair, ``(n,)`` float64 in 0..1, with all lists in view.

    ``visit`` is ``(count,)``: a number that the sightings of one visit share. Pairs of one visit take no part in what
    pictures share with everybody, nor in pooling: they are near-copies.
    """
    own = pairs.evidence.astype(np.float64)
    apart = ~pairs.same_visit
    hub = _hubs(pairs, own, apart)
    value = own - HUB_SHARE * (hub[pairs.anchor] + hub[pairs.candidate]) / 2.0
    value += np.where(apart, POOLED * _pooled(pairs, own, visit), 0.0)
    value += LIKENESS * np.clip(pairs.likeness, -1.0, 1.0) + SAME_PLACE * pairs.place * apart
    return squeezed(value - OPPOSITE * pairs.opposite)


def _hubs(pairs: Pairs, evidence: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """The mean of each sighting's ``HUB_PAIRS`` strongest pairs with other visits, ``(count,)``."""
    rows = np.flatnonzero(apart)
    order = rows[np.lexsort((-evidence[rows], pairs.anchor[rows]))]
    mine = pairs.anchor[order]
    first = np.searchsorted(mine, mine, side="left")
    top = np.arange(len(mine)) - first < HUB_PAIRS
    return np.bincount(mine[top], evidence[order][top], pairs.count) / HUB_PAIRS


def _pooled(pairs: Pairs, evidence: np.ndarray, visit: np.ndarray) -> np.ndarray:
    """For every pair, the mean evidence over all pairs of frames of its two visits; pairs in no list count as none."""
    _, number = np.unique(visit, return_inverse=True)
    size = np.bincount(number)
    a, b = number[pairs.anchor], number[pairs.candidate]
    keys, place = np.unique(a * np.int64(len(size)) + b, return_inverse=True)
    total = np.bincount(place, evidence, len(keys))
    possible = size[keys // len(size)] * size[keys % len(size)]
    return np.asarray((total / possible)[place])
