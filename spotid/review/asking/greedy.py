"""Greedy: always the most similar open pair. Early on it finds the easy matches; later it asks many pairs for one."""

from __future__ import annotations

import numpy as np

from spotid.review.asking.constraints import Change, Constraints, Pair
from spotid.review.asking.open_pairs import OpenPairs, Ranked


class Greedy:
    """The most similar pair that the answers do not settle."""

    name = "greedy"
    label = "Most similar first"

    def __init__(self, similarity: np.ndarray, constraints: Constraints, allowed: np.ndarray | None = None) -> None:
        """``similarity``: (n, n), higher is more alike. ``allowed``: (n, n) bool, pairs that may be asked."""
        self._pairs = OpenPairs(constraints, allowed)
        self._ranked = Ranked(similarity, self._pairs)

    def ask(self) -> Pair | None:
        """The most similar open pair; None where all are settled."""
        return self._ranked.best()

    def answered(self, a: int, b: int, same: bool, change: Change) -> None:
        """Follow an answer that the constraints have followed already."""
        self._pairs.follow(change)
