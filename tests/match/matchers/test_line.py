"""A published matcher in the line: alone and beside the built-in one, with its points and lines kept on the disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spotid.match import chance
from spotid.match.agreeing import shown_spots
from spotid.match.cache import PointCache
from spotid.match.matchers.sift import SiftLightGlue
from spotid.match.points import CoatPoints
from spotid.match.several import Several
from spotid.project import sightings
from spotid.weights import shelf
from tests.conftest import Stock
from tests.match.test_blending import noted, run
from tests.match.test_checks import embedded, survey
from tests.weights.stock import shelve

pytest.importorskip("cv2")
pytest.importorskip("faiss")
pytest.importorskip("torch")
pytest.importorskip("kornia")
__all__ = ["survey"]


@pytest.fixture
def glued(monkeypatch: pytest.MonkeyPatch, checkpoints: dict[str, Path], home: Path) -> SiftLightGlue:
    models = shelve(monkeypatch, {"sift-lightglue": checkpoints["sift-lightglue"]})
    return SiftLightGlue(replace(models["sift-lightglue"], recipe={"side": 240, "points": 120, "pairs": 3}))


def test_alone_and_beside_the_built_in_one(
    survey: Stock, glued: SiftLightGlue, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, encoder = survey.project, embedded(survey)
    alone = run(survey, encoder, glued)
    assert alone[0][0].candidate == 1 and alone[1][0].candidate == 0 and (alone[0][0].spots or 0) > 5
    assert alone[0][0].votes > 0, "its spots vote as well"
    assert noted(survey, "blend")["parts"] == ["sift-lightglue"]
    assert not chance.calibration_of(project).earned

    row = sightings.facts(project.store, survey.uids[0])
    assert row is not None
    stored = PointCache(project, glued, 0.08).stored(row)
    assert stored is not None and stored.descriptor.dtype == np.float16 and stored.frame is not None

    compared: list[int] = []
    matches = glued.matches
    monkeypatch.setattr(glued, "matches", lambda a, b: compared.append(1) or matches(a, b))
    both = run(survey, encoder, Several([CoatPoints(), glued]))
    assert both[0][0].candidate == 1 and both[1][0].candidate == 0
    lines_need_no_network(survey, alone[0][0].spots or 0, monkeypatch)
    before = len(compared)
    again = run(survey, encoder, glued)
    assert len(compared) == before < 10, "what it has compared is kept"
    assert [row[0] for row in again.values()][:2] == [row[0] for row in alone.values()][:2]


def lines_need_no_network(survey: Stock, spots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    project = survey.project
    a, b = (sightings.facts(project.store, uid) for uid in survey.uids[:2])
    assert a is not None and b is not None
    with monkeypatch.context() as patched:
        patched.setattr(shelf, "models", lambda: pytest.fail("the page asks for no published model"))
        lines, count = shown_spots(project, "sift-lightglue", 0.08, a, b) or ([], 0)
    assert count == spots and 5 < len(lines) <= 20
    gaps = [np.abs(np.subtract(one.a, one.b)).max() for one in lines]
    assert max(gaps) < 0.25
