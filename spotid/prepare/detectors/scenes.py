"""Which frames show the same place in the same light, and which rows of a frame are the camera's own writing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spotid.scenery import BLOCK, GRID, MARGIN, likeness, signature

__all__ = ["BLOCK", "GRID", "MARGIN", "common_strips", "is_infrared", "likeness", "signature", "strips"]

TALLEST_STRIP = 0.12  # of the frame's height
SHAPES, SHAPE_SLACK = (4 / 3, 16 / 9, 3 / 2), 0.015  # of cameras' pictures: long side by short side
ODD_SHARE, ONE_SIZE_SHARE = (
    0.6,
    0.25,
)  # from how many pictures of odd shapes, and to how many of one size, they are crops
INFRARED_SATURATION = 9.0  # grey levels: 0 on 11 infrared frames, 15 and more on 106 by daylight or white flash


def is_infrared(small: np.ndarray) -> bool:
    """True for a frame without colour: ``small`` is ``(h, w, 3)`` uint8 RGB."""
    sample = small[::4, ::4].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    return bool(np.percentile(spread, 70) < INFRARED_SATURATION)


def strips(small: np.ndarray) -> tuple[float, float]:
    """The ends of the picture proper, as fractions of the height: ``(0.0, 1.0)`` where nothing is written.

    An information strip is a run of rows at the top or bottom in one flat colour with writing of strong contrast on it,
    ending at a sharp line.
    """
    import cv2

    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.int16)
    height = grey.shape[0]
    return _strip(grey) / height, 1.0 - _strip(grey[::-1]) / height


def _strip(grey: np.ndarray) -> int:
    """Rows of the strip at the top of ``grey`` ((h, w) int16), 0 where there is none."""
    tallest = round(TALLEST_STRIP * grey.shape[0])
    if tallest < 3:  # a panorama, or a picture of a few rows
        return 0
    ground = int(np.median(grey[1:3]))
    if 40 < ground < 215:
        return 0
    flat = (np.abs(grey[: tallest + 2] - ground) <= 10).mean(axis=1)
    rows = 0
    while rows < len(flat) and flat[rows] >= 0.45:
        rows += 1
    if not 3 <= rows <= tallest:
        return 0
    inside, below = grey[1 : rows - 1], grey[rows + 1 : rows + 4]
    if inside.size == 0 or len(below) < 2:
        return 0
    written = float((np.abs(inside - ground) >= 90).mean())
    line = float((np.abs(below[1] - ground) >= 12).mean())  # a washed-out wall fades; a strip ends along the whole row
    return rows + 1 if 0.004 <= written <= 0.45 and line >= 0.7 else 0


def common_strips(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The strips that at least half of the frames of one camera agree on (their median)."""
    if not found:
        return 0.0, 1.0
    return float(np.median([top for top, _ in found])), float(np.median([bottom for _, bottom in found]))


def are_crops(sizes: Sequence[tuple[int, int]]) -> bool:
    """Whether pictures of these sizes (width, height) have been cut out already: cameras give every frame one size, and
    a usual shape; crops have neither. A camera's frames cut along a strip have an odd shape but one size."""
    odd = [size for size in sizes if not any(abs(max(size) / min(size) / shape - 1) < SHAPE_SLACK for shape in SHAPES)]
    commonest = max((list(sizes).count(size) for size in set(sizes)), default=0)
    return len(odd) >= ODD_SHARE * len(sizes) > 0 and (len(sizes) == 1 or commonest < ONE_SIZE_SHARE * len(sizes) + 1)
