"""The built-in encoder: unit rows whatever the crop, alike for one coat and unlike for two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.embed.encoders.coat import WEIGHTS, CoatEncoder
from spotid.embed.parts import Crop

cv2 = pytest.importorskip("cv2")


@pytest.fixture(scope="module")
def encoder() -> CoatEncoder:
    made = CoatEncoder()
    made.load()
    return made


def coat(seed: int, squeeze: float = 1.0, light: float = 1.0) -> Crop:
    rng = np.random.default_rng(seed)
    picture = np.full((240, 440, 3), (190, 160, 110), np.float32)
    for _ in range(150):
        at = (int(rng.integers(10, 430)), int(rng.integers(10, 230)))
        axes = (int(rng.integers(4, 10)), int(rng.integers(4, 9)))
        cv2.ellipse(picture, at, axes, float(rng.integers(0, 180)), 0, 360, (45, 35, 30), int(rng.choice([-1, 3])))
    picture = cv2.resize(picture, (round(440 * squeeze), 240)) * light
    mask = np.zeros(picture.shape[:2], bool)
    mask[15:225, 20:-20] = True
    return Crop(np.clip(picture, 0, 255).astype(np.uint8), mask)


def test_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 2_000_000


def test_shape_kind_and_repeatability(encoder: CoatEncoder) -> None:
    rows = encoder.encode([coat(1), coat(2)])
    assert rows.shape == (2, encoder.dim) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(rows, encoder.encode([coat(1), coat(2)]))
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_same_coat_is_nearest(encoder: CoatEncoder) -> None:
    first = encoder.encode([coat(n) for n in range(6)])
    again = encoder.encode([coat(n, squeeze=0.93, light=0.7) for n in range(6)])
    assert np.array_equal((first @ again.T).argmax(axis=1), np.arange(6))


def test_crops_without_points_get_one_fixed_vector(encoder: CoatEncoder) -> None:
    flat = Crop(np.full((60, 90, 3), 80, np.uint8), np.ones((60, 90), bool))
    dot = Crop(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), bool))
    rows = encoder.encode([flat, dot])
    assert np.isfinite(rows).all() and np.allclose(rows[0], rows[1])


@given(st.integers(0, 2**32 - 1), st.integers(1, 50), st.integers(1, 50), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_unit_rows_for_any_picture(seed: int, height: int, width: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    crop = Crop(rng.integers(0, 256, (height, width, 3)).astype(np.uint8), rng.random((height, width)) < share)
    row = CoatEncoder().encode([crop])[0]
    assert np.isfinite(row).all() and abs(float(np.linalg.norm(row)) - 1.0) < 1e-4
