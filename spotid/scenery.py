"""What a place looks like: a signature of a frame's scene, and how alike two of them are."""

from __future__ import annotations

import numpy as np

GRID = (40, 30)  # width and height of the small gradient picture that stands for a scene
BLOCK = 5  # gradient cells along each side of the blocks that are compared one by one
MARGIN = 0.05  # of the height, left out of signatures at the top and at the bottom


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
    return float(likenesses(a, b[None])[0])


def likenesses(one: np.ndarray, many: np.ndarray) -> np.ndarray:
    """``likeness`` of one scene ``(blocks, values)`` with each of ``(n, blocks, values)``: ``(n,)``."""
    agreement = np.einsum("bv,nbv->nb", one.astype(np.float32), many.astype(np.float32))
    return np.asarray(np.percentile(agreement, 75, axis=1), np.float64)
