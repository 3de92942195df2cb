"""Answers worth a second look, as the page is told of them."""

from __future__ import annotations

import uuid

from flask import Flask
from flask.testing import FlaskClient

from spotid.project import stations_told
from spotid.project.stations_told import Line


def test_the_page_is_told_of_them(client: FlaskClient, app: Flask) -> None:
    project = app.stocked  # type: ignore[attr-defined]
    stations_told.keep_table(project.store, [Line("North", "", 0.0, 36.0), Line("South", "", 0.0, 36.9)])
    with project.store.write() as connection:
        connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:00'")
    rows = project.store.all(
        "SELECT sighting.uid, station.name AS station FROM sighting JOIN media ON media.id = media_id"
        " JOIN station ON station.id = station_id ORDER BY sighting.id"
    )
    a, b = (next(row["uid"] for row in rows if row["station"] == name) for name in ("North", "South"))
    api = f"/api/project/{project.id}"
    answer = str(uuid.uuid4())
    assert client.post(f"{api}/answers", json={"uid": answer, "kind": "same", "a": a, "b": b}).status_code == 200
    told = client.get(f"{api}/conflicts/doubts").json
    (card,) = told["cards"]
    assert (told["count"], told["more"], told["earned"]) == (1, 0, False)
    assert {one["uid"] for one in card["pictures"]} == {a, b} and card["doubt"]["reason"] == "impossible"
    assert card["doubt"]["kmh"] > card["doubt"]["limit_kmh"] and card["joins"][0][0]["uid"] == answer
    kept = client.post(f"{api}/conflicts/keep", json={"uid": str(uuid.uuid4()), "target": answer, "reviewer": "KR"})
    assert kept.status_code == 200 and kept.json["kept"]["kind"] == "same"
    assert client.get(f"{api}/conflicts/doubts").json["cards"] == []
    back = client.post(f"{api}/conflicts/revert", json={"uid": str(uuid.uuid4()), "of": kept.json["kept"]["uid"]})
    assert back.status_code == 200 and client.get(f"{api}/conflicts/doubts").json["count"] == 1
    refused = client.post(f"{api}/conflicts/keep", json={"uid": str(uuid.uuid4()), "target": "no-such-answer"})
    assert refused.status_code == 404
