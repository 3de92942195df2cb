"""A small judge: the chance that a proposed box holds an animal; a logistic regression that remembers what it knew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STEPS, SETTLED = 40, 1e-4  # of Newton's method; it has settled after about ten
WIDEST = 3.0  # standardised numbers beyond are cut: a single odd number must not outvote all others
HIDDEN = 12
EPOCHS, BATCH, RATE, DECAY = 40, 256, 3e-3, 3e-3  # of fitting a new judge


@dataclass(frozen=True)
class Judge:
    """Numbers (n,), standardised by ``centre`` and ``spread``, pass ``hidden`` (n + 1, h) bent units; ``weights``
    (n + h + 1,) add up numbers, units and a constant to a logarithm of odds."""

    weights: np.ndarray
    hidden: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """The chance of each row of ``(m, n)``: ``(m,)`` float64, 0 to 1."""
        return logistic(self._seen(rows) @ self.weights)

    def learnt(
        self, rows: np.ndarray, hits: np.ndarray, strength: float, importance: np.ndarray | None = None
    ) -> Judge:
        """This judge after ``rows`` (m, n) with ``hits`` (m,) 0 or 1, each counting ``importance`` (m,) times.

        The last layer alone learns, every weight drawn back to its present value with ``strength`` (the precision of a
        normal prior), the constant less: how common animals are differs most from place to place.
        """
        pull = np.full(len(self.weights), float(strength))
        pull[-1] = 0.1 * strength
        weights = newton(self._seen(rows), hits.astype(float), self.weights, pull, importance)
        return Judge(weights, self.hidden, self.centre, self.spread)

    def _seen(self, rows: np.ndarray) -> np.ndarray:
        values = _standardised(rows, self.centre, self.spread)
        units = np.tanh(values @ self.hidden[:-1] + self.hidden[-1])
        return np.hstack([values, units, np.ones((len(rows), 1))])

    def identity(self) -> str:
        """A short hash of the numbers."""
        return hashlib.sha256(np.ascontiguousarray(self.stacked()).tobytes()).hexdigest()[:12]

    def stacked(self) -> np.ndarray:
        """All numbers as one float64 array ``(n + 2, h + 3)``, for a file."""
        n, h = len(self.centre), self.hidden.shape[1]
        table = np.zeros((n + 2, h + 3))
        table[: n + 1, :h] = self.hidden
        table[:n, h], table[:n, h + 1] = self.centre, self.spread
        table[:n, h + 2], table[n, h + 2] = self.weights[:n], self.weights[-1]
        table[n + 1, :h] = self.weights[n:-1]
        return table

    @staticmethod
    def of(table: np.ndarray) -> Judge:
        """The judge that ``stacked`` wrote."""
        n, h = table.shape[0] - 2, table.shape[1] - 3
        weights = np.concatenate([table[:n, h + 2], table[n + 1, :h], table[n : n + 1, h + 2]])
        return Judge(weights, table[: n + 1, :h].copy(), table[:n, h].copy(), table[:n, h + 1].copy())


def fitted(rows: np.ndarray, hits: np.ndarray, used: Sequence[bool] | np.ndarray, seed: int = 0) -> Judge:
    """A new judge from ``rows`` (m, n) and ``hits`` (m,): gradient descent (Adam, Kingma and Ba 2015) on both layers.

    Numbers that are not ``used`` (n,) count nothing, but lessons may find them useful. Repeatable: the same rows in the
    same order give the same judge on one machine.
    """
    draw, mask = np.random.default_rng(seed), np.asarray(used, float)
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    values, n = _standardised(rows, centre, spread) * mask, rows.shape[1]
    parts = [draw.normal(size=(n + 1, HIDDEN)) / np.sqrt(n), draw.normal(size=n + HIDDEN + 1) * 0.1]
    parts[0][-1] = 0.0
    means, squares = [np.zeros_like(part) for part in parts], [np.zeros_like(part) for part in parts]
    step = 0
    for epoch in range(EPOCHS):
        order, rate = draw.permutation(len(values)), RATE * (1 - epoch / EPOCHS)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            z, one = values[some], np.ones((len(some), 1))
            units = np.tanh(z @ parts[0][:-1] + parts[0][-1])
            seen = np.hstack([z, units, one])
            wrong = (logistic(seen @ parts[1]) - hits[some]) / len(some)
            back = np.outer(wrong, parts[1][n:-1]) * (1 - units * units)
            slopes = [np.hstack([z, one]).T @ back, seen.T @ wrong]
            step += 1
            for k, slope in enumerate(slopes):
                slope = slope + DECAY * parts[k] * (np.arange(len(parts[k])) < len(parts[k]) - 1).reshape(
                    (-1,) + (1,) * (parts[k].ndim - 1)
                )
                means[k] = 0.9 * means[k] + 0.1 * slope
                squares[k] = 0.999 * squares[k] + 0.001 * slope * slope
                change = (means[k] / (1 - 0.9**step)) / (np.sqrt(squares[k] / (1 - 0.999**step)) + 1e-8)
                parts[k] = parts[k] - rate * change
    parts[0][:-1][mask == 0] = 0.0
    parts[1][:n][mask == 0] = 0.0
    return Judge(parts[1], parts[0], centre, spread)


def logistic(values: np.ndarray) -> np.ndarray:
    """Logarithms of odds as chances."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))


def _standardised(rows: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip((rows.astype(float) - centre) / spread, -WIDEST, WIDEST))


def newton(
    seen: np.ndarray, hits: np.ndarray, prior: np.ndarray, pull: np.ndarray, importance: np.ndarray | None
) -> np.ndarray:
    """Weights (k,) of a logistic regression on ``seen`` (m, k), each drawn to ``prior`` by ``pull``."""
    weights = prior.astype(float).copy()
    share = np.ones(len(hits)) if importance is None else importance
    for _ in range(STEPS):
        chance = logistic(seen @ weights)
        slope = seen.T @ (share * (chance - hits)) + pull * (weights - prior)
        bend = (seen * (share * chance * (1 - chance))[:, None]).T @ seen + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        weights -= step * min(1.0, 5.0 / (np.abs(step).max() + 1e-9))
        if np.abs(step).max() < SETTLED:
            break
    return weights
