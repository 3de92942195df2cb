"""The page for boxes: what it tells of a frame, what it keeps, what it refuses, and two windows on one frame."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from spotid.boxes import Box
from spotid.jobs import teaching
from spotid.project import frame_queues, frame_steps, frames, sightings
from spotid.web import bench_of, create_app

LEFT = {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}
RIGHT = {"x": 0.55, "y": 0.2, "w": 0.3, "h": 0.4}


@pytest.fixture
def app(stock, picture, monkeypatch):
    for number in range(3):
        stock.add(f"East/IMG_{number:04d}.JPG", picture((9, 9, 60 * number)), (), f"2026-03-09T06:0{number}:00")
    folder = stock.project.path
    stock.project.close()
    made = create_app()
    made.stocked = bench_of(made).open(folder)
    yield made
    bench_of(made).close()


@pytest.fixture
def client(app) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def no_worker(monkeypatch) -> list[str]:
    """Proposals are looked for elsewhere; here it is noted that they were asked for."""
    asked: list[str] = []
    monkeypatch.setattr(teaching, "looked_for", lambda project, uid, boxes: asked.append(uid) or [])
    return asked


def api(app, rest: str) -> str:
    return f"/api/project/{app.stocked.id}/{rest}"


def look(client, app, **query: str) -> dict[str, Any]:
    reply = client.get(api(app, "frames"), query_string=query)
    assert reply.status_code == 200, reply.json
    return reply.json


def say(client, app, frame: dict[str, Any], *boxes: dict[str, float], **others: Any) -> dict[str, Any]:
    said = {"uid": str(uuid.uuid4()), "boxes": list(boxes), "seen": frame["seen"], "queue": "no_animal"} | others
    reply = client.post(api(app, f"frames/{frame['uid']}"), json=said)
    assert reply.status_code == 200, reply.json
    return reply.json


def rows(app) -> list[Any]:
    return app.stocked.store.all("SELECT * FROM frame_answer ORDER BY id")


def test_the_page_draws_and_stands_in_the_menu(client, app) -> None:
    reply = client.get(f"/project/{app.stocked.id}/boxes")
    assert reply.status_code == 200
    assert 'aria-current="page">Boxes' in reply.text
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]


def test_the_first_frame_of_each_queue(client, app) -> None:
    empty = look(client, app)
    assert empty["queue"]["key"] == "no_animal" and empty["queue"]["total"] == 3 and empty["queue"]["rank"] == 1
    assert empty["frame"]["boxes"] == [] and empty["frame"]["answer"] is None
    assert empty["counts"] == {"no_animal": 3, "weak": 6, "whole": 0}
    weak = look(client, app, queue="weak")
    assert weak["frame"]["boxes"][0]["by"] == "search" and weak["frame"]["boxes"][0]["how"] == "by hand"
    assert look(client, app, queue="whole")["frame"] is None
    for odd in ("nonsense", "visit"):
        assert look(client, app, queue=odd)["queue"]["key"] == "no_animal"


def test_the_weakest_box_comes_first(client, app) -> None:
    weakest = app.stocked.store.one("SELECT uid, media_id FROM sighting ORDER BY id LIMIT 1 OFFSET 3")
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE sighting SET score = 0.2 WHERE uid = ?", (weakest["uid"],))
    shown = look(client, app, queue="weak")["frame"]
    assert shown["boxes"][0]["score"] == 0.2


def test_a_whole_picture_is_in_a_queue_of_its_own(client, app) -> None:
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE sighting SET how = ? WHERE id = 1", (frame_queues.WHOLE_PICTURE,))
    assert look(client, app, queue="whole")["queue"]["total"] == 1
    assert look(client, app, queue="weak")["queue"]["total"] == 5


def test_pictures_of_a_frame_are_small_or_full_and_never_a_path(client, app) -> None:
    frame = look(client, app)["frame"]
    for view in ("small", "full"):
        reply = client.get(frame[view])
        assert reply.status_code == 200 and reply.mimetype == "image/jpeg"
    for bad in ("../../etc/passwd", "0" * 16, "ABCDEF0123456789"):
        assert client.get(f"/project/{app.stocked.id}/media/{bad}/small").status_code == 404
    assert client.get(f"/project/{app.stocked.id}/media/{frame['uid']}/secret").status_code == 404


def test_a_drawn_box_is_kept_with_its_row_and_becomes_a_sighting(client, app, no_worker) -> None:
    frame = look(client, app)["frame"]
    reply = say(client, app, frame, LEFT, RIGHT, seconds=1.9)
    assert reply["kept"] == {"row": 1, "boxes": 2, "name": frame["name"]}
    assert reply["frame"]["uid"] != frame["uid"], "the next frame follows"
    assert reply["counts"]["no_animal"] == 2
    standing = frames.live(app.stocked.store, frame["uid"])
    assert [row["boxed_by"] for row in standing] == [frames.PERSON] * 2
    again = look(client, app, queue="visit", of=frame["uid"])["frame"]
    assert again["uid"] == frame["uid"] and again["answer"]["row"] == 1
    assert [(box["by"], box["score"]) for box in again["boxes"]] == [("person", None)] * 2
    assert rows(app)[0]["seconds"] == 1.9


def test_the_overview_says_that_a_drawn_box_waits_for_a_run(client, app, no_worker) -> None:
    overview = f"/project/{app.stocked.id}/"
    assert "drawn-waiting" not in client.get(overview).text
    say(client, app, look(client, app)["frame"], LEFT, RIGHT)
    assert "2 boxes that were drawn are compared after the next run" in client.get(overview).text


def test_no_animal_is_an_answer_too(client, app, no_worker) -> None:
    frame = look(client, app, queue="weak")["frame"]
    reply = say(client, app, frame, queue="weak")
    assert reply["kept"]["boxes"] == 0
    assert reply["queue"]["total"] == 5 and reply["counts"]["no_animal"] == 3, "looked at, so it does not wait there"
    assert look(client, app, queue="no_animal")["queue"]["total"] == 4
    assert frames.live(app.stocked.store, frame["uid"]) == []
    assert no_worker == []


def test_the_same_answer_twice_is_one(client, app) -> None:
    frame, uid = look(client, app)["frame"], str(uuid.uuid4())
    assert not say(client, app, frame, LEFT, uid=uid)["repeated"]
    second = say(client, app, frame, LEFT, uid=uid)
    assert second["repeated"] and second["kept"]["row"] == 1 and second["overtaken"] is None
    assert len(rows(app)) == 1


def test_two_windows_on_one_frame(client, app) -> None:
    """The newer answer counts, and the window that had not seen the other one is told."""
    one = look(client, app)["frame"]
    other = look(client, app)["frame"]
    assert one["uid"] == other["uid"]
    assert say(client, app, one, LEFT)["overtaken"] is None
    late = say(client, app, other, RIGHT)
    assert late["overtaken"] == {"row": 1, "boxes": 1} and late["kept"]["row"] == 2
    (standing,) = frames.live(app.stocked.store, one["uid"])
    assert standing["x"] == pytest.approx(RIGHT["x"])
    # The older window asks when it is looked at again, and learns that its answer is not the newest.
    assert client.get(api(app, f"frames/{one['uid']}/proposals")).json["seen"] == 2


def test_undo_goes_back_step_by_step(client, app) -> None:
    frame = look(client, app, queue="weak")["frame"]
    before = [(row["uid"], row["score"], row["how"], row["boxed_by"]) for row in live(app, frame)]
    say(client, app, frame, LEFT, queue="weak")
    say(client, app, frame | {"seen": 1}, LEFT, RIGHT, queue="weak")
    first = client.post(api(app, "frames/undo"), json={"uid": str(uuid.uuid4()), "queue": "weak"}).json
    assert first["undone"]["row"] == 2 and first["frame"]["uid"] == frame["uid"]
    assert len(first["frame"]["boxes"]) == 1 and first["frame"]["answer"] is not None
    uid = str(uuid.uuid4())
    second = client.post(api(app, "frames/undo"), json={"uid": uid, "queue": "weak"}).json
    assert second["undone"]["row"] == 1 and second["frame"]["answer"] is None
    assert [(row["uid"], row["score"], row["how"], row["boxed_by"]) for row in live(app, frame)] == before
    assert second["undo"] is None and second["counts"]["weak"] == 6
    # The same press again is the same undo, and then there is nothing left.
    assert client.post(api(app, "frames/undo"), json={"uid": uid}).json["undone"]["row"] == 1
    nothing = client.post(api(app, "frames/undo"), json={"uid": str(uuid.uuid4())})
    assert nothing.status_code == 409 and nothing.json["error"]["code"] == "nothing-to-undo"
    assert [row["uid"][:7] for row in rows(app)][2:] == ["undo1-2", "undo0-1"]


def live(app, frame) -> list[Any]:
    return frames.live(app.stocked.store, frame["uid"])


def test_an_undone_answer_can_be_given_again(client, app) -> None:
    frame = look(client, app)["frame"]
    say(client, app, frame, LEFT)
    back = client.post(api(app, "frames/undo"), json={"uid": str(uuid.uuid4())}).json["frame"]
    assert back["boxes"] == [] and back["answer"] is None
    say(client, app, back, RIGHT)
    standing = frame_steps.newest_standing(app.stocked.store)
    assert standing is not None and standing.row == 3


def test_answers_that_hang_on_a_box_are_not_lost_without_a_word(client, app) -> None:
    pair = client.get(api(app, "pair")).json
    said = {"uid": str(uuid.uuid4()), "kind": "same", "a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    assert client.post(api(app, "answers"), json=said).status_code == 200
    row = sightings.facts(app.stocked.store, pair["anchor"]["uid"])
    frame = look(client, app, frame=row["media_uid"], queue="visit")["frame"]
    assert frame["boxes"][0]["individual"] == "leopard_1"
    body = {"uid": str(uuid.uuid4()), "boxes": [LEFT], "seen": 0}
    refused = client.post(api(app, f"frames/{frame['uid']}"), json=body)
    assert refused.status_code == 409 and refused.json["error"]["code"] == "at-stake"
    assert rows(app) == []
    kept = client.post(api(app, f"frames/{frame['uid']}"), json=body | {"sure": True})
    assert kept.status_code == 200
    # The desk is read anew: a withdrawn sighting is not asked about.
    assert pair["anchor"]["uid"] != client.get(api(app, "pair")).json["anchor"]["uid"]


NO_BOXES: list[object] = [
    None,
    "everything",
    [None],
    [[0.1, 0.1, 0.2, 0.2]],
    [{"x": 0.1, "y": 0.1, "w": 0.2}],
    [{"x": "0.1", "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": float("nan"), "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": float("inf"), "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": True, "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": -0.1, "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": 0.9, "y": 0.1, "w": 0.2, "h": 0.2}],
    [{"x": 0.1, "y": 0.9, "w": 0.2, "h": 0.2}],
    [{"x": 0.1, "y": 0.1, "w": 0.0, "h": 0.2}],
    [{"x": 0.1, "y": 0.1, "w": -0.05, "h": 0.2}],
    [{"x": 1e300, "y": 0.1, "w": 0.2, "h": 0.2}],
    [LEFT, LEFT],
    [{"x": i / 50, "y": 0.1, "w": 0.01, "h": 0.01} for i in range(41)],
]


def test_boxes_that_are_none_are_refused(client, app) -> None:
    frame = look(client, app)["frame"]
    for boxes in NO_BOXES:
        body = {"uid": str(uuid.uuid4()), "boxes": boxes, "seen": 0}
        reply = client.post(api(app, f"frames/{frame['uid']}"), json=body)
        assert reply.status_code == 400 and reply.json["error"]["sentence"], boxes
    assert rows(app) == [] and frames.live(app.stocked.store, frame["uid"]) == []


def test_answers_need_a_proper_number(client, app) -> None:
    frame = look(client, app)["frame"]
    for uid in ("", "x", "../../../etc", 5, "a" * 65, "spaces in here", "undo0_1"):
        reply = client.post(api(app, f"frames/{frame['uid']}"), json={"uid": uid, "boxes": []})
        assert reply.status_code == 400, uid
    assert rows(app) == []


def test_unknown_frames_are_refused(client, app) -> None:
    for media in ("0" * 16, "nonsense", "%2e%2e", "undo2"):
        assert client.get(api(app, "frames"), query_string={"frame": media}).status_code == 404
        said = {"uid": str(uuid.uuid4()), "boxes": [LEFT]}
        assert client.post(api(app, f"frames/{media}"), json=said).status_code == 404
        assert client.get(api(app, f"frames/{media}/proposals")).status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_foreign_writes_are_refused(client, app, headers: dict[str, str]) -> None:
    frame = look(client, app)["frame"]
    for rest in (f"frames/{frame['uid']}", "frames/undo", "frames/search"):
        said = {"uid": str(uuid.uuid4()), "boxes": [LEFT]}
        assert client.post(api(app, rest), json=said, headers=headers).status_code == 403
    form = client.post(
        api(app, f"frames/{frame['uid']}"), data="uid=1", content_type="application/x-www-form-urlencoded"
    )
    assert form.status_code == 403
    assert rows(app) == []


def test_searching_again_needs_enough_boxes(client, app) -> None:
    reply = client.post(api(app, "frames/search"), json={})
    assert reply.status_code == 400 and "5" in reply.json["error"]["sentence"]


def test_searching_again_starts_a_run_that_searches_again(client, app, monkeypatch) -> None:
    started: list[dict[str, Any]] = []
    monkeypatch.setattr(
        bench_of(app).jobs, "start", lambda project, kind, **what: started.append({"kind": kind} | what)
    )
    told = look(client, app, queue="weak")
    for _ in range(5):
        told = say(client, app, told["frame"], LEFT, queue="weak")
    assert told["teach"]["ready"] and told["teach"]["boxes"] == 5
    assert client.post(api(app, "frames/search"), json={}).status_code == 200
    assert [(one["kind"], one["again"]) for one in started] == [("run", True)]


def test_a_frame_that_waits_to_be_searched_again_can_be_answered(client, app) -> None:
    frame = look(client, app)["frame"]
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE media SET state = 'read' WHERE uid = ?", (frame["uid"],))
    assert say(client, app, frame, LEFT)["kept"]["row"] == 1
    assert app.stocked.store.value("SELECT state FROM media WHERE uid = ?", frame["uid"]) == "animal"


def test_proposals_are_shown_until_the_frame_is_answered(client, app, monkeypatch) -> None:
    one, two = (row["uid"] for row in app.stocked.store.all("SELECT uid FROM media WHERE state = 'no_animal' LIMIT 2"))
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE media SET visit = 7 WHERE uid IN (?, ?)", (one, two))
    found = [{"media_uid": two, "x": 0.2, "y": 0.2, "w": 0.2, "h": 0.3, "confidence": 0.8}]
    monkeypatch.setattr(teaching, "looked_for", lambda project, uid, boxes: found)
    frame = look(client, app, frame=one)["frame"]
    assert frame["mates"] == 2
    say(client, app, frame, LEFT)
    shown = wait_for_proposals(client, app, two)
    assert [(box["by"], box["score"]) for box in shown] == [("proposal", 0.8)]
    following = look(client, app, frame=two)["frame"]
    assert following["proposed"] == shown and following["boxes"] == []
    monkeypatch.setattr(teaching, "looked_for", lambda project, uid, boxes: [])
    say(client, app, following, {side: shown[0][side] for side in "xywh"})
    assert look(client, app, frame=two)["frame"]["proposed"] == []


def wait_for_proposals(client, app, uid: str) -> list[Any]:
    import time

    end = time.monotonic() + 10
    while time.monotonic() < end:
        told = client.get(api(app, f"frames/{uid}/proposals")).json
        if told["boxes"] or not told["working"]:
            return told["boxes"]
        time.sleep(0.02)
    raise AssertionError("the search for proposals did not end")


def test_a_failing_search_for_proposals_is_no_fault(client, app, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("no process could be started")

    monkeypatch.setattr(teaching, "looked_for", broken)
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE media SET visit = 7 WHERE state = 'no_animal'")
    frame = look(client, app)["frame"]
    say(client, app, frame, LEFT)
    assert wait_for_proposals(client, app, look(client, app)["frame"]["uid"]) == []


def test_shelves_lead_to_the_page_and_say_who_looked(client, app) -> None:
    shelf = client.get(f"/project/{app.stocked.id}/sightings?shelf=no_animal").text
    assert f"/project/{app.stocked.id}/boxes?queue=no_animal" in shelf and "Draw a box" in shelf
    assert "looked at by a person" not in shelf
    say(client, app, look(client, app)["frame"])
    assert "looked at by a person" in client.get(f"/project/{app.stocked.id}/sightings?shelf=no_animal").text
    assert "Draw a box" in client.get(f"/project/{app.stocked.id}/sightings?shelf=review").text
    assert "Draw a box" not in client.get(f"/project/{app.stocked.id}/sightings?shelf=problem").text


def test_a_withdrawn_box_stands_on_no_shelf(client, app) -> None:
    frame = look(client, app, queue="weak")["frame"]
    say(client, app, frame, queue="weak")
    shelf = client.get(f"/project/{app.stocked.id}/sightings?shelf=no_animal").text
    row = shelf[shelf.index(frame["uid"]) :]
    assert frame["path"].split("/")[0] in row and "Compare" not in row[: row.index("</tr>")]


def test_the_queue_goes_round_and_ends(client, app) -> None:
    told = look(client, app)
    seen = [told["frame"]["uid"]]
    for _ in range(2):
        told = say(client, app, told["frame"])
        seen.append(told["frame"]["uid"])
    assert len(set(seen)) == 3
    assert told["queue"]["previous"] == seen[1] and told["queue"]["following"] is None
    # The last one skipped, the first two answered: after the last there is nothing left to look at.
    assert say(client, app, told["frame"])["frame"] is None


def test_boxes_of_the_search_that_are_accepted_keep_their_sighting(client, app) -> None:
    frame = look(client, app, queue="weak")["frame"]
    before = live(app, frame)[0]["uid"]
    say(client, app, frame, {side: frame["boxes"][0][side] for side in "xywh"}, queue="weak")
    after = live(app, frame)
    assert [row["uid"] for row in after] == [before] and after[0]["state"] == "embedded"
    assert Box(*(after[0][side] for side in "xywh")) == Box(0, 0, 1, 1)
