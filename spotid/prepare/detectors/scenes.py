"""Which frames show the same place in the same light, and which rows of a frame are the camera's own writing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

GRID = (40, 30)  # width and height of the small gradient picture that stands for a scene
BLOCK = 5  # gradient cells along each side of the blocks that are compared one by one
MARGIN = 0.05  # of the height, left out of signatures at the top and at the bottom
TALLEST_STRIP = 0.12  # of the frame's height
INFRARED_SATURATION = 9.0  # grey levels: 0 on 11 infrared frames, 15 and more on 106 by daylight or white flash


def is_infrared(small: np.ndarray) -> bool:
    """True for a frame without colour: ``small`` is ``(h, w, 3)`` uint8 RGB."""
    sample = small[::4, ::4].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    return bool(np.percentile(spread, 70) < INFRARED_SATURATION)


def signature(small: np.ndarray) -> np.ndarray:
    """The scene of a frame as ``(blocks, values)`` float16 unit rows of normalised gradients.

    Gradients of a small picture, divided by their own local strength, hardly change with light and exposure. The top
    and bottom rows, where information strips lie, are always left out: a strip overlooked once changes nothing.
    """
    import cv2

    edge = round(MARGIN * small.shape[0])
    grey = cv2.cvtColor(small[edge : small.shape[0] - edge], cv2.COLOR_RGB2GRAY)
    tiny = cv2.resize(grey, GRID, interpolation=cv2.INTER_AREA).astype(np.float32)
    tiny = np.log(tiny + 16.0)
    gx, gy = cv2.Sobel(tiny, cv2.CV_32F, 1, 0), cv2.Sobel(tiny, cv2.CV_32F, 0, 1)
    local = cv2.GaussianBlur(np.hypot(gx, gy), (0, 0), 3.0) + 0.05
    field = np.stack([gx / local, gy / local], axis=2)
    down, across = GRID[1] // BLOCK, GRID[0] // BLOCK
    blocks = field.reshape(down, BLOCK, across, BLOCK, 2).transpose(0, 2, 1, 3, 4).reshape(down * across, -1)
    norms = np.linalg.norm(blocks, axis=1, keepdims=True)
    return np.asarray(blocks / np.maximum(norms, 1e-6), np.float16)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """How much two scenes agree, -1 to 1: the upper quartile of the blocks' correlations.

    A quartile, because an animal close to the camera may hide most of the place.
    """
    agreement = (a.astype(np.float32) * b.astype(np.float32)).sum(axis=1)
    return float(np.percentile(agreement, 75))


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
    if inside.size == 0 or below.size == 0:
        return 0
    written = float((np.abs(inside - ground) >= 90).mean())
    line = float((np.abs(below[1] - ground) >= 12).mean())  # a washed-out wall fades; a strip ends along the whole row
    return rows + 1 if 0.004 <= written <= 0.45 and line >= 0.7 else 0


def common_strips(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The strips that at least half of the frames of one camera agree on (their median)."""
    if not found:
        return 0.0, 1.0
    return float(np.median([top for top, _ in found])), float(np.median([bottom for _, bottom in found]))
