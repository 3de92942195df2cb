"""The exchangeable parts of this room: what a detector and a cut-out take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from spotid.boxes import Box

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Frame:
    """One upright picture as a detector sees it."""

    uid: str
    small: np.ndarray  # (h, w, 3) uint8 RGB, long side at most 640 pixels, turned upright
    width: int  # of the original, upright
    height: int
    station: str = ""
    captured_at: str | None = None  # ISO local time


@dataclass(frozen=True)
class Detection:
    """One animal found: a box, a score between 0 and 1, and how it was found."""

    box: Box
    score: float
    label: str = "animal"
    how: str = ""  # a word for people: "station background", "whole picture", ...
    mask: np.ndarray | None = field(default=None, compare=False)  # (h, w) bool on ``Frame.small``


@dataclass(frozen=True)
class CutOut:
    """The animal's outline within a crop."""

    mask: np.ndarray  # (h, w) bool, True on the animal
    score: float  # 0 to 1: how far to trust the outline
    how: str  # "grabcut", "whole crop", ...


class Detector(Protocol):
    """Finds animals. ``context`` are other frames of the same station, for detectors that remember the place."""

    name: str

    def identity(self) -> str:
        """A short hash of weights and recipe: two detectors that may answer differently differ here."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first batch."""
        ...

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        """The animals of each frame, best first; an empty list where there is none."""
        ...


class Cutter(Protocol):
    """Separates the animal from its background inside a crop."""

    name: str

    def identity(self) -> str:
        """A short hash of weights and recipe."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first crop."""
        ...

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        """The outline in ``crop`` ((h, w, 3) uint8 RGB); ``inner`` is the detection's box within the crop (fractions);
        ``hint`` a rough (h, w) bool mask where one is known."""
        ...
