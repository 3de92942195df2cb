"""What the review page is told: ways, filters, frames, strips, far and fast; and what a blind look must not tell."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from spotid.project import jobrows, media, stations_told
from spotid.project.folder import create_project
from spotid.project.stations_told import Line
from spotid.review.ways.blind import SHARE, drawn
from spotid.web import bench_of, create_app
from spotid.words import JobState


@pytest.fixture
def api(app: Flask) -> str:
    """Where the project's interface is. Two stations 11 km apart, and the first two photographs are one visit."""
    store = app.stocked.store  # type: ignore[attr-defined]
    stations_told.keep_table(store, [Line("North", "", 0.0, 36.0), Line("South", "", 0.0, 36.1)])
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:20' WHERE relpath LIKE 'North/%0001.JPG'")
        connection.execute("UPDATE sighting SET quality = 0.1 * id")
    media.number_visits(store, 30)
    return f"/api/project/{app.stocked.id}"  # type: ignore[attr-defined]


def say(client: FlaskClient, api: str, what: str = "answers", **said: Any) -> dict[str, Any]:
    """Post something; the reply."""
    reply = client.post(f"{api}/{what}", json={"uid": str(uuid.uuid4()), **said})
    assert reply.status_code == 200, reply.json
    return dict(reply.json or {})


def test_a_pair_says_how_it_was_asked_for(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair?way=certain&station=South&quality=0.2").json
    assert (pair["way"], pair["filters"]) == ("certain", {"station": "South", "quality": 0.2})
    assert [way["name"] for way in pair["ways"]] == ["anchor", "certain", "useful", "second", "blind"]
    assert all(way["label"] and way["sentence"].endswith(".") for way in pair["ways"])
    lefts = {way["name"]: way["left"] for way in pair["ways"]}
    assert lefts["certain"] == lefts["useful"] == pair["progress"]["left"] > 0 and lefts["second"] is None
    assert pair["progress"]["seconds_left"] == round(pair["progress"]["left"] * 10.4)
    assert "South" in (pair["anchor"]["station"], pair["comparison"]["station"])
    assert pair["progress"]["undiscovered"] is None, "nothing is said before chances are earned"
    assert pair["chance"] is None and pair["chance_by"].startswith("shipped")


def test_frames_of_the_visit_are_shown_and_covered(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair").json
    frames = [frame["uid"] for frame in pair["anchor"]["frames"]]
    assert len(frames) == 1 and pair["comparison"]["frames"] == [] and pair["anchor"]["others"] == 0
    assert pair["anchor"]["frames"][0].keys() == {"uid", "captured_at", "flank", "quality"}
    ids = {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    refused = client.post(f"{api}/answers", json={"uid": str(uuid.uuid4()), "kind": "same", **ids, "b_with": frames})
    assert refused.status_code == 400 and "not of one visit" in refused.json["error"]["sentence"]
    kept = say(client, api, kind="same", **ids, a_with=frames, b_with=[], reviewer="KR", seconds=2.0)
    assert kept["kept"]["uid"] and kept["pair"]["undo"]["reviewer"] == "KR"
    assert kept["pair"]["undo"]["uid"] == kept["kept"]["uid"]
    again = client.get(f"{api}/pair?anchor={ids['a']}").json
    assert {again["anchor"]["individual_count"], again["anchor"]["number"]} == {3, 1}
    strip = again["anchor"]["strip"]
    assert {one["uid"] for one in strip} == {*frames, ids["b"], ids["a"]} - {again["anchor"]["uid"]}
    assert [one["quality"] for one in strip] == sorted((one["quality"] for one in strip), reverse=True)


def test_far_and_fast(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair?way=certain&station=South").json
    while pair["same_station"]:
        pair = say(
            client, api, "anchor", move="next", way="certain", anchor=pair["anchor"]["uid"], b=pair["comparison"]["uid"]
        )
    assert pair["km_between"] == pytest.approx(11.12, abs=0.01)
    assert (
        pair["kmh"] == pytest.approx(pair["km_between"] / 24 / pair["days_between"], abs=0.01) and pair["speed"] == ""
    )
    assert pair["flanks_compared"] == "unknown" and pair["limit_kmh"] == 60.0
    assert pair["located_says"] in ("", "for", "against", "little") and pair["joins"] is None


def test_the_most_useful_question_says_why_it_is_asked(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair?way=useful").json
    sizes = [1 + len(pair[side]["frames"]) for side in ("anchor", "comparison")]
    assert pair["joins"] == sizes
    assert client.get(f"{api}/pair?way=blind").json["joins"] is None


def test_what_it_takes_before_matches_can_be_estimated(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair").json
    assert pair["progress"]["undiscovered_by"] == {"same": 0, "different": 0, "least": 10}
    again = say(client, api, kind="different", a=pair["anchor"]["uid"], b=pair["comparison"]["uid"])["pair"]
    assert again["progress"]["undiscovered_by"]["different"] <= 1


def test_sides_that_are_compared(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair").json
    ids = {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    say(client, api, "flank", sighting=ids["a"], flank="left", **ids)
    pair = say(client, api, "flank", sighting=ids["b"], flank="left", **ids)["pair"]
    assert (pair["comparison"]["uid"], pair["flanks_compared"]) == (ids["b"], "same")


def test_a_blind_look_tells_nothing(client: FlaskClient, api: str, app: Flask) -> None:
    pair = client.get(f"{api}/pair").json
    uid = next(uid for uid in iter(lambda: str(uuid.uuid4()), None) if drawn(uid) < SHARE)
    ids = {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    say(client, api, uid=uid, kind="same", **ids, reviewer="KR")
    blind = client.get(f"{api}/pair?way=blind&reviewer=AB").json
    assert {blind["anchor"]["uid"], blind["comparison"]["uid"]} == set(ids.values())
    for side in ("anchor", "comparison"):
        told = blind[side]
        nothing = [told[name] for name in ("individual", "individual_name", "number")]
        assert nothing == [None] * 3 and (told["individual_count"], told["strip"], told["frames"]) == (1, [], [])
    assert [blind[name] for name in ("chance", "chance_by", "score", "spots", "likeness", "rank")] == [None] * 6
    assert blind["undo"] is None, "it would tell what was said of this very pair"
    kept = say(client, api, kind="different", **ids, way="blind", reviewer="AB")
    assert kept["kept"]["kind"] == "second" and kept["pair"]["state"] == "all_done"
    assert "second opinion" in kept["pair"]["sentence"]
    known = bench_of(app).desk(app.stocked.id).identities  # type: ignore[attr-defined]
    assert len(known.second_opinions()) == 1 and known.conflicts() == []


def test_taking_back_a_named_answer(client: FlaskClient, api: str) -> None:
    pair = client.get(f"{api}/pair").json
    ids = {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    first = say(client, api, kind="same", **ids)["kept"]["uid"]
    say(client, api, kind="new", a=ids["b"])
    undone = say(client, api, "undo", target=first)
    assert undone["undone"]["uid"] == first
    refused = client.post(f"{api}/undo", json={"uid": str(uuid.uuid4()), "target": first})
    assert refused.status_code in (400, 409) and refused.json["error"]["sentence"]


@pytest.mark.parametrize("query", ["way=sideways", "from=yesterday", "quality=much", "flank=top", "reviewer=a%20b%20c"])
def test_what_makes_no_sense_is_said(client: FlaskClient, api: str, query: str) -> None:
    reply = client.get(f"{api}/pair?{query}")
    assert reply.status_code == 400 and reply.json["error"]["sentence"]


def test_what_can_be_filtered_by(client: FlaskClient, api: str) -> None:
    told = client.get(f"{api}/filters").json
    assert told["stations"] == [{"name": "North", "count": 3}, {"name": "South", "count": 3}]
    assert told["flanks"] == [{"name": "unknown", "count": 6}] and told["species"] == []
    assert (told["first"], told["last"]) == ("2026-03-01", "2026-03-06")


def test_it_says_why_there_is_nothing_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a run, “run the model first” would lead in a circle."""
    app = create_app()
    project = bench_of(app).open(create_closed(tmp_path / "Empty"))

    def sentence() -> str:
        return str(app.test_client().get(f"/api/project/{project.id}/pair").json["sentence"])

    assert "Run the model first" in sentence()
    jobrows.end(project.store, jobrows.start(project.store, "run"), JobState.DONE, "", "", {})
    assert "No photograph was found" in sentence()
    media.add_found(project.store, media.root_id(project.store, tmp_path), [media.Found("IMG_0001.JPG", 10, 10)])
    assert "No animal was found" in sentence()
    at_work = SimpleNamespace(running=True, kind="learn", row=0)  # its lists of look-alikes are made anew
    monkeypatch.setattr(type(bench_of(app).jobs), "of", lambda *_: at_work)
    assert "at work on the look-alikes" in sentence()
    monkeypatch.undo()
    bench_of(app).close()


def create_closed(folder: Path) -> Path:
    create_project(folder).close()
    return folder
