"""The report: what is in it, and what never is."""

from __future__ import annotations

import io
import zipfile

import pytest

from spotid import log
from spotid.places import log_folder
from spotid.support import report
from spotid.support.report import Wanted


@pytest.fixture
def told(stock) -> dict[str, str]:
    """The report of a project whose logs hold everything that must not get out."""
    project = stock.project
    with project.store.write() as connection:
        connection.execute("UPDATE station SET latitude = 6.37211, longitude = 81.51234")
    line = f"no room for {stock.photographs}/North/IMG_1.JPG in {project.path} at 6.372 (a-secret-key)\n"
    (log_folder() / log.NAME).write_text(line, encoding="utf-8")
    project.layout.logs.mkdir(exist_ok=True)
    (project.layout.logs / "2026-01-01T00-00-00 run 1.log").write_text(line * 3, encoding="utf-8")
    made = report.parts([project], Wanted(screen="1366 × 768"), key="a-secret-key")
    return {part.name: part.text for part in made}


def test_it_tells_what_helps(told) -> None:
    assert {"about.txt", "settings.txt", "projects.txt", "program.log", "project_1_check.txt"} <= set(told)
    assert "project_1_job_1.log" in told and told["project_1_job_1.log"].count("no room for") == 3
    assert "1366 × 768" in told["about.txt"] and "memory:" in told["about.txt"]
    assert "port = 5000" in told["settings.txt"]
    assert "answers 0" in told["projects.txt"]


def test_it_does_not_tell_who_where_and_how_to_get_in(told, stock) -> None:
    whole = "\n".join(told.values())
    for secret in (
        str(stock.project.path),
        stock.project.title,
        str(stock.photographs),
        "6.372",
        "a-secret-key",
        "North",
    ):
        assert secret not in whole, secret
    assert "IMG_1" not in whole and not any(name.endswith((".jpg", ".sqlite", ".csv")) for name in told)


def test_names_and_answers_only_where_they_are_wanted(stock) -> None:
    from spotid.review.desk import Desk

    Desk(stock.project, 5).answer("11111111-aaaa", "same", stock.uids[0], stock.uids[1])
    plain = {part.name for part in report.parts([stock.project], Wanted())}
    made = {part.name: part.text for part in report.parts([stock.project], Wanted(names=True, answers=True))}
    assert set(made) - plain == {"project_1_answers.csv"}
    assert stock.project.title in made["projects.txt"]
    row = made["project_1_answers.csv"].splitlines()[1].split(",")
    assert row[1] == "same" and {row[2], row[3]} == set(stock.uids[:2])


def test_a_project_at_work_is_not_checked(stock) -> None:
    made = {one.name: one.text for one in report.parts([stock.project], Wanted(), at_work=[stock.project.id])}
    assert "a run goes on" in made["project_1_check.txt"]


def test_the_zip_holds_exactly_what_was_shown(stock) -> None:
    shown = report.parts([stock.project], Wanted())
    with zipfile.ZipFile(io.BytesIO(report.zipped(shown, "It stopped."))) as archive:
        assert archive.namelist() == [report.SAID, *(part.name for part in shown)]
        assert archive.read(report.SAID) == b"It stopped.\n"
        assert all(archive.read(part.name).decode() == part.text for part in shown)
    with zipfile.ZipFile(io.BytesIO(report.zipped(shown))) as archive:
        assert report.SAID not in archive.namelist()


def test_of_a_long_log_the_newest_is_kept(home) -> None:
    (log_folder() / log.NAME).write_text("".join(f"line {n}\n" for n in range(60_000)), encoding="utf-8")
    text = next(part.text for part in report.parts([], Wanted()) if part.name == "program.log")
    assert text.endswith("line 59999\n") and len(text) <= report.LOG_BYTES and text.startswith("line ")


def test_where_to_send_it(monkeypatch) -> None:
    from spotid.about import Build

    for releases, place in (("https://github.com/o/r/releases", "https://github.com/o/r/issues/new"), ("", "")):
        monkeypatch.setattr(report, "build", lambda releases=releases: Build("core", "1", "", "", releases))
        assert report.destination() == place
