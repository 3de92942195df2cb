"""Cutting an animal out of its photograph and bringing it to a network's size: as each classifier was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spotid.boxes import Box
from spotid.nets import images

if TYPE_CHECKING:
    from torch import Tensor

CUTS = ("box", "square")
SHAPES = ("squash", "centre")


def boxed(rgb: np.ndarray, box: Box, margin: float = 0.0) -> np.ndarray:
    """The box, grown by ``margin`` of its sides on each, without anything around it; sides are cut to whole pixels.

    Left, top, width and height are rounded down, each by itself, as SpeciesNet does it (classifier.py). Never empty.
    """
    height, width = rgb.shape[:2]
    box = box.padded(margin) if margin else box.clipped()
    left, top = min(int(box.x * width), width - 1), min(int(box.y * height), height - 1)
    wide, high = max(1, int(box.w * width)), max(1, int(box.h * height))
    return rgb[top : top + high, left : left + wide]


def square(rgb: np.ndarray, box: Box, margin: float = 0.0) -> np.ndarray:
    """The box with its shorter side grown to the longer one, cut at the photograph's edges: a rectangle there.

    As DeepFaune's ``cropSquareCVtoPIL`` does it, to the rounding. Never empty.
    """
    height, width = rgb.shape[:2]
    box = box.padded(margin) if margin else box.clipped()
    x1, y1, x2, y2 = box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height
    wide, high = x2 - x1, y2 - y1
    if wide > high:
        half = int((wide - high) / 2)
        y1, y2 = y1 - half, y2 + half
    elif high > wide:
        half = int((high - wide) / 2)
        x1, x2 = x1 - half, x2 + half
    left, top = min(max(0, int(x1)), width - 1), min(max(0, int(y1)), height - 1)
    return rgb[top : max(top + 1, min(int(y2), height)), left : max(left + 1, min(int(x2), width))]


def sized(crop: np.ndarray, side: int, shape: str, resize: str) -> np.ndarray:
    """(side, side, 3): squashed, or its shorter side brought to ``side`` and the middle taken (``centre``), to the
    pixel as torchvision's ``Resize`` and ``CenterCrop`` do it."""
    if shape == "squash":
        return images.squash(crop, side, side, resize)
    height, width = crop.shape[:2]
    shorter = min(height, width)
    high, wide = side * height // shorter, side * width // shorter
    grown = images.squash(crop, high, wide, resize)
    top, left = round((high - side) / 2), round((wide - side) / 2)  # of two equally near, the even one
    return grown[top : top + side, left : left + side]


def straight(crop: np.ndarray, side: int) -> Tensor:
    """(side, side, 3) uint8: brought straight to ``side`` by bilinear interpolation of floats without averaging, then
    cast to 8 bits, which is what SpeciesNet's classifier sees (classifier.py of google/cameratrapai).

    torch's ``interpolate`` is what torchvision's ``resize`` calls with ``antialias=False``; the cast is that of its
    ``convert_image_dtype``.
    """
    import torch

    floats = torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1))).to(torch.float32) / 255.0
    grown = torch.nn.functional.interpolate(floats[None], size=(side, side), mode="bilinear", align_corners=False)
    return grown[0].mul(255.0 + 1.0 - 1e-3).to(torch.uint8).permute(1, 2, 0).contiguous()
