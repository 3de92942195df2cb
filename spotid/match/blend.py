"""What several parts say of a pair, put together: the weighted mean of their chances.

The idea of WildFusion (Cermak et al. 2024): every matcher's score becomes the chance of one animal, and chances of
different matchers can be averaged. There, curves from scores to chances are fitted on labelled pairs. A new survey has
none. To begin with, a score is measured by that which one pair per sighting reaches, and is then worth one chance in
two; the odds rise with the square of the score, and with a score of nothing the animal is any other one of the survey.
A part whose scores hardly differ from pair to pair thus has hardly a say, whatever its unit. Once people have answered,
curves and weights are fitted to their answers.

On 150 pictures of nyala the right one comes first in .61 and .68 by either kind of spots alone, and in .72 by both.
Going by the order of scores instead of their size is as good for parts of one kind, and worse with a weak one: with the
built-in embedding (.23 alone) first .50, by size .60. Answers tell a weak part: of 120 pictures of tigers the mean
average precision of points and embedding is .74 with equal weights, .91 with those learnt on half of the animals, as
with points alone; of parts as good as one another, weights learnt are no better than equal ones (benchmarks/fusing.py).

No number here is shown to anybody: it orders lists (``order``), and ``chance`` makes a chance of the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spotid.match.calibrate import NEVER_SURE, fit_logistic, log_loss, log_odds

# Animals that one could be taken for, in surveys with fewer pictures: of 19 pictures of three leopards each has five of
# its own animal, and by their number alone a good match would be worth less than a common place.
FEWEST = 200
LEAST = 30  # answers of either kind before curves and weights are fitted to them
PRIOR = 20.0  # answers that equal weights are worth beside the project's own
FOLDS = 5
ROUNDS = 200  # of the weights' fit, at most


@dataclass(frozen=True)
class Scale:
    """What scores of one part are worth in this survey, in nats above a score of nothing."""

    unit: float  # the score that one pair per sighting reaches; 0: nothing agrees anywhere
    others: int  # sightings that an animal could be seen in, beside its own

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """The worth of scores of any one shape, 0 and up, rising; NaN, not compared, is worth nothing."""
        if self.unit <= 0:
            return np.zeros(np.shape(scores))
        share = np.maximum(np.nan_to_num(np.asarray(scores, np.float64), nan=0.0, posinf=0.0), 0.0) / self.unit
        return np.asarray(np.log1p(np.square(share) * self.others))


def scale_of(scores: np.ndarray, sightings: int) -> Scale:
    """The scale by the ``scores`` (n,) of pairs of two visits, each pair as often as it is in lists, both ways mostly.

    Where fewer pairs than sightings have a score at all, the middle one of these is the unit.
    """
    known = scores[np.isfinite(scores) & (scores > 0)]
    others = _others(sightings)
    if not len(known):
        return Scale(0.0, others)
    place = min(sightings, len(known) // 2)
    return Scale(float(np.partition(known, len(known) - 1 - place)[len(known) - 1 - place]), others)


@dataclass(frozen=True)
class Blend:
    """How worths become evidence: a line for each part's log-odds, and weights that add up to 1."""

    parts: tuple[str, ...]
    slopes: tuple[float, ...]
    offsets: tuple[float, ...]
    weights: tuple[float, ...]
    answers: int = 0  # that it was fitted to; 0: by the survey alone

    def chances(self, worths: Sequence[np.ndarray]) -> np.ndarray:
        """The mean chance ``(n,)`` of each pair by the worths ``(n,)`` of every part."""
        lines = (o + s * u for o, s, u in zip(self.offsets, self.slopes, worths, strict=True))
        total = sum(w * _squash(line) for w, line in zip(self.weights, lines, strict=True))
        return np.asarray(total, np.float64)

    def evidence(self, worths: Sequence[np.ndarray]) -> np.ndarray:
        """The evidence ``(n,)`` in nats: how far a pair's log-odds are above those of pairs that agree in nothing."""
        nothing = self.chances([np.zeros(1)] * len(self.parts))
        return np.maximum(0.0, log_odds(self.chances(worths)) - log_odds(nothing))

    def to_json(self) -> dict[str, Any]:
        """Plain values that ``blend_from_json`` reads back."""
        return {name: getattr(self, name) for name in ("parts", "slopes", "offsets", "weights", "answers")}


def equal(parts: Sequence[str], sightings: int) -> Blend:
    """The blend before any answer: one chance in two for a score that one pair per sighting reaches; equal weights."""
    count = len(parts)
    offset = -float(np.log(_others(sightings)))
    return Blend(tuple(parts), (1.0,) * count, (offset,) * count, (1.0 / count,) * count)


def blend_from_json(stored: Mapping[str, Any]) -> Blend:
    """A blend as ``to_json`` wrote it; raises ``ValueError`` or ``KeyError`` for anything else."""
    parts = tuple(str(one) for one in stored["parts"])
    numbers = [tuple(float(one) for one in stored[name]) for name in ("slopes", "offsets", "weights")]
    if any(len(one) != len(parts) for one in numbers) or not np.isfinite(np.array(numbers)).all():
        raise ValueError("every part needs a line and a weight")
    slopes, offsets, weights = numbers
    return Blend(parts, slopes, offsets, weights, int(stored["answers"]))


def fitted(start: Blend, worths: Sequence[np.ndarray], same: np.ndarray) -> Blend:
    """``start`` fitted to answers ((n,) 1 same, 0 different) on pairs of these worths, each (n,).

    ``start`` itself where answers are too few, or where it would have put their pairs into as good an order (by
    cross-validation): curves that are learnt from many easy pairs may spoil the order of the hard ones.
    """
    y = np.asarray(same, float)
    if min(y.sum(), len(y) - y.sum()) < LEAST:
        return start
    fold = np.arange(len(y)) % FOLDS
    foretold = np.empty((len(worths), len(y)))
    for part in range(FOLDS):
        held = fold == part
        for number, one in enumerate(worths):
            slope, offset = _line(one[~held], y[~held])
            foretold[number, held] = _squash(offset + slope * one[held])
    weights = _weights(foretold, y)
    told = np.array([weights, np.full(len(weights), 1.0 / len(weights))]) @ foretold
    if log_loss(told[0], y) > log_loss(told[1], y):
        weights, told = np.full(len(weights), 1.0 / len(weights)), told[1:]
    if _order(told[0], y) <= _order(start.chances(worths), y):
        return start
    lines = [_line(one, y) for one in worths]
    if not any(slope > 0 for slope, _ in lines):
        return start
    slopes, offsets = zip(*lines, strict=True)
    return Blend(start.parts, slopes, offsets, tuple(float(one) for one in weights), len(y))


def _order(chance: np.ndarray, same: np.ndarray) -> float:
    """How often a pair of one animal comes before a pair of two; half for ties (Mann and Whitney 1947)."""
    _, place, count = np.unique(chance, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - 0.5 * (count - 1))[place]
    ones = same.sum()
    return float((rank[same > 0.5].sum() - ones * (ones + 1) / 2) / (ones * (len(same) - ones)))


def _line(worth: np.ndarray, same: np.ndarray) -> tuple[float, float]:
    curve = fit_logistic({"worth": worth}, same, ("worth",))
    return float(curve.slopes[0]), float(curve.offset)


def _weights(chances: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Weights ``(k,)`` of the chances ``(k, n)`` under whose mean the answers are likeliest: a mixture's shares, found
    by expectation-maximisation, which only ever rises (Dempster, Laird and Rubin 1977), beside ``PRIOR`` answers that
    speak for all alike."""
    told = np.clip(np.where(same > 0.5, chances, 1.0 - chances), NEVER_SURE, 1.0)
    count = len(chances)
    weights = np.full(count, 1.0 / count)
    for _ in range(ROUNDS):
        share = weights[:, None] * told
        share /= share.sum(axis=0)
        fresh = (share.sum(axis=1) + PRIOR / count) / (told.shape[1] + PRIOR)
        if np.abs(fresh - weights).max() < 1e-6:
            return fresh
        weights = fresh
    return weights


def _others(sightings: int) -> int:
    return max(FEWEST, sightings - 1)


def _squash(value: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -500.0, 500.0))))
