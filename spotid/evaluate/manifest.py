"""A table that says who is in each picture of a folder, and where and when it was taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from spotid.errors import BadRequestError
from spotid.evaluate import manifest_cells as cells

UNITS = ("m", "km", "relative", "degrees")
# The heads that are understood, as ``manifest_cells.plain`` writes them; of several in one table, the first counts.
HEADS: dict[str, tuple[str, ...]] = {
    "path": ("path", "originalpath", "imagepath", "filepath", "relpath", "image", "filename", "file", "picture",
             "photo", "photograph", "imageid", "img"),
    "identity": ("identity", "individual", "individualid", "animalid", "animal", "uniquename", "name", "who", "label",
                 "id"),
    "station": ("station", "stationname", "stationid", "localityname", "locality", "location", "locationid", "site",
                "trap", "trapstation"),
    "camera": ("camera", "cameraid", "cameraname", "cam", "cameratrap"),
    "x": ("x", "xm", "xkm", "relx", "relativex", "xrel", "xrelative", "camerax", "xcoordinate", "xcoord", "east",
          "easting", "utmx"),
    "y": ("y", "ym", "ykm", "rely", "relativey", "yrel", "yrelative", "cameray", "ycoordinate", "ycoord", "north",
          "northing", "utmy"),
    "latitude": ("latitude", "lat", "decimallatitude", "gpslatitude"),
    "longitude": ("longitude", "lon", "lng", "long", "decimallongitude", "gpslongitude"),
    "datetime": ("datetime", "timestamp", "capturedat", "datetimeoriginal", "taken", "eventdate", "date"),
    "time": ("time", "hour", "clock"),
    "flank": ("flank", "side", "orientation", "viewpoint", "view"),
    "visit": ("visit", "encounter", "encounterid", "event", "eventid", "burst", "sequence", "sequenceid"),
    "box": ("box", "bbox"),
}  # fmt: skip
METRES = ("xm", "easting", "utmx", "east")
WORLD = ((-90.0, 90.0), (-180.0, 180.0))


@dataclass(frozen=True)
class Entry:
    """One line: an animal in a picture. ``at`` are latitude and longitude, or x and y as they are written."""

    line: int
    path: str
    identity: str
    station: str = ""
    camera: str = ""
    at: tuple[float, float] | None = None
    taken: datetime | None = None
    flank: int = 0  # 1 left, -1 right
    visit: str = ""
    box: tuple[float, float, float, float] | None = None


@dataclass
class Manifest:
    """The lines of a table that can be used, why others can't, and in what its places are told."""

    file: Path
    entries: list[Entry]
    refused: list[tuple[int, str]] = field(default_factory=list)  # line and sentence; line 0 is of no line
    notes: list[str] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)  # names of HEADS that the table has
    unit: str = "relative"

    @property
    def degrees(self) -> bool:
        """Whether places are latitude and longitude."""
        return self.unit == "degrees"

    @property
    def scaled(self) -> bool:
        """Whether distances between the places are known in kilometres."""
        return self.unit != "relative"

    def km(self, at: tuple[float, float] | None) -> tuple[float, float] | None:
        """A place as ``Records.at`` has it."""
        return (at[0] / 1000.0, at[1] / 1000.0) if at is not None and self.unit == "m" else at


def read_manifest(file: Path, unit: str | None = None, days: str | None = None) -> Manifest:
    """Read a manifest. ``unit``: what x and y are told in, where their heads don't say; ``days``: "dmy" or "mdy".

    Raises BadRequestError where it has no column of paths or of identities, or no line that can be used.
    """
    heads, rows = cells.table(file)
    column = columns_of(heads)
    for name, words in (("path", "where the pictures lie"), ("identity", "which individual each picture shows")):
        if name not in column:
            raise BadRequestError(
                f"“{file.name}” has no column that says {words}.",
                f"Call it “{name}”. The table has: {', '.join(heads[:12])}.",
            )
    made = Manifest(file, [], columns=set(column), unit=unit_of(column, unit))
    order = _order(file, [_moment(row, column) for _, row in rows], days)
    for line, row in rows:
        entry = _entry(made, line, row, column, order)
        if entry is not None:
            made.entries.append(entry)
    made.entries = _single(made)
    if not made.entries:
        why = made.refused[0][1] if made.refused else "It has no lines."
        raise BadRequestError(f"No line of “{file.name}” can be used. {why}", "Look at its columns path and identity.")
    return _filled(_told(made))


def _told(made: Manifest) -> Manifest:
    """Forget columns that are there but empty: what a project knows of them counts instead."""
    says = {"station": "station", "camera": "camera", "datetime": "taken", "flank": "flank", "visit": "visit"}
    says |= {"x": "at", "latitude": "at", "box": "box"}
    empty = {name for name, told in says.items() if not any(getattr(entry, told) for entry in made.entries)}
    made.columns -= empty
    return made


def columns_of(heads: list[str]) -> dict[str, str]:
    """Name of HEADS → head of the table. Columns x, y, w and h together are a box, never a place."""
    known: dict[str, str] = {}
    for head in heads:
        known.setdefault(cells.plain(head), head)
    boxed = {"left": "x", "top": "y", "w": "w", "h": "h"} if {"x", "y", "w", "h"} <= known.keys() else {}
    found = {name: known.pop(head) for name, head in boxed.items()}
    for name, ways in HEADS.items():
        told = next((known[way] for way in ways if way in known), None)
        if told is not None:
            found[name] = told
    if ("latitude" in found) != ("longitude" in found):
        found.pop("latitude", None), found.pop("longitude", None)
    if ("x" in found) != ("y" in found) or "latitude" in found:
        found.pop("x", None), found.pop("y", None)
    return found


def unit_of(column: Mapping[str, str], said: str | None) -> str:
    """In what the places of a table are told: by its heads, else as ``said``, else nobody knows."""
    if "latitude" in column:
        return "degrees"
    head = cells.plain(column.get("x", ""))
    if head in METRES:
        return "m"
    return "km" if head == "xkm" else said or "relative"


def _moment(row: Mapping[str, str], column: Mapping[str, str]) -> str:
    day, hour = (row.get(column[name], "") if name in column else "" for name in ("datetime", "time"))
    told = cells.moment(day)
    return f"{day} {hour}".strip() if hour and (not day or told is None or not told[1]) else day


def _order(file: Path, told: list[str], days: str | None) -> str:
    order = cells.order_of(told)
    if order in ("?", "both") and days is None:
        raise BadRequestError(
            f"The days in “{file.name}” may be meant as day and month or as month and day.",
            "Say which with --days dmy or --days mdy.",
        )
    if days and order in cells.ORDERS and order != days:
        raise BadRequestError(
            f"The days in “{file.name}” can't be meant as {days}: some have a month above 12.", "Leave --days away."
        )
    return days or order


def _entry(made: Manifest, line: int, row: Mapping[str, str], column: Mapping[str, str], order: str) -> Entry | None:
    def cell(name: str) -> str:
        return row.get(column[name], "") if name in column else ""

    path, identity = cell("path"), cell("identity")
    if not path:
        made.refused.append((line, "It names no picture."))
        return None
    if identity.casefold() in cells.NOBODY:
        made.refused.append((line, "It does not say which individual it is."))
        return None
    at, first, second = None, *(("latitude", "longitude") if made.degrees else ("x", "y"))
    if cell(first) or cell(second):
        one, other = cells.number(cell(first)), cells.number(cell(second))
        if one is None or other is None or (made.degrees and not on_earth(one, other)):
            made.refused.append((line, f"Its place “{cell(first)}, {cell(second)}” is none; the line counts without."))
        else:
            at = (one, other)
    text, taken = _moment(row, column), None
    if text and text.casefold() not in cells.NOBODY:
        told = cells.moment(text, order)
        if told is None:
            made.refused.append((line, f"Its time “{text}” can't be read; the line counts without."))
        elif not told[1]:
            # A day without an hour would make two stations of one day look like an impossible journey.
            made.refused.append((line, f"Its time “{text}” has no hour; the line counts without."))
        else:
            taken = told[0]
    drawn = cell("box") or " ".join(cell(side) for side in ("left", "top", "w", "h"))
    box = cells.box(drawn) if drawn.strip() else None
    if drawn.strip() and box is None:
        made.refused.append((line, f"Its box “{drawn}” can't be read; the line counts without."))
    station, camera, side = cell("station"), cell("camera"), cells.SIDES.get(cell("flank").casefold(), 0)
    return Entry(line, clean(path), identity, station, camera, at, taken, side, cell("visit"), box)


def clean(path: str) -> str:
    """A path as it is compared: with forward strokes, without "./" before it."""
    return str(PurePosixPath(path.replace("\\", "/")))


def on_earth(latitude: float, longitude: float) -> bool:
    """Whether degrees can be a place."""
    return all(low <= value <= high for value, (low, high) in zip((latitude, longitude), WORLD, strict=True))


def _single(made: Manifest) -> list[Entry]:
    """The lines without those that name a picture again; lines with boxes may do so, for another animal in it."""
    seen: dict[tuple[str, object], Entry] = {}
    several = defaultdict(set)
    for entry in made.entries:
        several[entry.path, entry.box].add(entry.identity)
    kept = []
    for entry in made.entries:
        key = (entry.path, entry.box)
        if len(several[key]) > 1:
            made.refused.append((entry.line, f"“{entry.path}” is said to be {len(several[key])} individuals."))
        elif key in seen:
            made.refused.append((entry.line, f"“{entry.path}” stands in line {seen[key].line} already."))
        else:
            seen[key] = entry
            kept.append(entry)
    return kept


def _filled(made: Manifest) -> Manifest:
    """Lines of one station of which only some tell the place have all the same, if those agree."""
    told: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for entry in made.entries:
        if entry.at is not None:
            told[place_name(entry)].add(entry.at)
    moved = sum(len(places) > 1 for name, places in told.items() if name)
    if moved:
        made.notes.append(f"{moved:,} stations have more than one place; each picture keeps that of its own line.")
    made.entries = [
        replace(entry, at=next(iter(told[place_name(entry)])))
        if entry.at is None and place_name(entry) and len(told.get(place_name(entry), ())) == 1
        else entry
        for entry in made.entries
    ]
    return made


def place_name(entry: Entry) -> str:
    """The name of the place where a picture was taken: its station, or its camera where no station is told."""
    return entry.station or entry.camera
