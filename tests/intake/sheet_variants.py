"""Malformed sheets, each with the sentence that it has to produce: (what is wrong, file name, content, sentence)."""

from __future__ import annotations

import zipfile
from datetime import date, time
from io import BytesIO

from tests.intake.sheets import book, lines

GOOD = "cam1/a.jpg,F1,,,"


def _zip(**members: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, text in members.items():
            zipped.writestr(name, text)
    return file.getvalue()


HEADS = ["original_path", "unique_name", "datetime"]
VARIANTS = [
    ("empty file", "m.csv", b"", "“m.csv” is empty."),
    ("empty workbook", "m.xlsx", book([]), "“m.xlsx” is empty."),
    ("heads alone", "m.csv", lines(), "“m.csv” has heads of columns and no lines below them."),
    (
        "no column for paths",
        "m.csv",
        b"picture_no,unique_name\n1,F1\n",
        "“m.csv” has no column “original_path”; its heads are “picture_no”, “unique_name”.",
    ),
    (
        "whole lines in one cell",
        "m.xlsx",
        book([["original_path;unique_name"], ["cam1/a.jpg;F1"]]),
        "In “m.xlsx” whole lines stand in one cell (“original_path;unique_name”).",
    ),
    (
        "a picture named .csv",
        "m.csv",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)),
        "“m.csv” is no table but a binary file.",
    ),
    (
        "old workbook",
        "m.xlsx",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        "“m.xlsx” is a workbook of an old kind (.xls), or locked with a password.",
    ),
    ("text named .xlsx", "m.xlsx", lines(GOOD), "“m.xlsx” is named like a workbook and is none."),
    (
        "ZIP that is no workbook",
        "m.xlsx",
        _zip(readme="hello"),
        "“m.xlsx” can't be read as an Excel workbook (KeyError).",
    ),
    (
        "cut-off workbook",
        "m.xlsx",
        book([HEADS, ["cam1/a.jpg", "F1", None]])[:900],
        "“m.xlsx” can't be read as an Excel workbook. “m.xlsx” can't be read as a ZIP (File is not a zip file).",
    ),
    (
        "web page",
        "m.csv",
        b"<!DOCTYPE html><html><table><tr><td>original_path</td></tr></table>",
        "“m.csv” is a web page and no table.",
    ),
    (
        "quotation mark never closed",
        "m.csv",
        lines(GOOD, 'cam1/b.jpg,"F2,,,', "cam2/c.jpg,F3,,,"),
        "“m.csv” has a quotation mark in line 3 that is never closed.",
    ),
    (
        "cell too long",
        "m.csv",
        lines("x" * 200_000 + ",F1,,,"),
        "“m.csv” is no whole table (field larger than field limit (131072)).",
    ),
    (
        "separator in an unquoted text",
        "m.csv",
        lines(GOOD, "cam1/b.jpg,Big, old male,,,"),
        "It has 6 cells where the heads name 5: a text with a separator in it has no quotation marks, perhaps.",
    ),
    (
        "decimal commas between commas",
        "m.csv",
        lines("cam1/a.jpg,F1,-15,5,28,25,2020-05-01"),
        "It has 7 cells where the heads name 5: a text with a separator in it has no quotation marks, perhaps.",
    ),
    ("no path", "m.csv", lines(GOOD, ",F2,,,"), "It names no file: its path is empty."),
    (
        "path out of the folder",
        "m.csv",
        lines("../secret/a.jpg,F1,,,"),
        "“../secret/a.jpg” leads out of the folder (“..”).",
    ),
    (
        "web address",
        "m.csv",
        lines("https://example.org/a.jpg,F1,,,"),
        "“https://example.org/a.jpg” is an address on the network and no file in this folder.",
    ),
    (
        "line break in a path",
        "m.csv",
        lines('"cam1/\na.jpg",F1,,,'),
        "Its path holds a line break or another sign that no path has (“cam1/ a.jpg”).",
    ),
    ("path of a folder", "m.csv", lines("C:\\,F1,,,"), "“C:/” names a folder and no file."),
    (
        "heads repeated",
        "m.csv",
        lines(GOOD, "original_path,unique_name,latitude,longitude,datetime"),
        "It repeats the heads of the columns.",
    ),
    ("title above the heads", "m.csv", b"Survey 2020,,,,\n" + lines(GOOD), "It stands above the heads of the columns."),
    (
        "lines that contradict",
        "m.csv",
        lines(GOOD, "cam1/a.jpg,F2,,,"),
        (
            "Lines 2, 3 are about “cam1/a.jpg” and contradict one another (unique_name: “F1” and “F2”); "
            "none of them is used. If two animals are in it, name each of them in SpotID."
        ),
    ),
    (
        "columns that contradict",
        "m.csv",
        b"original_path,unique_name,Unique Name\ncam1/a.jpg,F1,F2\n",
        "Its columns called “unique_name” differ: “F1” and “F2”.",
    ),
    (
        "file not there",
        "m.csv",
        lines(GOOD, "cam1/zz.jpg,F2,,,"),
        "There is no picture and no clip “cam1/zz.jpg” here.",
    ),
    (
        "name in several folders",
        "m.csv",
        lines("dup.jpg,F1,,,"),
        "There is no “dup.jpg”; 2 files have that name elsewhere, so none was taken.",
    ),
    (
        "files that differ by case alone",
        "m.csv",
        lines("CAM4/X.jpg,F1,,,"),
        "“CAM4/X.jpg” may be each of “cam4/X.JPG”, “cam4/x.jpg”: they differ by capitals or accents alone.",
    ),
    (
        "another root",
        "m.csv",
        lines("D:\\Survey\\cam1\\a.jpg,F1,,,", "D:\\Survey\\cam2\\c.jpg,F2,,,"),
        "2 paths found although the beginning is another: “D:/Survey” was left away.",
    ),
    (
        "name turned into a date",
        "m.xlsx",
        book([HEADS, ["cam1/a.jpg", date(2020, 3, 1), None]]),
        "Its unique_name is the day 2020-03-01: the spreadsheet has made a date of a name.",
    ),
    (
        "name turned into a number",
        "m.csv",
        lines("cam1/a.jpg,1.2E+11,,,"),
        "Its unique_name is “1.2E+11”: the spreadsheet has made a number of a name.",
    ),
    (
        "name of a formula gone wrong",
        "m.csv",
        lines("cam1/a.jpg,#REF!,,,"),
        "Its unique_name is “#REF!”: a formula of the spreadsheet that went wrong.",
    ),
    (
        "NA for a name",
        "m.csv",
        lines("cam1/a.jpg,NA,,,", "cam1/b.jpg,NA,,,"),
        "“NA” stands in 2 lines of “unique_name”; it was taken for “not known”, and not for an individual's name.",
    ),
    (
        "other head for the paths",
        "m.csv",
        b"FileName;Species\ncam1/a.jpg;leopard cat\n",
        "There is no column “original_path”; “FileName” was taken for it.",
    ),
    (
        "old encoding",
        "m.csv",
        "original_path;unique_name\ncam1/a.jpg;Zoé\n".encode("cp1252"),
        (
            "The letters are no Unicode; they were read as an old western European encoding (cp1252). Do "
            "the names look right?"
        ),
    ),
    (
        "letters lost before",
        "m.csv",
        "original_path;unique_name\ncam1/a.jpg;Zo�\n".encode(),
        "Letters are lost in “cam1/a.jpg;Zo�”; they were lost before, when the sheet was saved.",
    ),
    (
        "day or month first",
        "m.csv",
        lines("cam1/a.jpg,F1,,,03/04/2020 10:00", "cam1/b.jpg,F1,,,05/06/2020"),
        "Days are read as day, month, year. Nothing in the column tells whether month, day, year is meant.",
    ),
    (
        "days mixed",
        "m.csv",
        lines("cam1/a.jpg,F1,,,13/04/2020", "cam1/b.jpg,F1,,,04/14/2020", "cam2/c.jpg,,,,01/02/2020"),
        (
            "Days are read as day, month, year. 1 of 3 do not fit: “04/14/2020”. The column mixes two ways "
            "to write a day, so others may be wrong unseen. Nothing in the column tells whether month, day, "
            "year is meant."
        ),
    ),
    (
        "no such day",
        "m.csv",
        lines("cam1/a.jpg,F1,,,2021-02-30 10:00"),
        "“2021-02-30 10:00” is no day and time; the line has no time.",
    ),
    (
        "clock never set",
        "m.csv",
        lines("cam1/a.jpg,F1,,,0000:00:00 00:00:00"),
        "“0000:00:00 00:00:00” is what a clock says that was never set; the line has no time.",
    ),
    (
        "day in the future",
        "m.csv",
        lines("cam1/a.jpg,F1,,,2098-01-01 10:00"),
        "“2098-01-01 10:00” lies in the future; the line has no time.",
    ),
    (
        "time without a day",
        "m.xlsx",
        book([HEADS, ["cam1/a.jpg", "F1", time(10, 30)]]),
        "“10:30:00” is no day and time; the line has no time.",
    ),
    (
        "number of a spreadsheet for a day",
        "m.csv",
        lines("cam1/a.jpg,F1,,,43891.5"),
        "1 day told by a spreadsheet's number, read as days counted from 1900.",
    ),
    (
        "time zones",
        "m.csv",
        lines("cam1/a.jpg,F1,,,2020-03-01T10:00:00+05:30"),
        "1 time with a time zone (UTC+05:30); taken is the time as it is written, as the camera's clock had it.",
    ),
    (
        "latitude alone",
        "m.csv",
        lines("cam1/a.jpg,F1,-15.5,,"),
        "Only one of latitude and longitude is told (“-15.5” / “”); the line has no place.",
    ),
    (
        "metres for degrees",
        "m.csv",
        lines("cam1/a.jpg,F1,8285000,345678,"),
        "“8285000” / “345678” are no degrees; the line has no place. They may be metres of a map (UTM).",
    ),
    (
        "words for degrees",
        "m.csv",
        lines("cam1/a.jpg,F1,north,28,"),
        "“north” / “28” are no degrees; the line has no place.",
    ),
    (
        "columns of places swapped",
        "m.csv",
        lines("cam1/a.jpg,F1,101.5,-15.5,"),
        (
            "Places are degrees, north and east positive. 1 latitude beyond 90 degrees: latitude and "
            "longitude are probably swapped."
        ),
    ),
    (
        "no place known",
        "m.csv",
        lines("cam1/a.jpg,F1,0,0,"),
        "“0” / “0” is what devices write that know no place; the line has none.",
    ),
    (
        "several sheets",
        "m.xlsx",
        book([HEADS, ["cam1/a.jpg", "F1", None]], [["notes"], ["x"]]),
        "The workbook has 2 sheets with something in them; “Sheet1” was read, not “Sheet2”.",
    ),
]
