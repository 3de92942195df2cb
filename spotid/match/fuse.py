"""Pictures, places and times in one score: the product of the literature, and a calibrated chance.

*Product*: image similarity times feasibility, element by element, as in "Spotted: Location-informed Reidentification".

*Calibrated*: how likely a pair is one animal, by its pictures, is learnt from places and times without any label. What
counts of an image score is how few of all pairs reach it: its surprise, ``-log`` of that share, whatever the scale or
the model. The log-odds of one animal are taken as a line in the surprise, never falling; with several scores of the
pictures (spots compared, embeddings) as a sum of lines. Their numbers are those under which the ratios that a range
model gives to the pairs (``movement.ranges``) are likeliest: a mixture of pairs of one animal and of two, whose shares
follow the line, fitted by expectation-maximisation (Dempster, Laird and Rubin 1977) with a little of a prior. These
odds times the pair's own ratio are the odds of the pair: Bayes' rule, pictures and movements being independent given
who is who.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spotid.movement.ranges import DEFAULT, Located, RangeModel, fit
from spotid.movement.records import Records

SLOPE = 0.5  # of the line before anything is known: nats of odds for each nat of surprise, over all scores together
HOLD = (0.5, 8.0)  # how firmly level and slopes are held there, in pairs' worth
MOST = 4.0  # nats that pictures alone may say for one animal: two may look alike
KEEP_ORDER = 0.01  # of the slope above that
SURPRISING, OF_OTHERS = 3.0, 16  # every pair of that surprise is learnt from, and one in so many of the others
STEPS, CLOSE = 200, 1e-4
LIKELY, TOLD = 0.02, 6000  # chance from which on pairs tell of the range, and how many at most
TOLD_WEIGHT = 0.2  # of each, since pairs of the same few animals say nearly the same
Images = np.ndarray | Sequence[np.ndarray]


@dataclass(frozen=True)
class Line:
    """Image scores to log-odds of one animal."""

    level: float
    slopes: tuple[float, ...]
    sorted: tuple[np.ndarray, ...]  # of each score the values of the survey's pairs (m,), rising

    def __call__(self, scores: Sequence[np.ndarray]) -> np.ndarray:
        """Log-odds of as many scores as the line was learnt for, each of any one shape."""
        return self.odds(self.surprises(scores))

    def odds(self, surprises: Sequence[np.ndarray]) -> np.ndarray:
        """Log-odds from surprises."""
        raw = self.level + sum(slope * one for slope, one in zip(self.slopes, surprises, strict=True))
        return np.asarray(np.minimum(raw, MOST) + KEEP_ORDER * sum(surprises))

    def surprises(self, scores: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Of each score ``-log`` of the share of pairs that are as alike; equal pairs share the middle."""
        return [_surprise(known, one) for known, one in zip(self.sorted, scores, strict=True)]


def _surprise(known: np.ndarray, score: np.ndarray) -> np.ndarray:
    count = max(1, len(known))
    below = np.searchsorted(known, score, "left") + np.searchsorted(known, score, "right")
    return np.asarray(-np.log(np.clip(1.0 - below / (2.0 * count), 0.5 / count, 1.0)))


@dataclass(frozen=True)
class Fused:
    """What is left of a survey's pairs when pictures, places and times are put together; matrices are symmetric."""

    odds: np.ndarray  # (n, n) float32: log-odds of one animal, by everything
    image: np.ndarray  # (n, n) float32: log-odds by the pictures alone
    located: np.ndarray  # (n, n) float32: nats that place and time add
    ranges: RangeModel
    line: Line

    @property
    def chance(self) -> np.ndarray:
        """Chances ``(n, n)`` float32."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.odds, -40, 40))))


def product(image: np.ndarray, feasible: np.ndarray) -> np.ndarray:
    """Image similarity ``(n, n)``, clipped at 0, times feasibility ``(n, n)``; a pair without opinion (NaN) counts as
    the median pair, so that what is not known neither helps nor hurts."""
    known = feasible[np.isfinite(feasible)]
    usual = float(np.median(known)) if known.size else 1.0
    return np.asarray(np.maximum(image, 0.0) * np.where(np.isfinite(feasible), feasible, usual))


def calibrated(
    image: Images,
    records: Records,
    *,
    start: RangeModel = DEFAULT,
    visit: np.ndarray | None = None,
    allowed: np.ndarray | None = None,
    known: Fused | None = None,
) -> Fused:
    """Chances of all pairs, from an image similarity ``(n, n)`` on any scale (higher is more alike), or from several.

    ``visit`` (n,): near-copies that share a number tell nothing of movement and are left out of learning. ``allowed``
    (n, n) bool: pairs that can be one animal at all. Where no place is known at all, stations are told apart by their
    names; without times, and without either, the pictures' order is all there is. ``known``: of the same sightings with
    other image scores; ranges are taken from it, so that only the line is learnt.
    """
    images = [image] if isinstance(image, np.ndarray) else list(image)
    count = len(images[0])
    by_station = not np.isfinite(records.at).all(axis=1).any()

    def nats(ranges: RangeModel) -> Located:
        return Located(records, ranges, visit, by_station=by_station)

    one, other = np.triu_indices(count, 1)
    if visit is not None:
        apart = visit[one] != visit[other]
        one, other = one[apart], other[apart]
    if allowed is not None:
        kept = allowed[one, other]
        one, other = one[kept], other[kept]
    scores = [each[one, other] for each in images]
    if known is not None:
        line = learnt(scores, known.located[one, other].astype(np.float64), count)
        odds = line(images).astype(np.float32)
        return Fused(odds + known.located, odds, known.located, known.ranges, line)
    line = learnt(scores, nats(start).pairs(one, other), count)
    ranges = _ranges(line(scores), records, one, other, start, visit)
    if ranges != start:
        line = learnt(scores, nats(ranges).pairs(one, other), count)
    odds, located = line(images).astype(np.float32), nats(ranges).matrix()
    return Fused(odds + located, odds, located, ranges, line)


def _ranges(
    odds: np.ndarray, records: Records, one: np.ndarray, other: np.ndarray, start: RangeModel, visit: np.ndarray | None
) -> RangeModel:
    """The width of ranges that pairs alike in their pictures tell; nothing finer can be told without names."""
    chance = 1.0 / (1.0 + np.exp(-odds))
    best = np.argsort(-chance, kind="stable")[:TOLD]
    best = best[chance[best] >= LIKELY]
    if not len(best):
        return start
    weight = np.full(len(best), TOLD_WEIGHT)
    return fit(records, one[best], other[best], weight, chance=chance[best], start=start, visit=visit, width_only=True)


def learnt(scores: Sequence[np.ndarray], nats: np.ndarray, sightings: int) -> Line:
    """The line for scores, each ``(m,)``, of the pairs of so many sightings, judged by ``nats`` (m,) alone: what place
    and time say of each pair."""
    number = len(scores)
    level = -float(np.log(max(2, sightings))) - SLOPE  # about one pair for each sighting
    start = np.array([level, *[SLOPE / number] * number])
    line = Line(level, (SLOPE / number,) * number, tuple(np.sort(one) for one in scores))
    if not len(nats) or not np.any(nats):
        return line
    surprise = np.stack(line.surprises(scores), axis=1)
    plain = np.flatnonzero(surprise.max(axis=1) < SURPRISING)
    weight = np.ones(len(nats))
    weight[plain] = 0
    weight[plain[::OF_OTHERS]] = OF_OTHERS
    chosen = np.flatnonzero(weight)
    weight, ratio = weight[chosen], np.exp(nats[chosen])
    columns = np.concatenate([np.ones((len(chosen), 1)), surprise[chosen]], axis=1)
    hold, found = np.array([HOLD[0], *[HOLD[1]] * number]), start.copy()
    for _ in range(STEPS):
        share = _chance(columns @ found)
        same = share * ratio / (1.0 - share + share * ratio)
        before = found
        for _ in range(3):  # Newton's method for the line under these shares
            chance = _chance(columns @ found)
            push = columns.T @ (weight * (same - chance)) - hold * (found - start)
            bend = (columns * (weight * chance * (1.0 - chance))[:, None]).T @ columns + np.diag(hold)
            found = found + np.clip(np.linalg.solve(bend, push), -1.0, 1.0)
            found[1:] = np.maximum(found[1:], 0.0)
        if np.abs(found - before).max() < CLOSE:
            break
    return Line(float(found[0]), tuple(float(one) for one in found[1:]), line.sorted)


def _chance(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0))))
