"""A detector that needs no station's memory: boxes round what the small animal network sees in a single frame."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spotid.boxes import Box
from spotid.prepare import segmenter
from spotid.prepare.parts import Detection, Frame

RECIPE = "animal network 1"
SEEN = 0.5  # a pixel above it may be animal
PARTED = 0.75  # animals that touch below this share are two where they do not touch above it
PART = 0.25  # of the larger part that another part must reach to be an animal of its own
NEAR = 0.02  # of the frame's width: patches of one animal behind a stem are that close
SMALLEST = 0.0012  # of the frame
AROUND = 0.25  # of the square root of a patch's pixels: how wide a rim is compared with it
# The chance that a patch is an animal, a logistic rule on the mean share on it, its size (decimal logarithm of its part
# of the frame), the mean share on the rim around it and how much of its box it fills: an animal ends where its outline
# does, a sunlit slope fades out. Fitted by training/segment/scores.py; see the README there for on what.
BIAS, MEAN, SIZE, RIM, FILLS = -5.95, 20.10, 2.68, -10.00, -7.06
WEAKEST_SCORE = 0.25
MOST_ANIMALS = 6


class NetworkDetector:
    """Finds animals in one frame at a time; ``context`` is not looked at, so stations with few frames work too."""

    name = "animal-network"
    needs_context = False

    def __init__(self, weights: Path = segmenter.WEIGHTS) -> None:
        self._weights = weights

    def identity(self) -> str:
        """A short hash of weights and recipe."""
        recipe = [RECIPE, segmenter.LOOKS, SEEN, PARTED, PART, NEAR, SMALLEST, WEAKEST_SCORE, MOST_ANIMALS]
        content = f"{recipe} {(AROUND, BIAS, MEAN, SIZE, RIM, FILLS)} {segmenter.fingerprint(self._weights)}"
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def load(self) -> None:
        """Read the weights once; raises ``NotFoundError`` where there are none."""
        segmenter.one_look(np.zeros((48, 64, 3), np.uint8), self._weights)

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        """The animals of each frame, best first; an empty list where there is none."""
        return [found_in(segmenter.animal_map(frame.small, self._weights)) for frame in frames]


def found_in(shares: np.ndarray, weakest: float = WEAKEST_SCORE) -> list[Detection]:
    """The animals of a map ``(h, w)`` of shares from 0 to 1, best first, with their outlines as masks."""
    found = []
    for mask in candidates(shares):
        score = score_of(measured(shares, mask))
        if score >= weakest:
            found.append(Detection(_box_round(mask), score, "animal", "animal network", mask))
    return sorted(found, key=lambda one: -one.score)[:MOST_ANIMALS]


def candidates(shares: np.ndarray) -> list[np.ndarray]:
    """The patches of a map as ``(h, w)`` bool masks: pieces close to one another as one, touching animals apart."""
    closed, found = _closed(shares, round(NEAR * shares.shape[1])), []
    for patch in segmenter.patches(closed, SEEN, SMALLEST):
        found += [part & (shares > SEEN) for part in _parts(closed, patch.mask)]
    return [mask for mask in found if mask.any()]


def measured(shares: np.ndarray, mask: np.ndarray) -> tuple[float, float, float, float]:
    """What the score of a patch rests on: mean share on it, size, mean share on its rim, how it fills its box."""
    import cv2

    pixels = int(mask.sum())
    reach = max(3, round(AROUND * math.sqrt(pixels)))
    left, top, right, bottom = _box_round(mask).pixels(mask.shape[1], mask.shape[0])
    near = np.s_[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach]
    inside, values = mask[near], shares[near]
    rim = (cv2.dilate(inside.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0) & ~inside
    around = float(values[rim].mean()) if rim.any() else 1.0
    fills = pixels / max(1, (right - left) * (bottom - top))
    return float(values[inside].mean()), math.log10(pixels / mask.size), around, fills


def score_of(patch: tuple[float, float, float, float]) -> float:
    """The chance that a patch, as ``measured``, is an animal."""
    mean, size, around, fills = patch
    odds = BIAS + MEAN * mean + SIZE * size + RIM * around + FILLS * fills
    return 1.0 / (1.0 + math.exp(-float(np.clip(odds, -30, 30))))


def _closed(shares: np.ndarray, near: int) -> np.ndarray:
    """The map with gaps narrower than ``near`` pixels closed, such as a stem before an animal."""
    import cv2

    if near < 2:
        return shares
    return np.asarray(cv2.morphologyEx(shares, cv2.MORPH_CLOSE, np.ones((near, near), np.uint8)), np.float32)


def _parts(shares: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
    """``mask``, or its parts where it falls apart into several of similar size at a higher share."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask & (shares > PARTED)).astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = [1 + n for n in range(count - 1) if areas[n] >= max(PART * areas.max(), SMALLEST * shares.size)]
    if len(large) < 2 or areas[[n - 1 for n in large]].sum() < 0.6 * mask.sum():
        return [mask]
    # Every pixel of the whole goes to the part that it is nearest to.
    distances = [cv2.distanceTransform((labels != n).astype(np.uint8), cv2.DIST_L2, 3) for n in large]
    nearest = np.argmin(np.stack(distances), axis=0)
    return [mask & (nearest == n) for n in range(len(large))]


def _box_round(mask: np.ndarray) -> Box:
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = float(columns[0] / width), float(rows[0] / height)
    return Box(x, y, float((columns[-1] + 1) / width) - x, float((rows[-1] + 1) / height) - y)
