"""The Adam optimiser (Kingma and Ba 2015)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Adam:
    """Moves arrays in place against their gradients."""

    def __init__(
        self, arrays: Sequence[np.ndarray], rate: float, first: float = 0.9, second: float = 0.999, least: float = 1e-8
    ) -> None:
        self.arrays, self.rate, self.first, self.second, self.least = list(arrays), rate, first, second, least
        self.steps = 0
        self._mean = [np.zeros_like(array) for array in self.arrays]
        self._square = [np.zeros_like(array) for array in self.arrays]

    def step(self, gradients: Sequence[np.ndarray]) -> None:
        """One step; the gradients come in the order of the arrays."""
        self.steps += 1
        rate, whole = self.rate / (1 - self.first**self.steps), (1 - self.second**self.steps) ** 0.5
        for array, gradient, mean, square in zip(self.arrays, gradients, self._mean, self._square, strict=True):
            mean += (1 - self.first) * (gradient - mean)
            square += (1 - self.second) * (gradient * gradient - square)
            array -= (rate * mean / (np.sqrt(square) / whole + self.least)).astype(array.dtype)
