"""The command that measures: a project, a folder, a stop in the middle, and sentences for what can't be."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.evaluate import measure as measuring
from spotid.evaluate.bars import Bars
from spotid.project.folder import Project, open_project
from spotid.review.desk import Desk
from tests.evaluate.conftest import WHO

NAMES = ("Ada", "Bea", "Cleo")
WRONG = "Something unexpected"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *(str(one) for one in arguments)])


def who_is_who(folder: Path, paths: list[str]) -> Path:
    file = folder / "who is who.csv"
    rows = [[path, NAMES[who], f"S{who}", 3.0 * who, 0, f"2025-01-0{day}T06:00:00"]
            for day, (path, who) in enumerate(zip(paths, WHO, strict=True), 1)]  # fmt: skip
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["path", "identity", "station", "x", "y", "datetime"], *rows])
    return file


def paths_of(project: Project) -> list[str]:
    return [row["relpath"] for row in project.store.all("SELECT relpath FROM media ORDER BY id")]


@pytest.fixture
def reviewed(stock, describe: Callable[..., None]) -> Path:
    """A project in which three sightings are one individual and two another."""
    describe(stock)
    desk = Desk(stock.project, 5)
    for number, (a, b) in enumerate([(0, 1), (1, 5), (2, 3)]):
        desk.answer(f"answer-{number}", "same", stock.uids[a], stock.uids[b])
    stock.project.close()
    return Path(stock.project.path)


def test_a_project_is_measured_and_not_changed(reviewed: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in reviewed.rglob("*") if file.is_file()}
    out = tmp_path / "report é"
    done = run("--project", reviewed, "--out", out, "--strategies", "greedy", "--error-rate", "0")
    assert done.exit_code == 0, done.output
    assert "5 sightings of 2 individuals" in done.output and "1 sightings that nobody has named" in done.output
    assert "No sighting has a known place" in done.output
    assert (out / "report.html").is_file() and (out / "results.csv").is_file()
    assert {file: file.read_bytes() for file in reviewed.rglob("*") if file.is_file()} == before


def test_a_project_that_is_open_elsewhere(reviewed: Path, tmp_path: Path) -> None:
    held = open_project(reviewed)
    try:
        file = who_is_who(tmp_path, paths_of(held))
        with file.open("a", encoding="utf-8") as more:
            more.write("nowhere.jpg,Ada,S0,0,0,\n")
        out = tmp_path / "report"
        chosen = ("--project", reviewed, "--manifest", file, "--unit", "km", "--strategies", "greedy")
        done = run(*chosen, "--out", out)
    finally:
        held.close()
    assert done.exit_code == 0, done.output
    assert "6 sightings of 3 individuals" in done.output and "Line 8: “nowhere.jpg” is not among" in done.output
    with (out / "left_out.csv").open(encoding="utf-8-sig") as told:
        assert [row["line"] for row in csv.DictReader(told)] == ["8"]


def test_a_stop_in_the_middle_leaves_a_report(reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = measuring._rank

    def stopped(*what: Any) -> Any:
        monkeypatch.setattr(measuring, "_rank", _interrupt)
        return real(*what)

    monkeypatch.setattr(measuring, "_rank", stopped)
    done = run("--project", reviewed, "--out", tmp_path / "report")
    assert done.exit_code == 130, done.output
    assert "was stopped" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "was stopped" in done.output and "The report is in" in done.output


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_folder_becomes_a_project_beside_the_report(
    stock, describe: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographs, paths = stock.photographs, paths_of(stock.project)
    kept = Path(stock.project.path)
    describe(stock)
    stock.project.close()
    ran: list[str] = []
    monkeypatch.setattr("spotid.jobs.bar.work", lambda project, kind, **_: ran.append(f"{kind} {project.path.name}"))
    file, out = who_is_who(tmp_path, paths), tmp_path / "report"
    chosen = ("--folder", photographs, "--manifest", file, "--out", out, "--strategies", "greedy")
    done = run(*chosen, "--keep", kept, "--most", "4")
    assert done.exit_code == 0, done.output
    assert ran == [f"run {kept.name}"]
    assert "drawn (seed 0)" in done.output and f"kept in {kept}" in done.output
    done = run(*chosen)
    assert done.exit_code == 3 or "Nothing in" in done.output, "the fake run described nothing"
    assert (tmp_path / "report.spotid" / "project.sqlite").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "R"], "Say what to evaluate"),
        (["--out", "R", "--project", "P", "--folder", "F"], "Say what to evaluate"),
        (["--out", "R", "--project", "nowhere"], "There is no folder"),
        (["--out", "R", "--folder", "nowhere"], "There is no folder"),
        (["--out", "R", "--folder", "F", "--manifest", "none.csv"], "can't be read"),
        (["--out", "R", "--folder", "F"], "do not say who is in the pictures"),
        (["--out", "F/R", "--folder", "F"], "inside the folder of photographs"),
        (["--out", "R", "--folder", "F", "--strategies", "luck"], "no strategy called “luck”"),
        (["--out", "R", "--folder", "F", "--profile", "dragon"], "dragon"),
        (["--out", "R", "--project", "F"], "is not a SpotID project"),
        (["--out", "R", "--folder", "F", "--most", "0"], "--most"),
        (["--out", "R", "--folder", "F", "--setting", "depth=3"], "no setting called"),
    ],
)
def test_what_can_not_be_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "F").mkdir()
    (tmp_path / "F" / "1.jpg").touch()
    done = run(*arguments)
    assert done.exit_code not in (0, 70) and words in done.output and WRONG not in done.output, done.output
    assert not (tmp_path / "R").exists() and not (tmp_path / "R.spotid").exists()


def test_a_project_without_vectors(stock, tmp_path: Path) -> None:
    stock.project.close()
    done = run("--project", stock.project.path, "--out", tmp_path / "R")
    assert done.exit_code == 2 and "described by vectors" in done.output


def test_bars_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars.step(1, "before it is known how many")
        bars.expect(3)
        bars.step(2, "half way")
    assert capsys.readouterr() == ("", "")
