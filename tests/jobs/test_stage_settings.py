"""What settings and profile say of places and times reaches the stages that use it."""

from __future__ import annotations

from typing import Any

import pytest

from spotid.jobs.stages import line_of
from spotid.profiles import load_profile
from spotid.progress import Silent
from spotid.project import notes, whereabouts
from spotid.project.folder import Project
from spotid.settings import settings
from spotid.words import Stage

pytest.importorskip("cv2")


def test_places_and_times_count_as_settings_and_profile_say(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("spotid.match.checks.check_lookalikes", lambda *told: asked.append(told))
    notes.put(project.store, whereabouts.NOTE, '{"speed_kmh": 1, "range_km": 99}')
    for chosen in ({}, {"fusion": "product", "adapt": "1"}):
        line_of(project, settings(chosen)).work(Stage.POINTS)(Silent())
    assert [told[-2:] for told in asked] == [("calibrated", False), ("product", True)]
    assert whereabouts.limits(project.store).range_km == load_profile().range_km
