"""The table of stations that may lie among the photographs: names, places, deployments.

It was written by hand or by a spreadsheet in any country, so commas, semicolons and tabs part its columns, commas may
stand for decimal points, and Excel may have written UTF-16 or its own old encoding. All cells are text: a station
called NA, 0 or TRUE is that and nothing else. What can't be used is told in a sentence and left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spotid.errors import BadRequestError
from spotid.intake import workbook

COLUMNS = (
    ("station", "the name of the station, as its folder or its file names have it"),
    ("camera", "which camera of the station the line is about, where there are several"),
    ("latitude", "in degrees, north is positive"),
    ("longitude", "in degrees, east is positive"),
    ("start", "the day from which the camera stood there"),
    ("end", "the day until which it stood there"),
)
LARGEST_BYTES = 20_000_000
MOST_REMARKS = 5
MISSING = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "?"})  # what stands in a cell for "not known"


@dataclass(frozen=True, slots=True)
class StationRow:
    """One line of ``stations.csv``."""

    station: str
    camera: str
    latitude: float | None
    longitude: float | None
    start: str | None
    end: str | None


def read_stations(path: Path, remark: Callable[[str], None] = lambda sentence: None) -> list[StationRow]:
    """Read the table (columns station, camera, latitude, longitude, start, end in any order and case).

    ``remark`` is told in sentences what could not be used. Raises BadRequestError where there is no column
    ``station`` or the file is no table, OSError where it can't be read.
    """
    lines = _lines(path)
    if not lines:
        raise BadRequestError(f"“{path.name}” is empty.", "Write one line for each station, or remove the file.")
    columns = {name.strip().lower(): place for place, name in reversed(list(enumerate(lines[0])))}
    if "station" not in columns:
        raise BadRequestError(
            f"“{path.name}” has no column “station”.", "Name the first column “station” and try again."
        )
    remarks: list[str] = []
    rows = [
        row for number, line in enumerate(lines[1:], 2) if (row := _row(line, number, columns, remarks)) is not None
    ]
    _tell_doubles(rows, remarks)
    for sentence in remarks[:MOST_REMARKS]:
        remark(f"{path.name}: {sentence}")
    if len(remarks) > MOST_REMARKS:
        remark(f"{path.name}: {len(remarks) - MOST_REMARKS} more lines like these.")
    return rows


def _lines(path: Path) -> list[list[str]]:
    """The cells of the table, line by line; empty lines are left out. Raises ArchiveError for a bad workbook."""
    if path.suffix.lower() == ".xlsx":
        return workbook.rows(path)
    if path.stat().st_size > LARGEST_BYTES:
        raise BadRequestError(f"“{path.name}” is far too large for a table of stations.", "Look at what it is.")
    text = _text(path.read_bytes())
    if "\0" in text:
        raise BadRequestError(f"“{path.name}” is no table but a binary file.", "Save the table as CSV.")
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadRequestError(f"“{path.name}” is no whole table ({error}).", "Save the table as CSV again.") from None
    return [line for line in lines if any(cell.strip() for cell in line)]


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what Excel means by "CSV" on an older Windows


def _row(line: list[str], number: int, columns: dict[str, int], remarks: list[str]) -> StationRow | None:
    def cell(column: str) -> str:
        place = columns.get(column, len(line))
        return line[place].strip() if place < len(line) else ""

    if not cell("station"):
        remarks.append(f"line {number} names no station and was left out.")
        return None
    where = [_degrees(cell(column), limit) for column, limit in (("latitude", 90), ("longitude", 180))]
    for value, column in zip(where, ("latitude", "longitude"), strict=True):
        if value is None and cell(column).lower() not in MISSING:
            remarks.append(
                f"line {number}: “{cell(column)[:40]}” is no {column}; the station “{cell('station')}” has no place."
            )
    return StationRow(cell("station"), cell("camera"), where[0], where[1], cell("start") or None, cell("end") or None)


def _tell_doubles(rows: list[StationRow], remarks: list[str]) -> None:
    places: dict[str, tuple[float | None, float | None]] = {}
    for row in rows:
        here = (row.latitude, row.longitude)
        if None not in here and places.setdefault(row.station.lower(), here) != here:
            remarks.append(f"the station “{row.station}” has two places; the last one counts.")


def _degrees(text: str, limit: float) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= limit else None
