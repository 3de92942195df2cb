"""Animals that do not stand on their feet are laid level (``lying``) before they are described."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spotid import lying
from spotid.embed.parts import Crop, Encoder

if TYPE_CHECKING:
    import numpy as np


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
        return hashlib.sha256(f"{lying.RECIPE} {self._inner.identity()}".encode()).hexdigest()[:16]

    def load(self) -> None:
        """As the other's."""
        self._inner.load()

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """``(len(crops), dim)`` float32 rows of unit length."""
        return self._inner.encode([levelled(crop) for crop in crops])


def levelled(crop: Crop) -> Crop:
    """The crop turned about its outline's middle; as it is where the outline has no long axis."""
    turn = lying.turn_of(crop.mask)
    return crop if turn is None else Crop(turn.laid(crop.rgb), turn.laid_mask(crop.mask))
