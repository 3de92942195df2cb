"""Quit, About, Report a problem, and the question for a newer version, as the pages ask for them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from spotid.about import Build, Licence
from spotid.support import newer
from spotid.web import about, report


def test_quit_ends_the_program(client, app) -> None:
    ended = []
    assert client.post("/api/quit", json={}).status_code == 409, "a page that nobody can end says so"
    app.extensions["quit"] = lambda: ended.append(1)
    assert client.post("/api/quit", json={}).json == {"closing": True, "at_work": []}
    assert ended == [1]
    assert client.get("/api/quit").status_code == 405
    assert client.post("/api/quit", data="{}").status_code == 403, "a form of another page"
    assert client.post("/api/quit", json={}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/api/quit", json=[]).status_code == 400
    assert ended == [1]


def test_quit_asks_first_while_a_run_goes_on(client, app, monkeypatch) -> None:
    ended = []
    app.extensions["quit"] = lambda: ended.append(1)
    monkeypatch.setattr(type(app.extensions["bench"]), "at_work", lambda self: ["Survey 1"])
    for unsure in ({}, {"sure": "yes"}, {"sure": 1}):
        assert client.post("/api/quit", json=unsure).json == {"closing": False, "at_work": ["Survey 1"]}
    assert ended == []
    assert client.post("/api/quit", json={"sure": True}).json["closing"] and ended == [1]


def test_about_tells_what_this_copy_is(client, monkeypatch, tmp_path, home) -> None:
    (tmp_path / "flask.txt").write_text("Use it <freely>.")
    told = Build("core", "9.8.7", "0123456789abcdef", "2026-11-21T10:00:00Z", "https://github.com/o/r")
    monkeypatch.setattr(about.about, "build", lambda: told)
    monkeypatch.setattr(about.about, "licences", lambda: [Licence("Flask", "3", "BSD-3", tmp_path / "flask.txt")])
    page = client.get("/about").text
    for text in (
        "9.8.7",
        "0123456789ab",
        "2026-11-21",
        "Flask",
        "BSD-3",
        str(home),
        "github.com/o/r",
        "Built-in models",
    ):
        assert text in page, text
    assert client.get("/api/licence/0").json["text"] == "Use it <freely>."
    assert client.get("/api/licence/1").status_code == 404


def test_about_of_a_checkout(client) -> None:
    page = client.get("/about").text
    assert "started from its source" in page and "does not know where to ask" in page


def test_newer_asks_only_when_it_is_pressed(client, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(newer, "look", lambda: asked.append(1) or newer.Newer("There is.", "2.0", "https://x/2"))
    client.get("/about")
    client.get("/api/newer")
    assert asked == []
    assert client.post("/api/newer", json={}).json == {
        "newer": {"version": "2.0", "url": "https://x/2"},
        "sentence": "There is.",
    }
    monkeypatch.setattr(newer, "look", lambda: newer.Newer("This is the newest version: 1."))
    assert client.post("/api/newer", json={}).json["newer"] is None


def test_the_report_is_exactly_what_was_shown(client, app) -> None:
    assert client.get("/report").status_code == 200
    shown = client.get("/api/report/preview?screen=1366").json
    assert any(one["name"] == "about.txt" and "1366" in one["text"] for one in shown["files"])
    assert app.stocked.title not in json.dumps(shown["files"], ensure_ascii=False)
    reply = client.post("/api/report", json={"token": shown["token"], "said": "It stopped."})
    assert reply.mimetype == "application/zip" and "SpotID report" in reply.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        inside = {name: archive.read(name).decode() for name in archive.namelist()}
    assert inside.pop("what_happened.txt") == "It stopped.\n"
    assert inside == {one["name"]: one["text"] for one in shown["files"]}
    ticked = client.get("/api/report/preview?names=1&answers=1").json["files"]
    assert app.stocked.title in json.dumps(ticked, ensure_ascii=False) and any(
        "answers.csv" in one["name"] for one in ticked
    )


@pytest.mark.parametrize("content", [{}, {"token": "x"}, {"token": 3}, {"token": None, "said": "x"}])
def test_nothing_is_made_that_was_not_shown(client, content) -> None:
    assert client.post("/api/report", json=content).status_code == 400


def test_only_a_few_previews_are_kept(client) -> None:
    tokens = [client.get("/api/report/preview").json["token"] for _ in range(report.KEPT + 1)]
    assert client.post("/api/report", json={"token": tokens[0]}).status_code == 400
    assert client.post("/api/report", json={"token": tokens[-1], "said": 5}).status_code == 400
    assert client.post("/api/report", json={"token": tokens[-1]}).status_code == 200
