"""Which station a photograph belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from spotid.errors import BadRequestError
from spotid.project import cameras

AUTO, NONE = "auto", "none"
LEVELS = (AUTO, "0", "1", "2", "3", NONE)

# What cameras and copying programs name their folders ("DCIM", "100MEDIA", "101_BTCF", "Camera A", "B", "left"); such a
# folder says nothing about the place.
_CARD = re.compile(
    r"(dcim|\d{3}[_-]?[a-z]\w{2,7}|(cam|camera|side|unit)[ _-]?\w{0,2}|[ab]|left|right|photos?|pictures?|images?)", re.I
)


# The way camtrapR renames pictures: "Station12__Camera1__2012-07-05__12-17-34(1).JPG", with or without the camera.
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_CAMERA = re.compile(r"cam(era)?[ _-]?\w+", re.I)


@dataclass(frozen=True, slots=True)
class Place:
    """Station and camera of a file; empty where unknown. ``by``: "table", "name", "folder" or "" say who told."""

    station: str
    camera: str
    by: str = ""


def place(relpath: str, level: str, serial: str | None, known: frozenset[str] = frozenset()) -> Place:
    """Station and camera of a file.

    ``level`` is how many folders above the picture's own the station's folder is ("0": the folder the picture is in),
    "none", or "auto": a folder named like a station of ``stations.csv`` (``known``, lower case), else the station in
    the picture's own name where that has the form "station__camera__date__time", else the first folder from below whose
    name says something about the place, else the camera's serial number.
    """
    folders = PurePosixPath(relpath).parts[:-1]
    if level == NONE:
        return Place("", serial or "")
    if level != AUTO:
        above = int(level)
        if above >= len(folders):
            return Place("", serial or "")
        index = len(folders) - 1 - above
        return Place(folders[index], cameras.plain("/".join(folders[index + 1 :])) or serial or "", "folder")
    for index in range(len(folders) - 1, -1, -1):
        if folders[index].lower() in known:
            return Place(folders[index], cameras.plain("/".join(folders[index + 1 :])) or serial or "", "table")
    if (named := _from_name(relpath)) is not None:
        return named
    for index in range(len(folders) - 1, -1, -1):
        if not _CARD.fullmatch(folders[index]):
            return Place(folders[index], cameras.plain("/".join(folders[index + 1 :])) or serial or "", "folder")
    return Place(serial or "", serial or "")


def _from_name(relpath: str) -> Place | None:
    """Station and camera that the file's own name tells; None where it has another form."""
    parts = PurePosixPath(relpath).stem.split("__")
    dated = next((index for index, part in enumerate(parts) if _DATE.fullmatch(part)), 0)
    before = [part.strip() for part in parts[:dated]]
    if not before or len(parts) <= dated + 1 or not all(before):
        return None
    end = next((index for index in range(1, len(before)) if _CAMERA.fullmatch(before[index])), len(before))
    return Place("-".join(before[:end]), "-".join(before[end:]), "name")


def check_level(level: str) -> str:
    """The level, if it is one. Raises BadRequestError."""
    if level not in LEVELS:
        raise BadRequestError(
            f"“{level}” does not say which folder names the station.", f"Use one of: {', '.join(LEVELS)}."
        )
    return level
