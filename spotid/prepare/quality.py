"""How usable a sighting's picture is for telling individuals apart, as one number.

Four pieces, each between a floor and 1 and each monotone in what it measures, are multiplied as a weighted geometric
mean: a picture must be passable in all of them. The number sorts and pairs pictures; nothing is ever dropped by it.
"""

from __future__ import annotations

import math

import numpy as np

from spotid.boxes import Box

WEIGHTS = {"sharpness": 0.35, "size": 0.3, "exposure": 0.2, "completeness": 0.15}
FLOOR = 0.02  # no single piece pulls the whole to nothing
EDGE = 0.008  # a box nearer to the frame's edge than this share of the frame is cut off there


def sharpness_piece(detail: float) -> float:
    """From the coat's fine detail (spread of the Laplacian over that of the grey values): 0.02 blurred, 0.6 crisp."""
    return _ramp(math.log(max(detail, 1e-6)), math.log(0.02), math.log(0.6))


def size_piece(side: float) -> float:
    """From the animal's size in pixels (root of its outline's area): 30 is hardly usable, 400 shows every spot."""
    return _ramp(math.log(max(side, 1e-6)), math.log(30.0), math.log(400.0))


def exposure_piece(lost: float, contrast: float) -> float:
    """From the share of the coat that is burnt out or black, and the grey values' spread (5 flat, 35 ample)."""
    return max(FLOOR, (1.0 - min(1.0, max(0.0, lost))) * _ramp(contrast, 5.0, 35.0))


def completeness_piece(box: Box) -> float:
    """From the frame's edges that cut the animal off: sides hide a flank's ends and cost more than top and bottom."""
    piece = 1.0
    for cut, cost in (
        (box.x <= EDGE, 0.3),
        (box.x + box.w >= 1.0 - EDGE, 0.3),
        (box.y <= EDGE, 0.15),
        (box.y + box.h >= 1.0 - EDGE, 0.15),
    ):
        piece -= cost if cut else 0.0
    return max(FLOOR, piece)


def quality(rgb: np.ndarray, mask: np.ndarray, box_in_frame: Box) -> float:
    """0 (useless) to 1 (excellent) for a crop ``(h, w, 3)`` uint8 RGB with its ``(h, w)`` bool mask.

    ``box_in_frame`` is the sighting's box as fractions of its picture. An empty mask counts as the whole crop.
    """
    import cv2

    inside = mask if mask.any() else np.ones(mask.shape, bool)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    values = grey[inside].astype(np.float32)
    contrast = float(values.std())
    # Detail is measured in a picture of standard size (the animal about 256 pixels): it says nothing about size.
    side = math.sqrt(float(inside.sum()))
    scale = min(1.0, 256.0 / max(1.0, side))
    size = (max(4, round(grey.shape[1] * scale)), max(4, round(grey.shape[0] * scale)))
    standard = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    kernel = np.ones((5, 5), np.uint8)
    within = cv2.erode(cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), kernel) > 0
    detail = 0.0
    if within.any():
        detail = float(cv2.Laplacian(standard, cv2.CV_32F)[within].std() / (4.0 * (standard[within].std() + 4.0)))
    pieces = {
        "sharpness": sharpness_piece(detail),
        "size": size_piece(side),
        "exposure": exposure_piece(float(((values <= 4) | (values >= 251)).mean()), contrast),
        "completeness": completeness_piece(box_in_frame),
    }
    return float(math.exp(sum(WEIGHTS[name] * math.log(max(FLOOR, piece)) for name, piece in pieces.items())))


def _ramp(value: float, low: float, high: float) -> float:
    """From the floor at ``low`` straight up to 1 at ``high``."""
    return FLOOR + (1.0 - FLOOR) * min(1.0, max(0.0, (value - low) / (high - low)))
