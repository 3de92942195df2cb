"""Stations with a wrong clock or place, found from what people have confirmed; told on pages, hushed, left out."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from spotid.project import clocks, notes, odd_stations, stations_kept, whereabouts
from spotid.project.folder import Project
from spotid.review.desk import Desk
from spotid.web import bench_of, create_app
from tests.project.camera_days import Card

START = datetime(2025, 3, 1)


def fill(project: Project, wrong_year: str = "") -> list[int]:
    """Twenty-four animals about sixteen stations, confirmed. Returns the sightings' row ids."""
    rng, card = np.random.default_rng(1), Card(project)
    who = []
    for animal in range(24):
        home = rng.integers(16)
        for _ in range(6):
            step = rng.choice([(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)])
            x, y = min(3, max(0, home % 4 + step[0])), min(3, max(0, home // 4 + step[1]))
            name = f"S{4 * y + x:02d}"
            when = START + timedelta(days=float(rng.uniform(0, 80)) + (365 if name == wrong_year else 0))
            card.take(name, "A", when.isoformat(timespec="seconds"))
            who.append(animal)
    clocks.settle(project.store)
    stand(project, {})
    uids = [f"s{number:015d}" for number in range(len(who))]
    with project.store.write() as connection:
        for number, uid in enumerate(card.uids):
            connection.execute(
                "INSERT INTO sighting (id, uid, media_id, x, y, w, h, score, boxed_by, state)"
                " SELECT ?, ?, id, 0, 0, 1, 1, 1, 'test', 'embedded' FROM media WHERE uid = ?",
                (number + 1, uids[number], uid),
            )
        for number in range(1, len(who)):
            if who[number] == who[number - 1]:
                connection.execute(
                    "INSERT INTO decision (uid, kind, a, b, made_at) VALUES (?, 'same', ?, ?, '2025-06-01T00:00:00Z')",
                    (f"d{number:015d}", uids[number - 1], uids[number]),
                )
        for number in range(1, 25):
            values = (number, f"leopard_{number}")
            connection.execute("INSERT INTO individual (id, number, code, born_of) VALUES (?1, ?1, ?2, ?1)", values)
    assert len(Desk(project, 5).identities.individuals()) == len(uids)  # and writes them
    return list(range(1, len(who) + 1))


def stand(project: Project, exchanged: dict[str, str]) -> None:
    """Place the stations on a square, 3 km apart, some in another one's place."""
    at = {f"S{k:02d}": (3000.0 * (k % 4), 3000.0 * (k // 4)) for k in range(16)}
    for one in stations_kept.stations(project.store):
        stations_kept.place_beside(project.store, one.id, *at[exchanged.get(one.name, one.name)])


def test_exchanged_places_are_told_and_sound_ones_are_not(project) -> None:
    assert odd_stations.found(project.store) == []
    ids = fill(project)
    assert odd_stations.found(project.store) == []
    records = whereabouts.records(project.store, ids)
    assert odd_stations.trusted(project.store, records, ids) is records
    stand(project, {"S02": "S13", "S13": "S02"})
    (odd,) = odd_stations.found(project.store)
    assert not odd.of_clock and odd.deployment_id is None
    assert {odd.oddity.station, odd.oddity.partner} == {"S02", "S13"}


def test_a_clock_a_year_off_is_told_with_its_page_hushed_and_left_out(project) -> None:
    ids = fill(project, wrong_year="S05")
    (odd,) = odd_stations.found(project.store)
    assert odd.of_clock and odd.oddity.station == "S05" and odd.oddity.days == -365 and odd.deployment_id is not None
    records = whereabouts.records(project.store, ids)
    left = odd_stations.trusted(project.store, records, ids[::-1])  # asked for in another order
    mine = records.station == records.names.index("S05")
    assert np.isnan(left.days[mine[::-1]]).all() and np.isnan(left.days).sum() == mine.sum()
    station = next(one for one in stations_kept.stations(project.store) if one.name == "S05")
    for name in ("<b>x</b>", "a{0}b “S”", "x" * 90, "ŚČ ‮5"[:2]):
        stations_kept.rename(project.store, station.id, name)
        (odd,) = odd_stations.found(project.store)
        assert odd.oddity.station == name and name in odd.oddity.sentence
    project.close()
    app = create_app()
    opened = bench_of(app).open(project.path)
    client, api = app.test_client(), f"/api/project/{opened.id}"
    told = client.get(f"{api}/odd").json
    assert [one["name"] for one in told["clocks"]] == [name] and told["places"] == [] and told["notes"] == []
    line = told["clocks"][0]
    assert line["left"] < line["improbable"] <= line["pairs"] and "one too late" in line["advice"]
    assert client.get(line["url"]).status_code == 200
    assert client.post(f"{api}/odd-hush", json={"key": ""}).status_code == 400
    assert client.post(f"{api}/odd-hush", json={"key": line["key"]}).json["clocks"] == []
    assert odd_stations.found(opened.store) == [] and odd_stations.hushed(opened.store) == [line["key"]]
    notes.put(opened.store, odd_stations.KEPT, "{broken")
    assert len(odd_stations.found(opened.store)) == 1
    bench_of(app).close()


def test_what_has_not_changed_is_not_worked_out_again(project, monkeypatch) -> None:
    fill(project, wrong_year="S05")
    (odd,) = odd_stations.found(project.store)
    asked: list[str] = []
    monkeypatch.setattr("spotid.movement.oddities.oddities", lambda *_, **__: asked.append("again") or [])
    assert odd_stations.found(project.store) == [odd] and asked == []
    Desk(project, 5).answer("22222222-bbbb", "different", "s000000000000000", "s000000000000006")
    assert odd_stations.found(project.store) == [odd] and asked == []  # who is who is as before
    stand(project, {"S02": "S13", "S13": "S02"})
    assert odd_stations.found(project.store) == [] and asked == ["again"]
