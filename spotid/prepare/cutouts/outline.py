"""From what a network proposes to one clean outline: the proposal that fits the box, without crumbs and holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotid.boxes import Box

BEYOND = 0.06  # of the box on every side: boxes are rarely exact, and fur at their edge belongs to the animal
CRUMBS = 0.1  # of the largest piece: smaller pieces are leaves and stones; the half behind a stem is larger
HOLES = 0.04  # of the outline: smaller holes are patches of coat, larger ones gaps between legs
SMALLEST_SHARE, LARGEST_SHARE = 0.08, 0.98  # of the box; beyond them the animal was lost, or nothing was cut away
FITS = 0.45  # intersection over union of the outline's own box with the one asked for; a head alone has less
SURE = 0.5  # what the network itself has to think of its outline


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline, (h, w) bool; ``score`` is the network's own (0 to 1), ``fit`` how well it fills the box (0 to 1)."""

    mask: np.ndarray
    score: float
    fit: float

    @property
    def worth(self) -> float:
        """What outlines are ranked by: sure and as large as the box."""
        return self.score * self.fit


def best(masks: np.ndarray, scores: np.ndarray, inner: Box) -> Outline | None:
    """The best of several proposals, cleaned; None where none is plausible.

    ``masks`` is (n, h, w) bool, ``scores`` (n) what the network thinks of each, ``inner`` the animal's box in
    fractions. Of an animal a network proposes the whole, a part and the background behind it: the one whose own box is
    nearest to the box asked for is the whole.
    """
    found = []
    for mask, score in zip(masks, scores, strict=True):
        clean = tidied(mask, inner)
        if clean.any() and np.isfinite(score):
            fit = box_round(clean).iou(inner.clipped())
            found.append(Outline(clean, float(np.clip(score, 0.0, 1.0)), fit))
    chosen = max(found, key=lambda one: one.worth, default=None)
    return chosen if chosen is not None and _plausible(chosen, inner) else None


def _plausible(one: Outline, inner: Box) -> bool:
    height, width = one.mask.shape
    left, top, right, bottom = inner.clipped().pixels(width, height)
    share = float(one.mask[top:bottom, left:right].mean())
    return SMALLEST_SHARE <= share <= LARGEST_SHARE and one.fit >= FITS and one.score >= SURE


def tidied(found: np.ndarray, inner: Box) -> np.ndarray:
    """``found`` (h, w) bool within its box and a little beyond, without crumbs and small holes; may be empty."""
    height, width = found.shape
    x0, y0, x1, y1 = inner.clipped().padded(BEYOND).pixels(width, height)
    within = np.zeros((height, width), bool)
    within[y0:y1, x0:x1] = found[y0:y1, x0:x1]
    return cleaned(within, CRUMBS, HOLES)


def cleaned(found: np.ndarray, crumbs: float, holes: float) -> np.ndarray:
    """``found`` (h, w) bool without pieces below ``crumbs`` of the largest and holes below ``holes`` of what is left.

    May be empty; ``found`` itself is not changed.
    """
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    if count <= 1:
        return np.zeros(found.shape, bool)
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = [1 + number for number, area in enumerate(areas) if area >= crumbs * areas.max()]
    mask = np.isin(labels, kept).astype(np.uint8)
    limit = holes * float(mask.sum())
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for outline, links in zip(outlines, tree[0], strict=True):
        if links[3] >= 0 and cv2.contourArea(outline) < limit:
            cv2.drawContours(mask, [outline], -1, 1, thickness=cv2.FILLED)
    return mask.astype(bool)


def box_round(mask: np.ndarray) -> Box:
    """The smallest box round a mask (h, w) that is not empty, as fractions."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = float(columns[0] / width), float(rows[0] / height)
    return Box(x, y, float((columns[-1] + 1) / width) - x, float((rows[-1] + 1) / height) - y)
