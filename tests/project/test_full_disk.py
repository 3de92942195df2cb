"""A disk that is full while somebody answers: the answer is refused in words, nothing is half kept, and it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from spotid.errors import AnswerNotKeptError
from spotid.jobs.doctor_answers import examine
from spotid.jobs.finding import Visit
from spotid.project import backup, ledger
from spotid.project.folder import open_project
from spotid.review.desk import Desk


def wrong(project) -> list[str]:
    return [one.sentence for one in examine(Visit(project)) if "visit" not in one.sentence]


def test_an_answer_that_finds_no_room_is_refused_and_the_pair_stays(stock) -> None:
    project, desk = stock.project, Desk(stock.project, 5)
    desk.answer("first", "same", stock.uids[0], stock.uids[1])
    writer = project.store._writer
    assert writer is not None
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages}")
    before = desk.question()
    assert before.anchor is not None and before.offer is not None
    story = {"told": "x" * 20_000}  # an answer that needs another page
    for _ in range(2):
        with pytest.raises(AnswerNotKeptError) as refused:
            desk.answer("second", "same", before.anchor, before.offer.comparison, evidence=story)
        assert (
            "disk is full" in refused.value.sentence and "nothing that was kept before is lost" in refused.value.advice
        )
        assert desk.question() == before
        assert [event.uid for event in ledger.events(project.store)] == ["first"]
        assert wrong(project) == []
    writer.execute("PRAGMA max_page_count = 100000")
    event, repeated, _ = desk.answer("second", "same", before.anchor, before.offer.comparison, evidence=story)
    assert event.uid == "second" and not repeated
    assert desk.identities.individuals() == ledger.stored_identity(project.store)
    assert wrong(project) == []


SCRIPT = """
    import sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    import shutil
    from spotid.errors import AnswerNotKeptError, DiskFullError
    from spotid.project import backup, ledger
    from spotid.project.folder import open_project
    from spotid.review.desk import Desk
    disk = Path({disk!r})
    shutil.copytree({project!r}, disk / "p")
    project = open_project(disk / "p")
    desk = Desk(project, 5)
    question = desk.question()
    ballast = open(disk / "ballast", "wb", buffering=0)
    try:
        while True:
            ballast.write(bytes(1024))
    except OSError:
        pass
    kept, refused = 0, 0
    for number in range(200):
        question = desk.question()
        kind = "cannot_tell" if number % 2 else "not_comparable"
        try:
            desk.answer(f"a{{number}}", kind, question.anchor, question.offer.comparison, evidence={{"x": "y" * 3000}})
            kept += 1
        except AnswerNotKeptError as error:
            assert "disk is full" in error.sentence, error
            refused += 1
            assert desk.question() == question
            break
    assert refused == 1 and len(ledger.events(project.store)) == kept
    try:
        backup.write(project.layout, "by hand")
        raise SystemExit("there was room for a backup")
    except DiskFullError:
        pass
    assert not list(project.layout.backups.glob("*.part"))
    (disk / "ballast").unlink()
    ballast.close()
    desk.answer("late", "same", question.anchor, question.offer.comparison)
    backup.write(project.layout, "by hand")
    project.close()
    project = open_project(disk / "p")
    assert len(ledger.events(project.store)) == kept + 1
    assert project.store.value("PRAGMA integrity_check") == "ok"
    project.close()
    print("kept")
"""


def test_a_disk_that_is_really_full(stock, tmp_path, repository, own_mounts: bool) -> None:
    stock.project.close()
    disk = tmp_path / "disk"
    disk.mkdir()
    if not own_mounts:
        pytest.skip("this computer lets nobody mount a disk for a test")
    script = textwrap.dedent(SCRIPT.format(root=str(repository), disk=str(disk), project=str(stock.project.path)))
    command = f'mount -t tmpfs -o size=3m none "{disk}" && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command, sys.executable, script],
        capture_output=True,
        text=True,
        check=False,
        cwd=repository,
    )
    assert done.stdout == "kept\n", done.stderr


ANSWERING = """
    import sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from spotid.project.folder import open_project
    from spotid.review.desk import Desk
    project = open_project(Path({folder!r}))
    desk = Desk(project, 5)
    for number in range(10_000):
        question = desk.question()
        desk.answer(f"a{{number}}", "cannot_tell", question.anchor, question.offer.comparison)
        print(number, flush=True)
        desk.undo(f"u{{number}}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_every_answer_that_was_acknowledged_outlives_a_kill(stock, repository) -> None:
    folder = stock.project.path
    stock.project.close()
    script = textwrap.dedent(ANSWERING.format(root=str(repository), folder=str(folder)))
    told = -1
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", script.replace('f"a', f'f"{told}a').replace('f"u', f'f"{told}u')],
            stdout=subprocess.PIPE,
            text=True,
            cwd=repository,
        ) as process:
            assert process.stdout is not None
            seen = process.stdout.readline()
            time.sleep(0.2)
            os.kill(process.pid, signal.SIGKILL)
            seen = ([seen, *process.stdout.read().splitlines()])[-1]
        project = open_project(folder)
        uids = {event.uid for event in ledger.events(project.store)}
        assert {f"{told}a{number}" for number in range(int(seen) + 1)} <= uids
        assert project.store.value("PRAGMA integrity_check") == "ok" and wrong(project) == []
        project.close()
        told += 1
    assert backup.names(stock.project.layout)
