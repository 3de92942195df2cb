"""Where cameras stand, told apart from the pictures: a table of places, or of the distances between all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spotid.errors import BadRequestError
from spotid.evaluate import manifest_cells as cells
from spotid.evaluate.manifest import Entry, Manifest, columns_of, on_earth, unit_of

UNIT_OF = {"distance": "", "dist": "", "distancem": "m", "distm": "m", "distancekm": "km", "distkm": "km"}
MOST = 5_000  # cameras
FLAT = 0.02  # of the distances that a plane may not account for before it is told


@dataclass(frozen=True)
class Cameras:
    """Places by the names of cameras or stations in small letters."""

    file: Path
    at: dict[str, tuple[float, float]]
    unit: str
    notes: list[str]


def looks_like_cameras(file: Path) -> bool:
    """Whether a CSV tells where cameras are, and nothing of pictures."""
    try:
        heads, rows = cells.table(file)
    except BadRequestError:
        return False
    column = columns_of(heads)
    placed = bool(_names(column, heads)) and {"x", "latitude"} & column.keys() and "path" not in column
    return bool(placed) or (_distances(heads, rows) or _listed_distances(heads, rows)) is not None


def read_cameras(file: Path, unit: str | None = None) -> Cameras:
    """Read a table of cameras or stations with their places, or of all distances: a square, or one pair in each line.
    Raises BadRequestError.

    Distances become places in a plane by classical scaling (Torgerson 1952): exact where they are of a plane, up to
    turning and mirroring, which no distance depends on.
    """
    heads, rows = cells.table(file)
    column = columns_of(heads)
    name = _names(column, heads)
    pair = ("latitude", "longitude") if "latitude" in column else ("x", "y")
    notes: list[str] = []
    if name and pair[0] in column:
        made = Cameras(file, {}, unit_of(column, unit), notes)
        for line, row in rows:
            who = row.get(name, "")
            one, other = (cells.number(row.get(column[axis], "")) for axis in pair)
            if not who or one is None or other is None or (made.unit == "degrees" and not on_earth(one, other)):
                notes.append(f"Line {line} of “{file.name}” tells no place of a camera.")
            else:
                made.at[who.casefold()] = (one, other)
        if made.at:
            return made
    square = _distances(heads, rows) or _listed_distances(heads, rows)
    if square is None:
        raise BadRequestError(
            f"“{file.name}” does not tell where cameras are.",
            "It needs columns camera, x and y (or latitude and longitude), or the distances between all cameras.",
        )
    names, matrix = square
    places, left = plane(matrix)
    if left > FLAT:
        notes.append(f"The distances in “{file.name}” are of no plane: {left:.0%} of them is not accounted for.")
    at = {one.casefold(): (float(x), float(y)) for one, (x, y) in zip(names, places, strict=True)}
    told = next((UNIT_OF[cells.plain(head)] for head in heads if UNIT_OF.get(cells.plain(head))), None)
    return Cameras(file, at, told or unit or "relative", notes)


def plane(distance: np.ndarray) -> tuple[np.ndarray, float]:
    """Points of a plane ``(n, 2)`` with these distances ``(n, n)``, and the share of the squares it leaves out."""
    count = len(distance)
    middle = np.eye(count) - 1.0 / count
    product = -0.5 * middle @ (distance**2) @ middle
    values, vectors = np.linalg.eigh((product + product.T) / 2)
    largest = np.argsort(-values)[:2]
    kept = np.maximum(values[largest], 0.0)
    total = float(np.abs(values).sum())
    points = np.zeros((count, 2))
    points[:, : len(kept)] = vectors[:, largest] * np.sqrt(kept)
    return points, 0.0 if total == 0 else 1.0 - float(kept.sum()) / total


def placed(manifest: Manifest, cameras: Cameras) -> Manifest:
    """The manifest with the places of its cameras, where its own lines tell none."""
    if any(entry.at is not None for entry in manifest.entries) and manifest.unit != cameras.unit:
        raise BadRequestError(
            f"“{manifest.file.name}” and “{cameras.file.name}” tell places in different ways.",
            "Leave the places out of one of them, or write both in the same unit.",
        )
    entries = [entry if entry.at is not None else replace(entry, at=_at(entry, cameras)) for entry in manifest.entries]
    without = sorted({entry.station or entry.camera for entry in entries if entry.at is None} - {""})
    notes = [*manifest.notes, *cameras.notes, f"Places of {len(cameras.at):,} cameras: “{cameras.file.name}”."]
    if without:
        notes.append(f"“{cameras.file.name}” does not tell where {', '.join(without[:5])} stood.")
    return replace(manifest, entries=entries, unit=cameras.unit, notes=notes, columns=manifest.columns | {"x"})


def _at(entry: Entry, cameras: Cameras) -> tuple[float, float] | None:
    for name in (entry.station, entry.camera):
        if name.casefold() in cameras.at:
            return cameras.at[name.casefold()]
    return None


def _names(column: dict[str, str], heads: list[str]) -> str:
    plain = {cells.plain(head): head for head in heads}
    fallback = plain.get("name") or plain.get("id") or ""
    return column.get("camera") or column.get("station") or fallback


def _distances(heads: list[str], rows: list[tuple[int, dict[str, str]]]) -> tuple[list[str], np.ndarray] | None:
    """The names and the square of distances of a table whose first column names what its other heads do."""
    names = heads[1:]
    if len(names) < 3 or len(set(names)) != len(names) or [row.get(heads[0]) for _, row in rows] != names:
        return None
    values = [[cells.number(row.get(name, "")) for name in names] for _, row in rows]
    if any(value is None or value < 0 for line in values for value in line):
        return None
    matrix = np.array(values, np.float64)
    if np.abs(matrix - matrix.T).max() > 1e-3 * matrix.max() or np.abs(np.diag(matrix)).max() > 1e-6 * matrix.max():
        return None
    return names, (matrix + matrix.T) / 2


def _listed_distances(heads: list[str], rows: list[tuple[int, dict[str, str]]]) -> tuple[list[str], np.ndarray] | None:
    """The same of a table with two cameras and their distance in each line; None where a pair is missing."""
    column = next((head for head in heads if cells.plain(head) in UNIT_OF), None)
    others = [head for head in heads if head and head != column]
    if column is None or len(others) != 2:
        return None
    names = sorted({row.get(head, "") for _, row in rows for head in others} - {""})
    number = {name: index for index, name in enumerate(names)}
    if len(names) < 3 or len(names) > MOST:
        return None
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 0.0)
    for _, row in rows:
        one, other, far = number.get(row.get(others[0], "")), number.get(row.get(others[1], "")), row.get(column, "")
        value = cells.number(far)
        if one is not None and other is not None and value is not None and value >= 0 and one != other:
            matrix[one, other] = matrix[other, one] = value
    return None if np.isnan(matrix).any() else (names, matrix)
