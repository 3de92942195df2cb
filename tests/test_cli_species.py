"""Recognitions from the command line: before the first run, with the photographs named, and after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spotid.cli import main
from spotid.jobs import bar
from spotid.project import species
from spotid.project.folder import open_project


@pytest.fixture
def survey(tmp_path: Path, picture: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three photographs and what MegaDetector found in them; no run is really started."""
    (tmp_path / "cards").mkdir()
    for number in range(3):
        (tmp_path / "cards" / f"IMG_{number}.JPG").write_bytes(picture((40 * number, 90, 60)))
    box = {"category": "1", "conf": 0.5, "bbox": [0.1, 0.1, 0.3, 0.3], "classifications": [["0", 0.7]]}
    whole = {
        "images": [{"file": f"cards/IMG_{number}.JPG", "detections": [box]} for number in range(4)],
        "detection_categories": {"1": "animal"},
        "classification_categories": {"0": "Tendwa"},
        "info": {"format_version": "1.5", "detector": "md_v5a"},
    }
    (tmp_path / "md.json").write_text(json.dumps(whole), encoding="utf-8")
    monkeypatch.setattr(bar, "work", lambda project, kind, **told: {})
    return tmp_path


def told(folder: Path, *words: str) -> Any:
    base = ["import-recognitions", str(folder / "md.json"), "--project", str(folder / "project")]
    return CliRunner().invoke(main, [*base, *words])


def test_recognitions_make_a_project_and_wait_for_its_run(survey: Path) -> None:
    shown = told(survey, "--images", str(survey / "cards"), "--preview")
    assert shown.exit_code == 0 and "3 of 4 pictures (75%)" in shown.output and "Tendwa" in shown.output
    done = told(survey, "--threshold", "0.4", "--species", "Tendwa", "--no-run")
    assert done.exit_code == 0, done.output
    assert "3 photographs have what it found" in done.output and "used by the next run" in done.output
    project = open_project(survey / "project")
    assert project.store.value("SELECT COUNT(*) FROM recognition") == 3 and species.words(project.store) == {
        "Tendwa": True
    }
    project.close()


def test_what_is_wrong_is_said_in_a_sentence(survey: Path) -> None:
    images = ("--images", str(survey / "cards"))
    assert told(survey, *images, "--threshold", "7").exit_code == 2
    (survey / "md.json").write_text("{", encoding="utf-8")
    refused = told(survey, *images)
    assert refused.exit_code == 2 and "md.json" in refused.output and "Traceback" not in refused.output
    (survey / "md.json").unlink()
    assert told(survey, *images).exit_code == 3


def test_a_run_that_follows_tells_which_names_went_onto_the_shelf(survey: Path) -> None:
    done = told(survey, "--images", str(survey / "cards"))
    assert done.exit_code == 0 and "On that shelf: Tendwa" in done.output, done.output
