"""The sheet a station's background is painted on: colours, distances, and which pixels stand up from the ground."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.body import View
from spotid.evaluate.simulate.noise import Field

Array = npt.NDArray[np.float64]
SKY = 250.0


class Canvas:
    """Painted from the far to the near.

    ``colour`` (h, w, 3) uint8, the square root of linear light, red first; ``deep`` (h, w) metres to whatever is seen;
    ``stands`` (h, w) metres to things that can hide an animal, infinite on open ground; ``cover`` (h, w) uint8, only
    kept on a layer of its own (``bare`` is then True), 255 where anything was painted.
    """

    def __init__(self, view: View, bare: bool = False) -> None:
        shape = (view.height, view.width)
        self.view = view
        self.colour = np.zeros((*shape, 3), np.uint8)
        self.deep = np.full(shape, SKY, np.float32)
        self.stands = np.full(shape, np.inf, np.float32)
        self.cover = np.zeros(shape, np.uint8) if bare else None

    def polygon(self, outline: Array, colour: tuple[float, float, float], deep: float) -> None:
        """Fill an outline of pixels ``(n, 2)`` with a colour (0 to 255) at a distance."""
        import cv2

        corners = [np.round(outline * 16).astype(np.int32)]
        cv2.fillPoly(self.colour, corners, colour, cv2.LINE_AA, 4)
        cv2.fillPoly(self.deep, corners, deep, cv2.LINE_8, 4)
        cv2.fillPoly(self.stands, corners, deep, cv2.LINE_8, 4)
        if self.cover is not None:
            cv2.fillPoly(self.cover, corners, 255, cv2.LINE_AA, 4)

    def paste(self, left: int, top: int, colour: Field, alpha: Field, deep: float | Field, stands: bool = True) -> None:
        """Lay colours ``(h, w, 3)`` 0 to 255, over the canvas as far as ``alpha`` (h, w) says, clipped at its edges."""
        height, width = alpha.shape
        y0, x0 = max(top, 0), max(left, 0)
        y1, x1 = min(top + height, self.view.height), min(left + width, self.view.width)
        if y1 <= y0 or x1 <= x0:
            return
        inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        outer = (slice(y0, y1), slice(x0, x1))
        a = alpha[inner][..., None]
        mixed = self.colour[outer] * (1 - a) + colour[inner] * a
        self.colour[outer] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
        solid = alpha[inner] > 0.5
        far = deep[inner] if isinstance(deep, np.ndarray) else np.full(solid.shape, deep, np.float32)
        self.deep[outer] = np.where(solid, far, self.deep[outer])
        if stands:
            self.stands[outer] = np.where(solid, far, self.stands[outer])
        if self.cover is not None:
            self.cover[outer] = np.maximum(self.cover[outer], (alpha[inner] * 255).astype(np.uint8))

    def spot(self, east: float, north: float, up: float = 0.0) -> tuple[float, float, float]:
        """Column, row and pixels per metre of a place in the world."""
        flat, deep = self.view.project(np.array([east, north, up]))
        return float(flat[0]), float(flat[1]), self.view.focal / float(deep)

    def darken(self, east: float, north: float, wide: float, deep: float, strength: float) -> None:
        """A soft contact shadow on the ground, ``wide`` and ``deep`` metres."""
        import cv2

        x, y, scale = self.spot(east, north)
        rx = wide * scale
        ry = max(2.0, deep * scale * self.view.above_ground / max(north, 1.0))
        pad = int(max(rx, ry) * 0.6) + 3
        left, top = int(x - rx) - pad, int(y - ry) - pad
        w, h = int(2 * rx) + 2 * pad, int(2 * ry) + 2 * pad
        y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + h, self.view.height), min(left + w, self.view.width)
        if y1 <= y0 or x1 <= x0:
            return
        row, column = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        r = ((column - x) / rx) ** 2 + ((row - y) / ry) ** 2
        shade = 1 - strength * np.exp(-1.3 * r)
        cv2.multiply(
            self.colour[y0:y1, x0:x1], np.repeat(shade[..., None], 3, 2), self.colour[y0:y1, x0:x1], 1.0, cv2.CV_8U
        )
