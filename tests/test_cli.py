"""The command line: every command helps, fails in words with its own exit code, and does what its page does."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.places import log_folder
from spotid.project.folder import open_project
from spotid.review.desk import Desk

COMMANDS = ("agreement", "app", "backup", "boxes", "check", "demo", "doctor", "evaluate", "export", "import")
COMMANDS += (
    "import-package",
    "import-recognitions",
    "imports",
    "individuals",
    "learn",
    "merge-answers",
    "models",
    "open",
    "original",
    "parts",
    "rank",
    "rebuild",
)
COMMANDS += ("relink", "report", "restore", "run", "sightings", "simulate", "stations", "update-metadata")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def closed(stock) -> Path:
    """The stock's project, closed, with two animals joined."""
    desk = Desk(stock.project, 5)
    desk.answer(str(uuid.uuid4()), "same", stock.uids[0], stock.uids[1])
    stock.project.close()
    return stock.project.path


def test_the_commands_are_those_that_are_promised() -> None:
    assert tuple(sorted(main.commands)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 4


def test_rank_writes_every_list_in_order(closed, stock, tmp_path) -> None:
    out = tmp_path / "ranks.csv"
    assert run("rank", "--project", closed, "--out", out, "--depth", 3).exit_code == 0
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["anchor", "rank", "candidate", "score"]
    assert len(rows) == 6 * 3
    for start in range(0, len(rows), 3):
        group = rows[start : start + 3]
        assert [row["rank"] for row in group] == ["1", "2", "3"]
        assert len({row["anchor"] for row in group}) == 1
        assert [float(row["score"]) for row in group] == sorted((float(row["score"]) for row in group), reverse=True)
        assert all((stock.photographs / row["candidate"]).is_file() for row in group)


def test_sightings_has_the_columns_promised(closed, tmp_path) -> None:
    out = tmp_path / "sightings.csv"
    assert run("sightings", "--project", closed, "--out", out).exit_code == 0
    with out.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = "path,x,y,w,h,score,species,flank,quality,station,time,individual,state,clip_second"
    assert ",".join(rows[0]) == columns
    assert [row["individual"] for row in rows] == ["leopard_1", "leopard_1", "", "", "", ""]
    assert [float(rows[0][side]) for side in "xywh"] == [0, 0, 1, 1]


def test_export_and_doctor(closed, tmp_path) -> None:
    done = run("export", "--project", closed, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "1 individuals, 2 photographs" in done.output
    assert len(list((tmp_path / "out" / "leopard_1").iterdir())) == 2
    # The stock has no crops, small pictures, embeddings and visits; everything else is in order.
    sick = run("doctor", "--project", closed)
    assert sick.exit_code == 1
    assert (sick.output.count("is lost"), sick.output.count("wrong  ")) == (6, 6 + 3)


def test_doctor_mends_an_identity_table_that_answers_do_not_give(closed, tmp_path) -> None:
    project = open_project(closed)
    with project.store.write() as connection:
        connection.execute("DELETE FROM identity")
    project.close()
    assert "2 sightings stand under an individual" in run("doctor", "--project", closed).output
    assert "mended  2 sightings" in run("doctor", "--project", closed, "--repair", "--no-run").output
    assert "stand under" not in run("doctor", "--project", closed).output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "/nowhere/at all", "--project", "P"], 3, "no folder"),
        (["rank", "--project", "/nowhere", "--out", "r.csv"], 3, "no folder"),
        (["run", ".", "--project", "P", "--setting", "colour=blue"], 2, "no setting"),
        (["run", ".", "--project", "P", "--setting", "nearest=many"], 2, "can't be used"),
        (["run", ".", "--project", "P", "--setting", "fusion=guess"], 2, "can't be used for fusion"),
        (["run", ".", "--project", "P", "--setting", "adapt=2"], 2, "can't be used for adapt"),
        (["run", ".", "--project", "P", "--station-level", "7"], 2, "which folder"),
        (["rank", "--project"], 2, ""),
        (["fly"], 2, ""),
    ],
)
def test_mistakes_are_told_in_words(tmp_path, monkeypatch, arguments: list[str], code: int, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photographs").mkdir()
    arguments = ["photographs" if one == "." else one for one in arguments]
    done = run(*arguments)
    assert done.exit_code == code, done.output
    assert words in done.output
    assert "Traceback" not in done.output


def test_a_bug_is_told_in_words_and_logged(closed, tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("spotid.project.candidates.Candidates.of", broken)
    done = run("rank", "--project", closed, "--out", tmp_path / "r.csv")
    assert done.exit_code == 70
    assert "Traceback" not in done.output
    assert str(log_folder()) in done.output


def test_a_project_in_use_is_said(stock) -> None:
    done = run("export", "--project", stock.project.path)
    assert done.exit_code == 5
    assert "already open" in done.output


def test_commands_that_only_read_work_on_a_project_in_use(stock, tmp_path) -> None:
    for command in ("rank", "sightings"):
        done = run(command, "--project", stock.project.path, "--out", tmp_path / f"{command}.csv")
        assert done.exit_code == 0 and "for looking only" in done.output
        assert len((tmp_path / f"{command}.csv").read_text(encoding="utf-8-sig").splitlines()) > 6
    assert "for looking only" in run("doctor", "--project", stock.project.path).output
    assert run("doctor", "--project", stock.project.path, "--repair").exit_code == 5
