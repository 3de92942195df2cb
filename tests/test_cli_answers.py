"""The commands about answers of several people."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.project import ledger
from spotid.project.folder import open_project
from spotid.review import deeds
from spotid.review.desk import Desk
from spotid.words import Verdict


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def two(stock, tmp_path: Path) -> tuple[Path, Path]:
    """Our project with one answer, and the other laptop's with another one."""
    folder, other = stock.project.path, tmp_path / "theirs" / "Survey"
    stock.project.close()
    shutil.copytree(folder, other)
    for place, pair in ((folder, stock.uids[:2]), (other, stock.uids[2:4])):
        project = open_project(place)
        desk = Desk(project, 5)
        initials = "AB" if place == folder else "CD"
        desk.keep(ledger.Answer(f"answer-of-{initials}", Verdict.SAME, *sorted(pair), reviewer=initials))
        if place == other:
            deeds.second(desk, "second-of-CD", *sorted(pair), "different", reviewer="EF")
        project.close()
    return folder, other


def test_answers_are_merged_after_a_dry_run(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    dry = run("merge-answers", theirs, "--project", ours, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "2 answers would be taken over" in dry.output
    done = run("merge-answers", theirs, "--project", ours)
    assert done.exit_code == 0 and "2 answers were taken over" in done.output and "Backup before" in done.output
    assert "their leopard_1 (2 pictures) is leopard_2" in done.output
    again = run("merge-answers", theirs, "--project", ours)
    assert "0 answers were taken over" in again.output and "2 are here already" in again.output
    project = open_project(ours)
    assert [event.kind for event in ledger.events(project.store)] == ["same", "same", "second"]
    project.close()


def test_what_can_not_be_merged_gives_a_sentence(two: tuple[Path, Path], tmp_path: Path) -> None:
    ours, _ = two
    for other, says in ((ours, "the project that is open"), (tmp_path, "is not a SpotID project")):
        done = run("merge-answers", other, "--project", ours)
        assert done.exit_code != 0 and says in done.output and "Traceback" not in done.output
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    assert "no SpotID database" in run("merge-answers", text, "--project", ours).output


def test_agreement_is_told_and_written(two: tuple[Path, Path], tmp_path: Path) -> None:
    ours, theirs = two
    assert "No pair was judged twice yet" in run("agreement", "--project", ours).output
    told = run("agreement", "--project", theirs)
    assert told.exit_code == 0 and "pairs judged twice" in told.output and "too few pairs to say" in told.output
    out = tmp_path / "agreement.csv"
    assert run("agreement", "--project", theirs, "--out", out).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    assert rows["pairs judged twice"]["value"] == "1" and rows["first same, second different"]["value"] == "1"
    assert (rows["disagreement"]["count"], rows["disagreement"]["of"], rows["disagreement"]["value"]) == ("1", "1", "")


def test_an_export_has_the_table_where_pairs_were_judged_twice(two: tuple[Path, Path], tmp_path: Path) -> None:
    ours, theirs = two
    for folder, expected in ((ours, False), (theirs, True)):
        out = tmp_path / f"out of {folder.parent.name}"
        out.mkdir()
        (out / "agreement.csv").write_text("mine")  # somebody's own file of that name is put aside, never lost
        done = run("export", "--project", folder, "--out", out)
        assert done.exit_code == 0, done.output
        kept = list((out / "earlier tables").glob("agreement until *.csv"))
        assert [one.read_text() for one in kept] == ["mine"]
        assert (out / "agreement.csv").is_file() == expected
