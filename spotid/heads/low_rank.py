"""A light head on embeddings: z + up(relu(down(z))), made a unit vector.

Two fully connected layers with a narrow waist and a bridge over them, as "Spotted" describes its head; the way up
starts at nothing, so that an untrained head leaves every vector as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TINY = 1e-12
BLOCK_ROWS = 8192


@dataclass(frozen=True)
class Pass:
    """What a way through the net leaves behind for the way back."""

    given: np.ndarray  # (n, dim)
    waist: np.ndarray  # (n, rank), after the relu
    length: np.ndarray  # (n, 1), of the vectors before they were made unit vectors
    unit: np.ndarray  # (n, out)


class LowRank:
    """The head. With ``out`` it leads to another number of dimensions, and has no bridge."""

    def __init__(self, dim: int, rank: int, seed: int = 0, out: int | None = None, kind: type = np.float32) -> None:
        self.dim, self.rank, self.seed, self.out = dim, rank, seed, out
        draw = np.random.default_rng(seed)
        bound = 1 / np.sqrt(dim)
        self.down: np.ndarray = draw.uniform(-bound, bound, (dim, rank)).astype(kind)
        self.down_bias: np.ndarray = draw.uniform(-bound, bound, rank).astype(kind)
        wide = draw.uniform(-1, 1, (rank, out or dim)) / np.sqrt(rank)
        self.up = (wide if out else np.zeros_like(wide)).astype(kind)
        self.up_bias: np.ndarray = np.zeros(out or dim, kind)

    @property
    def weights(self) -> list[np.ndarray]:
        """The arrays that are trained, in the order of ``back``'s gradients; changed in place."""
        return [self.down, self.down_bias, self.up, self.up_bias]

    def forward(self, given: np.ndarray) -> Pass:
        """(n, dim) vectors through the net."""
        waist = np.maximum(given @ self.down + self.down_bias, 0)
        raw = waist @ self.up + self.up_bias
        if self.out is None:
            raw = raw + given
        length = np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), TINY)
        return Pass(given, waist, length, raw / length)

    def back(self, passed: Pass, gradient: np.ndarray) -> list[np.ndarray]:
        """Gradients of the weights, from the loss's gradient with respect to the unit vectors, (n, out)."""
        along = np.einsum("ij,ij->i", gradient, passed.unit)[:, None]
        raw = (gradient - along * passed.unit) / passed.length
        waist = (raw @ self.up.T) * (passed.waist > 0)
        return [passed.given.T @ waist, waist.sum(axis=0), passed.waist.T @ raw, raw.sum(axis=0)]

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """(n, dim) vectors → (n, out) unit vectors, float32; a few rows at a time, so a memory map may be given."""
        done = np.empty((len(vectors), self.out or self.dim), np.float32)
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = np.asarray(vectors[start : start + BLOCK_ROWS]).astype(self.down.dtype)
            done[start : start + BLOCK_ROWS] = self.forward(block).unit
        return done
