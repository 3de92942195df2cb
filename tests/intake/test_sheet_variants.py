"""Malformed sheets: each is told of in its own sentence, and no line of it goes lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from spotid.errors import SpotIDError
from spotid.intake.sheet import read_sheet
from spotid.intake.sheet_parts import Sheet
from spotid.intake.sheet_paths import place
from tests.intake.sheet_variants import VARIANTS
from tests.intake.sheets import book

FILES = ("cam1/a.jpg", "cam1/b.jpg", "cam2/c.jpg", "cam2/d.mp4", "q/dup.jpg", "r/dup.jpg", "cam4/x.jpg", "cam4/X.JPG")
# What a workbook can't have, or has in another way: text without quotation marks, encodings, cells beyond all measure.
OF_TEXT = {"separator in an unquoted text", "old encoding", "letters lost before", "cell too long", "web page"}
OF_TEXT |= {"empty file", "heads alone", "a picture named .csv", "quotation mark never closed", "no column for paths"}


def sentences(sheet: Sheet) -> list[str]:
    told = [one.sentence for one in (*sheet.refused, *sheet.interpretation)]
    return told + [remark for row in sheet.rows for remark in row.remarks]


def test_there_are_enough_of_them() -> None:
    assert len(VARIANTS) >= 40
    assert len({what for what, *_ in VARIANTS}) == len(VARIANTS)


@pytest.mark.parametrize(
    ("name", "content", "sentence"), [one[1:] for one in VARIANTS], ids=[one[0] for one in VARIANTS]
)
def test_each_says_what_is_wrong(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        sheet = read_sheet(path)
    except SpotIDError as error:
        assert error.sentence == sentence
        assert error.advice
        return
    placed = place(sheet, FILES, {})
    assert sentence in sentences(placed.sheet)
    assert placed.sheet.lines() == sheet.lines()  # looking for the files loses none
    assert len(set(sheet.lines())) == len(sheet.lines())


IN_BOTH = [one for one in VARIANTS if one[1] == "m.csv" and one[0] not in OF_TEXT]


@pytest.mark.parametrize(("content", "sentence"), [one[2:] for one in IN_BOTH], ids=[one[0] for one in IN_BOTH])
def test_the_same_in_a_workbook(tmp_path: Path, content: bytes, sentence: str) -> None:
    text = content.decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n")[0] else ","))
    path = tmp_path / "m.xlsx"
    path.write_bytes(book(rows))
    assert sentence in sentences(place(read_sheet(path), FILES, {}).sheet)
