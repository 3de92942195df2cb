"""Teaching a head by pairs: the short way gives the plain way's loss and gradients."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.heads import pairs
from spotid.heads.low_rank import LowRank
from spotid.heads.pairs import Lesson, gradients


def some_lesson(n: int, dim: int, seed: int = 0) -> tuple[LowRank, Lesson]:
    """A head that has learnt something, in double precision, and lessons of which some are no opinion."""
    draw = np.random.default_rng(seed)
    head = LowRank(dim, 3, seed, kind=np.float64)
    head.up[:] = draw.normal(0, 0.5, head.up.shape)
    head.up_bias[:] = draw.normal(0, 0.2, dim)
    given = draw.normal(size=(n, dim))
    target, weight = draw.random((n, n)), draw.random((n, n)) * (draw.random((n, n)) < 0.6)
    return head, Lesson(given, given @ given.T, (target + target.T) / 2, weight + weight.T)


def plain(head: LowRank, lesson: Lesson) -> float:
    unit = head.forward(lesson.given).unit
    return float(np.sum(lesson.weight * (np.maximum(unit @ unit.T, 0) - lesson.target) ** 2))


@pytest.mark.parametrize("tile", [512, 4])
def test_gradients_are_those_of_finite_differences(tile: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pairs, "TILE", tile)
    head, lesson = some_lesson(11, 6)
    value, told = gradients(head, lesson)
    assert value == pytest.approx(plain(head, lesson))
    step = 1e-6
    for array, gradient in zip(head.weights, told, strict=True):
        assert array.shape == gradient.shape
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            up = plain(head, lesson)
            array[place] = kept - step
            down = plain(head, lesson)
            array[place] = kept
            assert gradient[place] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-7)


def test_the_way_back_through_the_vectors_says_the_same():
    """The head's own gradients, given those of the vectors."""
    head, lesson = some_lesson(20, 5, seed=3)
    passed = head.forward(lesson.given)
    cosine = passed.unit @ passed.unit.T
    slope = 4 * lesson.weight * (np.maximum(cosine, 0) - lesson.target) * (cosine > 0)
    for one, other in zip(head.back(passed, slope @ passed.unit), gradients(head, lesson)[1], strict=True):
        assert np.allclose(one, other)


def test_gradients_are_those_of_torch():
    torch = pytest.importorskip("torch")
    head, lesson = some_lesson(17, 8, seed=5)
    weights = [torch.tensor(array, requires_grad=True) for array in head.weights]
    z = torch.tensor(lesson.given)
    raw = z + torch.relu(z @ weights[0] + weights[1]) @ weights[2] + weights[3]
    unit = raw / raw.norm(dim=1, keepdim=True)
    short = torch.clamp(unit @ unit.T, min=0) - torch.tensor(lesson.target)
    (torch.tensor(lesson.weight) * short**2).sum().backward()
    for weight, gradient in zip(weights, gradients(head, lesson)[1], strict=True):
        assert np.allclose(weight.grad.numpy(), gradient)
