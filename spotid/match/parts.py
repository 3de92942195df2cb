"""The exchangeable part of this room: what a local matcher takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Points:
    """The spots of one crop that a local matcher compares."""

    xy: np.ndarray  # (n, 2) float32, fractions of the crop's width and height
    size: np.ndarray  # (n,) float32, fraction of the crop's longer side
    angle: np.ndarray  # (n,) float32, degrees
    descriptor: np.ndarray  # (n, d) uint8 or float32


@dataclass(frozen=True)
class PairScore:
    """How well two crops agree, and the spots that say so."""

    score: float  # 0 and up, comparable between pairs of one matcher
    pairs: np.ndarray  # (k, 2) int32: indices into the two crops' points, best first


class Matcher(Protocol):
    """Compares two crops spot by spot."""

    name: str

    def identity(self) -> str:
        """A short hash of weights and recipe; scores of two identities are never mixed."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first crop."""
        ...

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        """The spots of a crop ((h, w, 3) uint8 RGB) inside its mask ((h, w) bool)."""
        ...

    def compare(self, a: Points, b: Points) -> PairScore:
        """The verified agreement of two crops."""
        ...
