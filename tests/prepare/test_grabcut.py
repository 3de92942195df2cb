"""The built-in cut-out on drawn crops, plausible and hopeless ones."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.boxes import WHOLE, Box
from spotid.prepare.cutouts.grabcut import GrabCut

cv2 = pytest.importorskip("cv2")
INNER = Box(0.1, 0.1, 0.8, 0.8)


def drawn() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    crop = np.clip(rng.normal(0, 8, (240, 400, 3)) + [60, 90, 50], 0, 255).astype(np.uint8)
    mask = np.zeros((240, 400), np.uint8)
    cv2.ellipse(mask, (200, 120), (150, 85), 0, 0, 360, 1, -1)
    coat = np.clip(rng.normal(0, 8, crop.shape) + [205, 175, 120], 0, 255).astype(np.uint8)
    for x, y in rng.integers((50, 40), (350, 200), (60, 2)):
        cv2.circle(coat, (int(x), int(y)), 6, (35, 25, 20), -1)
    return np.where(mask[..., None] > 0, coat, crop), mask > 0


def test_outline_keeps_the_spots() -> None:
    crop, true = drawn()
    cut = GrabCut().cut(crop, INNER, None)
    assert cut.how == "grabcut" and cut.mask.shape == true.shape and cut.mask.dtype == bool
    assert (cut.mask & true).sum() / (cut.mask | true).sum() > 0.8
    assert 0.2 < cut.score <= 1


def test_same_outline_twice() -> None:
    crop, _ = drawn()
    assert np.array_equal(GrabCut().cut(crop, INNER, None).mask, GrabCut().cut(crop, INNER, None).mask)


def test_hopeless_crop_falls_back_and_says_so() -> None:
    flat = np.full((100, 160, 3), 90, np.uint8)
    cut = GrabCut().cut(flat, INNER, None)
    assert cut.how == "ellipse in the box" and cut.mask.any() and cut.score < 0.3
    rough = np.zeros((100, 160), bool)
    rough[30:70, 40:120] = True
    cut = GrabCut().cut(flat, INNER, rough)
    assert cut.how in {"rough outline", "grabcut"} and (cut.mask & rough).sum() > 0.5 * (cut.mask | rough).sum()


def test_outline_that_contradicts_the_rough_one_is_not_believed() -> None:
    crop, true = drawn()
    rough = np.zeros_like(true)
    rough[30:210, 45:120] = True
    rough[30:80, 45:355] = True
    cut = GrabCut().cut(crop, INNER, rough)
    assert (cut.mask & rough).sum() >= 0.5 * (cut.mask | rough).sum() or cut.how == "rough outline"


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (9, 9)])
@pytest.mark.parametrize("inner", [WHOLE, Box(0.4, 0.4, 0.0, 0.0), Box(0.9, 0.9, 0.5, 0.5)])
def test_tiny_crops_give_a_mask_of_their_size(shape: tuple[int, int], inner: Box) -> None:
    crop = np.random.default_rng(2).integers(0, 255, (*shape, 3)).astype(np.uint8)
    cut = GrabCut().cut(crop, inner, None)
    assert cut.mask.shape == shape and 0 <= cut.score <= 1
