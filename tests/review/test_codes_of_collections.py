"""A collection of known animals that is imported into a project of tigers gives codes of tigers."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.jobs.stages import line_of
from spotid.project import ledger, parts_kept
from spotid.project.folder import Project
from spotid.words import Stage
from tests.intake import collections_made
from tests.intake.collections_made import SORTED_FILES, Picture, files, folder, run, taken


@pytest.fixture
def tigers(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of tigers, in which the real stage follows what collections say."""
    parts_kept.keep_profiles(project.store, ["tiger"])

    def follow(project: Project, progress: object) -> None:
        line_of(project, {}).work(Stage.FOLLOW)(progress)  # type: ignore[arg-type]

    monkeypatch.setattr(collections_made, "follow_collections", follow)
    return project


def test_a_run_gives_imported_individuals_the_word_of_the_profile(
    tigers: Project, tmp_path: Path, picture: Picture
) -> None:
    taken(tigers, folder(tmp_path / "cats", files((*SORTED_FILES, "tiger_77/z.jpg"), picture)))
    run(tigers)
    assert list(ledger.codes(tigers.store).values()) == ["tiger_1", "tiger_2", "tiger_3", "tiger_4"]
    told = {row["name"]: row["facts"] for row in tigers.store.all("SELECT name, facts FROM individual")}
    assert set(told) == {"F1", "F2", "F10", None} and "“tiger_77”" in told[None], (
        "a code is nobody's name, and is noted"
    )
