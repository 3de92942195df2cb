"""What people said of frames, as a table: read from a CSV, and written to one."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spotid.boxes import Box
from spotid.errors import BadRequestError, SpotIDError
from spotid.project import frame_steps, frames
from spotid.project.cells import read_back, written
from spotid.project.folder import Project
from spotid.project.store import Store

MEANINGS = (
    ("path", "the photograph, as found below the folder of originals"),
    ("x", "left edge of the box, as a fraction of the upright photograph; all four empty: there is no animal in it"),
    ("y", "top edge of the box"),
    ("w", "width of the box"),
    ("h", "height of the box"),
)
COLUMNS = tuple(name for name, _ in MEANINGS)
OUTSIDE = 0.001  # a side rounded to three places may lie this much outside


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: frames answered, how many of them were answered the same before, boxes, bad rows in words."""

    frames: int
    known: int
    boxes: int
    bad: tuple[str, ...]


def export(store: Store) -> tuple[str, int, int]:
    """The table of all frames that a person answered: its text, the number of frames and of boxes.

    A frame without an animal is one line whose box columns are empty.
    """
    paths = {row["uid"]: row["relpath"] for row in store.all("SELECT uid, relpath FROM media")}
    said = frames.all_newest(store)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for uid in sorted(said, key=lambda uid: paths[uid]):
        for box in said[uid].boxes:
            writer.writerow([written(paths[uid]), *(f"{side:.5f}" for side in (box.x, box.y, box.w, box.h))])
            count += 1
        if not said[uid].boxes:
            writer.writerow([written(paths[uid]), "", "", "", ""])
    return buffer.getvalue(), len(said), count


def bring_in(project: Project, path: Path, *, sure: bool = False) -> Imported:
    """Keep the boxes of a CSV as answers: all lines of one path are one answer about that frame.

    A frame with a bad line is left out whole, so that no half of it is taken for all its boxes. Answers that are kept
    already are not kept again, so that the same file may be brought in twice. ``sure`` as in ``frame_steps.keep``.
    Raises BadRequestError where the file is no such table.
    """
    known = _known(project.store)
    told: dict[str, list[Box]] = {}
    spoilt: set[str] = set()
    bad: list[str] = []
    for line, row in _rows(path):
        said = (row.get("path") or "").strip()
        name = next((one for one in (_path(said), _path(read_back(said))) if known.get(one)), _path(said))
        try:
            if not known.get(name):
                raise BadRequestError(f"“{name}” is no picture of this project." if name else "The path is empty.")
            if len(known[name]) > 1:
                raise BadRequestError(f"“{name}” lies in several folders of originals.")
            box = _box(row)
            boxes = told.setdefault(name, [])
            boxes += [box] if box is not None else []
        except BadRequestError as error:
            bad.append(f"Line {line}: {error.sentence}")
            spoilt.add(name)
    kept = repeated = count = 0
    for name, boxes in told.items():
        if name in spoilt:
            continue
        (uid,) = known[name]
        newest = frame_steps.newest(project.store, uid)
        if newest is not None and _alike(newest.boxes, boxes):
            repeated += 1
            continue
        last = frame_steps.last_row(project.store, uid)  # part of the name: the same boxes may be said again later
        text = f"{uid} {last} {boxes}"
        try:
            frame_steps.keep(project, uid, boxes, f"csv-{hashlib.sha256(text.encode()).hexdigest()[:32]}", sure=sure)
        except SpotIDError as error:
            bad.append(f"{name}: {error.sentence}")
            continue
        kept, count = kept + 1, count + len(boxes)
    return Imported(kept, repeated, count, tuple(bad))


def _path(text: str) -> str:
    return text.replace("\\", "/").removeprefix("./")


def _known(store: Store) -> dict[str, list[str]]:
    """Path below its folder of originals → uids of the files with boxes or without an animal."""
    found: dict[str, list[str]] = {}
    for row in store.all("SELECT uid, relpath FROM media WHERE state IN ('read', 'animal', 'no_animal')"):
        found.setdefault(row["relpath"], []).append(row["uid"])
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadRequestError(f"“{path}” can't be read: {error.strerror or error}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise BadRequestError(f"“{path}” is not UTF-8.", "Save it again as “CSV UTF-8”.") from None
    first = text.splitlines()[0] if text.strip() else ""
    comma = ";" if first.count(";") > first.count(",") else ","  # spreadsheets in much of Europe write semicolons
    reader = csv.DictReader(io.StringIO(text), delimiter=comma)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadRequestError(
            f"“{path.name}” has no column {', '.join(missing)}.", f"The first line must name: {', '.join(COLUMNS)}."
        )
    for row in reader:
        if any(str(value).strip() for value in row.values() if value is not None):
            yield reader.line_num, {name: row[name] for name in COLUMNS}


def _box(row: dict[str, str | None]) -> Box | None:
    """The box of a line; None where its columns are empty. Raises BadRequestError."""
    said = [(row[side] or "").strip().replace(",", ".") for side in "xywh"]
    if not any(said):
        return None
    try:
        sides = [float(one) for one in said]
    except ValueError:
        raise BadRequestError(f"{' '.join(one or '(empty)' for one in said)} are no four numbers.") from None
    box = Box(*sides)
    if not all(map(math.isfinite, sides)) or max(sides) > 1 + OUTSIDE:
        raise BadRequestError("The box is not in fractions of the picture (0 to 1).")
    if min(box.x, box.y) < -OUTSIDE or box.x + box.w > 1 + OUTSIDE or box.y + box.h > 1 + OUTSIDE:
        raise BadRequestError("The box lies outside the picture.")
    if min(box.w, box.h) < frames.SMALLEST_SIDE:
        raise BadRequestError("The box is too small to hold an animal.")
    return box.clipped()


def _alike(one: tuple[Box, ...], other: list[Box]) -> bool:
    """Whether two answers say the same, to the five places that are stored."""
    rounded = [sorted([round(side, 5) for side in (b.x, b.y, b.w, b.h)] for b in boxes) for boxes in (one, other)]
    return rounded[0] == rounded[1]
