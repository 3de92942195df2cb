"""A project is made for a profile and keeps it; a name that is none makes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from spotid import profiles
from spotid.cli import main
from spotid.jobs.stages import line_of
from spotid.project.folder import open_project
from spotid.settings import settings


@pytest.fixture
def genets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Another profile than the usual one; no run is started."""
    text = (profiles.FOLDER / "leopard.toml").read_text("utf-8")
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "leopard.toml").write_text(text, "utf-8")
    (folder / "genet.toml").write_text(text.replace("padding = 0.08", "padding = 0.5"), "utf-8")
    real = profiles.load_profile
    monkeypatch.setattr(profiles, "load_profile", lambda name="leopard": real(name, folder))
    monkeypatch.setattr("spotid.jobs.bar.work", lambda project, kind, **told: {})
    return "genet"


def run(tmp_path: Path, picture, *options: str):  # type: ignore[no-untyped-def]
    (tmp_path / "cards").mkdir(exist_ok=True)
    (tmp_path / "cards" / "one.jpg").write_bytes(picture())
    words = ["run", str(tmp_path / "cards"), "--project", str(tmp_path / "project"), *options]
    return CliRunner().invoke(main, words)


def test_a_project_keeps_its_profile(tmp_path: Path, picture, genets: str) -> None:
    assert run(tmp_path, picture, "--profile", genets).exit_code == 0
    assert run(tmp_path, picture).exit_code == 0  # a later run need not name it
    project = open_project(tmp_path / "project")
    profile = line_of(project, settings()).profile
    project.close()
    assert (profile.name, profile.padding) == ("genet", 0.5)


def test_a_profile_that_is_none_makes_nothing(tmp_path: Path, picture, genets: str) -> None:
    done = run(tmp_path, picture, "--profile", "unicorn")
    assert done.exit_code == 3 and "no profile called unicorn" in done.output
    assert not (tmp_path / "project").exists()
