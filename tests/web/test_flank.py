"""The side of a picture over the wire: what the page is told, and what it may send."""

from __future__ import annotations

import uuid

import pytest

from spotid.project import flanks
from spotid.web import bench_of, create_app
from spotid.words import Flank


@pytest.fixture
def app(stock):
    flanks.keep_guesses(stock.project.store, "flank-1", [(stock.ids[0], Flank.LEFT, 0.93, 0.0)])
    folder = stock.project.path
    stock.project.close()
    made = create_app()
    made.stocked = bench_of(made).open(folder)
    yield made
    bench_of(made).close()


def api(app, rest: str) -> str:
    return f"/api/project/{app.stocked.id}/{rest}"


def test_the_page_is_told_the_side_and_who_says_so(app, stock) -> None:
    client = app.test_client()
    pair = client.get(api(app, f"pair?anchor={stock.uids[0]}")).json
    assert (pair["anchor"]["flank"], pair["anchor"]["flank_score"], pair["anchor"]["flank_said"]) == (
        "left",
        0.93,
        False,
    )
    assert (pair["comparison"]["flank"], pair["comparison"]["flank_score"]) == ("unknown", None)
    said = {"uid": str(uuid.uuid4()), "sighting": pair["comparison"]["uid"], "flank": "right"}
    where = {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    reply = client.post(api(app, "flank"), json=said | where)
    assert reply.status_code == 200 and reply.json["kept"]["kind"] == "flank"
    after = reply.json["pair"]
    assert after["progress"]["left_out"] == 1 and after["comparison"]["uid"] != pair["comparison"]["uid"]
    assert client.post(api(app, "flank"), json=said | where).json["repeated"]
    undone = client.post(api(app, "undo"), json={"uid": str(uuid.uuid4())}).json
    assert undone["undone"]["kind"] == "flank"
    assert undone["pair"]["comparison"] == pair["comparison"]
    assert undone["pair"]["progress"]["left_out"] == 0


def test_what_is_no_side_is_refused(app, stock) -> None:
    client = app.test_client()
    said = {"uid": str(uuid.uuid4()), "sighting": stock.uids[0], "a": stock.uids[0]}
    assert client.post(api(app, "flank"), json=said | {"flank": "top"}).status_code == 400
    assert client.post(api(app, "flank"), json=said | {"flank": "left", "sighting": "f" * 16}).status_code == 404
    assert client.post(api(app, "flank"), json=said).status_code == 400
