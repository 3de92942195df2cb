"""Names that other programs take for something else come back from a table as they were written."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

import pytest

from spotid.export import folders, tables
from spotid.export.names import safe
from spotid.progress import Silent
from spotid.project import ledger
from spotid.project.cells import read_back
from spotid.review.desk import Desk

NAMES = ["NA", "None", "null", "nan", "NULL", "0", "007", "1e5", "TRUE", "-", "inf", "2026-01-01", "1/2", "é", '"', ","]


@pytest.mark.parametrize("name", ["=1+1", "@x", "+a", "-a", "\t", "NA", "a\nb", "a\r\nb", "-5", "1e5", "“”", "豹"])
def test_a_cell_comes_back(tmp_path: Path, name: str) -> None:
    content = tables.text_of((("name", ""),), [{"name": name}])
    (tmp_path / "t.csv").write_bytes(content)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert read_back(row["name"]) == name


def test_stations_reviewers_and_individuals_of_any_name(stock, tmp_path) -> None:
    with stock.project.store.write() as connection:
        connection.execute("DELETE FROM note")
        for number, name in enumerate(NAMES[:6]):
            station = connection.execute("INSERT INTO station (name) VALUES (?)", (name + " ",)).lastrowid
            connection.execute("UPDATE station SET name = ? WHERE id = ?", (name if number != 4 else "NULL.", station))
            connection.execute(
                "UPDATE media SET station_id = ? WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
                (station, stock.uids[number]),
            )
    desk = Desk(stock.project, 5)
    for number, uid in enumerate(stock.uids):
        desk.answer(str(uuid.uuid4()), "new", uid, reviewer=NAMES[number])
    folders.export_matches(stock.project, tmp_path / "out", Silent())
    wanted = [name if number != 4 else "NULL." for number, name in enumerate(NAMES[:6])]
    for table, column in (("leopard_matches.csv", "Station"), ("sightings.csv", "station")):
        with (tmp_path / "out" / table).open(encoding="utf-8-sig", newline="") as file:
            assert sorted(row[column] for row in csv.DictReader(file)) == sorted(wanted)
    rows = stock.project.store.all("SELECT initials, typeof(initials) AS kind FROM reviewer ORDER BY id")
    assert [row["initials"] for row in rows][:4] == NAMES[:4] and {row["kind"] for row in rows} == {"text"}
    assert len(ledger.events(stock.project.store)) == 6


def test_the_readme_says_how_to_read_them(stock, tmp_path) -> None:
    folders.export_matches(stock.project, tmp_path / "out", Silent())
    text = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert 'na.strings = ""' in text and "keep_default_na=False" in text


@pytest.mark.parametrize("name", ["豹" * 100, "é" * 200, "🐆" * 50, "COM¹", "CON.txt", "aux ", "x" * 300, "\udcff"])
def test_names_fit_every_disk(name: str) -> None:
    made = safe(name)
    assert 0 < len(made.encode("utf-8")) <= 61
    assert made.split(".")[0].lower() not in ("con", "aux", "com¹")
