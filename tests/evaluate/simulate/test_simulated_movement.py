"""Movement: nobody is in two places at once, and no one travels faster than a leopard walks."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.evaluate.simulate import movement, schedule, strips

START = datetime(2025, 3, 1)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), stations=st.integers(1, 12), individuals=st.integers(1, 6))
def test_no_one_travels_too_fast(seed: int, stations: int, individuals: int) -> None:
    places = movement.place_stations(seed, stations, 0.5, START, 30)
    between = movement.distances_km(places)
    for visits in movement.roam(seed, individuals, places, START, 30, 12):
        assert visits == sorted(visits, key=lambda v: v.moment)
        for a, b in pairwise(visits):
            hours = (b.moment - a.moment).total_seconds() / 3600
            assert between[a.station, b.station] <= movement.FASTEST_KMH * hours + 1e-6


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), frames=st.integers(1, 200), share=st.floats(0, 1))
def test_as_many_shots_as_asked_for(seed: int, frames: int, share: float) -> None:
    places = movement.place_stations(seed, 4, 0.5, START, 30)
    shots = schedule.plan_shots(seed, 3, places, START, 30, frames, share, 0.4)
    assert len(shots) == frames
    assert sum(shot.visit is None for shot in shots) >= round(frames * share)
    for shot in shots:
        camera = places[shot.station].cameras[shot.camera]
        assert camera.start <= shot.moment <= camera.end


def test_paired_cameras_fire_within_seconds_and_see_both_flanks() -> None:
    places = movement.place_stations(5, 4, 1.0, START, 30)
    assert all([c.side for c in place.cameras] == [1, -1] for place in places)
    shots = [s for s in schedule.plan_shots(5, 3, places, START, 30, 80, 0.2, 0.0) if s.visit]
    pairs = [(a, b) for a in shots for b in shots if a.visit == b.visit and a.camera < b.camera]
    assert pairs
    assert all(abs((a.moment - b.moment).total_seconds()) <= 4 for a, b in pairs)


def test_moon_is_full_when_it_was() -> None:
    assert abs(strips.moon_age(datetime(2025, 3, 14, 6, 55)) - 0.5) < 0.03
    assert min(strips.moon_age(datetime(2025, 3, 29, 11, 0)), 1 - strips.moon_age(datetime(2025, 3, 29, 11, 0))) < 0.04
