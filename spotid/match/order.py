"""In which order look-alikes are shown: the evidence of both coats, of their visits, and the place.

Every number here orders lists; none of them is a probability (``calibrate`` makes one of the result).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POOLED = 0.5  # of a pair's evidence is the mean over all pairs of frames of its two visits, the rest its own
# Evidence that two pictures of one place, taken on two visits, are worth beside the coat. Of pairs of real capture
# events at one station up to two months apart, one in three is the same leopard; elsewhere one in forty (1,555 events
# of 402 leopards): the logarithm of that. A few agreeing spots outweigh it.
SAME_PLACE = 2.5
SIDE = 1.0  # what the logarithm of the flanks' chance counts
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
    side: np.ndarray  # (n,) float64: what the flanks say, 0 where they say nothing, far below for opposite ones


def likely(evidence: float, likeness: float, place: float = 0.0, side: float = 0.0) -> float:
    """The ranking score of one pair alone, 0 to 1, rising with evidence and likeness; for lists still being made."""
    value = evidence + LIKENESS * min(1.0, max(-1.0, likeness)) + SAME_PLACE * place + SIDE * side
    return float(squeezed(np.array(value)))


def squeezed(value: np.ndarray) -> np.ndarray:
    """Any number to 0..1, rising; unlike the logistic curve it never runs out of digits."""
    return np.asarray(0.5 + 0.5 * value / (HALF + np.abs(value)))


def scores(pairs: Pairs, visit: np.ndarray) -> np.ndarray:
    """The ranking score of every pair, ``(n,)`` float64 in 0..1, with all lists in view.

    ``visit`` is ``(count,)``: a number that the sightings of one visit share. Pairs of one visit take no part in
    pooling: they are near-copies.
    """
    own = pairs.evidence.astype(np.float64)
    apart = ~pairs.same_visit
    value = np.where(apart, (1.0 - POOLED) * own + POOLED * _pooled(pairs, own, visit), own)
    value += LIKENESS * np.clip(pairs.likeness, -1.0, 1.0) + SAME_PLACE * pairs.place * apart
    return squeezed(value + SIDE * pairs.side)


def _pooled(pairs: Pairs, evidence: np.ndarray, visit: np.ndarray) -> np.ndarray:
    """For every pair, the mean evidence over all pairs of frames of its two visits; pairs in no list count as none."""
    _, number = np.unique(visit, return_inverse=True)
    size = np.bincount(number)
    a, b = number[pairs.anchor], number[pairs.candidate]
    keys, place = np.unique(a * np.int64(len(size)) + b, return_inverse=True)
    total = np.bincount(place, evidence, len(keys))
    possible = size[keys // len(size)] * size[keys % len(size)]
    return np.asarray((total / possible)[place])
