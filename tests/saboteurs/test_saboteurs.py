"""A hundred and thirty files that mean trouble, through the whole line: each is accounted for and stops nothing."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.jobs.doctor import examine
from spotid.jobs.runner import Jobs
from spotid.project import media, views
from spotid.project.filenames import kept
from spotid.project.folder import Project, create_project, open_project
from spotid.words import JobState, Problem
from tests.saboteurs.make import LEFT_OUT, USED, Saboteur, build

pytestmark = pytest.mark.slow  # a run over all of them takes twenty seconds
SETTINGS = {"small_side": 96, "crop_side": 256, "low_disk_mb": 10}
PROBLEMS = {problem.value for problem in Problem}


def run(project: Project, **settings: object) -> list[str]:
    """Run the whole line; gives the notes that it told."""
    job = Jobs().start(project, "run", settings={**SETTINGS, **settings})
    assert job.wait(240)
    assert job.state is JobState.DONE, job.sentence
    return list(job.notes)


def became(project: Project) -> dict[str, str]:
    """Each file's path and what became of it: a problem's name, ``USED``, or a state that no file may be left in."""
    named = {"problem": "problem", "animal": USED, "no_animal": USED}
    rows = project.store.all("SELECT relpath, state, problem FROM media")
    return {row["relpath"]: row["problem"] or named.get(row["state"], row["state"]) for row in rows}


class Hostile:
    """The folder, its table and the project that was run over it."""

    def __init__(self, base: Path) -> None:
        self.cards = base / "cards"
        self.cards.mkdir()
        self.table: list[Saboteur] = build(self.cards)
        self.folder = base / "project"
        project = create_project(self.folder)
        media.root_id(project.store, self.cards)
        self.notes = run(project)
        self.became = became(project)
        project.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return Hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def project(hostile: Hostile) -> Iterator[Project]:
    opened = open_project(hostile.folder)
    yield opened
    opened.close()


def test_there_are_enough_of_them(hostile: Hostile) -> None:
    assert len(hostile.table) >= (60 if os.name == "nt" else 120)
    assert len({one.relpath for one in hostile.table}) == len(hostile.table)
    assert {one.becomes for one in hostile.table} <= {USED, LEFT_OUT, *PROBLEMS}


def test_every_file_ends_where_it_must(hostile: Hostile) -> None:
    wanted = {kept(one.relpath): one.becomes for one in hostile.table if one.becomes != LEFT_OUT}
    assert hostile.became == wanted


def test_the_counts_add_up_and_the_doctor_finds_nothing(hostile: Hostile, project: Project) -> None:
    counts = views.shelf_counts(project.store)
    found = [one for one in hostile.table if one.becomes != LEFT_OUT]
    assert sum(counts.values()) == media.count(project.store) == len(found)
    assert counts["problem"] == sum(one.becomes != USED for one in found)
    assert counts["unread"] == counts["unsearched"] == counts["missing"] == 0
    assert counts["review"] > 0, "animals are found among them, and reviewed"
    for shelf, count in counts.items():
        rows, after = [], 0
        while page := views.on_shelf(project.store, shelf, after, 50):
            rows += page
            after = page[-1]["id"]
        assert len(rows) == count
    assert list(examine(project)) == []


def test_what_was_left_out_is_told(hostile: Hostile) -> None:
    told = "\n".join(hostile.notes)
    assert "old survey.spotid" in told and ".nomedia" in told and "links/loop" in told


def test_a_second_run_changes_nothing(hostile: Hostile, project: Project) -> None:
    def everything() -> list[tuple]:
        columns = "uid, relpath, sha256, width, height, captured_at, station_id, state, problem, problem_detail"
        rows = project.store.all(f"SELECT {columns} FROM media ORDER BY id")
        rows += project.store.all("SELECT uid, x, y, w, h, state, recipe, problem FROM sighting ORDER BY id")
        rows += project.store.all("SELECT sighting_id, shard, row FROM embedding ORDER BY sighting_id")
        return [tuple(row) for row in rows]

    before = everything()
    assert run(project) == hostile.notes
    assert everything() == before


def test_stations_keep_their_names_as_text(hostile: Hostile, project: Project) -> None:
    rows = project.store.all("SELECT relpath, station.name FROM media LEFT JOIN station ON station.id = station_id")
    for row in rows:
        folder = row["relpath"].rsplit("/", 1)[0]
        if "station" in row["relpath"].rsplit("/", 1)[-1]:
            assert row["name"] == folder


def test_the_problems_list_has_a_sentence_and_advice_for_each(hostile: Hostile) -> None:
    from spotid.web import bench_of, create_app

    app = create_app()
    try:
        opened = bench_of(app).open(hostile.folder)
        client = app.test_client()
        rows, after = [], 0
        while after is not None:
            page = client.get(f"/api/project/{opened.id}/problems", query_string={"after": after}).json
            rows, after = rows + page["rows"], page["next_after"]
        assert {row["path"]: row["problem"] for row in rows} == {
            path: problem for path, problem in hostile.became.items() if problem in PROBLEMS
        }
        for row in rows:
            assert row["sentence"].endswith(".") and row["advice"].endswith("."), row
        for shelf in views.SHELVES:
            reply = client.get(f"/project/{opened.id}/sightings", query_string={"shelf": shelf})
            assert reply.status_code == 200
            assert "<script>alert" not in reply.text
        for page in ("", "run", "individuals", "export"):
            assert client.get(f"/project/{opened.id}/{page}").status_code == 200
    finally:
        bench_of(app).close()


def test_photographs_of_any_name_are_exported(hostile: Hostile, project: Project, tmp_path: Path) -> None:
    """Every sighting is made an animal of its own; each copy is whole and has a name that Windows takes."""
    import uuid

    from spotid.export.folders import export_matches
    from spotid.progress import Silent
    from spotid.project import sightings
    from spotid.project.cells import read_back
    from spotid.review.desk import Desk

    desk = Desk(project, 5)
    for row in project.store.all("SELECT uid FROM sighting WHERE state = 'embedded'"):
        desk.answer(str(uuid.uuid4()), "new", row["uid"])
    out = tmp_path / "out"
    result = export_matches(project, out, Silent())
    assert result["not_copied"] == []
    with (out / "leopard_matches.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == sightings.count(project.store) > 5
    for line in lines:
        copy = out / line["Image Path"]
        row = sightings.facts(project.store, line["Sighting"])
        assert copy.read_bytes() == media.source_path(project.store, row["media_id"]).read_bytes()
        assert not set(copy.name) & set('<>:"/\\|?*\0\n\r\t') and copy.name.isprintable()
        assert len(os.fsencode(copy.name)) <= 255 and not copy.name.endswith((" ", "."))
    with (out / "sightings.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert {read_back(row["path"]) for row in table} == set(hostile.became)
    assert {"NA", "None", "null", "nan", "0", "1e5", "TRUE", "con", "007", "-5"} <= {row["station"] for row in table}
