"""The parts of a project on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from spotid.cli import main
from spotid.project import parts_kept
from spotid.project.folder import open_project


@pytest.fixture
def folder(stock) -> Path:  # type: ignore[no-untyped-def]
    stock.project.close()
    return Path(stock.project.path)


def parts(folder: Path, *words: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(main, ["parts", "--project", str(folder), *words])


def kept(folder: Path, profile: str = "leopard") -> dict[str, str]:
    project = open_project(folder)
    try:
        return parts_kept.kept(project.store, profile)
    finally:
        project.close()


def test_what_a_project_works_with_is_told_and_changed_by_nobody(folder: Path) -> None:
    done = parts(folder)
    assert done.exit_code == 0 and "encoder     coat-vlad" in done.output and "miewid-msv3" in done.output
    assert kept(folder) == {}


def test_parts_are_switched_with_their_price(folder: Path) -> None:
    done = parts(folder, "--encoder", "coat-vlad", "--cutout", "grabcut", "--classifier", "none")
    assert done.exit_code == 0 and "by grabcut" in done.output
    assert kept(folder) == {"encoder": "coat-vlad", "cutout": "grabcut", "classifier": ""}


def test_the_parts_of_another_species_are_switched_by_its_profile(folder: Path) -> None:
    assert parts(folder, "--profile", "leopard", "--profile", "hyena").exit_code == 0
    done = parts(folder, "--of", "hyena", "--matcher", "coat-points")
    assert done.exit_code == 0 and "hyena: Hyenas" in done.output
    assert kept(folder, "hyena") == {"matcher": "coat-points"} and kept(folder) == {}
    assert parts(folder, "--of", "bear", "--matcher", "coat-points").exit_code != 0


def test_what_can_not_be_chosen_changes_nothing(folder: Path) -> None:
    for words in (("--encoder", "miewid-msv3"), ("--matcher", "moon"), ("--profile", "unicorn")):
        done = parts(folder, "--cutout", "grabcut", *words)
        assert done.exit_code != 0 and len(done.output.strip().splitlines()) <= 2, done.output
    assert kept(folder) == {}


def test_a_run_refuses_a_part_that_is_not_here_before_anything_is_made(tmp_path: Path, picture) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "one.jpg").write_bytes(picture())
    words = ["run", str(tmp_path / "cards"), "--project", str(tmp_path / "project"), "--encoder", "miewid-msv3"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code != 0 and "spotid models get miewid-msv3" in done.output
    assert not (tmp_path / "project").exists()


def test_a_run_keeps_profiles_and_parts(tmp_path: Path, picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spotid.jobs.bar.work", lambda project, kind, **told: {})
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "one.jpg").write_bytes(picture())
    words = ["run", str(tmp_path / "cards"), "--project", str(tmp_path / "project"), "--profile", "tiger"]
    assert CliRunner().invoke(main, [*words, "--profile", "leopard", "--cutout", "grabcut"]).exit_code == 0
    project = open_project(tmp_path / "project")
    assert parts_kept.profiles(project.store) == ["tiger", "leopard"]
    assert parts_kept.kept(project.store, "tiger") == {"cutout": "grabcut"}
    project.close()
