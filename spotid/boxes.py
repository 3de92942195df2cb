"""A box around one animal, as fractions of the upright picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width and height, each a fraction of the upright picture (0 to 1)."""

    x: float
    y: float
    w: float
    h: float

    def clipped(self) -> Box:
        """The part of the box that lies inside the picture."""
        x0, y0 = min(max(self.x, 0.0), 1.0), min(max(self.y, 0.0), 1.0)
        x1, y1 = min(max(self.x + self.w, x0), 1.0), min(max(self.y + self.h, y0), 1.0)
        return Box(x0, y0, x1 - x0, y1 - y0)

    def padded(self, share: float) -> Box:
        """The box grown by ``share`` of its own width and height on every side, inside the picture."""
        dx, dy = self.w * share, self.h * share
        return Box(self.x - dx, self.y - dy, self.w + 2 * dx, self.h + 2 * dy).clipped()

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """``(left, top, right, bottom)`` in whole pixels of a ``width`` by ``height`` picture; never empty."""
        left, top = int(self.x * width), int(self.y * height)
        left, top = min(left, width - 1), min(top, height - 1)
        right = max(left + 1, min(width, round((self.x + self.w) * width)))
        bottom = max(top + 1, min(height, round((self.y + self.h) * height)))
        return left, top, right, bottom

    def iou(self, other: Box) -> float:
        """Intersection over union with another box, 0 to 1."""
        wide = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        high = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        if wide <= 0 or high <= 0:
            return 0.0
        both = wide * high
        return both / (self.w * self.h + other.w * other.h - both)


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
