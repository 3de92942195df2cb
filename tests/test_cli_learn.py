"""The command that learns: what it says, what it uses, and the way back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.project import heads_kept
from spotid.project.candidates import Candidates
from spotid.project.folder import open_project
from tests.learning_stock import encoder_row, survey

pytest.importorskip("faiss")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = survey(tmp_path_factory.mktemp("learning") / "project")
    project.close()
    return project.path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "project"))


def run(folder: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["learn", "--project", str(folder), *(str(one) for one in arguments)])


def state(folder: Path) -> tuple[dict[str, int], str | None]:
    """What is in use, and what the lists were made of."""
    project = open_project(folder)
    try:
        candidates = Candidates(project.layout)
        made_of = candidates.made_of()
        candidates.close()
        place = heads_kept.place_of(encoder_row(project))
        return {name.replace(place, "here"): one for name, one in heads_kept.in_use(project.store).items()}, made_of
    finally:
        project.close()


@pytest.mark.slow
def test_learn_and_revert(folder: Path) -> None:
    assert "Nothing has been learnt yet." in run(folder, "--list").output
    done = run(folder)
    assert done.exit_code == 0, done.output
    assert "Version 1" in done.output and "in use: it helps" in done.output
    used, taught = state(folder)
    assert used == {"here": 1}
    done = run(folder, "--revert")
    assert done.exit_code == 0 and "by the descriptions as they are" in done.output
    used, plain = state(folder)
    assert used == {} and plain != taught


def test_only_measuring_changes_no_list(folder: Path) -> None:
    done = run(folder, "--check-only")
    assert done.exit_code == 0 and "not used: it helps" in done.output, done.output
    assert "Animals that it had never seen: right one first" in done.output
    assert state(folder) == ({}, None)
    listed = run(folder, "--list").output
    assert "Version 1" in listed and "56 sightings of 14 animals" in listed
    project = open_project(folder)
    heads_kept.use(project.store, heads_kept.place_of(encoder_row(project)), 1)
    (project.layout.heads / "000001.npz").unlink()
    project.close()
    assert "Version 1 is to be used and can't be read" in run(folder, "--list").output
    assert "There is no whole version 7" in run(folder, "--use", 7).output
    assert "Only one of" in run(folder, "--use", 1, "--revert").output


def test_too_few_animals(stock) -> None:
    encoder_row(stock.project)
    stock.project.close()
    done = run(stock.project.path)
    assert done.exit_code == 2 and "Too few animals are confirmed to learn from.\nAt least 8" in done.output
