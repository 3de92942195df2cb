"""The exchangeable part of this room: what an encoder takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Crop:
    """One animal, cropped: the picture and where the animal is in it."""

    rgb: np.ndarray  # (h, w, 3) uint8
    mask: np.ndarray  # (h, w) bool


class Encoder(Protocol):
    """Turns crops into vectors whose inner product says how alike two coats are."""

    name: str
    dim: int

    def identity(self) -> str:
        """A short hash of weights and recipe; vectors of two identities are never mixed."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first batch."""
        ...

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """``(len(crops), dim)`` float32 rows of unit length."""
        ...
