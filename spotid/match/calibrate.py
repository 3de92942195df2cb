"""From what is known of a pair to a chance that it is one animal: two kinds of curve, fitted on answered pairs.

Both rise with every feature they use, so a chance never contradicts the order of the list beside which it stands.
Isotonic: pool adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman, 1955). Logistic: Platt (1999) with his
smoothed targets, fitted by Newton's method. Features come as named columns, so that a change of the ranking needs no
change here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Columns = Mapping[str, np.ndarray]  # feature → (n,) values; NaN where unknown, which counts as 0
NEVER_SURE = 0.002  # chances stay this far from 0 and 1: some answers are slips
TINY = 1e-9  # a curve itself goes on rising below that, so that a correction of it still has something to go by
STEPS = 60  # of Newton's method, at most; about 8 are usual
RIDGE = 1e-3  # keeps slopes finite where answers can be told apart without fault


class Curve(Protocol):
    """Turns features into chances."""

    def chances(self, columns: Columns) -> np.ndarray:
        """Chances ``(n,)`` between 0 and 1."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain values that ``curve_from_json`` reads back."""
        ...


@dataclass(frozen=True)
class Isotonic:
    """A rising line through points; level beyond its ends."""

    feature: str
    at: tuple[float, ...]  # values of the feature, rising
    chance: tuple[float, ...]

    def chances(self, columns: Columns) -> np.ndarray:
        """Chances ``(n,)`` between 0 and 1."""
        return np.interp(_column(columns, self.feature), self.at, self.chance)

    def to_json(self) -> dict[str, Any]:
        """Plain values that ``curve_from_json`` reads back."""
        return {"kind": "isotonic", "feature": self.feature, "at": list(self.at), "chance": list(self.chance)}


@dataclass(frozen=True)
class Logistic:
    """``1 / (1 + exp(-(offset + sum of slope times feature)))`` with slopes of 0 or more."""

    features: tuple[str, ...]
    slopes: tuple[float, ...]
    offset: float

    def chances(self, columns: Columns) -> np.ndarray:
        """Chances ``(n,)`` between 0 and 1."""
        total = self.offset + sum(s * _column(columns, f) for f, s in zip(self.features, self.slopes, strict=True))
        return np.clip(_squash(np.asarray(total)), TINY, 1 - TINY)

    def to_json(self) -> dict[str, Any]:
        """Plain values that ``curve_from_json`` reads back."""
        return {"kind": "logistic", "features": list(self.features), "slopes": list(self.slopes), "offset": self.offset}


def curve_from_json(stored: Mapping[str, Any]) -> Curve:
    """A curve as ``to_json`` wrote it; raises ``ValueError`` or ``KeyError`` for anything else."""
    if stored["kind"] == "isotonic":
        at, chance = (tuple(float(value) for value in stored[name]) for name in ("at", "chance"))
        if not at or len(at) != len(chance) or list(at) != sorted(at) or list(chance) != sorted(chance):
            raise ValueError("an isotonic curve needs rising points")
        return Isotonic(str(stored["feature"]), at, chance)
    if stored["kind"] != "logistic":
        raise ValueError(f"there is no curve of the kind {stored['kind']}")
    slopes = tuple(max(0.0, float(value)) for value in stored["slopes"])
    names = tuple(str(name) for name in stored["features"])
    if len(names) != len(slopes):
        raise ValueError("every feature needs a slope")
    return Logistic(names, slopes, float(stored["offset"]))


def fit_isotonic(columns: Columns, same: np.ndarray, feature: str, weight: np.ndarray | None = None) -> Isotonic:
    """The rising curve of one feature nearest to what was answered.

    ``same`` ``(n,)`` is 1, 0 or a chance between; ``weight`` ``(n,)`` how many pairs each row stands for. Every level
    part is drawn towards the overall share by one pair more, so that few answers never make a chance of 0 or 1.
    """
    x, y = _column(columns, feature), np.asarray(same, float)
    w = np.ones(len(x)) if weight is None else np.asarray(weight, float)
    if len(x) == 0 or w.sum() <= 0:
        raise ValueError("there is nothing to fit")
    overall = (np.dot(w, y) + 1.0) / (w.sum() + 2.0)
    values, inverse = np.unique(x, return_inverse=True)
    weights = np.bincount(inverse, w)
    shares = np.bincount(inverse, w * y) / np.maximum(weights, 1e-300)
    blocks = _pooled([(s, w_, v * w_, v, v) for s, w_, v in zip(shares, weights, values, strict=True) if w_ > 0])
    smoothed = [((s * w_ + overall) / (w_ + 1.0), w_, total, low, high) for s, w_, total, low, high in blocks]
    at: list[float] = []
    chance: list[float] = []
    for share, w_, total, low, high in _pooled(smoothed):
        middle = min(max(total / w_, low), high)
        if not at or middle > at[-1]:
            at.append(float(middle))
            chance.append(float(np.clip(share, NEVER_SURE, 1 - NEVER_SURE)))
    return Isotonic(feature, tuple(at), tuple(chance))


Block = tuple[float, float, float, float, float]  # share, weight, sum of weight times value, lowest and highest value


def _pooled(blocks: Sequence[Block]) -> list[Block]:
    """Neighbouring blocks joined until their shares rise."""
    done: list[Block] = []
    for block in blocks:
        done.append(block)
        while len(done) > 1 and done[-2][0] >= done[-1][0]:
            right, left = done.pop(), done.pop()
            w = left[1] + right[1]
            share = (left[0] * left[1] + right[0] * right[1]) / w
            done.append((share, w, left[2] + right[2], left[3], right[4]))
    return done


def fit_logistic(
    columns: Columns, same: np.ndarray, features: Sequence[str], weight: np.ndarray | None = None
) -> Logistic:
    """The logistic curve of several features that makes the answers likeliest; arguments as for ``fit_isotonic``.

    A feature whose slope would be negative is given none, so that the chance rises with every feature.
    """
    y = np.asarray(same, float)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, float)
    if len(y) == 0 or w.sum() <= 0:
        raise ValueError("there is nothing to fit")
    positives, negatives = float(np.dot(w, y)), float(np.dot(w, 1 - y))
    # Platt's targets: not 1 and 0, but what one more answer of either kind would leave likely.
    target = y * (positives + 1) / (positives + 2) + (1 - y) / (negatives + 2)
    raw = np.stack([_column(columns, name) for name in features], axis=1) if features else np.empty((len(y), 0))
    centre = np.average(raw, axis=0, weights=w)
    spread = np.sqrt(np.average((raw - centre) ** 2, axis=0, weights=w))
    used = [index for index in range(len(features)) if spread[index] > 1e-12]
    while True:
        table = np.column_stack([np.ones(len(y)), (raw[:, used] - centre[used]) / spread[used]])
        found = _newton(table, target, w)
        if not used or found[1:].min() >= 0:
            break
        used.pop(int(np.argmin(found[1:])))
    slopes = np.zeros(len(features))
    slopes[used] = found[1:] / spread[used]
    offset = float(found[0] - np.dot(slopes, centre))
    return Logistic(tuple(features), tuple(float(slope) for slope in slopes), offset)


def _newton(table: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Coefficients of the weighted logistic regression of ``target`` on ``table`` ``(n, k)``; steps that overshoot are
    halved."""
    ridge = np.full(table.shape[1], RIDGE)
    ridge[0] = 0.0

    def cost(at: np.ndarray) -> float:
        line = table @ at
        return float(np.dot(weight, np.logaddexp(0.0, line) - target * line) + 0.5 * np.dot(ridge, at**2))

    at = np.zeros(table.shape[1])
    best = cost(at)
    for _ in range(STEPS):
        chance = _squash(table @ at)
        slope = table.T @ (weight * (chance - target)) + ridge * at
        bend = (table * (weight * chance * (1 - chance))[:, None]).T @ table + np.diag(ridge + 1e-9)
        step = np.linalg.solve(bend, slope)
        while cost(at - step) > best and np.abs(step).max() > 1e-10:
            step = step / 2
        at = at - step
        best = min(best, cost(at))
        if np.abs(step).max() < 1e-9:
            break
    return at


def log_odds(chance: np.ndarray) -> np.ndarray:
    """``log(chance / (1 - chance))``, finite."""
    kept = np.clip(np.asarray(chance, float), TINY, 1 - TINY)
    return np.log(kept / (1 - kept))


def log_loss(chance: np.ndarray, same: np.ndarray) -> float:
    """The mean surprise of the answers under the chances: 0 is perfect, 0.693 is tossing a coin."""
    kept, y = np.clip(np.asarray(chance, float), NEVER_SURE, 1 - NEVER_SURE), np.asarray(same, float)
    return float(-np.mean(y * np.log(kept) + (1 - y) * np.log(1 - kept)))


def _squash(value: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(value, -500.0, 500.0)))


def _column(columns: Columns, name: str) -> np.ndarray:
    return np.nan_to_num(np.asarray(columns[name], float), nan=0.0)
