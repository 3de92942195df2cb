"""Clips through a whole run: export, doctor, backup and rebuild know their stills."""

from __future__ import annotations

import csv
import shutil
import uuid
from pathlib import Path

import pytest

from spotid.boxes import Box
from spotid.export.folders import export_matches
from spotid.intake.clips import take_stills
from spotid.intake.collect import read_pending, scan_roots
from spotid.jobs import doctor
from spotid.progress import Silent
from spotid.project import clips, media, rebuild, sightings
from spotid.project.folder import Project
from spotid.review.desk import Desk
from spotid.settings import settings
from spotid.words import MediaState, SightingState
from tests.intake.films import RED, make

pytest.importorskip("av")


@pytest.fixture
def filmed(project: Project, tmp_path: Path) -> Project:
    """A clip whose stills show one animal each."""
    folder = tmp_path / "card" / "Ngoma"
    folder.mkdir(parents=True)
    make(folder / "IMG_0005.MP4", seconds=8, rate=4, animals=[(2, 7, RED)], g="4")
    media.root_id(project.store, folder.parent)
    collect(project)
    rows = project.store.all("SELECT id FROM media WHERE kind = 'still'")
    new = sightings.NewSighting(Box(0.1, 0.4, 0.5, 0.4), 0.9, "test")
    sightings.keep_detections(project.store, [(row["id"], [new]) for row in rows], "test")
    with project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = ?", (SightingState.EMBEDDED,))
    return project


def collect(project: Project) -> None:
    scan_roots(project, Silent())
    take_stills(project, settings(), Silent())
    read_pending(project, settings(), Silent())


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_copies_stills_and_names_clip_and_moment(filmed: Project, tmp_path: Path) -> None:
    found = clips.stills_of(filmed.store, 1)
    one = filmed.store.one("SELECT uid FROM sighting WHERE media_id = ?", found[0]["id"])["uid"]
    Desk(filmed, 5).answer(str(uuid.uuid4()), "new", one, None)
    done = export_matches(filmed, tmp_path / "out", Silent())
    assert done["files"] == 1
    (line,) = table(tmp_path / "out" / "leopard_matches.csv")
    assert line["Original Path"].endswith("Ngoma/IMG_0005.MP4")
    assert line["Clip Second"] == f"{found[0]['at_ms'] / 1000:.3f}" and line["Image Path"].endswith(".jpg")
    still = filmed.path / "frames" / found[0]["relpath"]
    assert (tmp_path / "out" / line["Image Path"]).read_bytes() == still.read_bytes()
    lines = table(tmp_path / "out" / "sightings.csv")
    assert {row["path"] for row in lines} == {"Ngoma/IMG_0005.MP4"}
    assert [row["clip_second"] for row in lines] == ["", *(f"{row['at_ms'] / 1000:.3f}" for row in found)]
    assert lines[0]["state"].startswith("clip")


def test_the_doctor_tells_of_lost_stills_and_a_run_makes_them_again(filmed: Project) -> None:
    with filmed.store.write() as connection:  # crops are not what is looked at here
        connection.execute("UPDATE sighting SET state = 'detected'")

    def told(**how: bool) -> list[str]:
        found = [one.sentence for one in doctor.examine(filmed, **how)]
        return [one for one in found if "still" in one or "original" in one]

    assert told(originals=True) == []
    shutil.rmtree(filmed.path / "frames")
    (sentence,) = told(originals=True)
    assert "missing" in sentence and "IMG_0005.MP4@" in sentence
    collect(filmed)
    assert told(originals=True) == []


def test_stills_of_a_rebuilt_project_find_their_clip_again(filmed: Project, tmp_path: Path) -> None:
    """The table beside the vectors tells of a still as of any file; the clip itself is not in it."""
    store = filmed.store
    told = store.all("SELECT uid, relpath, bytes, modified_ns, sha256, width, height FROM media WHERE kind = 'still'")
    rows = [dict(row) for row in told]
    for row in rows:
        row |= {
            "media": row.pop("uid"),
            "path": row.pop("relpath"),
            "media_sha256": row.pop("sha256"),
            "root": "frames",
        }
    with store.write() as connection:
        for name in ("sighting", "media", "root"):
            connection.execute("UPDATE media SET parent_id = NULL")
            connection.execute(f"DELETE FROM {name}")
        places = rebuild._Places(connection, filmed.path, None)
        made = [places._file({name: str(value) for name, value in row.items()}) for row in rows]
    assert all(there for _, there in made)
    assert [row["path"] for row in store.all("SELECT path FROM root")] == ["frames"]
    assert {(row["kind"], row["parent_id"]) for row in store.all("SELECT * FROM media")} == {("still", None)}
    media.root_id(store, tmp_path / "card")
    collect(filmed)
    now = store.all("SELECT uid, state, parent_id, at_ms FROM media WHERE kind = 'still' ORDER BY at_ms")
    assert {row["uid"] for row in now} == {row["media"] for row in rows}
    clip = store.one("SELECT id FROM media WHERE kind = 'clip'")["id"]
    assert {(row["state"], row["parent_id"]) for row in now} == {(MediaState.READ, clip)}
