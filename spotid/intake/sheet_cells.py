"""Read a sheet, CSV or workbook, as lines of cells: encoding, separator and quotation marks found out and told.

Lines are numbered as a spreadsheet numbers them: the heads of the columns are line 1 where nothing stands above, empty
lines count, and a line break within a cell does not begin a line.
"""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from spotid.errors import BadRequestError
from spotid.intake.sheet_heads import WITHIN, known_heads
from spotid.intake.sheet_parts import Answers, Reading, Understood, quoted
from spotid.project import cells

Cell = str | int | float | bool | datetime | date | time
LARGEST_BYTES = 100_000_000  # 500,000 lines of 200 bytes
MOST_LINES = 500_000
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
# What a spreadsheet means by "CSV" on an older Windows in western Europe, in eastern Europe, in Russia, on a Mac.
OLD = {"cp1252": "western European", "cp1250": "central European", "cp1251": "Cyrillic", "mac_roman": "Macintosh"}
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\3\4"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet with anything in it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a sheet, and how they were found."""

    lines: list[Line]
    understood: list[Understood]


def read_table(path: Path, answers: Answers) -> Table:
    """All lines of a sheet that hold anything. Raises BadRequestError and ArchiveError, OSError."""
    name = path.name
    if path.stat().st_size > LARGEST_BYTES:
        raise BadRequestError(f"“{name}” is far too large for a sheet of metadata.", "Look at what it is.")
    with path.open("rb") as file:
        content = file.read(8)
        if content.startswith(ZIP):
            from spotid.intake import sheet_book

            return sheet_book.read_book(path)
        content += file.read()
    if content.startswith(OLE):
        raise BadRequestError(
            f"“{name}” is a workbook of an old kind (.xls), or locked with a password.",
            "Open it in a spreadsheet program and save it as .xlsx without a password, or as CSV.",
        )
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise BadRequestError(f"“{name}” is named like a workbook and is none.", "Save it anew as .xlsx, or as CSV.")
    understood: list[Understood] = []
    text = _text(content, name, answers, understood)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<table", "<?xml")):
        raise BadRequestError(
            f"“{name}” is a web page and no table.", "Download the table itself, or save it as CSV from a spreadsheet."
        )
    return Table(_lines(text, name, understood), understood)


def _text(content: bytes, name: str, answers: Answers, understood: list[Understood]) -> str:
    encoding = answers.get("encoding", "")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace")
        understood.append(Understood("encoding", "The letters are written as UTF-16."))
    elif (wide := _wide(content)) is not None:
        text = content.decode(wide, "replace")
        understood.append(Understood("encoding", "The letters are written as UTF-16, without a mark that says so."))
    elif encoding in OLD:
        text = content.decode(encoding, "replace")
        understood.append(_old(content, encoding))
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
            understood.append(_old(content, "cp1252"))
    if "\0" in text:
        raise BadRequestError(f"“{name}” is no table but a binary file.", "Save the table as CSV.")
    lost = [word for word in text.split() if "�" in word]
    if lost:
        sentence = f"Letters are lost in {quoted(lost)}; they were lost before, when the sheet was saved."
        understood.append(Understood("lost", sentence, asks=True))
    return text


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a table of names and numbers is zero."""
    head = content[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 4 and max(even, odd) > 0.6 * half and min(even, odd) < 0.05 * half:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _old(content: bytes, chosen: str) -> Understood:
    words = [word for word in dict.fromkeys(content.replace(b",", b" ").replace(b";", b" ").split()) if max(word) > 127]
    readings = tuple(
        Reading(
            key,
            f"an old {called} encoding ({key})",
            tuple((word.decode("ascii", "replace"), word.decode(key, "replace")) for word in words[:3]),
        )
        for key, called in OLD.items()
    )
    own = next(one for one in readings if one.key == chosen)
    sentence = f"The letters are no Unicode; they were read as {own.sentence}. Do the names look right?"
    return Understood("encoding", sentence, chosen, own.examples, readings, asks=True)


def _lines(text: str, name: str, understood: list[Understood]) -> list[Line]:
    first = text.split("\n", 1)[0].strip().strip('"')
    skipped = 0
    if first[:4].lower() == "sep=" and len(first) <= 5:
        separator, skipped = first[4:] or "\t", 1
        text = text.split("\n", 1)[1] if "\n" in text else ""
    else:
        separator = _separator(text)
    if separator:
        told = SEPARATORS.get(separator, f"“{separator}”")
        understood.append(Understood("separator", f"The columns are parted by {told}."))
    lines = []
    for number, record in enumerate(_records(text, separator or ",", name), 1 + skipped):
        if number > MOST_LINES:
            raise BadRequestError(f"“{name}” has more than {MOST_LINES:,} lines.", "Divide it.")
        plain = tuple(cells.read_back(cell.strip()).strip() for cell in record)
        if any(plain):
            lines.append(Line(number, plain))
    return lines


def _separator(text: str) -> str:
    """What parts the columns: the sign that gives most known heads in one of the first lines; empty for none."""
    best, found = "", (0, 0)
    for separator in SEPARATORS:
        try:
            head = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
            some = list(itertools.islice(head, WITHIN))
        except csv.Error:
            continue
        for row in some:
            value = (known_heads(row), len(row))
            if len(row) > 1 and value > found:
                best, found = separator, value
    return best


def _records(text: str, separator: str, name: str) -> list[list[str]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    strict, records = True, list[list[str]]()
    while True:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
        records, began = [], 1
        try:
            for record in reader:
                records.append(record)
                began = reader.line_num + 1
            return records
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise BadRequestError(
                    f"“{name}” has a quotation mark in line {began} that is never closed.",
                    "Close it, or remove it, and save the sheet again.",
                ) from None
            if not strict:
                raise BadRequestError(
                    f"“{name}” is no whole table ({error}).", "Save the table as CSV again."
                ) from None
            strict = False  # a quotation mark in the middle of a text, as in 12" tree, is no fault
