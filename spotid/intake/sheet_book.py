"""Read the sheet of a workbook (.xlsx) that holds metadata, cells as they are meant: days as days, numbers as numbers.

The ZIP is judged before it is opened, and XML that defines entities is refused by defusedxml.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from spotid.errors import ArchiveError
from spotid.intake.archive import FREE_OF_RATIO, MOST_RATIO
from spotid.intake.sheet_cells import Cell, Line, Table
from spotid.intake.sheet_heads import known_heads
from spotid.intake.sheet_parts import Understood, quoted
from spotid.intake.ziplist import opened
from spotid.project import cells

MOST_UNPACKED = 300_000_000  # bytes of XML, read piece by piece; 200,000 lines of 10 columns have 150 million
MOST_PARTS, MOST_LINES, MOST_COLUMNS, MOST_EMPTY = 1_000, 200_000, 100, 10_000
HEADS_WITHIN = 10  # lines


def read_book(path: Path) -> Table:
    """The lines of the sheet with the most known heads, the first of several. Raises ArchiveError."""
    _check(path)
    try:
        return _read(path)
    except ArchiveError:
        raise
    except Exception as error:  # openpyxl raises almost anything on damaged workbooks
        raise ArchiveError(
            f"“{path.name}” can't be read as an Excel workbook ({type(error).__name__}).",
            "Open it in a spreadsheet program and save the sheet as CSV.",
        ) from error


def _check(path: Path) -> None:
    try:
        with opened(path, MOST_PARTS) as (zipped, _):
            parts = zipped.infolist()
    except ArchiveError as error:
        raise ArchiveError(
            f"“{path.name}” can't be read as an Excel workbook. {error.sentence}", "Save it anew as .xlsx, or as CSV."
        ) from None
    greedy = any(part.file_size > max(FREE_OF_RATIO, MOST_RATIO * part.compress_size) for part in parts)
    if greedy or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ArchiveError(
            f"“{path.name}” is far too large for a sheet of metadata.", "Save the sheet with the table alone, as CSV."
        )


def _read(path: Path) -> Table:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ArchiveError(
            "The package defusedxml is missing, without which no workbook is opened.",
            "Install it (python3 launch.py does), or save the sheet as CSV.",
        )
    with path.open("rb") as file:  # openpyxl judges a path by its ending, whatever is in the file
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            tables = [(sheet.title, lines) for sheet in workbook.worksheets if (lines := _lines(sheet, path.name))]
        finally:
            workbook.close()
    if not tables:
        return Table([], [])
    counts = [max(known_heads(line.cells) for line in lines[:HEADS_WITHIN]) for _, lines in tables]
    best = counts.index(max(counts))
    understood = []
    if len(tables) > 1:
        others = quoted([title for place, (title, _) in enumerate(tables) if place != best])
        sentence = f"The workbook has {len(tables)} sheets with something in them; “{tables[best][0]}” was read, not "
        understood.append(Understood("sheet", f"{sentence}{others}.", asks=counts.count(max(counts)) > 1))
    return Table(tables[best][1], understood)


def _lines(sheet: Any, name: str) -> list[Line]:
    lines: list[Line] = []
    empty = 0
    # Some programs write a sheet's size wrongly; without it, all that is there is read.
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        line = [_cell(value) for value in values]
        while line and line[-1] == "":
            line.pop()
        if line:
            lines.append(Line(number, tuple(line)))
        empty = 0 if line else empty + 1
        if len(lines) > MOST_LINES:
            raise ArchiveError(f"“{name}” has more than {MOST_LINES:,} lines.", "Divide it, or save it as CSV.")
        if empty > MOST_EMPTY:
            break
    return lines


def _cell(value: Any) -> Cell:
    """A cell as it is meant; what a formula could not compute stays as the text that it shows (#N/A, #DIV/0!)."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | datetime | date | time):
        return value
    return cells.read_back(str(value).strip()).strip()
