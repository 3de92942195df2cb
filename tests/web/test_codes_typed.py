"""Individuals of several species on the pages: codes by the project's profiles, found by number and code."""

from __future__ import annotations

import uuid

import pytest

from spotid.project import ledger, parts_kept, species
from spotid.review import deeds, marks
from spotid.web import bench_of


@pytest.fixture
def uids(app) -> list[str]:
    """The sightings; the second two are tigers, and two more that nobody named."""
    found = [row["uid"] for row in app.stocked.store.all("SELECT uid FROM sighting ORDER BY id")]
    species.say(app.stocked.store, found[2:4], "Panthera tigris", lambda _: True)
    return found


def desk(app):
    return bench_of(app).desk(app.stocked.id)


def found(client, app, typed: str) -> list[str]:
    reply = client.get(f"/api/project/{app.stocked.id}/individuals", query_string={"find": typed})
    return [one["code"] for one in reply.json["individuals"]]


def test_a_number_means_the_individual_whatever_its_word(app, client, uids) -> None:
    parts_kept.keep_profiles(app.stocked.store, ["leopard", "tiger"])
    deeds.assign(desk(app), str(uuid.uuid4()), *uids[2:4])
    marks.mark(desk(app), str(uuid.uuid4()), "new", uids[0])
    assert ledger.codes(app.stocked.store) == {1: "tiger_1", 2: "leopard_2"}
    for good in ("1", "tiger_1", "TIGER_1", "2", "leopard_2"):
        assert client.get(f"/project/{app.stocked.id}/individuals/{good}").status_code == 200, good
    for bad in ("leopard_1", "tiger_2", "tiger_", "tiger1", "3"):
        assert client.get(f"/project/{app.stocked.id}/individuals/{bad}").status_code == 404, bad
    for typed in ("1", "tiger_1", "Tiger_1", "tig"):
        assert found(client, app, typed)[0] == "tiger_1", typed
    assert found(client, app, "2")[0] == "leopard_2" and found(client, app, "_") == ["leopard_2", "tiger_1"]
    assert "tiger_1" in client.get(f"/project/{app.stocked.id}/individuals").text


def test_a_profile_that_comes_while_the_project_is_open_counts_at_once(app, client, uids) -> None:
    marks.mark(desk(app), str(uuid.uuid4()), "new", uids[2])
    reply = client.post(f"/api/project/{app.stocked.id}/parts/profiles", json={"profiles": ["leopard", "tiger"]})
    assert reply.status_code == 200
    said = {"uid": str(uuid.uuid4()), "kind": "new", "sightings": [uids[3]]}
    told = client.post(f"/api/project/{app.stocked.id}/deeds/say", json=said).json
    assert told["individual"] == {"number": 2, "code": "tiger_2", "name": ""}
    assert ledger.codes(app.stocked.store) == {1: "leopard_1", 2: "tiger_2"}, "a code once given stays"


def test_in_a_project_of_tigers_all_are_tigers(app, uids) -> None:
    parts_kept.keep_profiles(app.stocked.store, ["tiger"])
    deeds.assign(desk(app), str(uuid.uuid4()), uids[0], uids[3])
    assert ledger.codes(app.stocked.store) == {1: "tiger_1"}
