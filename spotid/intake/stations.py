"""Which station a photograph belongs to, and where the stations are."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spotid.errors import BadRequestError

AUTO, NONE = "auto", "none"
LEVELS = (AUTO, "0", "1", "2", "3", NONE)

# What cameras and copying programs name their folders ("DCIM", "100MEDIA", "101_BTCF", "Camera A", "B", "left"); such a
# folder says nothing about the place.
_CARD = re.compile(
    r"(dcim|\d{3}[_-]?[a-z]\w{2,7}|(cam|camera|side|unit)[ _-]?\w{0,2}|[ab]|left|right|photos?|pictures?|images?)", re.I
)


@dataclass(frozen=True, slots=True)
class Place:
    """Station and camera of a file; empty where unknown."""

    station: str
    camera: str


@dataclass(frozen=True, slots=True)
class StationRow:
    """One line of ``stations.csv``."""

    station: str
    camera: str
    latitude: float | None
    longitude: float | None
    start: str | None
    end: str | None


def place(relpath: str, level: str, serial: str | None, known: frozenset[str] = frozenset()) -> Place:
    """Station and camera of a file.

    ``level`` is how many folders above the picture's own the station's folder is ("0": the folder the picture is in),
    "none", or "auto": a folder named like a station of ``stations.csv`` (``known``, lower case), else the first folder
    from below whose name says something about the place, else the camera's serial number.
    """
    folders = PurePosixPath(relpath).parts[:-1]
    if level == NONE:
        return Place("", serial or "")
    if level != AUTO:
        above = int(level)
        if above >= len(folders):
            return Place("", serial or "")
        index = len(folders) - 1 - above
        return Place(folders[index], "/".join(folders[index + 1 :]) or serial or "")
    for index in range(len(folders) - 1, -1, -1):
        if folders[index].lower() in known:
            return Place(folders[index], "/".join(folders[index + 1 :]) or serial or "")
    for index in range(len(folders) - 1, -1, -1):
        if not _CARD.fullmatch(folders[index]):
            return Place(folders[index], "/".join(folders[index + 1 :]) or serial or "")
    return Place(serial or "", serial or "")


def check_level(level: str) -> str:
    """The level, if it is one. Raises BadRequestError."""
    if level not in LEVELS:
        raise BadRequestError(
            f"“{level}” does not say which folder names the station.", f"Use one of: {', '.join(LEVELS)}."
        )
    return level


def read_stations(path: Path) -> list[StationRow]:
    """Read ``stations.csv`` (columns station, camera, latitude, longitude, start, end in any order and case).

    Raises BadRequestError where there is no column ``station``.
    """
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = csv.DictReader(file)
        names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
        if "station" not in names:
            raise BadRequestError(
                f"“{path.name}” has no column “station”.", "Name the first column “station” and try again."
            )

        def cell(row: dict[str, str], column: str) -> str:
            return (row.get(names.get(column, ""), "") or "").strip()

        return [
            StationRow(
                cell(row, "station"),
                cell(row, "camera"),
                _degrees(cell(row, "latitude"), 90),
                _degrees(cell(row, "longitude"), 180),
                cell(row, "start") or None,
                cell(row, "end") or None,
            )
            for row in reader
            if cell(row, "station")
        ]


def _degrees(text: str, limit: float) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= limit else None
