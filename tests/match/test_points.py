"""The local matcher: symmetric, repeatable, and able to tell drawn coats apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.match.parts import Points
from spotid.match.points import CoatPoints

cv2 = pytest.importorskip("cv2")


def coat(seed: int, shift: float = 0.0, light: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    picture = np.full((260, 460, 3), (190, 160, 110), np.float32)
    for _ in range(160):
        at = (int(rng.integers(20, 440)), int(rng.integers(20, 240)))
        axes = (int(rng.integers(3, 10)), int(rng.integers(3, 8)))
        cv2.ellipse(picture, at, axes, float(rng.integers(0, 180)), 0, 360, (40, 30, 25), -1)
    move = np.array([[1 - shift, shift, 8 * shift], [0.3 * shift, 1 + 0.5 * shift, 0]], np.float32)
    picture = cv2.warpAffine(picture, move, (460, 260), borderMode=cv2.BORDER_REFLECT) * light
    picture += np.random.default_rng(seed + 1000 * round(100 * shift) + 1).normal(0, 4, picture.shape)
    mask = np.zeros((260, 460), np.uint8)
    cv2.ellipse(mask, (230, 130), (215, 115), 0, 0, 360, 1, -1)
    return np.clip(picture, 0, 255).astype(np.uint8), mask > 0


@pytest.fixture(scope="module")
def points() -> list[Points]:
    matcher = CoatPoints()
    matcher.load()
    return [matcher.extract(*coat(*which)) for which in ((1, 0.0, 1.0), (1, 0.06, 0.7), (2, 0.0, 1.0), (3, 0.04, 0.8))]


def test_points_are_inside_the_mask_and_compact(points: list[Points]) -> None:
    first = points[0]
    assert 100 < len(first.xy) <= 800 and first.descriptor.dtype == np.uint8 and first.descriptor.shape[1] == 128
    assert first.xy.min() >= 0 and first.xy.max() <= 1
    _, mask = coat(1)
    inside = mask[(first.xy[:, 1] * 259).astype(int), (first.xy[:, 0] * 459).astype(int)]
    assert inside.mean() > 0.95


def test_same_coat_scores_far_above_other_coats(points: list[Points]) -> None:
    matcher = CoatPoints()
    same = matcher.compare(points[0], points[1])
    others = [matcher.compare(points[0], points[2]).score, matcher.compare(points[0], points[3]).score]
    assert same.score > 5 * max(*others, 0.5)
    gap = points[0].xy[same.pairs[:, 0]] - points[1].xy[same.pairs[:, 1]]
    assert np.abs(gap).max() < 0.2


def test_repeatable(points: list[Points]) -> None:
    one, two = (CoatPoints().compare(points[0], points[1]) for _ in range(2))
    assert one.score == two.score and np.array_equal(one.pairs, two.pairs)


def test_symmetric(points: list[Points]) -> None:
    matcher = CoatPoints()
    for a in points:
        for b in points:
            there, back = matcher.compare(a, b), matcher.compare(b, a)
            assert there.score == back.score
            assert sorted(map(tuple, there.pairs)) == sorted((j, i) for i, j in back.pairs)


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_symmetric_and_sound_for_any_points(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)

    def some(count: int) -> Points:
        near = rng.integers(0, 3, (count, 128)) * rng.integers(0, 120)
        values = [rng.random((count, 2)).astype(np.float32).round(1), rng.random(count).astype(np.float32)]
        return Points(values[0], values[1], np.zeros(count, np.float32), near.astype(np.uint8))

    a, b = some(n), some(m)
    there, back = CoatPoints().compare(a, b), CoatPoints().compare(b, a)
    assert there.score == back.score >= 0 and np.isfinite(there.score)
    assert there.pairs.shape[1] == 2 and there.pairs.dtype == np.int32
    assert len(there.pairs) == 0 or (there.pairs.min() >= 0 and (there.pairs < [n, m]).all())


def test_crop_without_any_point() -> None:
    matcher = CoatPoints()
    flat = matcher.extract(np.full((80, 120, 3), 90, np.uint8), np.ones((80, 120), bool))
    assert flat.xy.shape == (0, 2) and flat.descriptor.shape == (0, 128)
    assert matcher.compare(flat, flat).score == 0.0
