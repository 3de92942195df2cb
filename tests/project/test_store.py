"""The project folder and its database: whole or refused, never guessed."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from spotid.errors import BadRequestError, NewerProjectError, NotFoundError, ProjectError, ProjectLockedError
from spotid.project import backup, ledger, schema
from spotid.project.folder import check_apart, create_project, open_project
from spotid.words import Verdict


def keep(project, uid: str = "answer-0001", a: str = "aaaa", b: str = "bbbb") -> ledger.Event:
    return ledger.keep(project.store, ledger.Answer(uid, Verdict.SAME, a, b), lambda _: ([], {}, {}), str)


def test_a_project_reopens_with_its_id_and_title(tmp_path) -> None:
    folder = tmp_path / "Krüger ünd “Söhne” 2026"
    made = create_project(folder)
    made.close()
    again = open_project(folder)
    assert (again.id, again.title) == (made.id, folder.name)
    again.close()


def test_the_inner_embeddings_folder_opens_the_project(project) -> None:
    project.layout.embeddings.mkdir()
    folder = project.path
    project.close()
    again = open_project(folder / "embeddings")
    assert again.path == folder
    again.close()


def test_a_folder_with_other_files_is_not_taken_over(tmp_path) -> None:
    (tmp_path / "letter.docx").write_text("dear")
    with pytest.raises(ProjectError, match="already holds other files"):
        create_project(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith("home")] == ["letter.docx"]


def test_what_is_no_project_is_not_opened(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="not a SpotID project"):
        open_project(tmp_path)
    with pytest.raises(NotFoundError, match="no folder"):
        open_project(tmp_path / "nowhere")


def test_answers_can_be_neither_rewritten_nor_deleted(project) -> None:
    keep(project)
    for statement in ("UPDATE decision SET kind = 'different'", "DELETE FROM decision"):
        with pytest.raises(sqlite3.IntegrityError, match="never"), project.store.write() as connection:
            connection.execute(statement)
    assert [event.kind for event in ledger.events(project.store)] == ["same"]


def test_a_failing_transaction_leaves_nothing(project) -> None:
    with pytest.raises(RuntimeError), project.store.write() as connection:
        connection.execute("INSERT INTO note VALUES ('half', 'done')")
        raise RuntimeError
    assert project.store.all("SELECT * FROM note WHERE name = 'half'") == []


def test_a_newer_schema_is_refused_with_a_sentence(project) -> None:
    folder = project.path
    with project.store.write() as connection:
        connection.execute(f"PRAGMA user_version = {schema.known() + 1}")
    project.close()
    with pytest.raises(NewerProjectError, match="newer SpotID"):
        open_project(folder)


def test_an_older_schema_is_migrated_after_a_backup(project, monkeypatch) -> None:
    from sqlite_utils.migrations import Migrations

    keep(project)
    folder = project.path
    project.close()
    newer = Migrations("spotid")
    newer._migrations = list(schema.migrations._migrations)

    @newer()
    def m999_next(db) -> None:
        db.execute("ALTER TABLE sighting ADD COLUMN whiskers INTEGER")

    monkeypatch.setattr(schema, "migrations", newer)
    again = open_project(folder)
    try:
        assert "whiskers" in {row["name"] for row in again.store.all("PRAGMA table_info(sighting)")}
        assert [event.uid for event in ledger.events(again.store)] == ["answer-0001"]
        assert list(again.layout.backups.glob("*before-migration.sqlite"))
    finally:
        again.close()


def test_another_programs_database_is_refused(project) -> None:
    folder = project.path
    with project.store.write() as connection:
        connection.execute("PRAGMA application_id = 1")
    project.close()
    with pytest.raises(ProjectError, match="another program"):
        open_project(folder)


def test_a_damaged_database_is_refused_and_left_alone(project) -> None:
    folder, database = project.path, project.layout.database
    project.close()
    database.write_bytes(b"not a database, but long enough to look at" * 100)
    before = database.read_bytes()
    with pytest.raises(ProjectError, match="damaged"):
        open_project(folder)
    assert database.read_bytes() == before


def test_a_lost_project_file_is_made_again(project) -> None:
    folder = project.path
    keep(project)
    project.close()
    (folder / "project.json").write_text("{")
    again = open_project(folder)
    assert len(ledger.events(again.store)) == 1
    assert json.loads((folder / "project.json").read_text())["id"] == again.id
    again.close()


def test_two_programs_do_not_write_into_one_project(project) -> None:
    script = (
        "from pathlib import Path; from spotid.project.folder import open_project;"
        f" open_project(Path({str(project.path)!r}))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ProjectLockedError" in other.stderr
    with pytest.raises(ProjectLockedError, match="already open"):
        open_project(project.path)


def test_the_lock_of_a_killed_program_is_free(tmp_path) -> None:
    script = (
        "import os, signal; from pathlib import Path; from spotid.project.folder import create_project;"
        f"create_project(Path({str(tmp_path / 'killed')!r})); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    open_project(tmp_path / "killed").close()


def test_a_backup_is_one_whole_file(project) -> None:
    keep(project)
    copy = backup.write(project.layout, "by-hand")
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT kind FROM decision").fetchall() == [("same",)]
    assert not list(copy.parent.glob("*-wal")) and not list(copy.parent.glob("*.part"))
    connection.close()


def test_projects_stay_apart_from_originals(tmp_path) -> None:
    images = tmp_path / "cards"
    (images / "A").mkdir(parents=True)
    for inside in (images, images / "A", images / "new"):
        with pytest.raises(BadRequestError):
            check_apart(inside, images)
    check_apart(tmp_path / "project", images)
    check_apart(tmp_path, images)  # a plain parent folder is allowed


@pytest.mark.parametrize("moment", [1, 5, 20, 40, 56, 57, 60, 65, 70, 75, "before the name", "before the project file"])
def test_a_project_that_was_killed_while_it_was_made_is_made_again(tmp_path: Path, moment: int | str) -> None:
    """Whatever was there of it, the same folder can be given again."""
    folder = tmp_path / "Half"
    code = f"""
import os, sqlite3
from pathlib import Path
from spotid.project import backup, folder, fresh, schema
moment, said = {moment!r}, 0

def killed(*_):
    os._exit(9)

def trace(sql):
    global said
    said += 1
    if said == moment:
        killed()

real = fresh.connect
def connect(path):
    connection = real(path)
    connection.set_trace_callback(trace)
    return connection

fresh.connect = connect
if moment == "before the name":
    fresh.flush = killed
if moment == "before the project file":
    folder.write_document = killed
folder.create_project(Path({str(folder)!r})).close()
"""
    died = subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode
    assert died == 9 or (isinstance(moment, int) and moment > 60), "the moment was never reached"
    project = create_project(folder)
    assert project.store.value("SELECT COUNT(*) FROM decision") == 0
    project.close()
    assert not list(folder.glob("*.new*"))


def test_a_project_is_closed_while_a_page_asks(project) -> None:
    """Else the program crashes when it is ended while the page of a run is open."""
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT begun() UNION ALL SELECT x + 1 FROM n WHERE x < 1e12) SELECT COUNT(*) FROM n"
    )
    asked, told = threading.Event(), []

    def ask() -> None:
        project.store.reader.create_function("begun", 0, lambda: asked.set() or 1)
        try:
            project.store.value(endless)
        except sqlite3.Error as error:
            told.append(str(error))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    assert asked.wait(10)
    project.store.close()
    thread.join(10)
    assert not thread.is_alive() and told
