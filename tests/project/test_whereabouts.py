"""Where and when sightings were taken, as the matching reads it."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.movement.ranges import RangeModel
from spotid.project import notes, ranges, stations_kept, whereabouts
from spotid.project.folder import Project
from tests.conftest import Stock


def tell(project: Project, sql: str, *values: object) -> None:
    with project.store.write() as connection:
        connection.execute(sql, values)


@pytest.fixture
def survey(project: Project, stock: Stock) -> Stock:
    """The photographs of the stock, with a station each for the first two."""
    for number, name in enumerate(("River", "Hill")):
        station = stations_kept.add(project.store, name, 1.0 + number / 100, 36.0)
        tell(project, "UPDATE media SET station_id = ? WHERE id = ?", station, media_of(stock, number))
    for number in range(len(stock.ids)):
        taken = f"2026-03-{number + 1:02d}T06:00:00" if number != 2 else None
        tell(project, "UPDATE media SET captured_at = ? WHERE id = ?", taken, media_of(stock, number))
    tell(project, "UPDATE media SET station_id = NULL WHERE id = ?", media_of(stock, 2))
    return stock


def media_of(stock: Stock, number: int) -> int:
    return int(stock.project.store.value("SELECT media_id FROM sighting WHERE id = ?", stock.ids[number]))


def test_places_and_times_come_in_the_order_asked_for(survey: Stock) -> None:
    found = whereabouts.records(survey.project.store, [survey.ids[1], survey.ids[0], survey.ids[2]])
    assert found.degrees and found.scaled and len(found) == 3
    assert found.at[:2].tolist() == [[1.01, 36.0], [1.0, 36.0]] and np.isnan(found.at[2]).all()
    assert found.days[:2].tolist() == [1.0, 0.0] and np.isnan(found.days[2])
    assert [found.names[one] for one in found.station[:2]] == ["Hill", "River"] and found.station[2] == -1
    assert found.km(np.array(0), np.array(1)) == pytest.approx(1.11, abs=0.01)
    assert len(whereabouts.records(survey.project.store, [])) == 0


def test_a_photograph_without_a_station_is_where_its_receiver_says(survey: Stock) -> None:
    project, media = survey.project, media_of(survey, 2)
    tell(project, "UPDATE media SET gps_latitude = 1.5, gps_longitude = 36.5 WHERE id = ?", media)
    assert whereabouts.records(project.store, [survey.ids[2]]).at.tolist() == [[1.5, 36.5]]
    tell(project, "UPDATE media SET gps_latitude = 0, gps_longitude = 0 WHERE id = ?", media)
    assert np.isnan(whereabouts.records(project.store, [survey.ids[2]]).at).all()
    tell(project, "UPDATE media SET gps_latitude = 9, gps_longitude = 9")  # the station's place counts more
    assert whereabouts.records(project.store, [survey.ids[0]]).at.tolist() == [[1.0, 36.0]]


def test_metres_from_an_origin_are_kilometres_of_a_plane(survey: Stock) -> None:
    project = survey.project
    tell(project, "UPDATE station SET latitude = NULL, longitude = NULL, x_m = id * 1000.0, y_m = 500.0")
    tell(project, "UPDATE media SET gps_latitude = 9, gps_longitude = 9")
    found = whereabouts.records(project.store, survey.ids[:3])
    assert not found.degrees and found.scaled
    assert np.ptp(found.at[:2, 0]) == 1.0 and found.at[:2, 1].tolist() == [0.5, 0.5]
    assert np.isnan(found.at[2]).all(), "degrees have no place among metres"


def test_of_two_ways_to_tell_places_the_commoner_counts(survey: Stock) -> None:
    project = survey.project
    stations_kept.add(project.store, "Dam")
    tell(project, "UPDATE station SET x_m = 1, y_m = 2, latitude = NULL, longitude = NULL WHERE name = 'Dam'")
    found = whereabouts.records(project.store, survey.ids[:2])
    assert found.degrees and np.isfinite(found.at).all()


def test_limits_are_those_of_the_last_run_and_those_of_leopards_before(project: Project) -> None:
    assert whereabouts.limits(project.store) == whereabouts.Limits()
    whereabouts.keep_limits(project.store, whereabouts.Limits(80.0, 7.5))
    assert whereabouts.limits(project.store) == whereabouts.Limits(80.0, 7.5)
    for damaged in ("[]", "{", '{"speed_kmh": "fast"}', '{"speed_kmh": null}'):
        notes.put(project.store, whereabouts.NOTE, damaged)
        assert whereabouts.limits(project.store) == whereabouts.Limits()


def test_learnt_ranges_are_kept_and_forgotten(project: Project) -> None:
    assert ranges.learnt(project.store) is None
    model = RangeModel(2.0, 0.5, 900.0, 0.02, 12)
    ranges.keep(project.store, model)
    assert ranges.learnt(project.store) == model
    notes.put(project.store, ranges.NOTE, '{"sigma_km": -1}')
    assert ranges.learnt(project.store) is None
    ranges.keep(project.store, None)
    assert ranges.learnt(project.store) is None
