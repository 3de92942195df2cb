"""The columns of words in a sheet: names, species, localities; what may mean "not known" is asked about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time

from spotid.intake.naming import FLANKS, means_nobody, plain, spelt
from spotid.intake.sheet_cells import Cell
from spotid.intake.sheet_dates import MISSING
from spotid.intake.sheet_parts import NAME, Answers, Reading, Understood, counted

READINGS = ("missing", "word")


def word(cell: Cell) -> str:
    """A cell as a word: whole numbers without a decimal point, spaces single."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return spelt(str(cell))


def read_words(column: str, values: Sequence[Cell], answers: Answers, understood: list[Understood]) -> list[str]:
    """The words of a column; what stands for "not known" is empty unless a person said that it is meant.

    ``answers``: "``column``=``word``" ("missing" or "word"), for each such word as it is written.
    """
    words = [word(value) for value in values]
    counts = Counter(
        one for one in words if one and (means_nobody(one) if column == NAME else one.casefold() in MISSING)
    )
    missing = set()
    for one, count in counts.items():
        key = f"{column}={one}"
        chosen = answers.get(key, "missing")
        chosen = chosen if chosen in READINGS else "missing"
        if chosen == "missing":
            missing.add(one)
        what = "an individual's name" if column == NAME else f"a real {column}"
        sentence = f"“{one}” stands in {counted(count, 'line')} of “{column}”; it was taken for "
        sentence += f"“not known”, and not for {what}." if chosen == "missing" else f"{what}."
        readings = (Reading("missing", "not known"), Reading("word", what))
        # Only a name makes one animal of many pictures, or none: that is asked, the rest is told.
        understood.append(Understood(key, sentence, chosen, readings=readings, asks=column == NAME))
    return ["" if one in missing else one for one in words]


def failed(cell: Cell) -> bool:
    """Whether a cell shows that a formula could not be computed; #N/A is not known, and no fault."""
    return bool(re.fullmatch(r"#(REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)", str(cell).strip()))


def spoilt(cell: Cell) -> str:
    """Why a cell of a name is what a spreadsheet has made of it; nothing where it is not."""
    if isinstance(cell, datetime | date | time):
        return f"Its {NAME} is the day {str(cell)[:10]}: the spreadsheet has made a date of a name."
    text = str(cell).strip()
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE][+]\d+", text):
        return f"Its {NAME} is “{text}”: the spreadsheet has made a number of a name."
    if failed(cell):
        return f"Its {NAME} is “{text}”: a formula of the spreadsheet that went wrong."
    return ""


def flank_of(cell: Cell) -> tuple[str, str]:
    """The side that a cell tells, and a remark where it tells none."""
    text = word(cell)
    if not text or means_nobody(text) or plain(text) == "flank":
        return "", ""
    flank = FLANKS.get(plain(text), "")
    return flank, "" if flank else f"“{text[:40]}” is no side of an animal (left, right, front, rear)."


def box_of(cell: Cell) -> tuple[str, str]:
    """A box as four fractions parted by spaces, and a remark where a cell tells none."""
    text = word(cell)
    if not text or text.casefold() in MISSING:
        return "", ""
    try:
        x, y, w, h = (float(part) for part in re.split(r"[\s;,]+", text.strip("[]() ")))
    except ValueError:
        x = y = w = h = -1.0
    if not (0 <= x < 1 and 0 <= y < 1 and 0 < w <= 1.001 - x and 0 < h <= 1.001 - y):
        return "", f"“{text[:40]}” is no box (left, top, width and height as fractions of the picture)."
    return f"{x:g} {y:g} {w:g} {h:g}", ""
