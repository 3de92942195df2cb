"""SpeciesNet's own results (predictions.json of ``run_model``), and which of two formats a file is in.

The layout is described in the README of google/cameratrapai ("Output format"): a list ``predictions`` with
``filepath``, ``detections`` (as MegaDetector's, with a ``label``), ``classifications`` and the ensemble's
``prediction``. A label is seven parts with semicolons between: a number, class, order, family, genus, species, and the
common name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError
from spotid.intake import jsonstream, recognitions
from spotid.intake.recognised import (
    ANIMAL,
    NO_SPECIES,
    PEOPLE,
    VEHICLES,
    Odd,
    Recognised,
    RecognisedBox,
    Recognitions,
    box_of,
    kind_of,
    members_of,
    number,
    text,
)

TYPICAL, CAREFUL = 0.2, 0.05  # its detector is MegaDetector 5
PARTS = 7
CATEGORIES = {"1": "animal", "2": "human", "3": "vehicle"}


def read_any(path: Path, least: float | None = None) -> Recognitions:
    """A file of recognitions, in MegaDetector's format or in SpeciesNet's own.

    Raises BadRequestError where it is neither, OSError where it can't be read.
    """
    return read(path, least) if is_speciesnet(path) else recognitions.read(path, least)


def is_speciesnet(path: Path) -> bool:
    """Whether a file is in SpeciesNet's own format; only its beginning is read where it is."""
    for name, value in jsonstream.members(path, ("predictions", "images", "annotations")):
        if name == "predictions":
            return True
        if name in ("images", "annotations", jsonstream.ALONE):
            return isinstance(value, dict) and "filepath" in value
    return False


def read(path: Path, least: float | None = None) -> Recognitions:
    """A whole file in memory; boxes below ``least`` (0.05) are left out. Raises BadRequestError, OSError."""
    least = CAREFUL if least is None else least
    odd, versions, remarks = Odd(), set[str](), list[str]()
    images = list(each(path, least, odd, versions, remarks))
    if not images:
        remarks.append(f"“{path.name}” holds no pictures.")
    made_by = " ".join(("SpeciesNet", *sorted(versions)))
    return Recognitions(images, made_by, remarks + odd.sentences(), TYPICAL, least)


def each(
    path: Path, least: float, odd: Odd, versions: set[str] | None = None, remarks: list[str] | None = None
) -> Iterator[Recognised]:
    """The pictures of a file, one by one. ``versions`` and ``remarks`` are filled on the way.

    Raises BadRequestError where it is no file of this kind, OSError where it can't be read.
    """
    seen = count = 0
    for name, value in jsonstream.members(path, ("predictions",)):
        if name == jsonstream.CUT and remarks is not None:
            remarks.append(f"“{path.name}” ends in the middle; the first {count:,} pictures can be used.")
        if name not in ("predictions", jsonstream.ALONE):
            continue
        seen += 1
        if value == []:
            continue
        if not isinstance(value, dict) or not text(value.get("filepath")):
            odd.note("entries name no picture and were left out")
            continue
        count += 1
        if versions is not None and text(value.get("model_version")):
            versions.add(text(value.get("model_version")))
        yield _recognised(value, least, odd)
    if not seen and not is_speciesnet(path):
        raise BadRequestError(
            f"“{path.name}” is not SpeciesNet's: it has no list “predictions”.", "Choose its predictions.json."
        )


def names_of(label: str) -> tuple[str, str]:
    """The common and the scientific name in a label; empty for a blank picture or no answer.

    Above the species the scientific name is that of the lowest rank told ("Felidae").
    """
    parts = [part.strip() for part in label.split(";")]
    if len(parts) != PARTS:
        name = " ".join(label.split())
        return ("", "") if name.casefold() in NO_SPECIES else (name, "")
    common, genus, species = parts[6], parts[4], parts[5]
    if common.casefold() in NO_SPECIES and not any(parts[1:6]):
        return "", ""
    if "no cv result" in (common.casefold(), parts[1].casefold()):
        return "", ""
    if genus and species:
        latin = f"{genus.capitalize()} {species.lower()}"
    else:
        latin = next((rank.capitalize() for rank in reversed(parts[1:5]) if rank), "")
    return common or latin, latin


def _recognised(entry: Mapping[str, Any], least: float, odd: Odd) -> Recognised:
    path = text(entry.get("filepath"))
    failures, detections = entry.get("failures"), entry.get("detections")
    failed = {str(one).upper() for one in failures} if isinstance(failures, list) else {str(failures or "").upper()}
    if "DETECTOR" in failed or (failed - {""} and not isinstance(detections, list)):
        return Recognised(path, failure=", ".join(sorted(failed - {""})).lower())
    label, score = _label(entry)
    species, latin = names_of(label)
    if not isinstance(detections, list):
        if not label:
            odd.note("pictures have neither boxes nor species", path)
        else:
            odd.note("pictures have a species but were not searched for boxes", path)
        return Recognised(path, failure="No boxes in the file", species=species, species_score=score, taxon=latin)
    found = [box for one in detections if (box := _box(one, path, least, odd)) is not None]
    # One answer for the whole picture: it is that of its animals; a person in it is none.
    human = species.casefold() in PEOPLE | VEHICLES or latin.startswith("Homo")
    boxes = tuple(
        RecognisedBox(box.box, box.category, box.score, species, score if species else None, latin)
        if box.category == ANIMAL and not human
        else box
        for box in found
    )
    if species and not boxes:
        odd.note("pictures have a species but no box", path)
    return Recognised(path, boxes, species=species, species_score=score if species else None, taxon=latin)


def _label(entry: Mapping[str, Any]) -> tuple[str, float | None]:
    """The ensemble's answer, else the classifier's likeliest."""
    if text(entry.get("prediction")):
        return text(entry["prediction"]), number(entry.get("prediction_score"))
    listed = members_of(entry.get("classifications"))
    classes, scores = listed.get("classes"), listed.get("scores")
    if not isinstance(classes, list) or not isinstance(scores, list):
        return "", None
    ranked = [(number(score) or 0.0, one) for one, score in zip(classes, scores, strict=False) if isinstance(one, str)]
    score, label = max(ranked, default=(0.0, ""), key=lambda pair: pair[0])
    return label, score if label else None


def _box(entry: object, path: str, least: float, odd: Odd) -> RecognisedBox | None:
    found = members_of(entry)
    score = number(found.get("conf"))
    if score is None or not 0 <= score <= 1:
        odd.note("boxes have no score between 0 and 1 and were left out", path)
        return None
    name = text(found.get("label")) or CATEGORIES.get(str(found.get("category", "")), "")
    category = kind_of(name)[0] if name else ""
    if not category:
        odd.note("boxes are of a category that is not known and were left out", path)
        return None
    box = box_of(found.get("bbox"), path, odd) if score >= least else None
    return None if box is None else RecognisedBox(box, category, score)
