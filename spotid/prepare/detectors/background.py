"""What differs from a place as it usually looks: frames of one scene -> a difference map -> blobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WORK_SIDE = 256  # pixels of the longer side; an animal of 5 % of the frame's width is still 13 pixels wide
COARSE = 12.0  # pixels: light that changes over larger distances is weather, not an animal
PATCH = 2.0  # pixels: two places are compared by a small neighbourhood, not by single pixels
AGREE = 0.15  # a pixel shows the usual place when this share of the reference frames looks the same there
SHIFT_SHARE = 0.06  # a camera shaken by wind moves less than this share of the width
NOISE = 3.0  # grey levels that never count as a difference
CALM = 40  # percentile of the frame that is taken as unchanged: an animal may fill more than half of the picture
GROW = 1.8  # a difference, in units of the frame's usual one
SEED = 2.6  # a blob's strongest tenth must reach this
OUTLINE = 0.5  # a blob ends where the difference falls under this share of its strongest tenth
SMALLEST = 0.002  # of the frame's area


@dataclass(frozen=True)
class Blob:
    """One connected difference at working size."""

    mask: np.ndarray  # (h, w) bool
    strength: float  # mean difference inside, in units of the frame's usual difference

    @property
    def mass(self) -> float:
        """What blobs are ranked by: strong and large first."""
        return self.strength * float(np.sqrt(self.mask.sum()))

    def edges(self) -> tuple[int, int, int, int]:
        """``(left, top, right, bottom)``, without the outermost hundredth of the area (hairs, blades of grass)."""
        left, right = _span(self.mask.sum(axis=0))
        top, bottom = _span(self.mask.sum(axis=1))
        return left, top, right, bottom


def planes(small: np.ndarray) -> np.ndarray:
    """A frame for comparing: ``(h, w, 3)`` float32, lightness and two colours without the slow changes of light.

    ``small`` is ``(h, w, 3)`` uint8 RGB. Lightness is taken by its logarithm and divided by its wide contrast, so that
    a longer exposure or a weaker flash changes nothing.
    """
    import cv2

    scale = WORK_SIDE / max(small.shape[:2])
    size = (max(16, round(small.shape[1] * scale)), max(16, round(small.shape[0] * scale)))
    tiny = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(tiny, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = 60.0 * np.log(lab[..., 0] + 12.0)
    fine = light - cv2.GaussianBlur(light, (0, 0), COARSE)
    contrast = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), 2 * COARSE))
    fine *= 12.0 / (contrast + 6.0)
    colour = lab[..., 1:] - np.median(lab[..., 1:], axis=(0, 1))
    return np.dstack([fine, 0.8 * colour]).astype(np.float32)


def aligned(reference: np.ndarray, target: np.ndarray) -> np.ndarray:
    """``reference`` shifted onto ``target`` where it clearly is the same view moved a little (phase correlation)."""
    import cv2

    (dx, dy), response = cv2.phaseCorrelate(reference[..., 0], target[..., 0])
    limit = SHIFT_SHARE * target.shape[1]
    if response < 0.08 or max(abs(dx), abs(dy)) < 0.4 or max(abs(dx), abs(dy)) > limit:
        return reference
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (target.shape[1], target.shape[0])
    return np.asarray(cv2.warpAffine(reference, move, size, borderMode=cv2.BORDER_REPLICATE), np.float32)


def difference(target: np.ndarray, references: Sequence[np.ndarray]) -> np.ndarray:
    """How unlike the usual place each pixel is: ``(h, w)`` float32, in units of the frame's own usual difference.

    Each pixel's neighbourhood is compared with that of every reference; it belongs to the place when a share of them
    agrees. This is the sample consensus of ViBe (Barnich and Van Droogenbroeck 2011) instead of one median: an animal
    that rested in half of the frames neither becomes the background nor leaves a ghost where it lay.
    """
    import cv2

    gaps = np.empty((len(references), *target.shape[:2]), np.float32)
    for n, reference in enumerate(references):
        gap = np.square(target - aligned(reference, target)).sum(axis=2)
        gaps[n] = cv2.GaussianBlur(gap, (0, 0), PATCH)
    order = int(AGREE * len(references))
    nearest = np.sqrt(np.partition(gaps, order, axis=0)[order])
    return np.asarray(nearest / max(NOISE, float(np.percentile(nearest, CALM))), np.float32)


def blobs(unlike: np.ndarray, rows: tuple[float, float]) -> list[Blob]:
    """The connected differences, largest mass first; ``rows``: the ends of the picture proper (``scenes.strips``)."""

    height, width = unlike.shape
    inside = np.zeros(unlike.shape, np.float32)
    ends = slice(round(rows[0] * height), round(rows[1] * height))
    inside[ends] = unlike[ends]
    close, sweep = _disc(0.035 * width), _disc(0.02 * width)
    found = []
    for mask in _pieces(inside >= GROW, close, sweep):
        peak = float(np.percentile(inside[mask], 90))
        if peak < SEED:
            continue
        level = max(GROW, OUTLINE * peak)
        found += [Blob(piece, float(inside[piece].mean())) for piece in _pieces(mask & (inside >= level), close, sweep)]
    return sorted(joined(found), key=lambda blob: -blob.mass)


def joined(found: list[Blob]) -> list[Blob]:
    """Small pieces added to the large one right beside them: a leg seen through grass belongs to its animal."""
    import cv2

    kept: list[Blob] = []
    for blob in sorted(found, key=lambda blob: -int(blob.mask.sum())):
        near = cv2.dilate(blob.mask.astype(np.uint8), _disc(0.05 * blob.mask.shape[1])) > 0
        host = next(
            (
                n
                for n, other in enumerate(kept)
                if blob.mask.sum() < 0.4 * other.mask.sum() and (near & other.mask).any()
            ),
            None,
        )
        if host is None:
            kept.append(blob)
            continue
        other = kept[host]
        a, b = int(other.mask.sum()), int(blob.mask.sum())
        kept[host] = Blob(other.mask | blob.mask, (a * other.strength + b * blob.strength) / (a + b))
    return kept


def pieces(level: np.ndarray, close: float, sweep: float) -> list[np.ndarray]:
    """The connected parts of a bool map ``(h, w)``, gaps up to ``close`` pixels closed, crumbs below ``sweep`` gone."""
    return _pieces(level, _disc(close), _disc(sweep))


def _pieces(level: np.ndarray, close: np.ndarray, sweep: np.ndarray) -> list[np.ndarray]:
    """The connected parts of a bool map, gaps closed and crumbs swept away, each as a bool mask."""
    import cv2

    smooth = cv2.morphologyEx(level.astype(np.uint8), cv2.MORPH_CLOSE, close)
    smooth = cv2.morphologyEx(smooth, cv2.MORPH_OPEN, sweep)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(smooth)
    smallest = SMALLEST * level.size
    return [labels == n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= smallest]


def _disc(diameter: float) -> np.ndarray:
    import cv2

    side = max(3, round(diameter)) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def _span(counts: np.ndarray) -> tuple[int, int]:
    total = np.cumsum(counts)
    first = int(np.searchsorted(total, 0.01 * total[-1]))
    last = int(np.searchsorted(total, 0.99 * total[-1]))
    return first, max(first, last) + 1
