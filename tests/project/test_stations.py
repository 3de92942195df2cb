"""Stations: typed, joined, placed by hand, by a table and by their photographs; photographs that have none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import clocks, deployments, stations_kept, stations_placed, stations_told
from spotid.project.stations_told import Line
from tests.project.camera_days import Card


@pytest.fixture
def card(project) -> Card:
    return Card(project)


def by_name(store) -> dict[str, stations_kept.Station]:
    return {one.name: one for one in stations_kept.stations(store)}


def test_a_station_is_what_its_photographs_and_people_say(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00", "2019-03-06T10:00:00")
    card.take("K12", "Camera A/DCIM/100MEDIA", "2019-03-07T10:00:00")
    clocks.settle(card.store)
    one = by_name(card.store)["K12"]
    assert (one.photographs, one.cameras, one.first, one.last, one.deployments) == (
        *(3, ("Camera A",)),
        *("2019-03-05T10:00:00", "2019-03-07T10:00:00", 1),
    )
    assert one.sensitive and one.latitude is None
    stations_kept.rename(card.store, one.id, " River  bend ")
    stations_kept.keep_sensitive(card.store, one.id, False)
    stations_kept.place(card.store, one.id, -15.5, 28.25)
    one = stations_kept.station(card.store, one.id)
    assert (one.name, one.sensitive, one.latitude, one.placed_by) == ("River bend", False, -15.5, "person")
    stations_kept.keep_sensitive(card.store, None, True)
    stations_kept.place(card.store, one.id, None, None)
    one = stations_kept.station(card.store, one.id)
    assert (one.sensitive, one.latitude, one.placed_by) == (True, None, "")


def test_what_can_not_be_a_station(card) -> None:
    one = stations_kept.add(card.store, "K12")
    other = stations_kept.add(card.store, "L")
    with pytest.raises(BadRequestError, match="a station “K12” already"):
        stations_kept.add(card.store, "k12")
    with pytest.raises(BadRequestError, match="join the two"):
        stations_kept.rename(card.store, other, "K12")
    stations_kept.rename(card.store, one, "k12")
    for name in ("", "  ", "x" * 101, "a\0b"):
        with pytest.raises(BadRequestError, match="needs a name"):
            stations_kept.add(card.store, name)
    for place, words in (
        ((91, 0), "no place"),
        ((0, 0), "know no place"),
        ((5, None), "Only one"),
        ((120, 38), "each other's"),
    ):
        with pytest.raises(BadRequestError, match=words):
            stations_kept.place(card.store, one, *place)
    with pytest.raises(BadRequestError, match="itself"):
        stations_kept.join(card.store, one, one)
    with pytest.raises(NotFoundError):
        stations_kept.station(card.store, 99)


def test_two_spellings_become_one_and_nothing_said_is_lost(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    card.take("K-12", "A", "2019-03-06T10:00:00")
    clocks.settle(card.store)
    for one in deployments.deployments(card.store):
        clocks.say(card.store, one.id, 60)
        deployments.change(card.store, one.id, "A", "2019-03-01", "2019-04-01")
    known = by_name(card.store)
    stations_kept.place(card.store, known["K-12"].id, 38.1, 75.1)
    stations_kept.join(card.store, known["K-12"].id, known["K12"].id)
    clocks.settle(card.store)
    (one,) = stations_kept.stations(card.store)
    assert (one.name, one.photographs, one.latitude, one.deployments) == ("K12", 2, 38.1, 1)
    assert card.times() == ["2019-03-05T10:01:00", "2019-03-06T10:01:00"]
    card.take("K-12", "A", "2019-03-06T10:00:00")  # read again from the old folder's name: a station of its own
    assert len(stations_kept.stations(card.store)) == 2


@pytest.mark.parametrize("state", ["found", "problem", "missing"])
def test_a_photograph_that_was_not_read_lacks_no_station(card, state: str) -> None:
    card.take(None, "", "2019-03-05T10:00:00")
    assert len(stations_kept.without(card.store)) == 1
    with card.store.write() as connection:
        connection.execute("UPDATE media SET state = ?", (state,))
    assert stations_kept.without(card.store) == []


def test_photographs_without_a_station_are_told_and_given_one(card) -> None:
    card.take(None, "", "2019-03-05T10:00:00", "2019-03-06T10:00:00")
    card.take("K12", "A", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    (folder,) = stations_kept.without(card.store)
    assert (folder.folder, folder.photographs) == ("loose/x", 2)
    one = by_name(card.store)["K12"].id
    assert stations_kept.give(card.store, [folder.uid], one, "B") == 1
    assert stations_kept.give(card.store, folder.folder, one) == 1
    clocks.settle(card.store)
    assert stations_kept.without(card.store) == [] and None not in card.homes()
    rows = card.store.all("SELECT camera, station_by FROM media ORDER BY id")
    assert sorted(row["camera"] for row in rows) == ["", "A", "B"]
    with pytest.raises(BadRequestError, match="has photographs"):
        stations_kept.remove(card.store, one)
    other = stations_kept.add(card.store, "empty")
    deployments.add(card.store, other, "A", "2019-03-01")
    stations_kept.remove(card.store, other)
    assert list(by_name(card.store)) == ["K12"]


def test_what_a_person_said_stays_when_the_file_is_read_again(card) -> None:
    from spotid.project import media

    card.take("K12", "A", "2019-03-05T10:00:00")
    other = stations_kept.add(card.store, "L")
    stations_kept.give(card.store, card.uids, other, "B")
    with card.store.write() as connection:
        connection.execute("UPDATE media SET clock_at = '2019-03-09T10:00:00', time_source = 'sheet'")
    clocks.settle(card.store)
    fact = media.Facts(1, "1" * 64, 64, 48, "2019-03-05T10:00:00", "exif", "K12", "A", None, None, None, "folder")
    media.keep_facts(card.store, [fact])
    clocks.settle(card.store)
    row = card.store.one("SELECT * FROM media")
    assert (row["station_id"], row["camera"], row["captured_at"], row["time_source"]) == (
        *(other, "B", "2019-03-09T10:00:00", "sheet"),
    )


def test_photographs_place_a_station_if_they_agree(card) -> None:
    near = [(38.1000, 75.1000), (38.1004, 75.1002), (38.1001, 75.0999)]
    for place in near:
        card.take("K12", "A", "2019-03-05T10:00:00", gps=place)
    card.take("L", "A", "2019-03-05T10:00:00", gps=(38.1, 75.1))
    card.take("L", "A", "2019-03-05T10:00:00", gps=(38.2, 75.1))
    card.take("M", "A", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    known = by_name(card.store)
    assert (known["K12"].latitude, known["K12"].longitude, known["K12"].placed_by) == (38.1001, 75.1, "photographs")
    assert known["L"].latitude is None and known["M"].latitude is None
    assert {station: round(away) for station, away in stations_placed.scattered(card.store).items()} == {
        known["L"].id: 5560  # half of 11.1 km
    }
    stations_told.keep_table(card.store, [Line("K12", "", 38.5, 75.5)])
    clocks.settle(card.store)
    assert (by_name(card.store)["K12"].latitude, by_name(card.store)["K12"].placed_by) == (38.5, "table")


def test_one_stray_receiver_in_ten_is_no_quarrel(card) -> None:
    for number in range(10):
        card.take("K12", "A", "2019-03-05T10:00:00", gps=(38.1, 75.1) if number else (10.0, 20.0))
    clocks.settle(card.store)
    assert by_name(card.store)["K12"].latitude == 38.1


def test_beside_the_180th_meridian() -> None:
    centre, away = stations_placed.middle([(-17.0, 179.9999), (-17.0, -179.9999), (-17.0, 179.9998)])
    assert away < 50 and abs(abs(centre[1]) - 180) < 0.001


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(-0.0005, 0.0005), st.floats(-0.0005, 0.0005))
def test_metres_are_those_of_a_sphere(latitude: float, longitude: float, up: float, right: float) -> None:
    import math

    here, there = (latitude, longitude), (latitude + up, longitude + right)
    flat = math.hypot(up, right * math.cos(math.radians(latitude + up / 2))) * math.pi / 180 * stations_placed.EARTH_M
    assert stations_placed.metres(here, there) == pytest.approx(flat, rel=1e-3, abs=0.01)
