"""Sheets of metadata in every usual spelling, and what is told of how they were understood."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from spotid.errors import BadRequestError
from spotid.intake.naming import why_not_kept
from spotid.intake.sheet import read_sheet, write_sheet
from spotid.intake.sheet_degrees import degrees
from spotid.intake.sheet_moments import moment
from spotid.intake.sheet_parts import Sheet, Understood
from spotid.intake.sheet_paths import clean_path, place
from spotid.review import names
from tests.intake.sheets import FILES, book, lines

PLAIN = "original_path,unique_name,latitude,longitude,datetime\ncam1/a.jpg,Zoé,-15.5,28.25,2020-03-01 10:11:12\n"


def read(tmp_path: Path, content: bytes, name: str = "metadata.csv", **answers: str) -> Sheet:
    path = tmp_path / name
    path.write_bytes(content)
    return read_sheet(path, answers)


def told(sheet: Sheet, key: str) -> Understood:
    return next(one for one in sheet.interpretation if one.key == key)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("cp1252"),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace(",", ";").replace(".5", ",5").replace(".25", ",25").encode(),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("original_path", "ORIGINAL PATH").replace("unique_name", " Unique-Name ").encode(),
        PLAIN.replace("cam1/a.jpg", ".\\cam1\\a.jpg").encode(),
        PLAIN.replace("2020-03-01 10:11:12", "2020:03:01 10:11:12").encode(),
        PLAIN.replace("2020-03-01 10:11:12", "1 March 2020 10:11:12 AM").encode(),
        PLAIN.replace("2020-03-01 10:11:12", "20200301_101112").encode(),
        PLAIN.replace("-15.5,28.25", "15.5° S,28°15'E").encode(),
        ("\n\n" + PLAIN + ",,,,\n").encode(),
        book([PLAIN.split("\n")[0].split(","), ["cam1/a.jpg", "Zoé", -15.5, 28.25, datetime(2020, 3, 1, 10, 11, 12)]]),
    ],
)
def test_every_usual_spelling_says_the_same(tmp_path: Path, content: bytes) -> None:
    sheet = read(tmp_path, content, "metadata.xlsx" if content[:2] == b"PK" else "metadata.csv")
    (row,) = sheet.rows
    assert (row.path, row.name, row.latitude, row.longitude) == ("cam1/a.jpg", "Zoé", -15.5, 28.25)
    assert row.taken == "2020-03-01T10:11:12"
    assert not row.remarks


def test_a_workbook_named_csv_is_read_as_one(tmp_path: Path) -> None:
    assert read(tmp_path, book([["original_path"], ["cam1/a.jpg"]])).rows[0].path == "cam1/a.jpg"


@pytest.mark.parametrize(
    ("column", "chosen", "first", "asks"),
    [
        (("03/04/2020", "05/06/2020"), "dmy", "2020-04-03", True),
        (("03/04/2020", "13/06/2020"), "dmy", "2020-04-03", False),
        (("03/04/2020", "06/13/2020"), "mdy", "2020-03-04", False),
        (("03/03/2020", "05/05/2020"), "dmy", "2020-03-03", False),  # both readings mean the same days
        (("03.04.20 5:06 pm", "31.12.19"), "dmy", "2020-04-03T17:06:00", False),
        (("13/04/2020", "04/14/2020"), "dmy", "2020-04-13", True),
        (("2020-04-03", "2020-04-04"), "", "2020-04-03", False),
        (("12/31/19 12:05 AM", "01/02/20"), "mdy", "2019-12-31T00:05:00", False),
    ],
)
def test_day_and_month_are_told_apart_over_the_whole_column(
    tmp_path: Path, column: tuple[str, str], chosen: str, first: str, asks: bool
) -> None:
    sheet = read(tmp_path, lines(*(f"{n}.jpg,,,,{day}" for n, day in enumerate(column))))
    assert sheet.rows[0].taken == first
    dates = told(sheet, "dates")
    assert (dates.chosen, dates.asks) == (chosen, asks)
    if asks:
        assert {reading.key for reading in dates.readings} >= {"dmy", "mdy"}
        assert all(reading.examples for reading in dates.readings)


def test_a_person_chooses_another_order(tmp_path: Path) -> None:
    content = lines("a.jpg,,,,03/04/2020")
    sheet = read(tmp_path, content, dates="mdy")
    assert sheet.rows[0].taken == "2020-03-04"
    assert not told(sheet, "dates").asks  # it was answered
    assert told(read(tmp_path, content), "dates").asks


def test_numbers_of_spreadsheets_and_zones_are_asked_about(tmp_path: Path) -> None:
    assert read(tmp_path, lines("a.jpg,,,,43891.5")).rows[0].taken == "2020-03-01T12:00:00"
    assert read(tmp_path, lines("a.jpg,,,,42429.5"), serial="1904").rows[0].taken == "2020-03-01T12:00:00"
    zoned = lines("a.jpg,,,,2020-03-01T22:00:00+05:30")
    assert read(tmp_path, zoned).rows[0].taken == "2020-03-01T22:00:00"
    assert read(tmp_path, zoned, zone="0").rows[0].taken == "2020-03-01T16:30:00"
    assert read(tmp_path, zoned, zone="480").rows[0].taken == "2020-03-02T00:30:00"


@pytest.mark.parametrize("name", ["NA", "n/a", "none", "Unknown", "-", "leopard"])
def test_what_may_mean_nobody_is_asked(tmp_path: Path, name: str) -> None:
    content = lines(f"a.jpg,{name},,,", f"b.jpg,{name},,,")
    sheet = read(tmp_path, content)
    assert [row.name for row in sheet.rows] == ["", ""]
    assert told(sheet, f"unique_name={name}").asks
    meant = read(tmp_path, content, **{f"unique_name={name}": "word"})
    assert [row.name for row in meant.rows] == [name, name]


def test_a_species_may_be_a_leopard(tmp_path: Path) -> None:
    sheet = read(tmp_path, b"original_path,predicted_category\na.jpg,leopard\n")
    assert sheet.rows[0].category == "leopard"


def test_words_for_nobody_are_those_of_the_ledger() -> None:
    for name in ("leopard_12", "x" * 61, "x" * 101, "NA"):
        assert why_not_kept(name)
        with pytest.raises(BadRequestError):
            names.checked({"name": name})


def test_lines_that_agree_become_one_and_each_is_accounted_for(tmp_path: Path) -> None:
    sheet = read(
        tmp_path, lines("a.jpg,F1,,,", "a.jpg,,-15,28,", "a.jpg,F1,,,2020-01-02", "b.jpg,F2,,,", "b.jpg,F3,,,")
    )
    (row,) = sheet.rows
    assert (row.name, row.latitude, row.taken, row.line, row.also) == ("F1", -15, "2020-01-02", 2, (3, 4))
    assert [one.line for one in sheet.refused] == [5, 6]
    assert sheet.lines() == [2, 3, 4, 5, 6]


def test_line_breaks_in_cells_do_not_shift_the_numbers(tmp_path: Path) -> None:
    sheet = read(tmp_path, b'original_path,notes\na.jpg,"two\nlines"\n\n..,x\nb.jpg,"12"" tree"\n')
    assert [row.line for row in sheet.rows] == [2, 5]
    assert [one.line for one in sheet.refused] == [4]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("cam1/a.jpg", "cam1/a.jpg"),
        ("cam1\\a.jpg", "cam1/a.jpg"),
        ("Cam1/A.JPG", "cam1/a.jpg"),
        ("cam3/e\u0301.jpg", "cam3/é.jpg"),
        ("/home/anna/survey/cam2/c.jpg", "cam2/c.jpg"),
        ("file:///D:/survey/cam2/c.jpg", "cam2/c.jpg"),
        ("survey/cam2/c.jpg", "cam2/c.jpg"),
        ("c.jpg", "cam2/c.jpg"),
        ("cam2/x.jpg", None),
        ("cam2/cam1/d.jpg", None),
    ],
)
def test_files_are_found_however_their_paths_are_spelt(tmp_path: Path, written: str, found: str | None) -> None:
    placed = place(read(tmp_path, lines(f'"{written}",F1,,,')), FILES, {})
    assert [row.file for row in placed.sheet.rows] == ([found] if found else [])
    assert len(placed.unnamed) == len(FILES) - bool(found)
    assert bool(placed.sheet.refused) == (found is None)


def test_a_name_alone_does_not_outweigh_the_folders_that_agree(tmp_path: Path) -> None:
    files = ("one/IMG_1.jpg", "one/IMG_2.jpg", "two/IMG_3.jpg")
    content = lines("/old/one/IMG_1.jpg,F1,,,", "/old/one/IMG_2.jpg,F1,,,", "/old/one/IMG_3.jpg,F1,,,")
    placed = place(read(tmp_path, content), files, {})
    assert [row.file for row in placed.sheet.rows] == ["one/IMG_1.jpg", "one/IMG_2.jpg"]
    assert [one.line for one in placed.sheet.refused] == [4]
    assert [one.line for one in place(read(tmp_path, content), files, {"root": "none"}).sheet.refused] == [2, 3, 4]


def test_two_paths_of_one_file_are_held_against_one_another(tmp_path: Path) -> None:
    placed = place(read(tmp_path, lines("cam1/a.jpg,F1,,,", "CAM1/A.JPG,F2,,,")), FILES, {})
    assert [one.line for one in placed.sheet.refused] == [2, 3]


def test_formulas_come_back_as_they_were(tmp_path: Path) -> None:
    sheet = read(tmp_path, lines("a.jpg,'=HYPERLINK(1),,,"))
    assert sheet.rows[0].name == "=HYPERLINK(1)"
    assert b"'=HYPERLINK" in write_sheet(sheet.rows)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("15°30'00\"S", -15.5),
        ("15 30 0 S", -15.5),
        ("S 15.5", -15.5),
        ("−15,5", -15.5),
        ("28.25E", 28.25),
        (28, 28.0),
        ("-15.5 S", None),
        ("15°75'", None),
        ("", None),
        ("nan", None),
        (True, None),
    ],
)
def test_degrees(cell: object, value: float | None) -> None:
    assert degrees(cell) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["", "soon", "32/13/2020", "2020-02-30", "10:30", True, 12, "2020-01-01 25:00", "1/2"])
def test_what_is_no_day(cell: object) -> None:
    assert moment(cell) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["", "..", "a/../b.jpg", "http://x/y.jpg", "C:\\", "a\nb.jpg", "/"])
def test_what_is_no_path(path: str) -> None:
    assert clean_path(path)[1]
