"""Open for looking: nothing in the folder is made or changed, and what is seen is what is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from spotid.errors import ProjectReadOnlyError
from spotid.project import ledger, notes, results
from spotid.project.candidates import Candidates
from spotid.project.folder import open_project
from spotid.project.look import Look
from spotid.review.desk import Desk


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time; ``-shm`` is the readers' own scratch and may be touched."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith("-shm")
    }


def look_at_all(folder: Path) -> int:
    """What the pages read; how many answers there are."""
    project = open_project(folder, readonly=True)
    try:
        desk = Desk(project, 5)
        assert desk.question().state in ("pair", "all_done")
        desk.move(desk.question().anchor, 1)
        results.individuals(project.store)
        candidates = Candidates(project.layout)
        candidates.close()
        with pytest.raises(ProjectReadOnlyError), project.store.write():
            raise AssertionError("never reached")
        return len(ledger.events(project.store))
    finally:
        project.close()


def test_a_closed_project_is_looked_at_without_a_trace(stock) -> None:
    Desk(stock.project, 5).answer("first", "same", stock.uids[0], stock.uids[1])
    stock.project.close()
    before = everything(stock.project.path)
    assert look_at_all(stock.project.path) == 1
    assert everything(stock.project.path) == before
    open_project(stock.project.path).close()


def test_a_project_open_elsewhere_is_followed(stock) -> None:
    desk = Desk(stock.project, 5)
    desk.answer("first", "same", stock.uids[0], stock.uids[1])
    before = everything(stock.project.path)
    looking = open_project(stock.project.path, readonly=True)
    assert looking.looking and len(ledger.events(looking.store)) == 1
    assert everything(stock.project.path) == before
    desk.answer("second", "same", stock.uids[1], stock.uids[2])
    assert len(ledger.events(looking.store)) == 2
    stock.project.close()
    assert len(ledger.events(looking.store)) == 2
    again = open_project(stock.project.path)
    Desk(again, 5).answer("third", "new", stock.uids[5])
    assert len(ledger.events(looking.store)) == 3
    looking.close()
    assert len(ledger.events(again.store)) == 3
    again.close()


def test_looking_first_and_working_afterwards(stock) -> None:
    stock.project.close()
    looking = open_project(stock.project.path, readonly=True)
    assert ledger.events(looking.store) == []
    working = open_project(stock.project.path)
    Desk(working, 5).answer("first", "same", stock.uids[0], stock.uids[1])
    assert len(ledger.events(looking.store)) == 1
    working.close()
    assert len(ledger.events(looking.store)) == 1
    looking.close()


def test_a_log_left_behind_by_a_killed_program_is_seen(stock, tmp_path) -> None:
    Desk(stock.project, 5).answer("first", "same", stock.uids[0], stock.uids[1])
    left = tmp_path / "left"
    shutil.copytree(stock.project.path, left, ignore=shutil.ignore_patterns("*-shm"))
    assert (left / "project.sqlite-wal").stat().st_size
    before = everything(left)
    assert look_at_all(left) == 1
    assert everything(left) == before


def test_where_the_looker_was_is_no_fact_of_the_project(stock) -> None:
    stock.project.close()
    looking = open_project(stock.project.path, readonly=True)
    notes.put(looking.store, "review_anchor", "somewhere")
    assert notes.get(looking.store, "review_anchor") == ""
    looking.close()


def test_copies_are_taken_away(stock, tmp_path) -> None:
    look = Look(stock.project.layout.database, copied=True)
    connection = look.connect(1)
    (folder,) = look._copies
    assert folder.is_dir()
    connection.close()
    look.close()
    assert not folder.exists()


SCRIPT = """
    import sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from spotid.errors import ProjectReadOnlyError
    from spotid.project.folder import open_project
    from tests.project.test_look import look_at_all
    folder = Path({folder!r})
    try:
        open_project(folder)
        raise SystemExit("it could be written")
    except ProjectReadOnlyError as error:
        assert error.code == "project-readonly", error
    print("answers", look_at_all(folder))
"""


@pytest.mark.parametrize("left", ["closed", "open", "killed"])
def test_a_write_protected_disk_can_be_looked_at(stock, tmp_path, repository, own_mounts: bool, left: str) -> None:
    Desk(stock.project, 5).answer("first", "same", stock.uids[0], stock.uids[1])
    folder = tmp_path / "disk"
    if left == "closed":
        stock.project.close()
    ignored = {"closed": [], "open": [], "killed": ["*-shm"]}[left]
    shutil.copytree(stock.project.path, folder, ignore=shutil.ignore_patterns(*ignored))
    script = textwrap.dedent(SCRIPT.format(root=str(repository), folder=str(folder)))
    protect = f'mount --bind "{folder}" "{folder}" && mount -o remount,ro,bind "{folder}"'
    command = ["unshare", "-rm", "sh", "-c", f'{protect} && exec "$0" -c "$1"', sys.executable, script]
    if not own_mounts:
        if os.name == "nt" or os.geteuid() == 0:
            pytest.skip("this computer lets nobody mount a disk for a test")
        for path in (*folder.rglob("*"), folder):
            path.chmod(path.stat().st_mode & ~0o222)
        command = [sys.executable, "-c", script]
    before = everything(folder)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)
    assert done.stdout == "answers 1\n", done.stderr
    assert everything(folder) == before
