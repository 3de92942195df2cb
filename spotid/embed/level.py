"""Animals that do not stand on their feet, laid level before they are described: fish and turtles from any angle.

The long axis of the outline becomes level, with the heavier end to the left. Left and right flanks are compared among
themselves only, and each then lies in one way, however the camera was held. The first two moments of the outline give
the axis (Hu 1962), the third tells its ends apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spotid.embed.parts import Crop, Encoder

if TYPE_CHECKING:
    import numpy as np

RECIPE = "level 1"
LONGER = 1.15  # the outline's length over its width from which on it has a long axis at all
MARGIN = 0.08  # of the laid outline's sides, kept round it
FEWEST = 50  # pixels of an outline


class Level:
    """Another encoder, asked about crops that were laid level; its vectors are not mixed with those of upright ones."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.name = inner.name

    @property
    def dim(self) -> int:
        """As the other's."""
        return self._inner.dim

    def identity(self) -> str:
        """A short hash of the other's and of how crops are laid."""
        told = f"{RECIPE} {LONGER} {MARGIN} {self._inner.identity()}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def load(self) -> None:
        """As the other's."""
        self._inner.load()

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """``(len(crops), dim)`` float32 rows of unit length."""
        return self._inner.encode([levelled(crop) for crop in crops])


def levelled(crop: Crop) -> Crop:
    """The crop turned about its outline's middle; as it is where the outline has no long axis."""
    import cv2
    import numpy as np

    rows, columns = np.nonzero(crop.mask)
    if len(rows) < FEWEST:
        return crop
    places = np.stack([columns, rows], axis=1).astype(np.float64)
    middle = places.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov((places - middle).T))  # in rising order
    if spread[1] < LONGER**2 * max(spread[0], 1e-9):
        return crop
    along = axes[:, 1]
    if (((places - middle) @ along) ** 3).sum() < 0:  # the thin end trails away to the right
        along = -along
    turn = np.array([[along[0], along[1]], [-along[1], along[0]]])
    laid = (places - middle) @ turn.T
    low, high = laid.min(axis=0), laid.max(axis=0)
    edge = MARGIN * (high - low)
    low, size = low - edge, tuple(int(one) for one in np.ceil(high - low + 2 * edge) + 1)
    there = np.concatenate([turn, (-turn @ middle - low)[:, None]], axis=1)
    rgb = cv2.warpAffine(crop.rgb, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(crop.mask.astype(np.uint8), there, size, flags=cv2.INTER_NEAREST)
    return Crop(np.ascontiguousarray(rgb), mask > 0)
