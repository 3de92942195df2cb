"""The section of the run page that learns, without a browser; jobs are only noted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from spotid.jobs import learning
from spotid.jobs.stages import line_of
from spotid.progress import Silent
from spotid.project.folder import open_project
from spotid.settings import settings
from spotid.web import bench_of, create_app
from tests.learning_stock import survey


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = survey(tmp_path_factory.mktemp("learning") / "project")
    project.close()
    return project.path


@pytest.fixture
def app(made: Path, tmp_path: Path) -> Iterator[Flask]:
    app = create_app()
    folder = Path(shutil.copytree(made, tmp_path / "project"))
    app.stocked = bench_of(app).open(folder)  # type: ignore[attr-defined]
    yield app
    bench_of(app).close()


def test_what_is_told_and_what_is_started(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    project, client = app.stocked, app.test_client()  # type: ignore[attr-defined]
    page, api = f"/project/{project.id}/run", f"/api/project/{project.id}/learn"
    assert b'id="learn-start"' in client.get(page).data
    told = client.get(api).json
    assert told["versions"] == [] and told["confirmed"] == 56 and told["again"] == 14 and told["least"] == 8
    assert told["job"]["state"] == "none" and not told["busy"]
    learning.learn(line_of(project, settings()), Silent())
    (version,) = client.get(api).json["versions"]
    assert version["used"] and version["helps"] and version["animals"] == 14 and version["profile"] == "leopard"
    assert version["by_animals"]["after"][1] > version["by_animals"]["before"][1]

    started: list[dict[str, Any]] = []
    monkeypatch.setattr(bench_of(app).jobs, "start", lambda _, kind, settings, **what: started.append({kind: what}))
    for what in ({"action": "learn"}, {"action": "use", "number": 1}, {"action": "revert"}):
        assert client.post(api, json=what).status_code == 200
    assert started == [{"learn": {}}, {"learn": {"use": 1}}, {"learn": {"use": None}}]
    for wrong in ({"action": "use", "number": 9}, {"action": "use"}, {"action": "use", "number": "x"}, {}, []):
        refused = client.post(api, json=wrong)
        assert refused.status_code in (400, 404) and refused.json["error"]["sentence"]
    assert len(started) == 3


def test_too_few_animals(client, app: Flask) -> None:
    with app.stocked.store.write() as connection:  # type: ignore[attr-defined]
        connection.execute("UPDATE media SET visit = 1")
    refused = client.post(f"/api/project/{app.stocked.id}/learn", json={"action": "learn"})  # type: ignore[attr-defined]
    assert refused.status_code == 400 and "Too few animals" in refused.json["error"]["sentence"]


def test_looking_only_changes_nothing(made: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    open_project(copy, readonly=True).close()
    other = create_app()
    project = bench_of(other).open(copy, looking=True)
    client = other.test_client()
    told = client.get(f"/api/project/{project.id}/learn").json
    assert told["looking"] and told["versions"] == []
    assert client.post(f"/api/project/{project.id}/learn", json={"action": "learn"}).status_code >= 400
    bench_of(other).close()
