"""What single cells of a manifest mean: moments, numbers, sides, boxes, and the table that they stand in."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spotid.errors import BadRequestError

MOST_BYTES = 200_000_000
ORDERS = ("dmy", "mdy")
NOBODY = {"", "unknown", "unidentifiable", "unidentified", "no_id", "noid", "no id", "none", "nan", "na", "n/a", "?"}
SIDES = {"left": 1, "l": 1, "right": -1, "r": -1}

_CLOCK = r"(\d{1,2})[:.\-h](\d{2})(?:[:.\-](\d{2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\.?)?"
_ZONE = r"\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/:.](\d{{1,2}})[-/:.](\d{{1,2}})(?:[ T_]+{_CLOCK})?{_ZONE}", re.IGNORECASE)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}})(?:[ T_,]+{_CLOCK})?{_ZONE}", re.IGNORECASE)
_TIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T_-]?(\d{2})(\d{2})(\d{2})?)?")
_SECONDS = re.compile(r"\d{9,10}(?:\.0*)?")  # since 1970, of 1973 to 2286; a day and an hour never have so many digits


def table(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """A CSV's heads, and its rows with the lines that they begin on: head → cell, all stripped.

    Commas, semicolons and tabs part cells; UTF-8, UTF-16 and Windows' Western letters are read. Raises BadRequestError.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadRequestError(f"“{file.name}” is too large for a table of sightings.", "Choose a smaller CSV.")
        raw = file.read_bytes()
    except OSError as error:
        raise BadRequestError(f"“{file}” can't be read: {error.strerror or error}.", "Check the path.") from None
    if raw[:4] == b"PK\x03\x04":
        raise BadRequestError(f"“{file.name}” is a workbook or a ZIP, not a CSV.", "Save it as CSV and choose that.")
    text = _decoded(raw).replace("\x00", "")
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    sign = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    heads: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        begins = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not heads:
                    heads = [cell.strip() for cell in cells]
                else:
                    # From the end, so that of two columns of one name the first counts.
                    pairs = reversed(list(zip(heads, cells, strict=False)))
                    rows.append((begins, {head: cell.strip() for head, cell in pairs}))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadRequestError(
            f"Line {reader.line_num} of “{file.name}” can't be read: {error}.", "Write the table anew as CSV."
        ) from None
    if not heads:
        raise BadRequestError(f"“{file.name}” is empty.", "Its first line has to name the columns.")
    return heads, rows


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def plain(head: str) -> str:
    """A head as heads are compared: small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", head.casefold())


def number(cell: str) -> float | None:
    """A finite number, with a comma or a point before its fractions; None where it is none."""
    try:
        value = float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def order_of(cells: Iterable[str]) -> str:
    """How a column writes days that end with their year: "dmy", "mdy", "" where nothing has to be told, "?" where
    nothing tells, or "both" where it is written in both ways."""
    first = second = met = False
    for cell in cells:
        match = _YEAR_LAST.fullmatch(cell)
        if match:
            met = True
            first |= int(match[1]) > 12
            second |= int(match[2]) > 12
    if first and second:
        return "both"
    return "" if not met else "dmy" if first else "mdy" if second else "?"


def moment(cell: str, order: str = "dmy") -> tuple[datetime, bool] | None:
    """The moment that a cell tells by the camera's clock, and whether it tells the hour; None where it is no moment.

    A zone behind it is not used: what counts is the clock on the wall, as everywhere in a survey.
    """
    for pattern in (_YEAR_FIRST, _TIGHT):
        match = pattern.fullmatch(cell)
        if match:
            return _made(match[1], match[2], match[3], match.groups()[3:])
    match = _YEAR_LAST.fullmatch(cell)
    if match:
        day, month = (match[1], match[2]) if order != "mdy" else (match[2], match[1])
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _made(year, month, day, match.groups()[3:])
    if _SECONDS.fullmatch(cell):
        return datetime.fromtimestamp(float(cell), UTC).replace(tzinfo=None), True
    return None


def _made(year: str, month: str, day: str, clock: tuple[str | None, ...]) -> tuple[datetime, bool] | None:
    hour, minute, second = (int(part) if part else 0 for part in clock[:3])
    half = (clock[3] or "").lower() if len(clock) > 3 else ""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    later = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    try:
        made = datetime(int(year), int(month), int(day), hour % 24 if later else hour, minute, second) + later
    except (ValueError, OverflowError):
        return None
    return made, clock[0] is not None


def box(cell: str) -> tuple[float, float, float, float] | None:
    """Left, top, width and height, as fractions of the picture or in its pixels; None where it is no box."""
    values = [number(part) for part in re.split(r"[\s,;]+", cell.strip("[]() "))]
    if len(values) != 4:
        return None
    x, y, w, h = values
    if x is None or y is None or w is None or h is None or w <= 0 or h <= 0:
        return None
    return x, y, w, h
