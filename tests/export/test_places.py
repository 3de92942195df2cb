"""The tables of stations, deployments and effort: right, read back, and silent about sensitive places."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from spotid.export import places
from spotid.export.folders import export_matches
from spotid.intake.station_table import read_stations
from spotid.progress import Silent
from spotid.project import clocks, deployments, stations_kept, stations_told, surveys
from spotid.project.stations_told import Line

LINES = [
    Line("K12", "A", 38.1, 75.1, "2026-03-01", "2026-04-01", (("2026-03-10", "2026-03-15"), ("2026-03-20", None))),
    Line("K12", "B", 38.1, 75.1, "2026-03-01", "2026-03-21"),
    Line("Étang", "", -15.5, 28.25, "2026-03-01T16:30:00", None),
]


@pytest.fixture
def told(stock) -> Path:
    store = stock.project.store
    stations_told.keep_table(store, LINES)
    open_to_all = next(one for one in stations_kept.stations(store) if one.name == "Étang")
    stations_kept.keep_sensitive(store, open_to_all.id, False)
    surveys.add(store, "March", "2026-03-01", "2026-03-15", 7)
    first = deployments.deployments(store)[1]
    clocks.say(store, first.id, 3600, from_at="2026-03-29T02:00")
    clocks.say(store, first.id, -43200)
    clocks.settle(store)
    return stock.photographs.parent / "out"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_tells_of_stations_and_keeps_sensitive_places_back(stock, told) -> None:
    export_matches(stock.project, told, Silent())
    rows = {(row["station"], row["camera"]): row for row in table(told, "stations.csv")}
    assert (rows["K12", "A"]["latitude"], rows["Étang", ""]["latitude"]) == ("", "-15.500000")
    for path in told.rglob("*"):
        if path.is_file():
            assert b"38.1" not in path.read_bytes() and b"75.1" not in path.read_bytes(), path.name
    readme = (told / "README.txt").read_text(encoding="utf-8")
    assert "Coordinates of sensitive stations are left out" in readme
    for columns in (places.STATIONS, places.DEPLOYMENTS, places.EFFORT):
        assert all(f"  {name}" in readme for name, _ in columns)
    export_matches(stock.project, told, Silent(), coordinates=True)
    rows = {(row["station"], row["camera"]): row for row in table(told, "stations.csv")}
    assert rows["K12", "A"]["latitude"] == "38.100000"
    assert "Coordinates of sensitive" not in (told / "README.txt").read_text(encoding="utf-8")


def test_the_table_of_stations_is_read_back_as_it_was(stock, told, tmp_path) -> None:
    from spotid.project.folder import create_project

    (tmp_path / "stations.csv").write_bytes(places.station_table(stock.project.store, True))
    heard: list[str] = []
    rows = read_stations(tmp_path / "stations.csv", heard.append)
    assert heard == [] and [row for row in rows if row.start] == LINES
    other = create_project(tmp_path / "other")
    try:
        assert stations_told.keep_table(other.store, rows) == []
        assert places.station_table(other.store, True).decode().count("\n") >= len(LINES)
        same = [(one.station, one.camera, one.starts_at, one.ends_at) for one in deployments.deployments(other.store)]
        assert same == [
            (one.station, one.camera, one.starts_at, one.ends_at)
            for one in deployments.deployments(stock.project.store)
            if one.told_by == "table"
        ]
    finally:
        other.close()


def test_deployments_with_their_effort_and_clocks(stock, told) -> None:
    export_matches(stock.project, told, Silent())
    rows = {(row["station"], row["camera"]): row for row in table(told, "deployments.csv")}
    one = rows["K12", "A"]
    assert (one["nights"], one["lost"], one["outages"]) == ("14", "17", "2026-03-10/2026-03-15; 2026-03-20/")
    assert (rows["K12", "B"]["nights"], rows["K12", "B"]["quiet"]) == ("20", "20")
    assert rows["Étang", ""]["guessed"] == "end"
    assert rows["K12", "B"]["clock"] == "add -43200; add 3600 from 2026-03-29T02:00:00"
    effort = [row for row in table(told, "effort.csv") if row["station"] == "K12"]
    assert [(row["survey"], row["occasion"], row["from"], row["nights"]) for row in effort] == [
        *(("March", "1", "2026-03-01", "7"), ("March", "2", "2026-03-08", "7"))
    ]
