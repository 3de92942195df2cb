"""Home ranges: what a distance says follows from the animals and from where the cameras stand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.movement.ranges import DEFAULT, Located, RangeModel, fit, from_json
from spotid.movement.records import Records


def survey(animals: int, each: int, sigma: float, seed: int, stations: int = 64) -> tuple[Records, np.ndarray]:
    """Animals about the middles of their ranges, seen by a grid of cameras 2 km apart; and who is who."""
    rng = np.random.default_rng(seed)
    wide = round(stations**0.5)
    grid = np.array([(2.0 * (n % wide), 2.0 * (n // wide)) for n in range(stations)])
    at, who = [], []
    for animal in range(animals):
        middle = grid[rng.integers(stations)]
        share = np.exp(-((grid - middle) ** 2).sum(axis=1) / (2 * sigma**2))
        at += rng.choice(stations, each, p=share / share.sum()).tolist()
        who += [animal] * each
    days = rng.uniform(0, 400, len(at))
    return Records(grid[at], days, np.array(at), tuple(map(str, range(stations))), degrees=False), np.array(who)


def pairs_of(who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one, other = np.triu_indices(len(who), 1)
    same = who[one] == who[other]
    return one[same], other[same]


@pytest.mark.parametrize("sigma", [1.0, 2.5, 5.0])
def test_width_of_ranges_is_found_from_named_animals(sigma: float) -> None:
    records, who = survey(60, 6, sigma, seed=3)
    one, other = pairs_of(who)
    found = fit(records, one, other, np.full(len(one), 0.2), animals=60)
    assert sigma / 1.6 < found.sigma_km < sigma * 1.6
    assert found.animals == 60


def test_distance_speaks_for_near_and_against_far_pairs() -> None:
    records, _ = survey(60, 6, 2.0, seed=1)
    said = Located(records, RangeModel(sigma_km=2.0))
    far = np.array([int(np.argmax(records.km(np.arange(len(records)), np.array(0))))])
    near = np.flatnonzero(records.station == records.station[0])[1:2]
    assert said.pairs(np.array([0]), near)[0] > 0.5
    assert said.pairs(np.array([0]), far)[0] < -1.0


def test_what_place_and_time_say_is_on_average_a_likelihood_ratio() -> None:
    """Over pairs of two animals the mean ratio of a calibrated model is about 1; over pairs of one it is above."""
    records, who = survey(120, 4, 2.0, seed=5)
    one, other = np.triu_indices(len(who), 1)
    ratio = np.exp(Located(records, RangeModel(sigma_km=2.0, tau_days=1.0, life_days=1e6)).pairs(one, other))
    same = who[one] == who[other]
    assert ratio[~same].mean() == pytest.approx(1.0, abs=0.25)
    assert ratio[same].mean() > 2.0


def test_missing_place_or_time_says_nothing() -> None:
    records, _ = survey(10, 3, 2.0, seed=2)
    records.at[3] = np.nan
    records.days[4] = np.nan
    said = Located(records).matrix()
    assert not said[3].any()
    assert not said[4].any()
    assert not said[:, 3].any()
    assert np.isfinite(said).all()


def test_nothing_known_at_all() -> None:
    nowhere = Records(np.full((5, 2), np.nan), np.full(5, np.nan), np.full(5, -1))
    assert not Located(nowhere).matrix().any()
    assert fit(nowhere, np.array([0]), np.array([1]), np.ones(1)) == DEFAULT
    empty = Records(np.empty((0, 2)), np.empty(0), np.empty(0, np.int64))
    assert Located(empty).matrix().shape == (0, 0)


def test_one_station_alone_speaks_for_nobody() -> None:
    """Where all pictures are of one place, the place tells animals apart no more than chance."""
    single = Records(np.zeros((6, 2)), np.arange(6.0), np.zeros(6, np.int64), ("A",), degrees=False)
    said = Located(single, RangeModel(life_days=1e9)).matrix()
    assert np.abs(said).max() < 0.05


@given(
    sigma=st.floats(0.05, 200), tau=st.floats(0.001, 1e4), life=st.floats(1, 1e6), wrong=st.floats(0.001, 0.5),
    seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_any_model_is_symmetric_bounded_and_finite(
    sigma: float, tau: float, life: float, wrong: float, seed: int
) -> None:
    records, _ = survey(6, 3, 2.0, seed)
    said = Located(records, RangeModel(sigma, tau, life, wrong)).matrix()
    assert np.isfinite(said).all()
    assert np.allclose(said, said.T)
    assert said.min() >= math.log(wrong) - 1e-5


def test_farther_is_never_likelier_at_one_gap() -> None:
    km = np.linspace(0, 60, 200)
    line = Records(np.stack([km, np.zeros(200)], axis=1), np.zeros(200), np.arange(200), degrees=False)
    line.days[:] = np.arange(200) * 0.0
    later = Records(line.at, np.where(np.arange(200) == 0, 30.0, 0.0), line.station, degrees=False)
    said = Located(later).pairs(np.zeros(199, int), np.arange(1, 200))
    assert (np.diff(said) <= 1e-9).all()


def test_json_round_trip_and_refusals() -> None:
    model = RangeModel(2.5, 3.0, 700.0, 0.02, animals=9)
    assert from_json(model.to_json()) == model
    for broken in ({}, {**model.to_json(), "sigma_km": 0}, {**model.to_json(), "wrong": float("nan")}):
        with pytest.raises((KeyError, ValueError)):
            from_json(broken)


def test_same_in_the_same_order_twice() -> None:
    records, who = survey(20, 4, 2.0, seed=8)
    one, other = pairs_of(who)
    weight = np.ones(len(one))
    assert fit(records, one, other, weight) == fit(records, one, other, weight)


def test_stations_without_places_are_told_apart_by_name() -> None:
    nowhere = Records(np.full((40, 2), np.nan), np.arange(40.0), np.arange(40) % 8, tuple("ABCDEFGH"))
    assert not Located(nowhere).matrix().any()
    said = Located(nowhere, RangeModel(life_days=1e9), by_station=True).matrix()
    assert said[0, 8] > 0.5  # one station of eight
    assert -0.5 < said[0, 1] < 0
    single = Records(np.full((9, 2), np.nan), np.arange(9.0), np.zeros(9, np.int64), ("A",))
    assert np.abs(Located(single, RangeModel(life_days=1e9), by_station=True).matrix()).max() < 1e-3
