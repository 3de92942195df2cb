"""Learning as a job does it: used where it helps, any version on request, and back to none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.jobs import learning
from spotid.jobs.stages import Line, line_of
from spotid.progress import Silent
from spotid.project import heads_kept, shards
from spotid.project.folder import Project
from spotid.settings import settings
from tests.learning_stock import encoder_row, survey


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    project = survey(tmp_path / "project")
    yield line_of(project, settings())
    project.close()


def used(project: Project) -> list[int]:
    return list(heads_kept.in_use(project.store).values())


def test_what_helps_is_used_and_can_be_turned_off_and_on(line: Line) -> None:
    project = line.project
    learning.check_ready(line)
    assert learning.learn(line, Silent(), check_only=True)[0]["used"] is False and used(project) == []
    (found,) = learning.learn(line, Silent())
    assert found == {"profile": "leopard", "animals": 14, "number": 1, "helps": True, "used": True}
    assert used(project) == [1]
    (told,) = learning.told(line)
    assert told["used"] and told["sightings"] == 56 and told["by_visits"]["animals"] == 14
    assert learning.use(line, None) == [] and used(project) == [] and not learning.told(line)[0]["used"]
    assert learning.use(line, 1) == [{"number": 1, "helps": True, "used": True}] and used(project) == [1]


def test_versions_that_cannot_be_used(line: Line) -> None:
    project = line.project
    with pytest.raises(NotFoundError, match="no whole version 1"):
        learning.use(line, 1)
    other = shards.encoder_row(project.store, "abc", "some-encoder", 8)
    heads_kept.keep(project.layout, other, b"numbers", [], True, {})
    with pytest.raises(BadRequestError, match="learnt for the encoder some-encoder"):
        learning.use(line, 1)
    heads_kept.keep(project.layout, encoder_row(project), b"numbers", [], True, {})
    (project.layout.heads / "000002.npz").unlink()
    with pytest.raises(NotFoundError, match="no whole version 2"):
        learning.use(line, 2)
    assert used(project) == []


def test_too_few_confirmed_animals_are_told(stock) -> None:
    line = line_of(stock.project, settings())
    for refused in (lambda: learning.check_ready(line), lambda: learning.learn(line, Silent())):
        with pytest.raises(BadRequestError, match="Too few animals are confirmed"):
            refused()
