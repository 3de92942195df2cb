"""The command for stations: a table in, a table out, a list to read, and sentences for what can't be."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.project.folder import open_project

TABLE = "station,camera,latitude,longitude,start,end\nNorth,,38.1,75.1,01/03/2026,15/03/2026\nSouth,,0,0,01/03/2026,\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["stations", *(str(one) for one in arguments)])


@pytest.fixture
def folder(stock) -> Path:
    stock.project.close()
    return stock.project.path


def test_a_table_in_and_out(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "my stations.csv"
    table.write_text(TABLE, encoding="utf-8")
    done = run(table, "--project", folder)
    assert done.exit_code == 0, done.output
    assert "2 lines read from" in done.output and "what devices write that know no place" in done.output
    assert "North" in done.output and "14 nights  placed" in done.output
    out = tmp_path / "out.csv"
    assert run("--project", folder, "--out", out).exit_code == 0, "coordinates are not written unless asked for"
    assert "North,,,,2026-03-01,2026-03-15," in out.read_text(encoding="utf-8-sig")
    run("--project", folder, "--out", out, "--coordinates")
    assert "North,,38.100000,75.100000,2026-03-01,2026-03-15," in out.read_text(encoding="utf-8-sig")


def test_the_order_of_days_can_be_said(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "s.csv"
    table.write_text("station,start,end\nNorth,01/03/2026,05/04/2026\n", encoding="utf-8")
    assert "Nothing in the column tells" in run(table, "--project", folder).output
    done = run(table, "--project", folder, "--days", "mdy")
    assert "Nothing in the column" not in done.output
    project = open_project(folder)
    try:
        days = project.store.one("SELECT starts_at, ends_at FROM deployment WHERE told_by = 'table'")
        assert tuple(days) == ("2026-01-03", "2026-05-04")
    finally:
        project.close()


def test_listing_needs_no_lock_and_reading_does(folder: Path, tmp_path: Path) -> None:
    held = open_project(folder)
    try:
        assert "North" in run("--project", folder).output
        table = tmp_path / "s.csv"
        table.write_text(TABLE, encoding="utf-8")
        assert run(table, "--project", folder).exit_code == 5
    finally:
        held.close()


@pytest.mark.parametrize(
    ("content", "code", "words"), [(None, 2, "can't be read"), ("", 2, "is empty"), ("place\nK\n", 2, "no column")]
)
def test_what_is_no_table_is_told(folder: Path, tmp_path: Path, content: str | None, code: int, words: str) -> None:
    table = tmp_path / "s.csv"
    if content is not None:
        table.write_text(content, encoding="utf-8")
    done = run(table, "--project", folder)
    assert done.exit_code == code and words in done.output
