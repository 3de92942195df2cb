"""Far, fast and impossible are told rightly; the unknown gives no opinion; impossible pairs come last, not never."""

from __future__ import annotations

from typing import Any

import pytest

from spotid.movement.records import records_of
from spotid.project import stations_told
from spotid.project.stations_told import Line
from spotid.review.between import Journeys, saying
from spotid.review.desk import Desk
from spotid.review.question import Asked

NOON, LATER, SOON, DAYS = "2026-03-01T12:00:00", "2026-03-01T13:00:00", "2026-03-01T12:00:10", "2026-03-03T12:00:00"
WHERE = {"A": (0.0, 36.0), "B": (0.0, 36.1), "C": (0.0001, 36.0), "X": None}


def journeys(*seen: tuple[str | None, str | None], limit: float = 60.0, **how: Any) -> Journeys:
    places = [WHERE.get(station or "") for station, _ in seen]
    known = records_of([one for one, _ in seen], [time for _, time in seen], places, **how)
    return Journeys(known, [str(number) for number in range(len(seen))], limit)


def test_distances_and_speeds() -> None:
    far = journeys(("A", NOON), ("B", LATER)).between("0", "1")
    assert (round(far.km or 0, 2), far.speed, far.limit) == (11.12, "fast", 60.0)
    assert far.kmh == pytest.approx(far.km)
    assert journeys(("A", NOON), ("B", SOON)).between("0", "1").speed == "impossible"
    assert journeys(("A", NOON), ("C", NOON)).between("0", "1").speed == "", "two cameras of one place may fire at once"
    assert journeys(("A", NOON), ("B", DAYS)).between("0", "1").speed == ""


def test_the_limit_is_that_of_the_species() -> None:
    slow = journeys(("A", NOON), ("B", LATER), limit=9.0)
    assert slow.between("0", "1").speed == "impossible" and slow.impossible("1", "0")
    assert journeys(("A", NOON), ("B", LATER), limit=14.0).between("0", "1").speed == "fast"


def test_relative_coordinates_are_kilometres_and_without_a_scale_say_nothing() -> None:
    flat = journeys(("A", NOON), ("B", SOON), degrees=False).between("0", "1")
    assert flat.km == pytest.approx(0.1) and flat.speed == ""
    assert journeys(("A", NOON), ("B", SOON), degrees=False, scaled=False).between("0", "1").km is None


@pytest.mark.parametrize(
    "seen", [(("A", None), ("B", NOON)), (("A", NOON), ("X", NOON)), ((None, None), (None, None)), (("A", NOON),)]
)
def test_what_is_not_known_gives_no_opinion(seen: tuple[tuple[str | None, str | None], ...]) -> None:
    found = journeys(*seen)
    between = found.between("0", "1")
    assert between.kmh is None and between.speed == "" and not found.impossible("0", "1")


def test_what_place_and_time_say() -> None:
    assert [saying(one) for one in (2.0, -2.0, 0.1, None, float("nan"))] == ["for", "against", "little", "", ""]


def test_impossible_pairs_come_last_and_are_asked_all_the_same(stock: Any) -> None:
    store = stock.project.store
    before = Desk(stock.project, 5)
    stations_told.keep_table(store, [Line("North", "", 0.0, 36.0), Line("South", "", 0.0, 36.9)])
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:00'")
    desk = Desk(stock.project, 5)
    assert desk.queue.total.left == before.queue.total.left
    flagged = 0
    for anchor, offers in desk.queue.offers.items():
        marks = [desk.journeys.impossible(*offer.pair(anchor)) for offer in offers]
        assert marks == sorted(marks) and {one.comparison for one in offers} == {
            one.comparison for one in before.queue.offers[anchor]
        }
        flagged += sum(marks)
    assert flagged
    for way in ("certain", "useful"):
        line = desk.ways.find(way)
        first = line.ask(Asked(way))
        assert first.anchor and first.offer
        assert not desk.journeys.impossible(*first.offer.pair(first.anchor))
