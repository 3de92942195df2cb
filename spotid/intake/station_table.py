"""The table of stations that may lie among the photographs: names, places, deployments, outages.

It was written by hand or by a spreadsheet in any country, so commas, semicolons and tabs part its columns, commas may
stand for decimal points, days may be written in any order, and Excel may have written UTF-16 or its own old encoding.
All cells are text: a station called NA, 0 or TRUE is that and nothing else. What can't be used is told in a sentence
and left out. Tables made for camtrapR (Station, utm_x, utm_y, Setup_date, Retrieval_date, Problem1_from …) are read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from spotid.errors import BadRequestError
from spotid.intake import sheet_heads, station_heads, where, where_beside, workbook
from spotid.intake.sheet_dates import read_dates
from spotid.intake.sheet_parts import Understood
from spotid.project import spans
from spotid.project.stations_beside import DEGREES, UNITS
from spotid.project.stations_told import Line as StationRow

COLUMNS = (
    ("station", "the name of the station, as its folder or its file names have it"),
    ("camera", "which camera of the station the line is about, where there are several"),
    ("latitude", "in degrees, north is positive; also as 38°07'24\"N"),
    ("longitude", "in degrees, east is positive"),
    ("easting", "instead of degrees: metres to the east on a map"),
    ("northing", "metres to the north on that map"),
    ("epsg", "the number of the map's projection, 32643 for instance, or the zone of UTM with its hemisphere, 43N"),
    ("x_m", "instead of all these: metres to the east of any one point; or x_km in kilometres"),
    ("y_m", "metres to the north of that point; or y_km"),
    ("start", "the day from which the camera stood there"),
    ("end", "the day until which it stood there"),
    ("problem1_from", "a day on which the camera stopped; further ones in problem2_from and so on"),
    ("problem1_to", "the day on which it worked again, or was taken down"),
)
LARGEST_BYTES = 20_000_000
MOST_REMARKS = 5
MISSING = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "?"})  # what stands in a cell for "not known"


def read_stations(
    path: Path, remark: Callable[[str], None] = lambda sentence: None, answers: Mapping[str, str] | None = None
) -> list[StationRow]:
    """Read the table; columns in any order, case and of the usual words (``station_heads``).

    ``remark`` is told in sentences what could not be used, and how days were read where nothing in the table tells.
    ``answers``: ``dates`` ("dmy", "mdy", "ymd") where a person said, and ``unit`` ("m", "km", "degrees"): what x and y
    without a projection are. Raises BadRequestError where there is no column
    for stations or the file is no table, OSError where it can't be read.
    """
    lines = _lines(path)
    if not lines:
        raise BadRequestError(f"“{path.name}” is empty.", "Write one line for each station, or remove the file.")
    columns = station_heads.columns(lines[0])
    if "station" not in columns:
        raise BadRequestError(
            f"“{path.name}” has no column “station”.", "Name the first column “station” and try again."
        )
    remarks: list[str] = []
    spans_of = _days(lines, columns, answers or {}, remarks)
    local = _local(lines, columns, answers or {}, remarks)
    rows = [
        row
        for number, line in enumerate(lines[1:], 2)
        if (row := _row(line, number, columns, spans_of[number - 2], local, remarks)) is not None
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


Days = tuple[str | None, str | None]


def _cell(line: list[str], place: int | None) -> str:
    return line[place].strip() if place is not None and place < len(line) else ""


def _days(
    lines: list[list[str]], columns: dict[str, int], answers: Mapping[str, str], remarks: list[str]
) -> list[list[Days]]:
    """Of each line the span of the deployment, then those of its outages; one order of day and month for the table."""
    pairs = [(columns.get("start"), columns.get("end")), *station_heads.outages(lines[0])]
    places = [place for pair in pairs for place in pair]
    cells = [_cell(line, place) for line in lines[1:] for place in places]
    understood: list[Understood] = []
    told = read_dates(["" if cell.lower() in MISSING else cell for cell in cells], answers, understood)
    remarks += [one.sentence for one in understood if one.key == "dates" and one.asks and "dates" not in answers]
    found: list[list[Days]] = []
    for number, _ in enumerate(lines[1:], 2):
        row = told[(number - 2) * len(places) : (number - 1) * len(places)]
        remarks += [f"line {number}: {why.replace('; the line has no time', '')}" for _, why in row if why]
        days = [day for day, _ in row]
        line: list[Days] = []
        for first, last in zip(days[::2], days[1::2], strict=True):
            if first and last and spans.before(last, first):
                remarks.append(f"line {number}: {last} is before {first}; neither day was used.")
                first = last = None
            line.append((first, last))
        found.append(line)
    return found


Local = tuple[int, int, str]  # the columns of x and y, and their unit


def _local(
    lines: list[list[str]], columns: dict[str, int], answers: Mapping[str, str], remarks: list[str]
) -> Local | None:
    """The columns of places without a map. x and y without a projection are degrees where most can be, else metres."""
    told, found = answers.get("unit", ""), where_beside.columns(lines[0])
    if found is not None:
        if not found[2] and told not in UNITS:
            remarks.append("Columns x and y were read as metres from one point; say so if they are kilometres.")
        return found[0], found[1], found[2] or (told if told in UNITS else "m")
    x, y = columns.get("easting"), columns.get("northing")
    if x is None or y is None or "epsg" in columns or told == DEGREES:
        return None
    if told in UNITS:
        return x, y, told
    if sheet_heads.plain(lines[0][x]) not in ("x", "xcoord"):
        return None
    cells = [(_cell(line, x), _cell(line, y)) for line in lines[1:]]
    numbers = [pair for pair in cells if all(cell.lower() not in MISSING for cell in pair)]
    if 2 * sum(map(_in_degrees, numbers)) >= len(numbers):
        return None
    remarks.append(
        "Columns x and y have no projection (EPSG): they were read as metres from one point. Say so if they are"
        " kilometres."
    )
    return x, y, "m"


def _in_degrees(pair: tuple[str, str]) -> bool:
    try:
        where.where(pair[1], pair[0])
    except BadRequestError:
        return False
    return True


def _row(
    line: list[str], number: int, columns: dict[str, int], days: list[Days], local: Local | None, remarks: list[str]
) -> StationRow | None:
    name = _cell(line, columns.get("station"))
    if not name:
        remarks.append(f"line {number} names no station and was left out.")
        return None
    place: tuple[float | None, float | None] = (None, None)
    beside: tuple[float | None, float | None] = (None, None)
    try:
        if local is not None:
            beside = _beside(line, local) or beside
        if beside[0] is None:
            kept = {name: at for name, at in columns.items() if local is None or at not in local[:2]}
            place = _place(line, kept) or place
    except BadRequestError as error:
        remarks.append(f"line {number}: {error.sentence} The station “{name}” has no place.")
    outages = tuple((first, last) for first, last in days[1:] if first)
    return StationRow(name, _cell(line, columns.get("camera")), *place, *days[0], outages, *beside)


def _beside(line: list[str], local: Local) -> where_beside.Beside | None:
    x, y = ("" if cell.lower() in MISSING else cell for cell in (_cell(line, local[0]), _cell(line, local[1])))
    if bool(x) != bool(y):
        raise BadRequestError(f"only one of x and y is told (“{(x or y)[:40]}”).", "Write both.")
    return where_beside.beside(x, y, local[2]) if x else None


def _place(line: list[str], columns: dict[str, int]) -> where.Where | None:
    """Where a line says that its station is: in degrees, else on a map, else in one cell."""

    def told(*names: str) -> list[str]:
        cells = [_cell(line, columns.get(name)) for name in names]
        return ["" if cell.lower() in MISSING else cell for cell in cells]

    for names in (("latitude", "longitude"), ("easting", "northing")):
        one, other = told(*names)
        if one and other:
            return where.where(one, other) if "latitude" in names else _on_map(one, other, told("epsg")[0])
        if one or other:
            raise BadRequestError(
                f"only one of {' and '.join(names)} is told (“{(one or other)[:40]}”).", "Write both."
            )
    whole = told("coordinates")[0]
    return where.parsed(whole) if whole else None


def _on_map(easting: str, northing: str, epsg: str) -> where.Where:
    """Metres with their projection; columns x and y without one may hold degrees."""
    if epsg:
        return where.projected(easting, northing, epsg)
    try:
        return where.where(northing, easting)
    except BadRequestError as error:
        raise BadRequestError(f"{error.sentence} No column tells the projection (EPSG).", error.advice) from None


def _tell_doubles(rows: list[StationRow], remarks: list[str]) -> None:
    places: dict[str, tuple[float | None, float | None]] = {}
    for row in rows:
        here = (row.latitude, row.longitude) if row.x_m is None else (row.x_m, row.y_m)
        if None not in here and places.setdefault(row.station.lower(), here) != here:
            remarks.append(f"the station “{row.station}” has two places; the last one counts.")
