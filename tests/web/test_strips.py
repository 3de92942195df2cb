"""Times read from pictures, as the page asks for them: told, tried out, confirmed, refused, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from spotid.intake import strips_read
from spotid.intake.strip import Seen
from spotid.intake.strip_dates import moment
from spotid.project import strips
from spotid.web import bench_of, create_app

TEXT = "04/03/2021 10:{:02}:00"


@pytest.fixture
def api(app) -> str:
    """The stocked photographs have no date but in their writing: three North may be April or March."""
    store = app.stocked.store
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = NULL, clock_at = NULL, time_source = NULL, sha256 = uid")
    readings = []
    for number, row in enumerate(store.all("SELECT * FROM media ORDER BY id")):
        south = row["relpath"].startswith("South")
        text = f"2021-05-0{number} 09:00:00" if south else TEXT.format(number)
        seen = Seen(text, moment(text, (1.0,) * len(text)), ("CREEK <7>",))
        readings.append(strips.Reading(row["id"], strips.card_of(row), row["sha256"], strips_read.written(seen), ("",)))
    strips.keep(store, readings)
    return f"/api/project/{app.stocked.id}"


def captured(app) -> list[str | None]:
    return [row["captured_at"] for row in app.stocked.store.all("SELECT captured_at FROM media ORDER BY id")]


def test_the_page_and_its_empty_state(app, client) -> None:
    assert client.get(f"/project/{app.stocked.id}/strips").status_code == 200
    assert client.get(f"/api/project/{app.stocked.id}/strips").json == {"cards": [], "waiting": 0, "more": 0}
    assert "strips-wait" not in client.get(f"/project/{app.stocked.id}/").text


def test_cards_are_told_and_nothing_is_used_by_looking(app, client, api) -> None:
    told = client.get(f"{api}/strips").json
    assert told["waiting"] == 2
    north, south = (client.get(f"{api}/strip-card", query_string={"card": one["card"]}).json for one in told["cards"])
    assert told["cards"][0] == {name: north[name] for name in ("card", "folder", "pictures", "state")}
    assert (north["folder"], north["orders"], north["order"], north["times"]) == (
        "North/100MEDIA",
        ["DMY", "MDY"],
        "",
        0,
    )
    assert (south["order"], south["times"], south["first"]) == ("YMD", 3, "2021-05-03T09:00:00")
    shown = client.get(f"{api}/strip-card", query_string={"card": north["card"], "day_order": "DMY"}).json
    assert [one["time"] for one in shown["examples"]] == [f"2021-03-04T10:0{n}:00" for n in range(3)]
    assert captured(app) == [None] * 6
    assert "6 photographs without a date" in client.get(f"/project/{app.stocked.id}/").text


def test_confirm_refuse_and_take_back(app, client, api) -> None:
    north, south = (one["card"] for one in client.get(f"{api}/strips").json["cards"])
    unclear = client.post(f"{api}/strip-word", json={"card": north, "said": "confirm"})
    assert unclear.status_code == 400 and "which number is the day" in unclear.json["error"]["sentence"]
    body = {"card": north, "said": "confirm", "day_order": "MDY", "camera": True, "reviewer": "AB"}
    told = client.post(f"{api}/strip-word", json=body).json
    assert told["changed"] == 3 and told["waiting"] == 1
    first = datetime(2021, 4, 3, 10)
    assert captured(app) == [(first + timedelta(minutes=n)).isoformat() for n in range(3)] + [None] * 3
    uid = app.stocked.store.value("SELECT uid FROM media ORDER BY id LIMIT 1")
    assert "(read from the picture)" in client.get(f"/project/{app.stocked.id}/photograph/{uid}").text
    assert client.post(f"{api}/strip-word", json={"card": south, "said": "refuse"}).json["waiting"] == 0
    assert client.post(f"{api}/strip-word", json={"card": north, "said": "back"}).json["changed"] == 3
    assert captured(app) == [None] * 6
    states = [one["state"] for one in client.get(f"{api}/strips").json["cards"]]
    assert states == ["waits", "refused"]


def test_the_desk_knows_the_new_visits(app, client, api) -> None:
    uids = [row["uid"] for row in app.stocked.store.all("SELECT uid FROM sighting ORDER BY id LIMIT 3")]
    desk = bench_of(app).desk(app.stocked.id)
    assert {desk.seen[uid].captured_at for uid in uids} == {None}
    north = client.get(f"{api}/strips").json["cards"][0]["card"]
    client.post(f"{api}/strip-word", json={"card": north, "said": "confirm", "day_order": "MDY"})
    desk = bench_of(app).desk(app.stocked.id)
    assert [desk.seen[uid].captured_at for uid in uids] == [f"2021-04-03T10:0{n}:00" for n in range(3)]
    assert len({desk.seen[uid].visit for uid in uids}) == 1


@pytest.mark.parametrize("body", [{}, {"card": "x", "said": "confirm"}, {"card": "x", "said": "shout"}, {"card": 3}])
def test_what_is_no_card_or_no_word_is_refused(app, client, api, body: dict) -> None:
    reply = client.post(f"{api}/strip-word", json=body)
    assert reply.status_code in (400, 404) and reply.json["error"]["sentence"]


def test_an_order_that_is_none_is_refused(client, api) -> None:
    card = client.get(f"{api}/strips").json["cards"][0]["card"]
    assert client.get(f"{api}/strip-card", query_string={"card": card, "day_order": "../x"}).status_code == 400


def test_the_strip_of_a_picture(app, client, api) -> None:
    uid = app.stocked.store.value("SELECT uid FROM media LIMIT 1")
    reply = client.get(f"/project/{app.stocked.id}/media/{uid}/strip")
    assert reply.status_code == 200 and reply.mimetype == "image/jpeg"
    for other in ("0" * 16, "..", "x"):
        assert client.get(f"/project/{app.stocked.id}/media/{other}/strip").status_code == 404


def test_who_only_looks_confirms_nothing(app, client, api) -> None:
    card = client.get(f"{api}/strips").json["cards"][1]["card"]
    other = create_app()
    project = bench_of(other).open(app.stocked.path, looking=True)
    reply = other.test_client().post(f"/api/project/{project.id}/strip-word", json={"card": card, "said": "confirm"})
    assert reply.status_code == 423 and captured(app) == [None] * 6
    bench_of(other).close()
