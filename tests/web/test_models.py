"""The page of models: what it tells, what it does only after consent, and what it never does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from spotid.web import create_app
from spotid.weights import keep, licences, shelf
from tests.weights.stock import put, shelve


@pytest.fixture
def app(home: Path) -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def models(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in state["models"]}


def until(client: FlaskClient, held: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + 10
    while not held(state := client.get("/api/models/errands?since=0").json or {}):
        assert time.monotonic() < end, state
    return state


def idle(state: dict[str, Any]) -> bool:
    return state["current"] is None and not state["waiting"]


def test_the_page_and_what_it_tells(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shelf, "find_spec", lambda name: None if name == "timm" else object())
    file = tmp_path / "made.bin"
    file.write_bytes(b"x" * 500)
    shelve(monkeypatch, {"mobile-sam": file, "aliked-n16": file})
    assert client.get("/models").status_code == 200 and b'href="/models"' in client.get("/").data
    state = client.get("/api/models").json or {}
    told = models(state)
    assert told["mobile-sam"]["state"] == "here" and told["mobile-sam"]["bytes"] == 500
    assert told["mobile-sam"]["files"][0]["how"] == "first use" and len(told["mobile-sam"]["files"][0]["sha256"]) == 64
    assert told["aliked-lightglue"]["state"] == "partly" and told["dinov2-small"]["state"] == "not"
    assert told["dinov2-small"]["needs"] == ["timm"] and state["packages"] == ["timm"]
    assert told["miewid-msv3"]["commercial"] == "ask" and told["miewid-msv3"]["accept"]
    assert state["errands"]["current"] is None and state["free"] > 0


def test_nothing_is_fetched_without_the_licence(client: FlaskClient, app: Flask) -> None:
    started = []
    app.extensions["models"].want = started.append
    for wrong in (
        {},
        {"names": []},
        {"names": "mobile-sam"},
        {"names": ["mobile-sam"]},
        {"names": ["mobile-sam"], "accepted": ["MIT"]},
        {"names": ["nothing"], "accepted": []},
        {"names": ["mobile-sam"], "accepted": ["Apache-2.0"], "sha256": "12"},
        {"names": ["mobile-sam"], "accepted": "Apache-2.0"},
    ):
        assert client.post("/api/models/model-get", json=wrong).status_code in (400, 404), wrong
    assert started == [] and licences.to_accept(shelf.model("mobile-sam").weights)
    good = client.post("/api/models/model-get", json={"names": ["mobile-sam"], "accepted": ["Apache-2.0"]})
    assert good.status_code == 200 and [one.name for one in started] == ["mobile-sam"]
    assert client.post("/api/models/model-get", json={"names": ["sam-vit-b"]}).status_code == 200, "accepted once"
    assert client.post("/api/models/model-ways", json={"offline": True}).json["wishes"]["offline"]  # type: ignore[index]
    assert client.post("/api/models/model-get", json={"names": ["sam-vit-l"]}).status_code == 400 and len(started) == 2


def test_check_remove_and_bring_in(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "stick" / "mobile-sam" / "mobile_sam.pt"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x" * 500)
    shelve(monkeypatch, {})
    assert client.post("/api/models/model-bring", json={"path": str(tmp_path / "none")}).status_code == 404
    assert client.post("/api/models/model-bring", json={"path": "stick"}).status_code == 400
    assert client.post("/api/models/model-bring", json={"path": str(tmp_path / "stick")}).status_code == 200
    ended = until(client, idle)["ended"][str(tmp_path / "stick")]
    assert ended["state"] == "done" and "mobile-sam" in ended["lines"][0]
    client.post("/api/models/model-check", json={"name": "mobile-sam"})
    assert until(client, idle)["ended"]["mobile-sam"]["state"] == "done"
    path = keep.place(shelf.model("mobile-sam").weights[0], shelf.folder())
    path.write_bytes(b"y" * 500)
    client.post("/api/models/model-check", json={"name": "mobile-sam"})
    assert "changed" in until(client, idle)["ended"]["mobile-sam"]["sentence"]
    gone = client.post("/api/models/model-remove", json={"name": "mobile-sam"}).json or {}
    assert gone["freed"] > 500 and models(gone)["mobile-sam"]["state"] == "not" and not path.exists()
    assert client.post("/api/models/model-remove", json={"name": "mobile-sam"}).status_code == 404
    assert client.post("/api/models/model-stop", json={}).status_code == 200


def test_an_own_model_is_asked_for_trust_first(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('part = "yolo"\nfile = "ours.pt"\n', encoding="utf-8")
    (tmp_path / "ours.pt").write_bytes(b"trained")
    asked = client.post("/api/models/model-bring", json={"path": str(tmp_path / "ours.toml")}).json or {}
    assert "can hold a program" in asked["ask"] and "ours" not in models(asked)
    client.post("/api/models/model-bring", json={"path": str(tmp_path / "ours.toml"), "trusted": True})
    until(client, idle)
    assert models(client.get("/api/models").json or {})["ours"]["own"]
    assert client.post("/api/models/model-get", json={"names": ["ours"]}).status_code == 400


def test_wishes_that_cannot_be_meant(client: FlaskClient) -> None:
    for wrong in ({"mirror": "http://plain.example"}, {"proxy": 3}, {"mirror": "x" * 600}):
        assert client.post("/api/models/model-ways", json=wrong).status_code == 400
    told = client.post("/api/models/model-ways", json={"mirror": "https://m.example/", "proxy": ""}).json or {}
    assert told["wishes"]["mirror"] == "https://m.example"


def test_what_is_in_the_bundle_can_be_used_but_not_removed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "made.bin"
    file.write_bytes(b"x" * 500)
    monkeypatch.setattr(shelf, "bundled", lambda: tmp_path / "weights")
    put(shelve(monkeypatch, {})["mobile-sam"].weights[0], file, tmp_path / "weights")
    told = models(client.get("/api/models").json or {})["mobile-sam"]
    assert told["state"] == "here" and not told["removable"]
    assert client.post("/api/models/model-remove", json={"name": "mobile-sam"}).status_code == 400
