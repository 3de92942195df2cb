"""The logs of jobs: one each, whatever the clock says; kept within limits."""

from __future__ import annotations

from pathlib import Path

from spotid.jobs import logs
from spotid.jobs.logs import JobLog


def test_two_jobs_in_one_second_have_two_logs(tmp_path: Path) -> None:
    made = [JobLog(tmp_path, "run", row) for row in range(5)]
    assert len({log.path for log in made}) == 5


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"2026-01-01T00-00-{number:02d} run {number}.log").touch()
    (tmp_path / "other.txt").touch()
    newest = JobLog(tmp_path, "run", 99)
    kept = sorted(tmp_path.glob("*.log"))
    assert len(kept) == logs.KEPT and newest.path in kept and kept[0].name.endswith("run 21.log")
    assert (tmp_path / "other.txt").exists()


def test_a_long_log_keeps_its_beginning_and_its_end(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(logs, "HEAD", 1000)
    monkeypatch.setattr(logs, "TAIL", 500)
    log = JobLog(tmp_path, "run", 1)
    for number in range(10_000):
        log.write(f"line {number}\n".encode())
    log.flush()
    text = log.path.read_text()
    assert text.startswith("line 0\n") and text.endswith("line 9999\n")
    assert "bytes left out here" in text and len(text) < 1700
