"""The commands that look after a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.cli_care import usable
from spotid.project import ledger, shards, sightings
from spotid.project.folder import open_project
from spotid.review.desk import Desk


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def closed(stock) -> Path:
    """The stock with one answer and with vectors, closed."""
    project = stock.project
    Desk(project, 5).answer("first", "same", stock.uids[0], stock.uids[1])
    encoder = shards.encoder_row(project.store, "abcdef0123456789", "coat", 8)
    shards.append(
        project.layout, project.store, encoder, sightings.in_state(project.store, "embedded", 9), np.eye(6, 8)
    )
    project.close()
    return project.path


def answers(folder: Path) -> int:
    project = open_project(folder)
    try:
        return len(ledger.events(project.store))
    finally:
        project.close()


def test_back_up_list_and_put_back(closed, stock) -> None:
    made = Path(run("backup", "--project", closed, "--reason", "before the season").output.strip())
    assert made.is_file() and "before the season" in made.name
    project = open_project(closed)
    Desk(project, 5).answer("second", "new", stock.uids[5])
    project.close()
    listed = run("restore", "--project", closed, "--list")
    assert listed.exit_code == 0 and "1 answers" in listed.output and made.name in listed.output
    unclear = run("restore", "--project", closed)
    assert unclear.exit_code == 2 and "--from" in unclear.output
    done = run("restore", "--project", closed, "--from", made.name)
    assert done.exit_code == 0 and "1 answers given after that backup" in done.output, done.output
    assert answers(closed) == 1


def test_a_ruined_database_is_put_back_without_more_words(closed) -> None:
    run("backup", "--project", closed)
    (closed / "project.sqlite").write_bytes(b"ruin" * 4000)
    told = run("export", "--project", closed)
    assert told.exit_code == 4 and "spotid restore" in told.output
    done = run("restore", "--project", closed)
    assert done.exit_code == 0, done.output
    assert answers(closed) == 1


def test_a_project_is_built_around_embeddings(closed, tmp_path) -> None:
    shutil.copytree(closed / "embeddings", tmp_path / "vectors")
    told = run("export", "--project", tmp_path / "vectors")
    assert told.exit_code == 4 and "spotid rebuild" in told.output
    done = run("rebuild", tmp_path / "vectors", "--no-run")
    assert done.exit_code == 0 and "6 sightings of 6 files" in done.output, done.output
    assert answers(tmp_path / "vectors.spotid") == 0
    assert usable(tmp_path / "vectors") == tmp_path / "vectors.spotid"
    assert usable(closed) == closed
