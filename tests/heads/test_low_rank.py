"""The light head, its way back, and the optimiser."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.heads import low_rank
from spotid.heads.adam import Adam
from spotid.heads.low_rank import LowRank


def test_an_untrained_head_leaves_vectors_as_they_are():
    given = np.random.default_rng(0).normal(size=(9, 16)).astype(np.float32)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    assert np.allclose(LowRank(16, 4).apply(given), given, atol=1e-6)


@pytest.mark.parametrize("out", [None, 3])
def test_the_way_back_is_that_of_finite_differences(out: int | None):
    draw = np.random.default_rng(1)
    head = LowRank(5, 4, seed=2, out=out, kind=np.float64)
    head.up[:] = draw.normal(size=head.up.shape)
    given, wanted = draw.normal(size=(7, 5)), draw.normal(size=(7, out or 5))
    told = head.back(head.forward(given), wanted)
    step = 1e-6
    for array, gradient in zip(head.weights, told, strict=True):
        for place in np.ndindex(array.shape):
            kept, sides = array[place], []
            for way in (step, -step):
                array[place] = kept + way
                sides.append(float(np.sum(head.forward(given).unit * wanted)))
            array[place] = kept
            assert gradient[place] == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-5, abs=1e-8)


def test_rows_go_through_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch):
    given = np.random.default_rng(3).normal(size=(10, 6)).astype(np.float16)
    head = LowRank(6, 12, out=4)
    whole = head.apply(given)
    monkeypatch.setattr(low_rank, "BLOCK_ROWS", 3)
    assert np.allclose(head.apply(given), whole, atol=1e-6)
    assert whole.dtype == np.float32 and np.allclose(np.linalg.norm(whole, axis=1), 1)
    assert head.apply(given[:0]).shape == (0, 4)


def test_a_vector_of_nothing_stays_finite():
    assert np.isfinite(LowRank(4, 2).apply(np.zeros((2, 4)))).all()


def test_adams_first_steps():
    """Worked out from the paper's algorithm: whatever the gradient's size, the first step is the rate long."""
    array = np.array([1.0, -2.0])
    adam = Adam([array], rate=0.1)
    adam.step([np.array([1e-3, -50.0])])
    assert array == pytest.approx([0.9, -1.9], abs=2e-6)
    for _ in range(500):
        adam.step([2 * array])
    assert np.abs(array).max() < 1e-2
