"""Putting a backup back: old or new at every moment, and everything that was said is still somewhere."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import NewerProjectError, NotFoundError, ProjectDamagedError, ProjectError, ProjectLockedError
from spotid.project import backup, ledger, salvage, schema
from spotid.project.candidates import Candidates
from spotid.project.folder import open_project
from spotid.project.lock import Lock
from spotid.project.restore import restore
from spotid.review.desk import Desk

from .test_migrations import make


def answer(project, stock, uid: str, a: int, b: int, kind: str = "same") -> None:
    Desk(project, 5).answer(uid, kind, stock.uids[a], stock.uids[b], reviewer="AB")


def uids(folder: Path) -> list[str]:
    project = open_project(folder)
    try:
        return [event.uid for event in ledger.events(project.store)]
    finally:
        project.close()


@pytest.fixture
def two_answers(stock) -> Path:
    """A project with a backup of its first answer and a second answer after it."""
    answer(stock.project, stock, "first", 0, 1)
    backup.write(stock.project.layout, "by hand")
    answer(stock.project, stock, "second", 1, 2)
    stock.project.close()
    return stock.project.path


def spoil(database: Path, *, header: bool = False) -> None:
    """Overwrite the database's first bytes, or the page where the table of individuals begins."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = DELETE")
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'individual'").fetchone()[0]
    connection.close()
    content = bytearray(database.read_bytes())
    start = 0 if header else (page - 1) * 4096
    content[start : start + 100] = b"\xff" * 100
    database.write_bytes(content)


def test_an_older_state_comes_back_and_what_was_said_since_is_kept(two_answers, stock) -> None:
    layout = stock.project.layout
    done = restore(two_answers, backup.names(layout)[0].path)
    assert (done.answers, done.lost, done.brought, done.damaged) == (1, 1, 0, False)
    assert uids(two_answers) == ["first"]
    assert done.kept is not None and "before-restore" in done.kept.name
    (table,) = done.tables
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["uid"], row["kind"], row["reviewer"]) == ("second", "same", "AB")
    assert {row["a_path"], row["b_path"]} == {"North/100MEDIA/IMG_0001.JPG", "North/100MEDIA/IMG_0002.JPG"}
    back = restore(two_answers, done.kept)
    assert (back.answers, back.lost) == (2, 0)
    assert uids(two_answers) == ["first", "second"]


@pytest.mark.parametrize("header", [True, False])
def test_a_damaged_database_is_told_with_the_way_out(two_answers, stock, header: bool) -> None:
    database = stock.project.layout.database
    spoil(database, header=header)
    ruin = database.read_bytes()
    with pytest.raises(ProjectDamagedError) as told:
        open_project(two_answers)
    assert "damaged" in told.value.sentence
    assert "with its 1 answers" in told.value.advice and "spotid restore" in told.value.advice
    assert database.read_bytes() == ruin
    done = restore(two_answers)
    assert done.damaged and done.kept is not None and done.kept.read_bytes() == ruin
    # Where the ledger can still be read, the answer after the backup is brought along.
    assert (done.brought, done.lost) == ((0, 0) if header else (1, 0))
    assert uids(two_answers) == (["first"] if header else ["first", "second"])


def test_a_missing_database_is_put_back(two_answers, stock) -> None:
    stock.project.layout.database.unlink()
    with pytest.raises(ProjectDamagedError, match="missing"):
        open_project(two_answers)
    assert restore(two_answers).answers == 1
    assert uids(two_answers) == ["first"]


def test_the_log_beside_a_damaged_database_is_set_aside_with_it(two_answers, stock) -> None:
    database = stock.project.layout.database
    database.write_bytes(b"ruin" * 5000)
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).write_bytes(ending.encode() * 100)
    done = restore(two_answers)
    assert done.kept is not None
    for ending in ("-wal", "-shm"):
        assert done.kept.with_name(done.kept.name + ending).read_bytes() == ending.encode() * 100
    assert uids(two_answers) == ["first"]


def test_the_log_of_a_killed_program_does_not_flow_into_what_is_put_back(stock, tmp_path) -> None:
    answer(stock.project, stock, "first", 0, 1)
    copy = backup.write(stock.project.layout, "by hand")
    answer(stock.project, stock, "second", 1, 2)
    killed = tmp_path / "killed"
    shutil.copytree(stock.project.path, killed)  # as a power cut leaves it: the second answer stands in the log alone
    assert (killed / "project.sqlite-wal").stat().st_size > 0
    done = restore(killed, killed / "backups" / copy.name)
    assert (done.answers, done.lost) == (1, 1)
    assert uids(killed) == ["first"]
    restore(killed, killed / "backups" / done.kept.name if done.kept else None)
    assert uids(killed) == ["first", "second"]


def test_nothing_is_brought_along_across_a_gap(two_answers, stock, tmp_path) -> None:
    """A later answer may take one back that could not be read."""
    project = open_project(two_answers)
    for number in range(3):
        answer(project, stock, f"later-{number}", 0, 3 + number % 2, "cannot_tell")
    project.close()
    present = salvage.read(stock.project.layout.database)
    assert [row["id"] for row in present.answers] == [1, 2, 3, 4, 5]
    for left_out, brought in (({3}, 1), ({2}, 0), (set(), 4)):
        shutil.copy(backup.names(stock.project.layout)[-1].path, tmp_path / "copy.sqlite")
        connection = sqlite3.connect(tmp_path / "copy.sqlite")
        rows = [row for row in present.answers if row["id"] not in left_out]
        assert salvage.bring_along(connection, salvage.Ledger(answers=rows)) == brought
        connection.close()


def test_an_older_backup_is_brought_up_to_date(tmp_path, project) -> None:
    said = make(tmp_path / "old", 1)
    done = restore(project.path, tmp_path / "old" / "project.sqlite") if _closed(project) else None
    assert done is not None and done.answers == len(said["answers"])
    again = open_project(project.path)
    assert ledger.stored_identity(again.store) == said["identity"]
    assert schema.version(again.store.reader) == schema.known()
    again.close()


def _closed(project) -> bool:
    project.close()
    return True


def test_what_is_no_good_backup_is_refused_and_changes_nothing(two_answers, stock, tmp_path) -> None:
    layout = stock.project.layout
    before = layout.database.read_bytes()
    torn, foreign, newer = tmp_path / "torn.sqlite", tmp_path / "foreign.sqlite", tmp_path / "newer.sqlite"
    torn.write_bytes(backup.names(layout)[0].path.read_bytes()[:20000])
    connection = sqlite3.connect(foreign)
    connection.executescript("CREATE TABLE a (b); PRAGMA user_version = 3")
    connection.close()
    shutil.copy(backup.names(layout)[0].path, newer)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for source, error in (
        (torn, ProjectError),
        (foreign, ProjectError),
        (newer, NewerProjectError),
        (tmp_path / "nowhere.sqlite", NotFoundError),
    ):
        with pytest.raises(error):
            restore(two_answers, source)
        assert layout.database.read_bytes() == before
        assert len(backup.names(layout)) == 1


def test_nothing_is_put_back_while_somebody_works(two_answers, stock) -> None:
    project = open_project(two_answers)
    with pytest.raises(ProjectLockedError, match="already open"):
        restore(two_answers)
    project.close()
    worker = Lock(stock.project.layout.worker_lock, "A run is at work")
    with pytest.raises(ProjectLockedError, match="run is at work"):
        restore(two_answers)
    worker.release()
    assert restore(two_answers, backup.names(stock.project.layout)[-1].path).answers == 1


def test_look_alikes_of_other_sightings_are_forgotten(stock, picture) -> None:
    layout = stock.project.layout
    copy = backup.write(layout, "by hand")
    stock.add("North/100MEDIA/IMG_0099.JPG", picture((1, 2, 3)))
    stock.list_all()
    stock.project.close()
    restore(stock.project.path, copy)
    candidates = Candidates(layout)
    assert candidates.sightings() == set(stock.ids[:6])
    assert len(candidates.of(stock.ids[0], 100)) == 5
    candidates.close()


def pull_the_plug(folder: Path, step: int, source: Path) -> int:
    """Restore in a process of its own that dies before its ``step``-th touch of the disk; 0 where it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = step

    def pulled(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **others: Any) -> Any:
            nonlocal left
            if left == 0:
                os._exit(9)
            left -= 1
            return real(*args, **others)

        return call

    try:
        for owner, names in ((os, ["fsync"]), (shutil, ["copyfile"]), (Path, ["replace", "unlink", "mkdir"])):
            for name in names:
                setattr(owner, name, pulled(getattr(owner, name)))
        restore(folder, source)
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copies of this one")
@pytest.mark.parametrize("ruined", [False, True])
def test_the_plug_may_be_pulled_at_every_step(two_answers, stock, tmp_path, ruined: bool) -> None:
    source = backup.names(stock.project.layout)[0].path
    if ruined:
        spoil(stock.project.layout.database, header=True)
    ends: list[object] = []
    code = 9
    while code == 9:
        folder = tmp_path / f"copy {len(ends)}"
        shutil.copytree(two_answers, folder)
        code = pull_the_plug(folder, len(ends), folder / "backups" / source.name)
        looked = _state(folder, readonly=True)
        ends.append(_state(folder))
        assert looked == ends[-1], f"looking and opening differ before step {len(ends)}"
    assert code == 0
    old = "damaged" if ruined else ["first", "second"]
    assert len(ends) > 10
    turn = ends.index(["first"])
    assert ends == [old] * turn + [["first"]] * (len(ends) - turn)
    assert turn > 5 and len(ends) - turn >= 3, "the restore goes on after the moment that counts"


def _state(folder: Path, readonly: bool = False) -> object:
    try:
        project = open_project(folder, readonly=readonly)
    except ProjectDamagedError:
        return "damaged"
    try:
        return [event.uid for event in ledger.events(project.store)]
    finally:
        project.close()


def test_the_id_of_a_project_outlives_its_project_file(project) -> None:
    folder = project.path
    project.close()
    (folder / "project.json").write_text("{")
    again = open_project(folder)
    assert (again.id, again.title) == (project.id, project.title)
    assert json.loads((folder / "project.json").read_text())["id"] == project.id
    again.close()
