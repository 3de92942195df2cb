"""What holds of every sheet: each line is a row or refused, the order of columns means nothing, writing loses none."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.errors import SpotIDError
from spotid.intake.sheet import read_sheet, write_sheet
from spotid.intake.sheet_parts import COLUMNS, Sheet
from spotid.intake.sheet_paths import place
from tests.intake.sheets import FILES, book

HEADS = [column for column, _ in COLUMNS]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
PATHS = st.sampled_from([*FILES, "CAM1/A.JPG", "D:\\x\\cam1\\a.jpg", "../x.jpg", "", "none.jpg"]) | WORDS
NAMES = st.sampled_from(["F1", "f1", "NA", "leopard_3", "", "=1+1", "'-x", "Zoé"]) | WORDS
DEGREES = st.sampled_from(["", "-15.5", "28,25", "0", "91", "15°30'S", "x"]) | st.floats(-200, 200).map(str)
DAYS = st.sampled_from(
    ["", "03/04/2020", "13/04/2020 5:06 PM", "2020-01-02T03:04:05Z", "43891.5", "20200301", "x", "NA"]
)
SIDES = st.sampled_from(["", "left", "R", "flank", "unknown", "both", "x"])
BOXES = st.sampled_from(["", "0.1 0.2 0.3 0.4", "0,1;0,2", "[0.5, 0.5, 0.5, 0.5]", "0.5 0.5 0.6 0.1", "nan 0 1 1", "x"])
LINES = st.lists(st.tuples(PATHS, WORDS, NAMES, NAMES, DEGREES, DEGREES, DAYS, SIDES, BOXES), min_size=1, max_size=8)


def written(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([heads, *lines])
    return text.getvalue().encode()


def read(content: bytes, name: str = "metadata.csv") -> Sheet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_sheet(path)


def filled(lines: Sequence[Sequence[str]]) -> list[int]:
    return [number for number, line in enumerate(lines, 2) if any(cell.strip() for cell in line)]


@settings(deadline=None, max_examples=150)
@given(LINES)
def test_every_line_is_a_row_or_refused(lines: list[tuple[str, ...]]) -> None:
    try:
        sheet = read(written(HEADS, lines))
    except SpotIDError:
        assert not filled(lines)
        return
    assert sheet.lines() == filled(lines)
    assert place(sheet, FILES, {}).sheet.lines() == filled(lines)


@settings(deadline=None, max_examples=150)
@given(LINES, st.permutations(range(len(HEADS))))
def test_the_order_of_columns_says_nothing(lines: list[tuple[str, ...]], order: list[int]) -> None:
    if not filled(lines):
        return
    turned = written([HEADS[place] for place in order], [[line[place] for place in order] for line in lines])
    one, other = read(written(HEADS, lines)), read(turned)
    assert (one.rows, one.refused) == (other.rows, other.refused)


@settings(deadline=None, max_examples=150)
@given(LINES)
def test_written_and_read_again_it_says_the_same(lines: list[tuple[str, ...]]) -> None:
    if not filled(lines):
        return
    rows = read(written(HEADS, lines)).rows
    if not rows:
        return
    again = read(write_sheet(rows))
    assert not again.refused
    assert [replace(row, line=0) for row in again.rows] == [replace(row, line=0, also=(), remarks=()) for row in rows]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(FILES), NAMES), min_size=1, max_size=6))
def test_a_workbook_says_what_the_text_says(lines: list[tuple[str, str]]) -> None:
    plain = [(path, "".join(sign for sign in name if sign.isprintable() and sign != "=")) for path, name in lines]
    heads = ["original_path", "unique_name"]
    one, other = read(written(heads, plain)), read(book([heads, *plain]), "metadata.xlsx")
    assert (one.rows, one.refused) == (other.rows, other.refused)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_no_bytes_bring_it_down(content: bytes) -> None:
    for start in (b"", b"original_path,datetime,latitude,longitude\n"):
        try:
            read(start + content)
        except SpotIDError as error:
            assert error.sentence
            assert error.advice
