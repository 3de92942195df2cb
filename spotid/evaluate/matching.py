"""Which sighting of a project each line of a manifest means."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from spotid.boxes import Box
from spotid.evaluate.manifest import Entry, Manifest

OVERLAP = 0.1  # intersection over union below which a box is not the animal that a line means
Ends = Mapping[tuple[str, ...], frozenset[str]]


def matched(manifest: Manifest, rows: Sequence[sqlite3.Row]) -> list[tuple[Entry, int]]:
    """The lines that mean a sighting, with its place in ``rows`` (which have relpath, x, y, w, h, width, height).

    A line with a box means the sighting that overlaps it most; one without means the largest. Why others mean none is
    added to ``manifest.refused``.
    """
    of_path: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        of_path[row["relpath"]].append(number)
    ends = endings(of_path)
    found: list[tuple[Entry, int]] = []
    taken: dict[int, int] = {}
    for entry in manifest.entries:
        path, why = found_path(entry.path, of_path, ends)
        place: int | None = None if path is None else _meant(entry, of_path[path], rows)
        if path is not None and place is None:
            why = f"No animal was found where it says one is in “{entry.path}”."
        if place is not None and place in taken:
            why = f"It means the same animal as line {taken[place]}."
            place = None
        if place is None:
            manifest.refused.append((entry.line, why))
        else:
            taken[place] = entry.line
            found.append((entry, place))
    return found


def endings(paths: Iterable[str]) -> Ends:
    """Ends of paths in small letters, in parts, → the paths that end so."""
    ends: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in paths:
        parts = tuple(part.casefold() for part in PurePosixPath(path).parts)
        for start in range(len(parts)):
            ends[parts[start:]].add(path)
    return {end: frozenset(found) for end, found in ends.items()}


def found_path(path: str, known: Mapping[str, object], ends: Ends) -> tuple[str | None, str]:
    """Which of the known paths is meant by ``path``, or None and why: without regard to case, and to folders that only
    one of the two begins with. The last folder has to agree where both have one: names like IMG_0001 are in many."""
    if path in known:
        return path, ""
    parts = tuple(part.casefold() for part in PurePosixPath(path).parts)
    for start in range(len(parts)):
        found = ends.get(parts[start:], frozenset())
        if start and len(parts) - start == 1:
            found = frozenset(one for one in found if "/" not in one)
        if len(found) == 1:
            return next(iter(found)), ""
        if found:
            return None, f"“{path}” may be any of {len(found):,} pictures, such as “{min(found)}”."
    return None, f"“{path}” is not among the pictures in which an animal was found."


def _meant(entry: Entry, places: Sequence[int], rows: Sequence[sqlite3.Row]) -> int | None:
    boxes = {one: Box(rows[one]["x"], rows[one]["y"], rows[one]["w"], rows[one]["h"]) for one in places}
    if entry.box is None:
        return max(places, key=lambda one: (boxes[one].w * boxes[one].h, -one))
    drawn = fractions(entry.box, rows[places[0]])
    best = max(places, key=lambda one: (boxes[one].iou(drawn), -one))
    return best if boxes[best].iou(drawn) >= OVERLAP else None


def fractions(box: tuple[float, float, float, float], row: sqlite3.Row) -> Box:
    """A line's box as fractions of its picture (``row`` has its width and height); larger numbers are its pixels."""
    wide, high = (row["width"] or 1, row["height"] or 1) if max(box) > 1.0 else (1, 1)
    return Box(box[0] / wide, box[1] / high, box[2] / wide, box[3] / high).clipped()
