"""Results of MegaDetector and of the programs that write its format: boxes, scores and species, picture by picture.

The format is described at https://lila.science/megadetector-output-format (versions 1.0 to 1.6). MegaDetector itself,
AddaxAI (EcoAssist), SpeciesNet's converter, MegaDetector's own SpeciesNet script and Timelapse's helpers write it.
MegaDetector writes the names of the categories after the pictures, so a file is gone through twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError
from spotid.intake import jsonstream
from spotid.intake.recognised import (
    ANIMAL,
    ANIMALS,
    NO_SPECIES,
    NOTHING,
    PEOPLE,
    PERSON,
    VEHICLE,
    VEHICLES,
    Odd,
    Recognised,
    RecognisedBox,
    Recognitions,
    box_of,
    kind_of,
    members_of,
    names,
    number,
    text,
)

USUAL = {"1": ANIMAL, "2": PERSON, "3": VEHICLE}  # where a file does not name its categories
WRITTEN_OUT = PEOPLE | VEHICLES | ANIMALS | NOTHING
# Typical and careful thresholds of the detectors, as their authors give them; files since 1.2 say it themselves.
THRESHOLDS = ((("v2", "v3", "v4"), (0.8, 0.3)), (("",), (0.2, 0.05)))


@dataclass(slots=True)
class Head:
    """What a file says besides its pictures. ``typical`` and ``careful`` are thresholds for the detector's score."""

    version: str = ""
    detector: str = ""
    classifier: str = ""
    categories: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)  # what each category says, as ``kind_of``
    classes: dict[str, str] = field(default_factory=dict)  # empty for "blank" and the like
    descriptions: dict[str, str] = field(default_factory=dict)
    typical: float = 0.2
    careful: float = 0.05
    images: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def made_by(self) -> str:
        """The programs that made the file, for people."""
        return ", ".join(part for part in (self.detector, self.classifier) if part) or "an unnamed detector"


def head(path: Path) -> Head:
    """Go through a file once for all but its pictures.

    Raises BadRequestError where it is no file of this kind, OSError where it can't be read.
    """
    said: dict[str, Any] = {}
    found, listed = Head(), False
    for name, value in jsonstream.members(path, ("images",)):
        if name in ("images", jsonstream.ALONE) and isinstance(value, dict):
            found.images += 1
            listed = listed or name == jsonstream.ALONE
            if found.images == 1:
                _check_first(path, value)
        elif name == jsonstream.CUT:
            found.remarks.append(f"“{path.name}” ends in the middle; the first {found.images:,} pictures can be used.")
        elif name != "images":
            said[name] = value
        else:
            said[name] = said.get(name, [])  # a list that is none, or entries that are no pictures
    _check_kind(path, said, found)
    info = members_of(said.get("info"))
    found.version, found.detector = str(info.get("format_version", "")), text(info.get("detector"))
    found.classifier = text(info.get("classifier"))
    found.categories = names(said.get("detection_categories"))
    found.classes = {
        key: "" if plain.casefold() in NO_SPECIES else plain
        for key, name in names(said.get("classification_categories")).items()
        if (plain := " ".join(name.split()))
    }
    found.descriptions = names(said.get("classification_category_descriptions"))
    if not found.categories:
        found.categories = dict(USUAL)
        found.remarks.append("The file does not name its categories; 1 was taken for animal, 2 person, 3 vehicle.")
    found.kinds = {key: kind_of(name) for key, name in found.categories.items()}
    _thresholds(found, members_of(info.get("detector_metadata")), listed)
    return found


def each(path: Path, about: Head, least: float = 0.0, odd: Odd | None = None) -> Iterator[Recognised]:
    """The pictures of a file, one by one; boxes with a score below ``least`` are left out and not told."""
    odd = odd or Odd()
    for name, value in jsonstream.members(path, ("images",)):
        if name not in ("images", jsonstream.ALONE) or value == []:
            continue
        if not isinstance(value, dict) or not text(value.get("file")):
            odd.note("entries name no picture and were left out")
            continue
        yield _recognised(value, about, least, odd)


def read(path: Path, least: float | None = None) -> Recognitions:
    """A whole file in memory; boxes below ``least`` (the careful threshold of its detector) are left out.

    Raises BadRequestError where it is no file of this kind, OSError where it can't be read.
    """
    about, odd = head(path), Odd()
    least = about.careful if least is None else least
    images = list(each(path, about, least, odd))
    if not images:
        about.remarks.append(f"“{path.name}” holds no pictures.")
    return Recognitions(images, about.made_by, about.remarks + odd.sentences(), about.typical, least)


def _check_first(path: Path, entry: Mapping[str, Any]) -> None:
    if "file" in entry:
        return
    if "file_name" in entry:
        raise BadRequestError(
            f"“{path.name}” is in the COCO format, not in MegaDetector's.", "Convert it to MegaDetector's format first."
        )
    if "filepath" in entry:
        raise BadRequestError(f"“{path.name}” is SpeciesNet's own format.", "Read it as SpeciesNet's predictions.")


def _check_kind(path: Path, said: Mapping[str, Any], found: Head) -> None:
    if found.images or "images" in said or jsonstream.ALONE in said:
        return
    if found.remarks:  # cut off before the first picture
        raise BadRequestError(f"“{path.name}” ends before its first picture.", "Let the other program write it again.")
    if not {"info", "detection_categories"} <= said.keys():
        raise BadRequestError(
            f"“{path.name}” holds no recognitions: it has no list “images”.",
            "Choose the .json file of MegaDetector, AddaxAI or SpeciesNet.",
        )


def _thresholds(found: Head, metadata: Mapping[str, Any], listed: bool) -> None:
    typical, careful = number(metadata.get("typical_detection_threshold")), None
    careful = number(metadata.get("conservative_detection_threshold"))
    # Files without the name of a detector were, says the format's description, almost surely made by version 4.
    name = found.detector.lower() if found.detector or listed or found.classifier else "v4"
    usual = next(values for marks, values in THRESHOLDS if any(mark in name for mark in marks))
    found.typical = typical if typical is not None and 0 < typical < 1 else usual[0]
    found.careful = careful if careful is not None and 0 < careful <= found.typical else min(usual[1], found.typical)


def _recognised(entry: Mapping[str, Any], about: Head, least: float, odd: Odd) -> Recognised:
    path = text(entry.get("file"))
    failure, detections = entry.get("failure"), entry.get("detections")
    if failure:
        return Recognised(path, failure=text(failure) or str(failure))
    if detections is None and "detections" in entry:
        return Recognised(path, failure="No reason given")  # what old versions wrote of a file that failed
    if not isinstance(detections, list):
        odd.note("pictures have no list of detections and count as not searched", path)
        return Recognised(path, failure="No list of detections")
    boxes = tuple(box for one in detections if (box := _box(one, path, about, least, odd)) is not None)
    rate = number(entry.get("frame_rate"))
    return Recognised(path, boxes, frame_rate=rate if rate and rate > 0 else None)


def _box(entry: object, path: str, about: Head, least: float, odd: Odd) -> RecognisedBox | None:
    found = members_of(entry)
    score = number(found.get("conf", found.get("confidence")))
    # AddaxAI puts the species in the detector's place and keeps what the detector said beside it.
    detected, species, species_score = _category(found.get("category"), about), "", None
    if "prev_category" in found or "prev_conf" in found:
        before = number(found.get("prev_conf"))
        species, species_score = (detected or ("", ""))[1], score
        detected = _category(found.get("prev_category", found.get("category")), about) or (ANIMAL, "")
        score = before if before is not None else score
    if detected is None:
        odd.note("boxes are of a category that the file does not name and were left out", path)
        return None
    if score is None or not 0 <= score <= 1:
        odd.note("boxes have no score between 0 and 1 and were left out", path)
        return None
    if not detected[0] or score < least:
        return None
    box = box_of(found.get("bbox"), path, odd)
    if box is None:
        return None
    frame = found.get("frame_number")
    frame = int(frame) if isinstance(frame, int | float) and math.isfinite(frame) and frame >= 0 else None
    name, value, taxon = _classified(found.get("classifications"), about, path, odd)
    if name or value is not None:
        species, species_score = name, value
    return RecognisedBox(box, detected[0], score, species or detected[1], species_score, taxon, frame)


def _category(key: object, about: Head) -> tuple[str, str] | None:
    kind = about.kinds.get(key) if isinstance(key, str) else None
    if kind is not None:
        return kind
    key = str(key).strip() if isinstance(key, str | int) else ""
    if key in about.kinds:
        return about.kinds[key]
    # Written out instead of numbered, as Microsoft's newer program does; 0 is kept for pictures without anything.
    if key.casefold() in WRITTEN_OUT:
        return kind_of(key)
    return ("", "") if key == "0" else None


def _classified(listed: object, about: Head, path: str, odd: Odd) -> tuple[str, float | None, str]:
    """The likeliest class: its name (empty for "blank" and the like), score and scientific description."""
    best: tuple[str, float] | None = None
    for pair in listed if isinstance(listed, list) else ():
        score = number(pair[1]) if isinstance(pair, list) and len(pair) >= 2 else None
        if score is None or str(pair[0]) not in about.classes:
            odd.note("species are not named in the file and were left out", path)
        elif best is None or score > best[1]:
            best = str(pair[0]), score
    if best is None:
        return "", None, ""
    name = about.classes[best[0]]
    return (name, best[1], about.descriptions.get(best[0], "")) if name else ("", None, "")
