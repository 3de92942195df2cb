"""A full disk pauses a run, which goes on by itself."""

from __future__ import annotations

from spotid.jobs.events import Reporter
from spotid.jobs.runner import Jobs
from spotid.project import media
from spotid.project.folder import Project
from spotid.project.room import Room
from spotid.words import JobState
from tests.faults.conftest import until


def test_a_write_that_finds_no_room_pauses_the_run(project: Project, cards, fault) -> None:
    full = fault(how="full")
    full.touch()
    media.root_id(project.store, cards)
    job = Jobs().start(project, "run")
    until(job, lambda: project.store.value("SELECT state FROM job") == "paused", "the pause")
    assert "disk is full" in job.describe()["sentence"] and "goes on by itself" in job.describe()["advice"]
    assert job.running
    full.unlink()
    job.resume()
    until(job, lambda: media.count(project.store, "read") > 0, "work that goes on")
    assert job.state is JobState.RUNNING and job.sentence == "" and media.count(project.store, "problem") == 0
    job.kill()


def test_it_goes_on_by_itself(monkeypatch, tmp_path) -> None:
    free = [10_000_000_000]
    said: list[dict] = []
    reporter = Reporter(None)  # type: ignore[arg-type]
    reporter.say = lambda **event: said.append(event)  # type: ignore[method-assign]
    reporter.room = Room(tmp_path / "not there yet", 500, lambda _: free[0])
    monkeypatch.setattr("spotid.jobs.events.ROOM_SECONDS", 0.0)
    reporter.step()
    assert not [event for event in said if event["event"] == "paused"]
    free[0] = 400_000_000
    looks = []

    def wait(seconds: float) -> bool:
        looks.append(seconds)
        free[0] += 50_000_000
        return False

    monkeypatch.setattr(reporter._wake, "wait", wait)
    reporter.step()
    told = [event["event"] for event in said if event["event"] in ("paused", "resumed")]
    assert told == ["paused", "resumed"] and len(looks) == 3, "not before there is a little more than the least"
