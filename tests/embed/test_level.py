"""Crops laid level: the same picture, however the camera was held."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.embed.level import Level, levelled
from spotid.embed.parts import Crop
from spotid.embed.registry import encoder

cv2 = pytest.importorskip("cv2")


def fish(degrees: float) -> Crop:
    """A drop with soft patches, its thick end to the left, turned by so much."""
    down, across = np.mgrid[:400, :400].astype(np.float32)
    x, y = (across - 200) / 130, (down - 200) / 130
    body = np.abs(y) < 0.45 * np.sqrt(np.clip(1 - x * x, 0, 1)) * (1.15 - x) / 2
    patches = (np.sin(7 * x + 1) * np.cos(9 * y) > 0) * 90 + 60 * (x < 0)
    rgb = np.dstack([np.where(body, 60 + patches, 200)] * 3).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((200, 200), degrees, 1)
    rgb = cv2.warpAffine(cv2.GaussianBlur(rgb, (0, 0), 3), turn, (400, 400), borderValue=(200, 200, 200))
    return Crop(rgb, cv2.warpAffine(body.astype(np.uint8), turn, (400, 400)) > 0)


@pytest.mark.parametrize("degrees", [20, 90, 135, 180, 250, 359])
def test_a_turned_animal_is_laid_as_the_straight_one(degrees: float) -> None:
    straight, turned = levelled(fish(0)), levelled(fish(degrees))
    assert straight.mask.shape[1] > 1.5 * straight.mask.shape[0]
    high, wide = straight.mask.shape
    assert np.abs(np.subtract(turned.mask.shape, straight.mask.shape)).max() <= 6
    rgb = cv2.resize(turned.rgb, (wide, high)).astype(float)
    mask = cv2.resize(turned.mask.astype(np.uint8), (wide, high)) > 0
    assert (mask == straight.mask).mean() > 0.97
    assert np.abs(rgb - straight.rgb)[straight.mask].mean() < 12  # of 255; upside down it is 40 and more
    assert np.abs(rgb[::-1, ::-1] - straight.rgb)[straight.mask].mean() > 25


def test_what_has_no_long_axis_stays_as_it_is() -> None:
    round_ = np.hypot(*(np.mgrid[:90, :90] - 45)) < 30
    for mask in (round_, np.zeros((90, 90), bool), np.ones((90, 90), bool)):
        crop = Crop(np.zeros((90, 90, 3), np.uint8), mask)
        assert levelled(crop) is crop


def test_vectors_are_of_another_encoder() -> None:
    inner = encoder("coat-vlad")
    level = Level(inner)
    assert level.identity() != inner.identity() and (level.name, level.dim) == (inner.name, inner.dim)
    level.load()
    rows = level.encode([fish(0), fish(135)])
    assert rows.shape == (2, inner.dim) and float(rows[0] @ rows[1]) > 0.8
