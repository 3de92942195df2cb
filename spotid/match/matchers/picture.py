"""A crop as the networks of matchers see it, and which places of it lie on the animal."""

from __future__ import annotations

import numpy as np

MOST_ENLARGED = 2.0  # small crops are enlarged so many times at most
REACH = 3  # pixels around the outline in which points still count: the coat goes up to its edge


def sized(rgb: np.ndarray, mask: np.ndarray, side: int, multiple: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The crop ((h, w, 3) uint8) with its longer side ``side`` pixels, its shape kept, and where points count.

    Averaged where it shrinks, as photographs hold more than the network looks at. ``multiple``: sides are rounded to
    multiples of it.
    """
    import cv2

    high, wide = mask.shape
    scale = min(MOST_ENLARGED, side / max(high, wide))
    size = tuple(max(32, multiple, round(one * scale / multiple) * multiple) for one in (wide, high))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=way)
    where = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(picture), np.asarray(cv2.dilate(where, np.ones((2 * REACH + 1,) * 2, np.uint8)) > 0)


def inside(places: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Which places ((n, 2) pixels x, y, 0 in the middle of the first) count: ``(n,)`` bool."""
    high, wide = where.shape
    column = np.clip(np.round(places[:, 0]).astype(np.int64), 0, wide - 1)
    row = np.clip(np.round(places[:, 1]).astype(np.int64), 0, high - 1)
    return np.asarray(where[row, column])
