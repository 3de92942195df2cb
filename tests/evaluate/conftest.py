"""A project with vectors, so that it can be measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from spotid.project import shards

WHO = (0, 0, 1, 1, 2, 0)  # of the six photographs of ``stock``


def vectors_of(who: tuple[int, ...], seed: int = 3, dim: int = 16) -> np.ndarray:
    """Unit rows that are more alike within an individual, ``(n, dim)`` float32."""
    draw = np.random.default_rng(seed)
    middles = draw.normal(size=(max(who) + 1, dim))
    rows = middles[list(who)] + 0.6 * draw.normal(size=(len(who), dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def describe() -> Callable[..., None]:
    """Gives all sightings of a stocked project vectors that go with ``who``."""

    def give(stocked, who: tuple[int, ...] = WHO) -> None:
        project = stocked.project
        encoder = shards.encoder_row(project.store, "made-up", "test", 16)
        rows = project.store.all("SELECT * FROM sighting ORDER BY id")
        shards.append(project.layout, project.store, encoder, rows, vectors_of(who))

    return give
