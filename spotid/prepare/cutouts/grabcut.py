"""The built-in cut-out: GrabCut (Rother, Kolmogorov and Blake 2004), started from the box and the rough outline."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from spotid.boxes import Box
from spotid.prepare.parts import CutOut

if TYPE_CHECKING:
    from collections.abc import Sequence

RECIPE = "grabcut 2"
WORK_SIDE = (
    192  # pixels of the crop's longer side while cutting; 256 gains 0.01 to 0.02 of mean overlap for 1.6 times the time
)
INNER = 0.46  # half axes of the first guess, an ellipse, as shares of the box's width and height
ROUNDS = 3
SPOTS = 5  # pixels of the median filter that takes spots out: without it dark rosettes go to a dark background
SMALLEST_SHARE = 0.15  # of the inner box; below it the outline has lost the animal (one leg, one bright patch)
LARGEST_SHARE = 0.95  # above it nothing was cut away
LIKE_HINT = 0.5  # intersection over union with the rough outline, or one of the two is wrong: keep the rough one
WHOLE_PIECE = 0.6  # share of the outline that its largest piece must hold, or it is fragmented


class GrabCut:
    """Colour models of animal and surroundings, cut along the strongest edges between them."""

    name = "grabcut"

    def identity(self) -> str:
        """A short hash of the recipe (there are no weights)."""
        return hashlib.sha256(
            f"{RECIPE} {WORK_SIDE} {ROUNDS} {SMALLEST_SHARE} {INNER} {SPOTS} {LIKE_HINT} {WHOLE_PIECE}".encode()
        ).hexdigest()[:12]

    def load(self) -> None:
        """Import OpenCV once, so that the first crop is not slower than the others."""
        import cv2

        cv2.setUseOptimized(True)

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        """The outline in ``crop`` ((h, w, 3) uint8 RGB) around the animal in ``inner``.

        ``hint`` is a rough (h, w) bool mask or None. An implausible outline (lost, everything, or in pieces) falls
        back to the hint where there is a sound one, else to an ellipse in the box; ``how`` says which.
        """
        import cv2

        height, width = crop.shape[:2]
        scale = min(1.0, WORK_SIDE / max(height, width))
        size = (max(8, round(width * scale)), max(8, round(height * scale)))
        small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
        left, top, right, bottom = inner.clipped().pixels(*size)
        rough = _small_hint(hint, size, (left, top, right, bottom))
        trimap = _trimap(size, (left, top, right, bottom), rough)
        within = np.zeros(trimap.shape, bool)
        within[top:bottom, left:right] = True
        try:
            found = _grabcut(small, trimap)
        except cv2.error:  # a flat crop has no two colours to separate
            found = np.zeros(trimap.shape, bool)
        found, whole = _largest_pieces(found & within)
        share = float(found.sum()) / max(1, int(within.sum()))
        plausible = SMALLEST_SHARE <= share <= LARGEST_SHARE and whole >= WHOLE_PIECE
        if plausible and (rough is None or _alike(found, rough) >= LIKE_HINT):
            mask, score, how = found, _trust(share, whole, found, rough), self.name
        elif rough is not None:
            mask, score, how = rough, 0.4, "rough outline"
        else:
            mask, score, how = _ellipse(size, (left, top, right, bottom)), 0.1, "ellipse in the box"
        return CutOut(_upsample(mask, width, height), score, how)


def _small_hint(hint: np.ndarray | None, size: tuple[int, int], edges: Sequence[int]) -> np.ndarray | None:
    """The hint at working size, inside the box; None where it covers an implausible share of the box."""
    import cv2

    if hint is None or not hint.any():
        return None
    left, top, right, bottom = edges
    rough = np.zeros((size[1], size[0]), bool)
    shrunk = cv2.resize(hint.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    rough[top:bottom, left:right] = shrunk[top:bottom, left:right]
    rough, _ = _largest_pieces(rough)
    share = rough.sum() / max(1, (right - left) * (bottom - top))
    return rough if SMALLEST_SHARE <= share <= LARGEST_SHARE else None


def _trimap(size: tuple[int, int], edges: Sequence[int], rough: np.ndarray | None) -> np.ndarray:
    """Sure surroundings outside the box and in its corners; probable animal in the hint, else in an ellipse."""
    import cv2

    left, top, right, bottom = edges
    wide, high = right - left, bottom - top
    trimap = np.full((size[1], size[0]), cv2.GC_BGD, np.uint8)
    trimap[top:bottom, left:right] = cv2.GC_PR_BGD
    if rough is None:
        likely = _ellipse(size, edges)
        trimap[likely] = cv2.GC_PR_FGD
    else:
        reach = max(3, round(0.08 * max(wide, high))) | 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        near = cv2.dilate(rough.astype(np.uint8), kernel) > 0
        trimap[near & (trimap != cv2.GC_BGD)] = cv2.GC_PR_BGD
        trimap[rough] = cv2.GC_PR_FGD
        deep = cv2.erode(rough.astype(np.uint8), kernel, borderValue=0) > 0
        trimap[deep] = cv2.GC_FGD
        trimap[~near] = cv2.GC_BGD
        return trimap
    # Without a margin of surroundings the colour model of the background has nothing to learn from: the four corners of
    # a box around an animal are nearly always surroundings.
    across, down = max(1, wide // 14), max(1, high // 10)
    for rows in (slice(top, top + down), slice(bottom - down, bottom)):
        for columns in (slice(left, left + across), slice(right - across, right)):
            trimap[rows, columns] = cv2.GC_BGD
    return trimap


def _ellipse(size: tuple[int, int], edges: Sequence[int]) -> np.ndarray:
    """A filled ellipse over 92 % of the box's width and height, as a bool mask of ``size`` (width, height)."""
    left, top, right, bottom = edges
    y, x = np.ogrid[: size[1], : size[0]]
    across = (x + 0.5 - (left + right) / 2) / max(0.5, INNER * (right - left))
    down = (y + 0.5 - (top + bottom) / 2) / max(0.5, INNER * (bottom - top))
    inside: np.ndarray = across**2 + down**2 <= 1.0
    if not inside.any():
        inside[(top + bottom) // 2, (left + right) // 2] = True
    return inside


def _grabcut(small: np.ndarray, trimap: np.ndarray) -> np.ndarray:
    import cv2

    if not ((trimap == cv2.GC_PR_FGD).any() and (trimap != cv2.GC_PR_FGD).any()):
        return np.zeros(trimap.shape, bool)
    cv2.setRNGSeed(7)  # the colour models start from a random k-means
    labels = trimap.copy()
    cv2.grabCut(
        cv2.medianBlur(small, SPOTS), labels, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK
    )
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def _largest_pieces(found: np.ndarray) -> tuple[np.ndarray, float]:
    """``found`` without crumbs and holes, and the share of it that its largest piece held."""
    import cv2

    side = max(3, round(0.015 * max(found.shape))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count <= 1:
        return np.zeros(found.shape, bool), 0.0
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = [1 + i for i, area in enumerate(areas) if area >= 0.1 * areas.max()]
    mask = np.isin(labels, kept).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    limit = 0.04 * mask.sum()  # spots and rosettes are holes in the colour model; gaps between legs are larger
    for outline in outlines:
        if cv2.contourArea(outline) < limit:
            cv2.drawContours(mask, [outline], -1, 1, thickness=cv2.FILLED)
    return mask.astype(bool), float(areas.max() / areas.sum())


def _trust(share: float, whole: float, found: np.ndarray, rough: np.ndarray | None) -> float:
    """0 to 1: in one piece, of a usual share of its box (0.3 to 0.8), and in agreement with a hint if there is one."""
    usual = min(1.0, share / 0.3, (1.0 - share) / 0.2)
    agree = 0.75 if rough is None else _alike(found, rough)
    return float(np.clip(usual * whole * agree, 0.0, 1.0))


def _alike(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, int((a | b).sum())))


def _upsample(mask: np.ndarray, width: int, height: int) -> np.ndarray:
    """The mask at the crop's size, its staircase smoothed away; never empty where ``mask`` was not."""
    import cv2

    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.2)
    large: np.ndarray = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) > 0.5
    if not large.any():
        large = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return large
