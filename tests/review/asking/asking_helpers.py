"""Generated animals for the strategies' tests: embeddings in loose bundles, and an annotator who knows them."""

from __future__ import annotations

import numpy as np

from spotid.review.asking import Constraints, Strategy


def animals(sizes: list[int], spread: float = 0.5, seed: int = 3, dim: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """(who (n,), unit vectors (n, dim)) of animals seen so many times each; ``spread`` is the noise's length."""
    draw = np.random.default_rng(seed)
    who = np.repeat(np.arange(len(sizes)), sizes)
    centre = draw.normal(size=(len(sizes), dim)) / np.sqrt(dim)
    vectors = centre[who] + spread * draw.normal(size=(len(who), dim)) / np.sqrt(dim)
    return who, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def review(strategy: Strategy, constraints: Constraints, who: np.ndarray, most: int = 10_000) -> list[tuple[int, int]]:
    """All questions until the strategy has none; each must be open, in order, and the same when asked twice."""
    asked: list[tuple[int, int]] = []
    while len(asked) < most and (pair := strategy.ask()) is not None:
        a, b = pair
        assert strategy.ask() == pair and 0 <= a < b < len(who)
        assert constraints.relation(a, b) is None
        asked.append(pair)
        same = bool(who[a] == who[b])
        strategy.answered(a, b, same, constraints.apply(a, b, same))
    return asked


def found(constraints: Constraints, who: np.ndarray) -> float:
    """Share of the true matches that the answers settle."""
    return constraints.settled() / sum(k * (k - 1) // 2 for k in np.bincount(who))
