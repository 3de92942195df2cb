"""Preparing pictures: against other implementations and against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.nets.images import IMAGENET, letterbox, normalised, squash, without_background

pytest.importorskip("cv2")


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_a_gradient_squashed_and_normalised() -> None:
    """Doubling 0, 100, 200 by OpenCV's centres: 0, 25, 75, 125, 175, 200; then (value / 255 - mean) / std."""
    row = np.array([0, 100, 200], np.uint8)
    gradient = np.stack([np.tile(row, (4, 1))] * 3, axis=2)
    wide = squash(gradient, 4, 6)
    assert wide[0, :, 0].tolist() == [0, 25, 75, 125, 175, 200]
    ready = normalised(wide, *IMAGENET)
    assert ready.shape == (3, 4, 6) and ready.dtype == np.float32 and ready.flags.c_contiguous
    assert ready[0, 0, 3] == pytest.approx((125 / 255 - 0.485) / 0.229, abs=1e-6)
    assert ready[1, 0, 5] == pytest.approx((200 / 255 - 0.456) / 0.224, abs=1e-6)
    assert ready[2, 3, 0] == pytest.approx(-0.406 / 0.225, abs=1e-6)


@pytest.mark.parametrize(("how", "mode"), [("bilinear", "bilinear"), ("bicubic", "bicubic")])
@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("size", [(97, 211), (31, 700)])
def test_resizing_agrees_with_torch(how: str, mode: str, smooth: bool, size: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    rgb = noise(*size) // 2 + 64  # away from both ends, where overshooting would be cut off
    floats = torch.from_numpy(rgb.transpose(2, 0, 1).astype(np.float32))[None]
    # OpenCV's cubic has the coefficient -0.75, as torch's without antialias; Pillow's has -0.5, as torch's with it.
    other = torch.nn.functional.interpolate(floats, (64, 128), mode=mode, align_corners=False, antialias=smooth)
    expected = other[0].clamp(0, 255).numpy().transpose(1, 2, 0)
    ours = squash(rgb, 64, 128, how + "-antialias" * smooth)
    assert np.abs(ours - expected).max() <= 1.5  # one step of rounding in each direction of the picture


def test_averaging_is_another_thing_than_picking() -> None:
    stripes = np.zeros((64, 640, 3), np.uint8)
    stripes[:, ::5] = 255
    assert squash(stripes, 64, 128, "bilinear-antialias").std() < 10 < squash(stripes, 64, 128, "nearest").max()
    with pytest.raises(ValueError, match="no way"):
        squash(stripes, 4, 4, "magic")
    with pytest.raises(ValueError, match="no way"):
        squash(stripes, 4, 4, "area-antialias")


@given(height=st.integers(1, 900), width=st.integers(1, 900), stride=st.sampled_from([0, 14, 32]))
@settings(max_examples=30)
def test_letterbox_keeps_the_shape(height: int, width: int, stride: int) -> None:
    rgb = np.full((height, width, 3), 200, np.uint8)
    framed, scale, (left, top, right, bottom) = letterbox(rgb, 224, stride)
    inside = framed[top : framed.shape[0] - bottom, left : framed.shape[1] - right]
    assert max(inside.shape[:2]) == 224 and (inside == 200).all()
    assert inside.shape[0] == max(1, round(height * scale)) and inside.shape[1] == max(1, round(width * scale))
    assert int((framed == 114).sum()) == 3 * (framed.shape[0] * framed.shape[1] - inside.shape[0] * inside.shape[1])
    if stride:
        assert all(side % stride == 0 for side in framed.shape[:2])
    else:
        assert framed.shape == (224, 224, 3)


@pytest.mark.parametrize("size", [(480, 640), (333, 777), (1000, 211), (50, 50)])
@pytest.mark.parametrize("stride", [0, 32])
def test_letterbox_is_that_of_ultralytics(size: tuple[int, int], stride: int) -> None:
    augment = pytest.importorskip("ultralytics.data.augment")
    rgb = noise(*size)
    theirs = augment.LetterBox((640, 640), auto=bool(stride), stride=32)(image=rgb)
    assert np.array_equal(theirs, letterbox(rgb, 640, stride)[0])


def test_a_background_that_is_removed() -> None:
    rgb, mask = noise(20, 30), np.zeros((20, 30), bool)
    assert without_background(rgb, mask) is rgb
    mask[5:9, 4:20] = True
    alone = without_background(rgb, mask, (1, 2, 3))
    assert (alone[mask] == rgb[mask]).all() and (alone[~mask] == (1, 2, 3)).all()
    assert (without_background(rgb, mask)[~mask] == 0).all()
