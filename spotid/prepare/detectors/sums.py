"""Sums over rectangles of a map in constant time (Viola and Jones 2001): in a box, around it, and at its edges."""

from __future__ import annotations

import numpy as np

RING = 0.25  # of a box's sides: the ring around it that should be quiet
BAND = 0.18  # of a box's sides: the bands inside and outside each edge


class Sums:
    """A map ``(h, w)`` ready to be asked; edges are (left, top, right, bottom) in its pixels."""

    def __init__(self, values: np.ndarray) -> None:
        import cv2

        self._table = cv2.integral(np.ascontiguousarray(values, np.float32), sdepth=cv2.CV_64F)
        self._height, self._width = values.shape
        self.whole = float(self._table[-1, -1])

    def total(self, edges: tuple[int, int, int, int]) -> float:
        left, top, right, bottom = self._inside(edges)
        table = self._table
        return float(table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left])

    def mean(self, edges: tuple[int, int, int, int]) -> float:
        left, top, right, bottom = self._inside(edges)
        return self.total(edges) / max(1, (right - left) * (bottom - top))

    def ring(self, edges: tuple[int, int, int, int]) -> float:
        """The mean around a box."""
        left, top, right, bottom = edges
        dx, dy = round(RING * (right - left)) + 1, round(RING * (bottom - top)) + 1
        outer = self._inside((left - dx, top - dy, right + dx, bottom + dy))
        area = (outer[2] - outer[0]) * (outer[3] - outer[1]) - (right - left) * (bottom - top)
        return max(0.0, self.total(outer) - self.total(edges)) / max(1, area)

    def bands(self, edges: tuple[int, int, int, int], floor: float = 0.3) -> tuple[float, float]:
        """How much stronger the map is just inside each edge than just outside it: (weakest edge, mean), logarithms.

        At the frame's border there is no outside; such an edge counts as a middling one.
        """
        left, top, right, bottom = edges
        dx, dy = max(2, round(BAND * (right - left))), max(2, round(BAND * (bottom - top)))
        pairs = (
            ((left, top, left + dx, bottom), (left - dx, top, left, bottom), left - 2 < 0),
            ((right - dx, top, right, bottom), (right, top, right + dx, bottom), right + 2 > self._width),
            ((left, top, right, top + dy), (left, top - dy, right, top), top - 2 < 0),
            ((left, bottom - dy, right, bottom), (left, bottom, right, bottom + dy), bottom + 2 > self._height),
        )
        steps = [
            0.4 if border else float(np.log((self.mean(inner) + floor) / (self.mean(outer) + floor)))
            for inner, outer, border in pairs
        ]
        return min(steps), float(np.mean(steps))

    def _inside(self, edges: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        left, top, right, bottom = edges
        left, top = min(max(left, 0), self._width), min(max(top, 0), self._height)
        return left, top, max(left, min(right, self._width)), max(top, min(bottom, self._height))
