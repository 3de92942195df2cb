"""Pattern view, edge view and the quality number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.boxes import WHOLE, Box
from spotid.prepare import quality as q
from spotid.prepare.pattern import edge_view, pattern_view

cv2 = pytest.importorskip("cv2")


def crop() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    soft = cv2.GaussianBlur(rng.normal(size=(200, 300)).astype(np.float32), (0, 0), 4)
    rgb = np.dstack([np.where(soft > 0.02, 60, 190)] * 3).astype(np.uint8)
    mask = np.zeros((200, 300), bool)
    mask[40:160, 50:250] = True
    return rgb, mask


def test_views_have_the_crop_s_size_and_dull_surroundings() -> None:
    rgb, mask = crop()
    pattern, edges = pattern_view(rgb, mask), edge_view(rgb, mask)
    assert pattern.shape == edges.shape == mask.shape and pattern.dtype == edges.dtype == np.uint8
    assert pattern[mask].std() > 2 * pattern[~mask].std()
    assert set(np.unique(edges)) <= {0, 255} and edges[mask].any() and not edges[:30].any()


def test_quality_falls_with_blur_smallness_burning_and_cutting_off() -> None:
    rgb, mask = crop()
    middle = Box(0.2, 0.2, 0.5, 0.5)
    good = q.quality(rgb, mask, middle)
    blurred = q.quality(cv2.GaussianBlur(rgb, (0, 0), 6), mask, middle)
    small = q.quality(cv2.resize(rgb, (60, 40)), cv2.resize(mask.astype(np.uint8), (60, 40)) > 0, middle)
    burnt = q.quality(np.minimum(rgb.astype(int) * 3, 255).astype(np.uint8), mask, middle)
    assert max(blurred, small, burnt, q.quality(rgb, mask, Box(0, 0.2, 0.5, 0.5))) < good <= 1
    assert 0 <= q.quality(rgb, np.zeros_like(mask), WHOLE) <= 1


numbers = st.floats(0, 1e4)


@given(numbers, numbers, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_every_piece_is_monotone_and_between_floor_and_one(a: float, b: float, lost: float, more: float) -> None:
    low, high = sorted((a, b))
    for piece in (q.sharpness_piece, q.size_piece, lambda v: q.exposure_piece(lost, v)):
        assert q.FLOOR - 1e-9 <= piece(low) <= piece(high) <= 1.0
    few, many = sorted((lost, more))
    assert q.exposure_piece(few, a) >= q.exposure_piece(many, a)


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
@settings(max_examples=60, deadline=None)
def test_an_animal_inside_the_frame_is_never_worse_than_one_cut_off(x: float, y: float, w: float, h: float) -> None:
    assert q.completeness_piece(Box(x, y, w, h)) <= q.completeness_piece(Box(0.3, 0.3, 0.4, 0.4)) == 1.0
    assert q.completeness_piece(Box(0, y, w, h)) <= q.completeness_piece(Box(0.2, y, w, h)) + 1e-9 or x + w > 0.79


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_quality_is_a_share_for_any_picture(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    assert 0.0 <= q.quality(rgb, rng.random((height, width)) > 0.5, Box(0.1, 0.1, 0.5, 0.5)) <= 1.0
