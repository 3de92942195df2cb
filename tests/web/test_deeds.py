"""What the pages about individuals send: kept once however often it is sent, and refused with a sentence."""

from __future__ import annotations

import uuid

import pytest

from spotid.project import ledger, views
from spotid.review import deeds, marks
from spotid.web import bench_of


@pytest.fixture
def desk(app):
    """The desk of the open project; ``uids`` are its sightings."""
    made = bench_of(app).desk(app.stocked.id)
    made.uids = [row["uid"] for row in app.stocked.store.all("SELECT uid FROM sighting ORDER BY id")]
    return made


@pytest.fixture
def send(client, app):
    """Sends a deed; gives (status, reply)."""

    def post(deed: str, **said):
        reply = client.post(f"/api/project/{app.stocked.id}/deeds/{deed}", json={"uid": str(uuid.uuid4()), **said})
        return reply.status_code, reply.json

    return post


def rows(app) -> int:
    return len(ledger.events(app.stocked.store))


def test_each_deed_sent_twice_is_kept_once(app, desk, send) -> None:
    a, b, c, d = desk.uids[:4]
    marks.mark(desk, str(uuid.uuid4()), "new", d)
    said = [
        ("unite", {"how": "link", "a": a, "b": b}),
        ("assign", {"sighting": c, "to": a}),
        ("describe", {"sighting": a, "facts": {"name": "Tiga"}}),
        ("unite", {"how": "merge", "a": a, "b": d}),
        ("part", {"how": "split", "out": [d]}),
        ("assign", {"sighting": b, "to": d}),  # two rows: released, then assigned
        ("part", {"how": "release", "out": [c]}),
        ("say", {"kind": "unusable", "sightings": desk.uids[4:]}),
        ("say", {"kind": "flank", "flank": "left", "sightings": [a]}),
    ]
    for deed, content in said:
        uid, before = str(uuid.uuid4()), rows(app)
        status, reply = send(deed, **content, uid=uid, reviewer="AB")
        assert (status, reply["repeated"]) == (200, False), (deed, content, reply)
        assert len(reply["kept"]) == rows(app) - before, "every row is told"
        kept = rows(app)
        status, again = send(deed, **content, uid=uid, reviewer="AB")
        assert (status, again["repeated"], rows(app)) == (200, True, kept), (deed, content, again)
        assert again["kept"][-1] == reply["kept"][-1]
    assert [desk.identities.individual(uid) for uid in (a, b, d)] == [1, 2, 2], "b was moved to d, and b alone"
    status, reply = send("take-back", targets=[desk_uid(app, "release")])
    assert status == 200 and reply["undo"] == [], "an undo is not undone; the deed is done again"
    assert {row["initials"] for row in app.stocked.store.all("SELECT initials FROM reviewer")} == {"AB"}


def desk_uid(app, kind: str) -> str:
    return next(one.uid for one in reversed(ledger.events(app.stocked.store)) if one.kind == kind)


def test_what_makes_no_sense_is_refused_and_not_kept(app, desk, send) -> None:
    a, b, c = desk.uids[:3]
    deeds.assign(desk, str(uuid.uuid4()), a, b)
    kept = rows(app)
    refused = [
        ("assign", {"sighting": a, "to": b}, 400),
        ("assign", {"sighting": a, "to": c}, 404),  # c belongs to nobody
        ("unite", {"how": "merge", "a": a, "b": c}, 404),
        ("unite", {"how": "marry", "a": a, "b": c}, 400),
        ("part", {"how": "split", "out": [a, b]}, 400),
        ("part", {"how": "split", "out": []}, 400),
        ("part", {"how": "release", "out": [c]}, 400),
        ("describe", {"sighting": a, "facts": {"name": "NA"}}, 400),
        ("describe", {"sighting": a, "facts": {"age": "very old"}}, 400),
        ("describe", {"sighting": c, "facts": {"name": "Tiga"}}, 404),
        ("say", {"kind": "same", "sightings": [a]}, 400),
        ("say", {"kind": "unusable", "sightings": [a]}, 400),  # it belongs to an individual
        ("say", {"kind": "unusable", "sightings": [c, "0" * 16]}, 404),
        ("say", {"kind": "different", "sightings": [a, b]}, 400),
        ("say", {"kind": "flank", "flank": "up", "sightings": [a]}, 400),
        ("take-back", {"targets": ["no-such-answer"]}, 404),
    ]
    for deed, content, status in refused:
        got, reply = send(deed, **content)
        assert got == status and reply["error"]["sentence"], (deed, content, reply)
    assert rows(app) == kept


def test_what_people_typed_is_shown_as_text(app, client, desk) -> None:
    deeds.assign(desk, str(uuid.uuid4()), *desk.uids[:2])
    said = {"name": "<script>x</script>", "notes": '"><img src=x>'}
    deeds.describe(desk, str(uuid.uuid4()), desk.uids[0], said)
    for page in ("individuals", "individuals/1", "likely", "flanks"):
        text = client.get(f"/project/{app.stocked.id}/{page}").get_data(as_text=True)
        assert "<script>x" not in text and "<img src=x>" not in text
    assert "&lt;script&gt;x" in client.get(f"/project/{app.stocked.id}/individuals/1").get_data(as_text=True)


def test_pictures_that_an_unusable_covers_lie_on_that_shelf(app, desk) -> None:
    before = views.shelf_counts(app.stocked.store)
    one, others = desk.uids[0], desk.uids[1:3]
    desk.answer(str(uuid.uuid4()), "unusable", one, evidence={"with": {one: others}})
    counts = views.shelf_counts(app.stocked.store)
    assert (counts["unusable"], counts["review"]) == (3, before["review"] - 3)


def test_an_individual_is_found_by_number_or_code_and_nothing_else(app, client, desk) -> None:
    deeds.assign(desk, str(uuid.uuid4()), *desk.uids[:2])
    for good in ("1", "leopard_1", "LEOPARD_1"):
        assert client.get(f"/project/{app.stocked.id}/individuals/{good}").status_code == 200
    for bad in ("2", "0", "-1", "1.0", "one", "9" * 30, "leopard_", "١"):
        assert client.get(f"/project/{app.stocked.id}/individuals/{bad}").status_code == 404
