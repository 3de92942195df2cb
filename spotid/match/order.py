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
# What place and time say, in nats, counts at most so much for or against a pair beside its coat: about what agreeing
# spots say that nobody could overlook, so that these outweigh it and no pair is hidden by it. Uncapped or capped at
# 2.5, nyala with drawn home ranges come out the same within 0.01 (right one among the first five: .84, without .71).
MOST_LOCATED = 4.0
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
    # Where places are known by coordinates, (n,) float64 each with NaN for no opinion; None: nowhere.
    located: np.ndarray | None = None  # what place and time say, in nats; counts instead of ``place``
    feasible: np.ndarray | None = None  # 0 to 1; for the fusion by product
    usual: float = 1.0  # feasibility of a pair in the middle of the survey: it stands for one that is not known


def likely(evidence: float, likeness: float, place: float = 0.0, side: float = 0.0) -> float:
    """The ranking score of one pair alone, 0 to 1, rising with evidence and likeness; for lists still being made."""
    value = evidence + LIKENESS * min(1.0, max(-1.0, likeness)) + SAME_PLACE * place + SIDE * side
    return float(squeezed(np.array(value)))


def squeezed(value: np.ndarray) -> np.ndarray:
    """Any number to 0..1, rising; unlike the logistic curve it never runs out of digits."""
    return np.asarray(0.5 + 0.5 * value / (HALF + np.abs(value)))


class Pooling:
    """The evidence over all pairs of frames of two visits, told part by part; pairs in no list count as none."""

    def __init__(self, visit: np.ndarray) -> None:
        _, self._number = np.unique(visit, return_inverse=True)
        self._size = np.bincount(self._number)
        self._keys: list[np.ndarray] = []
        self._evidence: list[np.ndarray] = []
        self._sums: tuple[np.ndarray, np.ndarray] | None = None

    def add(self, anchor: np.ndarray, candidate: np.ndarray, evidence: np.ndarray) -> None:
        """Take these pairs in; numbers of sightings ``(n,)`` and their evidence ``(n,)``."""
        some = evidence != 0
        self._keys.append(self._key(anchor[some], candidate[some]))
        self._evidence.append(evidence[some].astype(np.float64))
        self._sums = None

    def mean(self, anchor: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """The mean evidence ``(n,)`` of the visits of these pairs."""
        if self._sums is None:
            keys, place = np.unique(np.concatenate([*self._keys, np.empty(0, np.int64)]), return_inverse=True)
            worth = np.concatenate([*self._evidence, np.empty(0)])
            self._sums = keys, np.bincount(place.reshape(-1), worth, len(keys))
        keys, total = self._sums
        wanted = self._key(anchor, candidate)
        if not len(keys):
            return np.zeros(len(wanted))
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        possible = self._size[self._number[anchor]] * self._size[self._number[candidate]]
        return np.asarray(np.where(keys[at] == wanted, total[at], 0.0) / possible)

    def _key(self, anchor: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        return np.asarray(self._number[anchor] * np.int64(len(self._size)) + self._number[candidate])


def scores(pairs: Pairs, visit: np.ndarray, fusion: str = "calibrated", pooling: Pooling | None = None) -> np.ndarray:
    """The ranking score of every pair, ``(n,)`` float64 in 0..1, with all lists in view.

    ``visit`` is ``(count,)``: a number that the sightings of one visit share. Pairs of one visit take no part in
    pooling: they are near-copies; and place and time say nothing new of them. ``fusion``: calibrated, product or off;
    without coordinates it makes no difference. ``pooling``: of all lists, where these pairs are some of them.
    """
    if pooling is None:
        pooling = Pooling(visit)
        pooling.add(pairs.anchor, pairs.candidate, pairs.evidence)
    own = pairs.evidence.astype(np.float64)
    apart = ~pairs.same_visit
    value = np.where(apart, (1.0 - POOLED) * own + POOLED * pooling.mean(pairs.anchor, pairs.candidate), own)
    value += LIKENESS * np.clip(pairs.likeness, -1.0, 1.0) + _where(pairs, apart, fusion)
    found = squeezed(value + SIDE * pairs.side)
    if fusion == "product" and pairs.feasible is not None:
        found = found * np.where(apart & np.isfinite(pairs.feasible), pairs.feasible, np.where(apart, pairs.usual, 1.0))
    return found


def _where(pairs: Pairs, apart: np.ndarray, fusion: str) -> np.ndarray:
    """What place and time add to the evidence of every pair."""
    seen = SAME_PLACE * pairs.place * apart
    if fusion == "calibrated" and pairs.located is not None:
        told = np.clip(pairs.located, -MOST_LOCATED, MOST_LOCATED)
    elif fusion == "product" and pairs.feasible is not None:
        told = np.where(np.isfinite(pairs.feasible), 0.0, np.nan)  # it counts as a factor instead
    else:
        return seen
    return np.where(apart & np.isfinite(told), told, seen)
