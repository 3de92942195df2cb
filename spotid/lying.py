"""Animals that do not stand on their feet, laid level: fish and turtles from any angle.

The long axis of the outline becomes level, with the heavier end to the left. Left and right flanks are compared among
themselves only, and each then lies in one way, however the camera was held. The first two moments of the outline give
the axis (Hu 1962), the third tells its ends apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LONGER = 1.15  # the outline's length over its width from which on it has a long axis at all
MARGIN = 0.08  # of the laid outline's sides, kept round it
FEWEST = 50  # pixels of an outline
RECIPE = f"level 1 {LONGER} {MARGIN}"


@dataclass(frozen=True)
class Turn:
    """How a crop is laid level: ``there`` (2, 3) takes its pixels to those of the laid one, of width and height
    ``size``."""

    there: np.ndarray
    size: tuple[int, int]

    def laid(self, rgb: np.ndarray) -> np.ndarray:
        """A crop ((h, w, 3) uint8) turned; outside of it its edge goes on."""
        import cv2
        import numpy as np

        turned = cv2.warpAffine(rgb, self.there, self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(turned)

    def laid_mask(self, mask: np.ndarray) -> np.ndarray:
        """A mask of the same crop ((h, w) bool) turned."""
        import cv2
        import numpy as np

        turned = cv2.warpAffine(mask.astype(np.uint8), self.there, self.size, flags=cv2.INTER_NEAREST)
        return np.asarray(turned > 0)

    def back(self, width: int, height: int) -> np.ndarray:
        """(2, 3) float32: takes places of the laid crop to those of the crop, of this width and height in pixels, both
        as fractions (a pixel's middle is half a pixel from its edge)."""
        import cv2
        import numpy as np

        undone = cv2.invertAffineTransform(self.there)
        whole = np.array([width, height], np.float64)
        shift = undone[:, :2] @ np.full(2, -0.5) + undone[:, 2] + 0.5
        return np.c_[undone[:, :2] * np.array(self.size) / whole[:, None], shift / whole].astype(np.float32)


def turn_of(mask: np.ndarray) -> Turn | None:
    """What lays an outline ((h, w) bool) level; None where it has no long axis."""
    import numpy as np

    rows, columns = np.nonzero(mask)
    if len(rows) < FEWEST:
        return None
    places = np.stack([columns, rows], axis=1).astype(np.float64)
    middle = places.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov((places - middle).T))  # in rising order
    if spread[1] < LONGER**2 * max(spread[0], 1e-9):
        return None
    along = axes[:, 1]
    if (((places - middle) @ along) ** 3).sum() < 0:  # the thin end trails away to the right
        along = -along
    turn = np.array([[along[0], along[1]], [-along[1], along[0]]])
    laid = (places - middle) @ turn.T
    low, high = laid.min(axis=0), laid.max(axis=0)
    edge = MARGIN * (high - low)
    low = low - edge
    across, down = (int(one) for one in np.ceil(high + edge - low) + 1)
    return Turn(np.concatenate([turn, (-turn @ middle - low)[:, None]], axis=1), (across, down))
