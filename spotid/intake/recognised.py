"""What other programs recognised in photographs: the shapes that all their files are read into."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spotid.boxes import Box

ANIMAL, PERSON, VEHICLE = "animal", "person", "vehicle"
PEOPLE = frozenset({"person", "people", "human", "homo sapiens", "homo species"})
VEHICLES = frozenset({"vehicle", "car", "truck", "motorbike", "bicycle"})
ANIMALS = frozenset({"animal", "animals", "unidentified animal", "wildlife"})
NOTHING = frozenset({"empty", "blank", "none", "no cv result"})  # "0" is kept for these
NO_SPECIES = ANIMALS | NOTHING | {"unknown", "unidentified", "other", ""}
OUTSIDE = 0.01  # rounded sides may reach this far beyond the picture
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class RecognisedBox:
    """One box: ``category`` is animal, person or vehicle; ``score`` is the detector's, 0 to 1.

    ``species`` is the likeliest as the file names it, empty where no classifier spoke; ``taxon`` its scientific
    description where the file has one; ``frame`` the number of the frame in a video.
    """

    box: Box
    category: str
    score: float
    species: str = ""
    species_score: float | None = None
    taxon: str = ""
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was found in one file. ``failure`` says why nothing could be; ``frame_rate`` is that of a video.

    ``species`` is what was said of the picture as a whole, with its score and scientific description.
    """

    path: str
    boxes: tuple[RecognisedBox, ...] = ()
    failure: str = ""
    frame_rate: float | None = None
    species: str = ""
    species_score: float | None = None
    taxon: str = ""


@dataclass(slots=True)
class Recognitions:
    """A whole file. ``threshold`` is the detector's own advice; boxes below ``least`` were left out of ``images``."""

    images: list[Recognised]
    made_by: str
    remarks: list[str]
    threshold: float = 0.2
    least: float = 0.0


class Odd:
    """Counts what could not be used, with examples, and tells it in sentences."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def note(self, what: str, example: str = "") -> None:
        """One more of a kind; ``what`` reads before a number: "boxes lie outside their pictures"."""
        self._counts[what] += 1
        examples = self._examples.setdefault(what, [])
        if example and example not in examples and len(examples) < MOST_EXAMPLES:
            examples.append(example)

    def sentences(self) -> list[str]:
        """One sentence for each kind, the most frequent first."""
        told = []
        for what, count in self._counts.most_common():
            examples = ", ".join(f"“{one[:80]}”" for one in self._examples[what])
            told.append(f"{what[0].upper()}{what[1:]}: {count:,}{f' (such as {examples})' if examples else ''}.")
        return told


def thin(images: Iterable[Recognised], threshold: float, category: str = ANIMAL) -> Iterator[Recognised]:
    """The pictures with only the boxes of one category that reach a threshold; pictures left without boxes stay."""
    for one in images:
        boxes = tuple(box for box in one.boxes if box.category == category and box.score >= threshold)
        yield Recognised(one.path, boxes, one.failure, one.frame_rate, one.species, one.species_score, one.taxon)


def kind_of(name: str) -> tuple[str, str]:
    """What a category's name says: (animal, person, vehicle or empty for nothing, species or empty).

    AddaxAI writes species among the detector's categories, and "animal " with a space for a class of that name.
    """
    plain = " ".join(name.split()).casefold()
    if plain in NOTHING:
        return "", ""
    if plain in PEOPLE:
        return PERSON, ""
    if plain in VEHICLES:
        return VEHICLE, ""
    return ANIMAL, "" if plain in NO_SPECIES else " ".join(name.split())


def box_of(sides: object, path: str, odd: Odd) -> Box | None:
    """A box from ``[left, top, width, height]`` in fractions, cut at the picture's edges; None where it is none."""
    if not (isinstance(sides, list) and len(sides) == 4):
        odd.note("boxes are not four numbers and were left out", path)
        return None
    x, y, w, h = (math.nan if (one := number(side)) is None else one for side in sides)
    if not all(map(math.isfinite, (x, y, w, h))):
        odd.note("boxes are not four numbers and were left out", path)
    elif max(x, y, w, h) > 1 + OUTSIDE:
        odd.note("boxes are in pixels, not in fractions of the picture, and were left out", path)
    elif min(x, y) < -OUTSIDE or x + w > 1 + OUTSIDE or y + h > 1 + OUTSIDE:
        odd.note("boxes lie outside their pictures and were left out", path)
    else:
        box = Box(x, y, w, h).clipped()
        if w > 0 and h > 0 and box.w > 0 and box.h > 0:
            return box
        odd.note("boxes are empty and were left out", path)
    return None


def number(value: object) -> float | None:
    if type(value) is float:  # nearly always
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def members_of(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def names(value: object) -> dict[str, str]:
    return {str(key): name for key, name in members_of(value).items() if isinstance(name, str) and name.strip()}
