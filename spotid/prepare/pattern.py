"""Two views of a coat for the eye: its local contrast, and its edges."""

from __future__ import annotations

import numpy as np

BACKGROUND_SHARE = 0.3  # how much of the surroundings' contrast stays visible
BACKGROUND_GREY = 96
TILE = 48  # pixels: about the size of a group of rosettes in a crop of 800 pixels
EDGE_LOW, EDGE_HIGH = 55, 160  # the thresholds of the first SpotID, whose users know this picture


def pattern_view(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The coat with even local contrast: ``(h, w)`` uint8 from ``(h, w, 3)`` uint8 RGB and its ``(h, w)`` bool mask.

    Contrast-limited adaptive histogram equalisation (Zuiderveld 1994); the surroundings are toned down to a dull grey.
    """
    import cv2

    height, width = mask.shape
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    tiles = (max(2, round(width / TILE)), max(2, round(height / TILE)))
    even = cv2.createCLAHE(clipLimit=3.0, tileGridSize=tiles).apply(grey).astype(np.float32)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(1.0, 0.004 * max(height, width)))
    dull = BACKGROUND_GREY + BACKGROUND_SHARE * (even - 128.0)
    return np.clip(soft * even + (1.0 - soft) * dull, 0, 255).round().astype(np.uint8)


def edge_view(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """White edges on black, ``(h, w)`` uint8: Canny (1986) after a 5 by 5 blur of the crop without background."""
    import cv2

    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    alone = np.where(mask, grey, 0).astype(np.uint8)
    return np.asarray(cv2.Canny(cv2.GaussianBlur(alone, (5, 5), 0), EDGE_LOW, EDGE_HIGH), np.uint8)
