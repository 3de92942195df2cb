"""Read the first sheet of an Excel workbook (.xlsx) as texts.

A workbook is a ZIP of XML, and either may be made to do harm: the ZIP is judged before it is opened, and XML that
defines entities (a "billion laughs") is refused by defusedxml.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from spotid.errors import ArchiveError
from spotid.intake.archive import FREE_OF_RATIO, MOST_RATIO
from spotid.intake.ziplist import opened

MOST_UNPACKED = 32_000_000  # bytes of XML; a sheet of 10,000 rows and 10 columns has 5 million
MOST_PARTS = 1_000
MOST_ROWS, MOST_COLUMNS = 20_000, 100


def rows(path: Path) -> list[list[str]]:
    """The cells of the first sheet that has any, line by line; empty lines are left out.

    Formulas give the value that they had when the workbook was saved; days are written as 2026-03-01, moments as
    2026-03-01T06:00:00, whole numbers without a decimal point. Columns beyond ``MOST_COLUMNS`` are not read. Raises
    ArchiveError for what is no workbook, is locked, is too large, or is made to do harm.
    """
    _check(path)
    try:
        return _rows(path)
    except ArchiveError:
        raise
    except Exception as error:  # openpyxl raises almost anything on damaged workbooks
        raise ArchiveError(
            f"“{path.name}” can't be read as an Excel workbook ({type(error).__name__}).",
            "Open it in a spreadsheet program and save the sheet as CSV.",
        ) from error


def _check(path: Path) -> None:
    """Refuse what would fill the memory. Of a member, nothing beyond its stated size ever comes out."""
    try:
        with opened(path, MOST_PARTS) as (zipped, _):
            parts = zipped.infolist()
    except ArchiveError as error:
        raise ArchiveError(
            f"“{path.name}” can't be read as an Excel workbook. {error.sentence}",
            "If it is locked with a password or of an old kind (.xls), save it anew as .xlsx or CSV.",
        ) from None
    greedy = any(part.file_size > max(FREE_OF_RATIO, MOST_RATIO * part.compress_size) for part in parts)
    if greedy or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ArchiveError(
            f"“{path.name}” is far too large for a table of stations.", "Save the sheet with the table alone, as CSV."
        )


def _rows(path: Path) -> list[list[str]]:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ArchiveError(
            "The package defusedxml is missing, without which no workbook is opened.",
            "Install it (python3 launch.py does), or save the sheet as CSV.",
        )
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in workbook.worksheets:
            lines = []
            cells = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
            for number, values in enumerate(cells):
                line = [_text(value) for value in values]
                if not any(line):
                    continue
                if number >= MOST_ROWS:
                    raise ArchiveError(f"“{path.name}” has more than {MOST_ROWS:,} rows.", "Leave only the stations.")
                lines.append(line)
            if lines:
                width = max(place for line in lines for place, cell in enumerate(line, 1) if cell)
                return [line[:width] for line in lines]
        return []
    finally:
        workbook.close()


def _text(value: Any) -> str:
    """A cell as it is meant. What a formula could not compute (#N/A, #DIV/0!) is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value).strip()
    return "" if text.startswith("#") and text.endswith(("!", "?", "/A")) else text
