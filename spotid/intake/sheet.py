"""Read ``metadata.csv`` or ``metadata.xlsx``: what is known of photographs that somebody has worked on before.

The sheet was written by hand, by a spreadsheet in any country or by another program. Nothing of it is used unseen: how
each part was understood is told, with examples and the other readings that there are, and every line is either a row
or refused with a sentence. A cell that can't be used does not cost its line; it is a remark of the row.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from spotid.errors import BadRequestError
from spotid.intake.sheet_cells import Cell, Line, read_table
from spotid.intake.sheet_dates import read_dates
from spotid.intake.sheet_degrees import read_places
from spotid.intake.sheet_heads import Heads, find_heads
from spotid.intake.sheet_parts import (
    BOX,
    CATEGORY,
    COLUMNS,
    FLANK,
    LATITUDE,
    LOCALITY,
    LONGITUDE,
    NAME,
    PATH,
    TIME,
    Refused,
    Sheet,
    SheetRow,
    Understood,
    settle_doubles,
    settled,
)
from spotid.intake.sheet_paths import clean_path
from spotid.intake.sheet_words import box_of, failed, flank_of, read_words, spoilt, word
from spotid.project import cells

FILES = ("metadata.csv", "metadata.xlsx", "metadata.tsv", "metadata.txt")  # as a collection's root may have it
TABLES = (".csv", ".xlsx", ".tsv")
NO_ANSWERS: Mapping[str, str] = MappingProxyType({})
_Kept = tuple[Line, str, dict[str, Cell]]  # the line, its path, its cells by column


def is_sheet_name(name: str) -> bool:
    """Whether a file in the root of a collection is its sheet, by its name."""
    return name.casefold() in FILES


def is_table_name(path: str) -> bool:
    """Whether a file in the root of a collection may be its sheet under another name; lists of stations are none."""
    name = path.casefold()
    return "/" not in path and name.endswith(TABLES) and not name.startswith("stations.")


def read_sheet(path: Path, answers: Mapping[str, str] = NO_ANSWERS) -> Sheet:
    """Read a sheet. ``answers``: what a person chose, key of an ``Understood`` → key of a ``Reading``.

    Raises BadRequestError or ArchiveError where it is no table or has no column for the paths, OSError where the file
    can't be read.
    """
    table = read_table(path, answers)
    understood = list(table.understood)
    heads = find_heads(table.lines, path.name, answers, understood)
    refused = [Refused(line.number, "It stands above the heads of the columns.") for line in table.lines[: heads.at]]
    below = table.lines[heads.at + 1 :]
    if not below:
        raise BadRequestError(
            f"“{path.name}” has heads of columns and no lines below them.", "Write one line for each photograph."
        )
    # Spreadsheets write the same empty cells behind every line; one line with more cells than the others is shifted.
    usual = Counter(len(line.cells) for line in below).most_common(1)[0][0]
    kept = [item for line in below if (item := _line(line, heads, usual, refused)) is not None]
    rows = settle_doubles(_rows(kept, heads, answers, understood), refused)
    refused.sort(key=lambda one: one.line)
    return Sheet(settled(understood, answers), rows, refused)


def _line(line: Line, heads: Heads, usual: int, refused: list[Refused]) -> _Kept | None:
    """The line's cells by column; None where it was refused."""
    beyond = [cell for cell in line.cells[heads.width :] if cell != ""]
    if beyond or len(line.cells) > max(heads.width, usual):
        sentence = f"It has {len(line.cells)} cells where the heads name {heads.width}: a text with a separator in it"
        refused.append(Refused(line.number, f"{sentence} has no quotation marks, perhaps."))
        return None
    found: dict[str, Cell] = {}
    for column, places in heads.places.items():
        told = [line.cells[place] for place in places if place < len(line.cells) and line.cells[place] != ""]
        if len({word(cell) for cell in told}) > 1:
            words = " and ".join(f"“{word(cell)[:40]}”" for cell in told)
            refused.append(Refused(line.number, f"Its columns called “{column}” differ: {words}."))
            return None
        found[column] = told[0] if told and (column == NAME or not failed(told[0])) else ""
    path, why = clean_path(str(found[PATH]))
    if not why and _repeats_heads(found):
        why = "It repeats the heads of the columns."
    why = why or spoilt(found.get(NAME, ""))
    if why:
        refused.append(Refused(line.number, why))
        return None
    return line, path, found


def _repeats_heads(found: Mapping[str, Cell]) -> bool:
    return str(found[PATH]).strip().casefold().replace(" ", "_") == PATH


def _rows(
    kept: Sequence[_Kept], heads: Heads, answers: Mapping[str, str], understood: list[Understood]
) -> list[SheetRow]:
    def column(name: str) -> list[Cell]:
        return [found.get(name, "") for _, _, found in kept]

    words = {name: read_words(name, column(name), answers, understood) for name in (CATEGORY, NAME, LOCALITY)}
    where = read_places(column(LATITUDE), column(LONGITUDE), answers, understood)
    times = read_dates(column(TIME), answers, understood)
    rows = []
    for place, (line, path, found) in enumerate(kept):
        latitude, longitude, no_place = where[place]
        taken, no_time = times[place]
        flank, no_flank = flank_of(found.get(FLANK, ""))
        box, no_box = box_of(found.get(BOX, ""))
        rows.append(
            SheetRow(
                *(line.number, path, words[CATEGORY][place], words[NAME][place], words[LOCALITY][place]),
                *(latitude, longitude, taken),
                remarks=tuple(sentence for sentence in (no_place, no_time, no_flank, no_box) if sentence),
                flank=flank,
                box=box,
            )
        )
    return rows


def write_sheet(rows: Sequence[SheetRow]) -> bytes:
    """The rows as a ``metadata.csv`` that ``read_sheet`` reads back the same; in UTF-8 with a mark for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column for column, _ in COLUMNS])
    for row in rows:
        values = (row.path, *row.says().values())
        writer.writerow(["" if value is None else cells.written(value) for value in values])
    return text.getvalue().encode("utf-8-sig")
