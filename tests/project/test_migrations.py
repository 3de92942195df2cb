"""Projects made by older programs: the same answers, the same individuals, after a backup of what was there."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from spotid.project import classified, deployments, frames, ledger, schema, sightings, stations_kept
from spotid.project.folder import open_project
from spotid.project.layout import DATABASE
from spotid.review.desk import Desk
from spotid.review.identity import replay

OLDER = Path(__file__).parent / "older"  # dumps of projects that the programs of their time have made


def make(folder: Path, version: int) -> dict[str, Any]:
    """Put an older project into ``folder``; what its own program said of it."""
    folder.mkdir()
    connection = sqlite3.connect(folder / DATABASE)
    connection.executescript((OLDER / f"schema_{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    said: dict[str, Any] = json.loads((OLDER / f"schema_{version}.json").read_text(encoding="utf-8"))
    return said


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("looking", [False, True])
def test_an_older_project_says_what_it_said(tmp_path, version: int, looking: bool) -> None:
    said = make(tmp_path / "old", version)
    before = sorted(path.name for path in (tmp_path / "old").iterdir())
    project = open_project(tmp_path / "old", readonly=looking)
    try:
        assert ledger.stored_identity(project.store) == said["identity"]
        assert {str(number): code for number, code in ledger.codes(project.store).items()} == said["codes"]
        events = ledger.events(project.store)
        assert [[e.uid, e.kind, e.a, e.b, e.target, e.at] for e in events] == said["answers"]
        assert replay(events, sightings.photo_mates(project.store)).individuals() == said["identity"]
        rows = project.store.all("SELECT * FROM sighting")
        assert {row["uid"]: row["flank"] for row in rows} == said["flanks"]
        assert {row["uid"]: [row["state"], *(row[side] for side in "xywh")] for row in rows} == said["sightings"]
        if version >= 2:
            drawn = project.store.all("SELECT * FROM frame_answer ORDER BY id")
            assert [[row["uid"], row["media_uid"], row["boxes"]] for row in drawn] == said["frames"]
            assert len(frames.all_newest(project.store)) == 2
        if version >= 4:
            assert {str(number): facts for number, facts in ledger.stored_facts(project.store).items()} == said["facts"]
        assert Desk(project, 5).identities.individuals() == said["identity"]
        assert ledger.stored_identity(project.store) == said["identity"]
        backups = list(project.layout.backups.glob("*before-migration.sqlite"))
        assert len(backups) == (0 if looking else 1)
    finally:
        project.close()
    if looking:
        assert sorted(path.name for path in (tmp_path / "old").iterdir()) == before
    else:
        copy = sqlite3.connect(backups[0])
        assert schema.version(copy) == version
        assert copy.execute("SELECT COUNT(*) FROM decision").fetchone()[0] == len(said["answers"])
        copy.close()


def test_places_and_clocks_of_schema_5_stay(tmp_path) -> None:
    said = make(tmp_path / "old", 5)
    project = open_project(tmp_path / "old")
    try:
        rows = project.store.all("SELECT * FROM station ORDER BY name")
        known = ("name", "latitude", "longitude", "placed_by", "sensitive")
        assert [[row[name] for name in known] for row in rows] == said["stations"]
        assert all(row["x_m"] is None and row["y_m"] is None for row in rows)
        moments = project.store.all("SELECT uid, clock_at, captured_at FROM media ORDER BY id")
        assert [list(row) for row in moments] == said["moments"]
        words = project.store.all("SELECT deployment_id, camera, from_at, offset_s, reason FROM clock_word ORDER BY id")
        assert [list(row) for row in words] == said["words"]
        stations_kept.place_beside(project.store, rows[0]["id"], 0.0, -1200.5)
        assert stations_kept.station(project.store, rows[0]["id"]).y_m == -1200.5
    finally:
        project.close()


def test_a_project_of_schema_6_can_be_named_by_a_classifier(tmp_path) -> None:
    make(tmp_path / "old", 6)
    project = open_project(tmp_path / "old")
    try:
        place = project.store.one("SELECT x_m, y_m FROM station ORDER BY id LIMIT 1")
        assert place is not None and tuple(place) == (120.0, -40.5)
        rows = project.store.all("SELECT id, uid FROM sighting ORDER BY id")
        assert classified.in_force(project.store) is None and classified.of(project.store, [rows[0]["uid"]]) == {}
        word = classified.Word("dog", 0.9)
        row = classified.begin(project.store, "identity", "name", 0.8, lambda words, least: word)
        classified.keep(project.store, row, [(rows[0]["id"], [word], word)])
        classified.put_in_force(project.store, row)
        assert classified.of(project.store, [rows[0]["uid"]])[rows[0]["uid"]].counts == "dog"
    finally:
        project.close()


def test_moments_and_offsets_of_an_older_project_stay(tmp_path) -> None:
    make(tmp_path / "old", 4)
    connection = sqlite3.connect(tmp_path / "old" / DATABASE)
    connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:00' WHERE id = 1")
    connection.execute("UPDATE deployment SET clock_offset_s = 3600 WHERE camera = 'A'")
    connection.commit()
    connection.close()
    project = open_project(tmp_path / "old")
    try:
        row = project.store.one("SELECT * FROM media WHERE id = 1")
        assert row["clock_at"] == "2026-03-01T06:00:00"
        told = deployments.deployments(project.store)
        assert {one.told_by for one in told} <= {"table", "photographs"} and sum(one.photographs for one in told) > 0
        words = project.store.all(
            "SELECT deployment.camera, offset_s, from_at FROM clock_word"
            " JOIN deployment ON deployment.id = deployment_id"
        )
        assert [tuple(word) for word in words] == [("A", 3600, None)]
    finally:
        project.close()
