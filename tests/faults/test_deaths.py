"""A worker that dies is replaced; a file that kills it twice is put aside; nobody else is blamed."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from spotid.jobs.doctor import examine
from spotid.jobs.runner import Job, Jobs
from spotid.project import crashes, media
from spotid.project.folder import Project
from spotid.words import JobState, MediaState, Problem
from tests.faults.conftest import until

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the faults are put in by signals")


def started(project: Project, cards: Path, **chosen: object) -> Job:
    media.root_id(project.store, cards)
    return Jobs().start(project, "run", settings=dict(chosen))


def culprit(cards: Path) -> Path:
    return sorted(cards.rglob("*.JPG"))[2]


def finished(job: Job, seconds: float = 120.0) -> None:
    assert job.wait(seconds) and job.state is JobState.DONE, job.describe()


def test_files_that_kill_the_worker_twice_are_put_aside(project: Project, cards, fault) -> None:
    bad = culprit(cards)
    fault(how="exit", open=bad.name, inside="crop.py")
    job = started(project, cards)
    finished(job)
    rows = crashes.troubled(project.store, 99)
    assert rows and {row["relpath"].rsplit("/")[-1] for row in rows} == {bad.name}, "the name may lie at both stations"
    assert all(row["uid"] in crashes.put_aside(project.store) for row in rows)
    assert project.store.value("SELECT DISTINCT stage FROM crash") == "crop"
    assert sum("was put aside" in note for note in job.notes) == len(rows)
    others = media.count(project.store) - len(rows)
    assert media.count(project.store, MediaState.ANIMAL) + media.count(project.store, MediaState.NO_ANIMAL) == others


@pytest.mark.slow
def test_one_that_is_well_again_comes_back_with_the_button(project: Project, cards, fault, monkeypatch) -> None:
    bad = culprit(cards)
    fault(how="segv", open=f"{bad.parent.name}/{bad.name}", inside="collect.py")
    job = started(project, cards)
    finished(job)
    row = crashes.troubled(project.store, 9)[0]
    assert (row["state"], row["problem"]) == (MediaState.PROBLEM, Problem.CRASHED)
    log = next(path for path in project.layout.logs.glob("*.log"))
    assert "Fatal Python error: Segmentation fault" in log.read_text(), "where it broke is in the log"
    monkeypatch.delenv("SPOTID_FAULT")
    assert crashes.try_again(project.store, row["uid"])
    finished(Jobs().start(project, "run"))
    assert not crashes.count_troubled(project.store) and list(examine(project)) == []


def test_a_worker_that_hangs_is_replaced(project: Project, cards, fault) -> None:
    fault(how="hang_whole", open=culprit(cards).name, inside="collect.py", once=True)
    job = started(project, cards, stuck_minutes=0.02)
    until(job, lambda: any("did not move any more" in note for note in job.notes), "the watchdog")
    until(job, lambda: job.describe()["stage"] == "detect", "another worker, which goes on")
    job.kill()


def test_cancel_works_while_a_worker_is_replaced(project: Project, cards, fault, monkeypatch) -> None:
    fault(how="exit", open=culprit(cards).name, inside="collect.py")
    monkeypatch.setattr("spotid.jobs.falls.PAUSES", (30.0,))
    job = started(project, cards)
    until(job, lambda: job.notes, "the first death")
    job.cancel()
    assert job.wait(10) and job.state is JobState.CANCELLED


def test_a_program_that_is_closed_accuses_no_file(project: Project, cards, fault) -> None:
    fault(how="hang", open=culprit(cards).name, inside="collect.py")
    for _ in range(3):
        job = started(project, cards)
        until(job, lambda job=job: (project.layout.cache / "in-hand.json").exists(), "the worker")
        time.sleep(1.0)
        job.kill()
        assert job.state is JobState.FAILED and "goes on from here" in job.advice
    assert crashes.count_troubled(project.store) == 0


def test_a_worker_killed_from_outside_is_replaced(project: Project, cards) -> None:
    job = started(project, cards)
    for _ in range(2):
        until(job, lambda: job.describe()["stage"] in ("detect", "crop"), "the search")
        first = job.worker
        psutil.Process(first).kill()
        until(job, lambda first=first: job.worker != first, "another worker")
    until(job, lambda: job.describe()["stage"] in ("detect", "crop"), "its work")
    assert job.describe()["restarts"] == 2
    job.kill()


def test_a_fault_that_may_pass_is_tried_again(project: Project, cards, fault) -> None:
    fault(how="raise", write=4, call="commit", once=True)  # an error that nobody foresaw, once
    job = started(project, cards)
    until(job, lambda: "Something unexpected stopped the work. It was started again." in job.notes, "the fault")
    until(job, lambda: job.describe()["stage"] == "detect", "another worker, which goes on")
    log = next(path for path in project.layout.logs.glob("*.log"))
    assert "ArithmeticError" in log.read_text()
    job.kill()
