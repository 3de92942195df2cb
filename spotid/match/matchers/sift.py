"""SIFT's points with LightGlue: only LightGlue has weights."""

from __future__ import annotations

import numpy as np

from spotid.match.matchers.glued import WIDE, Glued

CONTRAST, EDGE, LAYERS = 0.0066667, 10, 4  # as LightGlue's authors call SIFT
LEAST = 1e-6


class SiftLightGlue(Glued):
    """SIFT (Lowe 2004) in RootSIFT form and LightGlue (Lindenberger, Sarlin, Pollefeys 2023)."""

    oriented = True
    usual = {"side": 1024, "points": 512}  # noqa: RUF012 - the side that its authors use; of finer points more are needed

    def find(self, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, ...]:
        """As of any other. Of several points at one pixel the strongest counts, with the angle nearest to 0."""
        import cv2

        sift = cv2.SIFT.create(contrastThreshold=CONTRAST, edgeThreshold=EDGE, nOctaveLayers=LAYERS)
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        found, raw = sift.detectAndCompute(grey, where.astype(np.uint8))
        if not found:
            nothing = np.empty(0, np.float32)
            return np.empty((0, 2), np.float32), nothing, nothing, np.empty((0, WIDE), np.float32)
        places = np.array([one.pt for one in found], np.float32)
        strength, size, angle = (
            np.array([getattr(one, name) for one in found], np.float32) for name in ("response", "size", "angle")
        )
        turned = np.abs((angle + 180.0) % 360.0 - 180.0)
        order = np.lexsort((places[:, 0], places[:, 1], turned, -strength))
        _, first = np.unique(np.round(places[order]).astype(np.int64), axis=0, return_index=True)
        chosen = order[np.sort(first)]
        return places[chosen], size[chosen], angle[chosen], root(raw[chosen])


def root(raw: np.ndarray) -> np.ndarray:
    """SIFT descriptors ``(n, 128)`` in RootSIFT form (Arandjelovic and Zisserman 2012), as LightGlue learnt them."""
    values = raw.astype(np.float32) / np.maximum(np.abs(raw).sum(axis=1, keepdims=True), LEAST)
    values = np.sqrt(np.maximum(values, LEAST))
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), LEAST), np.float32)
