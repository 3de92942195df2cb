"""The exchangeable parts of this room: what a detector and a cut-out take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from spotid.boxes import Box

if TYPE_CHECKING:
    import numpy as np


ANIMAL, PERSON, VEHICLE = "animal", "person", "vehicle"  # what a detection's label may be


@dataclass(frozen=True)
class Frame:
    """One upright picture as a detector sees it."""

    uid: str
    small: np.ndarray  # (h, w, 3) uint8 RGB, long side at most 640 pixels or the detector's ``side``, turned upright
    width: int  # of the original, upright
    height: int
    station: str = ""
    captured_at: str | None = None  # ISO local time


@dataclass(frozen=True)
class Detection:
    """One animal, person or vehicle found: a box, a score between 0 and 1, and how it was found."""

    box: Box
    score: float
    label: str = ANIMAL  # a person or a vehicle is kept as what it is, and never compared
    how: str = ""  # a word for people: "station background", "whole picture", ...
    mask: np.ndarray | None = field(default=None, compare=False)  # (h, w) bool on ``Frame.small``
    species: str = ""  # the animal's, where the detector tells it

    @property
    def told(self) -> str:
        """The name that the detector tells of it; empty for an animal of which it tells none."""
        return self.species if self.label == ANIMAL else self.label


@dataclass(frozen=True)
class CutOut:
    """The animal's outline within a crop."""

    mask: np.ndarray  # (h, w) bool, True on the animal
    score: float  # 0 to 1: how far to trust the outline
    how: str  # "grabcut", "whole crop", ...


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a classifier gives an animal, with its score between 0 and 1.

    ``name`` is as people read it: "leopard (Panthera pardus)", "human", "vehicle"; empty for an empty picture.
    ``taxonomy`` holds the ranks from the class down, with semicolons between, where the classifier knows them.
    ``wide``: a group of animals that one of those told apart here belongs to, such as the cats: it rules nothing out.
    """

    name: str
    score: float
    taxonomy: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a classifier is told of a project: the names of its animals, and the country as ISO 3166 alpha-3."""

    words: tuple[str, ...] = ()
    country: str = ""


class Detector(Protocol):
    """Finds animals. ``context`` are other frames of the same station, for detectors that remember the place.

    A detector may also have: ``side``, pixels of the longer side of the frames that it wants (they are read from the
    originals where that is more than the small pictures have; known once it is loaded); ``needs_context``, False where
    it looks at single frames alone, so that no others are read; ``at_once``, frames between two commits.
    """

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


class Classifier(Protocol):
    """Says of which species an animal is."""

    name: str
    least: float  # a name counts from this score on

    def identity(self) -> str:
        """A short hash of weights and recipe, ``least`` left out: it is compared with what was kept."""
        ...

    def load(self) -> None:
        """Make ready; called once per worker before the first batch."""
        ...

    def classify(self, animals: Sequence[tuple[np.ndarray, Box]]) -> list[list[Named]]:
        """A few names for each animal, in the order in which they count: the first that is sure enough is meant.

        Each animal is its whole upright photograph, (h, w, 3) uint8 RGB in the original's size, and its box therein.
        """
        ...
