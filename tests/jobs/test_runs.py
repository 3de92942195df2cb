"""Runs: every file accounted for, bad ones with their reason, and the same result after any stop."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spotid.errors import JobError
from spotid.jobs.doctor import examine
from spotid.jobs.runner import Job, Jobs, command, idle
from spotid.project import media, views
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project
from spotid.words import JobState


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some photographs of one station of the sample survey, with the two broken files and one without an animal."""
    folder = tmp_path_factory.mktemp("originals") / "card"
    rest = shutil.ignore_patterns("IMG_0004.JPG", "IMG_0005.JPG")  # a run takes half as long without them
    shutil.copytree(Path(__file__).resolve().parents[2] / "sample_data" / "ST06", folder / "ST06", ignore=rest)
    return folder


def ranks(project: Project) -> dict[str, list[tuple[str, float]]]:
    names = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting")}
    candidates = Candidates(project.layout)
    try:
        return {names[a]: [(names[c.candidate], c.score) for c in candidates.of(a, 100)] for a in names}
    finally:
        candidates.close()


@pytest.fixture(scope="module")
def undisturbed(originals: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, float]]]:
    project = create_project(tmp_path_factory.mktemp("undisturbed") / "project")
    media.root_id(project.store, originals)
    job = Jobs().start(project, "run")
    job.wait()
    assert job.state is JobState.DONE, job.sentence
    result = ranks(project)
    assert sum(map(len, result.values())) >= 20
    assert list(examine(project)) == []
    counts = views.shelf_counts(project.store)
    assert counts["problem"] == 2 and sum(counts.values()) == len(list(originals.rglob("*.JPG")))
    project.close()
    return result


@pytest.mark.slow
def test_cancelled_and_resumed_runs_end_the_same(originals: Path, undisturbed, project: Project) -> None:
    media.root_id(project.store, originals)
    jobs, ends = Jobs(), []
    for _ in range(6):
        job = jobs.start(project, "run")
        while not job.describe()["stage"] and job.running:  # a worker that has not begun yet has nothing to lose
            time.sleep(0.02)
        time.sleep(0.4)
        job.cancel()
        assert job.wait(60)
        ends.append(job.state)
        if job.state is JobState.DONE:
            break
    assert set(ends[:-1]) <= {JobState.CANCELLED}
    job = jobs.start(project, "run")
    assert job.wait(120) and job.state is JobState.DONE
    assert ranks(project) == undisturbed


@pytest.mark.slow
def test_killed_and_resumed_runs_end_the_same(originals: Path, undisturbed, project: Project) -> None:
    media.root_id(project.store, originals)
    jobs = Jobs()
    for seconds in (1.0, 2.0):
        job = jobs.start(project, "run")
        time.sleep(seconds)
        job.kill()
        assert job.state in (JobState.FAILED, JobState.DONE)
        if job.state is JobState.FAILED:
            assert "goes on" in job.advice or "go on" in job.advice
    job = jobs.start(project, "run")
    assert job.wait(120) and job.state is JobState.DONE
    assert ranks(project) == undisturbed
    assert list(examine(project)) == []


def test_a_run_after_a_run_changes_nothing(originals: Path, undisturbed, project: Project) -> None:
    media.root_id(project.store, originals)
    jobs = Jobs()
    for _ in range(2):
        assert jobs.start(project, "run").wait(120)
        assert ranks(project) == undisturbed


def test_one_job_at_a_time_in_a_project(originals: Path, project: Project) -> None:
    media.root_id(project.store, originals)
    jobs = Jobs()
    job = jobs.start(project, "run")
    with pytest.raises(JobError, match="at work already"):
        jobs.start(project, "run")
    jobs.stop_all()
    assert not job.running


def test_a_worker_whose_parent_is_gone_stops(originals: Path, project: Project) -> None:
    media.root_id(project.store, originals)
    what = {"kind": "run", "project": str(project.path), "settings": {}}
    worker = subprocess.Popen(command(what), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout is not None and worker.stdin is not None
    assert json.loads(worker.stdout.readline())["event"] in ("progress", "alive")
    worker.stdin.close()
    told = [json.loads(line) for line in worker.stdout]
    assert worker.wait(60) == 0
    assert told[-1]["state"] in ("cancelled", "done")


def test_progress_is_told_twice_a_second_at_most(originals: Path, project: Project) -> None:
    media.root_id(project.store, originals)
    worker = subprocess.Popen(
        command({"kind": "run", "project": str(project.path)}), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdout is not None
    began = time.monotonic()
    told = [json.loads(line) for line in worker.stdout]
    seconds = time.monotonic() - began
    worker.wait(60)
    progress = [event for event in told if event["event"] == "progress"]
    stages = {event["stage"] for event in progress}
    assert len(progress) <= 2 * seconds + 3 * len(stages)
    assert told[-1] == {"event": "end", "state": "done", "result": {}}


def test_a_crash_is_told_in_words(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("spotid.jobs.runner.command", lambda _: [sys.executable, "-c", "import os; os.abort()"])
    monkeypatch.setattr("spotid.jobs.falls.PAUSES", (0.0,))
    job = Job(project, "run", {})
    assert job.wait(30)
    assert job.state is JobState.FAILED
    assert "stopped suddenly 5 times without getting on" in job.sentence and "nothing is lost" in job.advice
    assert idle(project)["state"] == "failed"


def test_a_failing_stage_is_a_sentence_and_a_log(project: Project) -> None:
    with project.store.write() as connection:
        connection.execute("INSERT INTO note VALUES ('profile', 'unicorn')")
    job = Jobs().start(project, "run")
    assert job.wait(60)
    assert job.state is JobState.FAILED
    assert "unicorn" in job.sentence


def test_a_nearly_full_disk_pauses_the_run(originals: Path, project: Project) -> None:
    media.root_id(project.store, originals)
    job = Jobs().start(project, "run", settings={"low_disk_mb": 10**9})
    end = time.monotonic() + 30
    while job.state is not JobState.PAUSED:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "MB are free" in job.sentence and "goes on by itself" in job.advice
    while project.store.value("SELECT state FROM job") != "paused":
        assert time.monotonic() < end
        time.sleep(0.05)
    job.cancel()
    assert job.wait(30) and job.state is JobState.CANCELLED


def test_answers_are_kept_while_a_run_is_going_on(originals: Path, stock) -> None:
    from spotid.review.desk import Desk

    desk = Desk(stock.project, 5)
    media.root_id(stock.project.store, originals)
    job = Jobs().start(stock.project, "run")
    said = 0
    while job.running and said < 15:
        question = desk.question()
        if question.state != "pair":
            break
        desk.answer(f"while-running-{said}", "different", question.anchor, question.offer.comparison)
        said += 1
    assert job.wait(120)
    connection = sqlite3.connect(stock.project.layout.database)
    assert connection.execute("SELECT COUNT(*) FROM decision").fetchone()[0] == said > 5
    connection.close()
