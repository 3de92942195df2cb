"""Workbooks: what Excel and LibreOffice write is read as it is meant; what is made to do harm is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from defusedxml import EntitiesForbidden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spotid.errors import ArchiveError
from spotid.intake import workbook
from spotid.intake.station_table import read_stations

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TABLE = [
    ["Station", "Camera", "Latitude", "Longitude", "Start", "End"],
    ["ST01", "A", -23.5, 31.25, date(2026, 3, 1), datetime(2026, 4, 1, 6, 30)],
    [2, "=1+1", "-23,6", 31, None, None],
    [None, None, None, None, None, None],
    ["007", True, 1e-7, 2.0, "#N/A", ""],
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    import openpyxl

    made = openpyxl.Workbook()
    made.active.title = "empty"
    sheet = made.create_sheet("stations")
    for line in TABLE:
        sheet.append(line)
    path = tmp_path / "stations.xlsx"
    made.save(path)
    with zipfile.ZipFile(path, "a") as zipped:  # Excel keeps its texts in a part of their own
        if "xl/sharedStrings.xml" not in zipped.namelist():
            zipped.writestr(
                "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>x</t></si></sst>'
            )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
    return rewritten(path, "[Content_Types].xml", "</Types>", f"{part}</Types>").replace(path)


def rewritten(path: Path, part: str, old: str, new: str) -> Path:
    """The workbook with a text replaced in one of its parts."""
    target = path.with_name("hostile.xlsx")
    found = False
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == part:
                found = old in content
                content = content.replace(old, new, 1)
            out.writestr(name, content)
    assert found, f"{part} holds no {old}"
    return target


def test_cells_are_read_as_they_are_meant(book: Path) -> None:
    lines = workbook.rows(book)
    assert lines[0] == ["Station", "Camera", "Latitude", "Longitude", "Start", "End"]
    assert lines[1] == ["ST01", "A", "-23.5", "31.25", "2026-03-01", "2026-04-01T06:30:00"]
    assert lines[2] == ["2", "", "-23,6", "31", "", ""]  # a formula that was never computed has no value
    assert lines[3] == ["007", "TRUE", "1e-07", "2", "", ""]
    assert len(lines) == 4


def test_stations_are_read_from_a_workbook(book: Path) -> None:
    rows = read_stations(book)
    assert [(row.station, row.latitude, row.longitude) for row in rows][:2] == [
        ("ST01", -23.5, 31.25),
        ("2", -23.6, 31),
    ]
    assert (rows[0].start, rows[0].end) == ("2026-03-01", "2026-04-01T06:30:00")


def causes(error: BaseException | None) -> list[type]:
    """The error and all that led to it: openpyxl makes a ValueError of some."""
    found: list[type] = []
    while error is not None:
        found.append(type(error))
        error = error.__cause__ or error.__context__
    return found


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
PARTS = {
    "xl/worksheets/sheet2.xml": "<worksheet",
    "xl/workbook.xml": "<workbook",
    "xl/styles.xml": "<styleSheet",
    "xl/_rels/workbook.xml.rels": "<Relationships",
    "xl/sharedStrings.xml": "<sst",
    "[Content_Types].xml": "<Types",
}


@pytest.mark.parametrize("part", PARTS)
def test_a_billion_laughs_are_refused(book: Path, part: str) -> None:
    hostile = rewritten(book, part, PARTS[part], LAUGHS + PARTS[part])
    with pytest.raises(ArchiveError) as fault:
        workbook.rows(hostile)
    assert EntitiesForbidden in causes(fault.value)
    assert fault.value.advice


@pytest.mark.parametrize("part", PARTS)
def test_entities_from_elsewhere_are_never_fetched(book: Path, tmp_path: Path, part: str) -> None:
    (tmp_path / "secret.txt").write_text("canary")
    for address in ((tmp_path / "secret.txt").as_uri(), "http://evil.example/x", "file:///etc/passwd"):
        define = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}"> <!ENTITY % p SYSTEM "{address}"> %p;]>'
        hostile = rewritten(book, part, PARTS[part], define + PARTS[part])
        with pytest.raises(ArchiveError) as fault:
            workbook.rows(hostile)
        assert EntitiesForbidden in causes(fault.value)
        assert "canary" not in str(fault.value)


def test_without_the_guard_the_same_workbook_is_not_opened(book: Path, monkeypatch) -> None:
    import openpyxl

    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    with pytest.raises(ArchiveError, match="defusedxml"):
        workbook.rows(book)


def test_the_guard_can_not_be_turned_off_from_outside(book: Path, repository: Path) -> None:
    """The variable with which openpyxl is told to leave defusedxml out is set by every entry point of the program."""
    script = (
        "from spotid.settings import quiet_environment; quiet_environment();"
        "import openpyxl; print(openpyxl.DEFUSEDXML, openpyxl.LXML)"
    )
    environment = {**os.environ, "OPENPYXL_DEFUSEDXML": "False", "OPENPYXL_LXML": "True"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=repository
    )
    assert done.stdout.split() == ["True", "False"], done.stderr


def test_a_workbook_that_would_fill_the_memory_is_refused(book: Path) -> None:
    path = book.with_name("large.xlsx")
    for size in (400_000_000, 2_000_000):  # too large in all; too many times its packed size
        with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name in source.namelist():
                out.writestr(name, source.read(name))
            with out.open("xl/media/image1.xml", "w") as member:
                for _ in range(size // 1_000_000):
                    member.write(bytes(1_000_000))
        with pytest.raises(ArchiveError, match="too large"):
            workbook.rows(path)


def test_far_cells_and_long_sheets_have_an_end(book: Path) -> None:
    far = rewritten(book, "xl/worksheets/sheet2.xml", 'r="A1"', 'r="XFC1"')
    assert len(workbook.rows(far)[0]) <= workbook.MOST_COLUMNS
    deep = rewritten(book, "xl/worksheets/sheet2.xml", '<row r="5"', '<row r="1048576"')
    assert len(workbook.rows(deep)) == 3
    head = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(6, 20_010))
    long = rewritten(book, "xl/worksheets/sheet2.xml", "</sheetData>", f"{head}</sheetData>")
    with pytest.raises(ArchiveError, match="20,000 rows"):
        workbook.rows(long)


@pytest.mark.parametrize("content", [b"", b"PK", b"station;camera\nA;B\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stations.xlsx"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"stations\.xlsx") as fault:
        workbook.rows(path)
    assert "CSV" in fault.value.advice


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_workbook_is_a_sentence(book: Path, data: st.DataObject) -> None:
    content = bytearray(book.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = book.with_name("damaged.xlsx")
    path.write_bytes(content)
    try:
        assert isinstance(workbook.rows(path), list)
    except ArchiveError as error:
        assert error.sentence and error.advice


def test_a_run_finds_the_workbook_among_the_photographs(book: Path, project, picture) -> None:
    from spotid.intake.collect import scan_roots
    from spotid.progress import Silent
    from spotid.project import media

    photographs = book.parent / "cards"
    (photographs / "ST01").mkdir(parents=True)
    (photographs / "ST01" / "a.jpg").write_bytes(picture())
    book.rename(photographs / "stations.xlsx")
    media.root_id(project.store, photographs)
    scan_roots(project, Silent())
    assert "st01" in media.station_names(project.store)
    assert project.store.value("SELECT latitude FROM station WHERE name = 'ST01'") == -23.5
