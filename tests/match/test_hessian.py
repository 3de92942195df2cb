"""Hessian-affine spots: in the right place, slanted like the blob, upright, and found again on a slanted view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.match.hessian import described, hessian_affine

cv2 = pytest.importorskip("cv2")


def coat(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = np.full((240, 360), 170, np.uint8)
    for _ in range(150):
        at = (int(rng.integers(10, 350)), int(rng.integers(10, 230)))
        axes = (int(rng.integers(3, 9)), int(rng.integers(3, 9)))
        cv2.ellipse(picture, at, axes, float(rng.integers(0, 180)), 0, 360, int(rng.integers(20, 90)), -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.0)


@settings(max_examples=15, deadline=None)
@given(x=st.floats(45, 75), y=st.floats(45, 75), ratio=st.floats(1.0, 2.2), dark=st.booleans())
def test_a_blob_has_its_place_and_slant(x: float, y: float, ratio: float, dark: bool) -> None:
    rows, columns = np.mgrid[:120, :120]
    blob = np.exp(-0.5 * (((columns - x) / (6 * ratio)) ** 2 + ((rows - y) / 6) ** 2))
    grey = np.round(128 + (-90 if dark else 90) * blob).astype(np.uint8)
    found = hessian_affine(grey, None, 20)
    strongest = int(np.argmax(found.response))
    assert np.abs(found.xy[strongest] - [x, y]).max() < 1.0
    wide, _, _, high = found.frame[strongest].ravel()
    # The level that a spot is found in is blurred alike in all directions, which makes it rounder than it is.
    assert 0.95 * (1.0 + 0.3 * (ratio - 1.0)) < wide / high < 1.1 * ratio
    assert 4.0 < found.scale[strongest] < 16.0


def test_found_again_on_a_slanted_view() -> None:
    grey = coat(1)
    move = np.array([[0.95, 0.12, 4.0], [0.02, 0.7, 20.0]])
    slanted = cv2.warpAffine(grey, move, (360, 240), borderMode=cv2.BORDER_REFLECT)
    a, b = hessian_affine(grey, None, 200), hessian_affine(slanted, None, 300)
    gap = np.linalg.norm((np.c_[a.xy, np.ones(len(a.xy))] @ move.T)[:, None] - b.xy[None], axis=2)
    unit = [one.descriptor / np.linalg.norm(one.descriptor, axis=1, keepdims=True) for one in (a, b)]
    nearest = (unit[0] @ unit[1].T).argmax(axis=1)
    assert (gap.min(axis=1) < 3).mean() > 0.6
    assert (gap[np.arange(len(nearest)), nearest] < 4).mean() > 0.5


def test_order_mask_shapes_and_repeatability() -> None:
    grey = coat(2)
    where = np.zeros(grey.shape, bool)
    where[:, :180] = True
    one, two = (hessian_affine(grey, where, 80) for _ in range(2))
    assert len(one.xy) <= 80 and one.descriptor.shape == (len(one.xy), 128)
    assert one.xy[:, 0].max() < 182
    assert (np.diff(one.response) <= 0).all()
    assert np.allclose(one.frame[:, 0, 1], 0) and np.allclose(np.linalg.det(one.frame), 1, atol=1e-3)
    assert np.array_equal(one.xy, two.xy) and np.array_equal(one.descriptor, two.descriptor)


@pytest.mark.parametrize("shape", [(1, 1), (5, 40), (23, 23), (64, 64)])
def test_flat_and_tiny_pictures_hold_nothing(shape: tuple[int, int]) -> None:
    found = hessian_affine(np.full(shape, 90, np.uint8), None, 50)
    assert len(found.xy) == 0 and found.descriptor.shape == (0, 128)


def test_descriptors_do_not_depend_on_the_mosaic() -> None:
    patches = np.random.default_rng(3).uniform(0, 255, (70, 41, 41)).astype(np.float32)
    together, alone = described(patches), np.concatenate([described(patches[i : i + 1]) for i in range(70)])
    assert np.abs(together - alone).max() <= 2
