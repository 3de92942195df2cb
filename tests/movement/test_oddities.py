"""Stations with a wrong clock or place are named with what would put them right; healthy surveys are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.movement import clock_fits, oddities, tracks
from spotid.movement.oddities import trusted
from spotid.movement.records import Records


def survey(seed: int = 0, side: int = 4, animals: int = 24, days: float = 90.0, degrees: bool = False) -> Records:
    """Animals with home ranges on a square of stations 3 km apart, seen by night, often again soon and nearby; the
    numbers of the animals are ``who(records)``."""
    rng = np.random.default_rng(seed)
    at = np.array([(3.0 * (k % side), 3.0 * (k // side)) for k in range(side * side)])
    rows: list[tuple[int, int, float]] = []
    for animal in range(animals):
        near = np.exp(-((at - at[rng.integers(len(at))]) ** 2).sum(axis=1) / (2 * 3.0**2))
        for _ in range(8):
            day = float(np.floor(rng.uniform(0, days)) + rng.normal(22, 2) / 24)
            rows.append((animal, int(rng.choice(len(at), p=near / near.sum())), day))
            if rng.random() < 0.6:
                rows.append((animal, int(rng.choice(len(at), p=near / near.sum())), day + rng.uniform(0.1, 0.4)))
    rows.sort(key=lambda row: row[2])
    station = np.array([row[1] for row in rows])
    places = np.array([(-20 + y / 111.2, 30 + x / 104.5) for x, y in at]) if degrees else at
    names = tuple(f"S{k:02d}" for k in range(len(at)))
    records = Records(places[station], np.array([row[2] for row in rows]) - rows[0][2], station, names, degrees)
    WHO[id(records)] = np.array([row[0] for row in rows])
    return records


WHO: dict[int, np.ndarray] = {}


def pairs(who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each sighting with the next one of its animal."""
    found = [(a, b) for k in np.unique(who) for a, b in zip(*_next(np.flatnonzero(who == k)), strict=True)]
    return np.array([a for a, _ in found], np.int64), np.array([b for _, b in found], np.int64)


def _next(members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return members[:-1], members[1:]


def stocked(seed: int = 0, **given: object) -> tuple[Records, np.ndarray, np.ndarray]:
    records = survey(seed, **given)  # type: ignore[arg-type]
    return (records, *pairs(WHO.pop(id(records))))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("degrees", [False, True])
def test_healthy_surveys_are_left_alone(seed: int, degrees: bool) -> None:
    records, one, other = stocked(seed, degrees=degrees)
    assert oddities.oddities(records, one, other) == []


def test_a_clock_in_another_year_is_named_and_loses_its_say() -> None:
    records, one, other = stocked()
    mine = records.station == 5
    ill = replace(records, days=np.where(mine, records.days + 365, records.days))
    (odd,) = oddities.oddities(ill, one, other)
    assert (odd.station, odd.kind, odd.days) == ("S05", "times", -365) and "one too late" in odd.repair
    assert odd.improbable > 0.9 * odd.pairs and odd.left < 0.1 * odd.pairs and "S05" in odd.sentence
    left = trusted(ill, [odd])
    assert np.isnan(left.days[mine]).all() and not np.isnan(left.days[~mine]).any()
    assert np.array_equal(left.at, ill.at) and not np.isnan(ill.days).any(), "a copy"


def test_a_clock_days_off_in_a_long_survey_is_named() -> None:
    records, one, other = stocked(animals=30, days=200.0)
    mine = records.station == 6
    ill = replace(records, days=np.where(mine, records.days + 41, records.days))
    found = oddities.oddities(ill, one, other)
    assert [(odd.station, odd.kind) for odd in found] == [("S06", "clock")]
    assert found[0].days == pytest.approx(-41, abs=1) and "days fast" in found[0].repair


def test_stations_in_each_others_place_are_named() -> None:
    records, one, other = stocked()
    at = records.at.copy()
    at[records.station == 0], at[records.station == 15] = (9.0, 9.0), (0.0, 0.0)
    (odd,) = oddities.oddities(replace(records, at=at), one, other)
    assert odd.kind == "swap" and {odd.station, odd.partner} == {"S00", "S15"}
    assert odd.left < odd.improbable and "exchanged" in odd.sentence
    left = trusted(records, [odd])
    assert np.isnan(left.at[np.isin(records.station, (0, 15))]).all() and not np.isnan(left.days).any()


def test_a_digit_too_many_and_a_place_elsewhere_are_named() -> None:
    records, one, other = stocked()
    at = np.where((records.station == 9)[:, None], records.at + (0.0, 900.0), records.at)
    (odd,) = oddities.oddities(replace(records, at=at), one, other)
    assert (odd.station, odd.kind) == ("S09", "far") and odd.improbable == odd.pairs
    records, one, other = stocked(animals=40)
    at = np.where((records.station == 0)[:, None], (9.3, 8.8), records.at)
    (odd,) = oddities.oddities(replace(records, at=at), one, other)
    assert (odd.station, odd.kind) in {("S00", "place"), ("S00", "swap")}


def test_one_wrong_answer_accuses_no_station() -> None:
    records, one, other = stocked(3)
    far = np.flatnonzero((records.station == 0) & (records.days > 5))[0]
    away = np.flatnonzero(records.station == 15)[:1]
    assert oddities.oddities(records, np.r_[one, far], np.r_[other, away]) == []


def test_what_is_not_known_says_nothing() -> None:
    records, one, other = stocked()
    nothing = np.zeros(0, np.int64)
    assert oddities.oddities(records, nothing, nothing) == []
    assert oddities.oddities(records.only(nothing), nothing, nothing) == []
    blank = replace(records, at=np.full_like(records.at, np.nan), days=np.full_like(records.days, np.nan))
    assert oddities.oddities(blank, one, other) == []
    lost = replace(records, station=np.full_like(records.station, -1))
    assert oddities.oddities(lost, one, other) == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_animals_are_what_pairs_join(joined: list[tuple[int, int]]) -> None:
    group = tracks.animals(12, np.array([a for a, _ in joined], int), np.array([b for _, b in joined], int))
    naive = list(range(12))
    for a, b in joined:
        keep, drop = sorted((naive[a], naive[b]))
        naive = [keep if one == drop else one for one in naive]
    assert group.tolist() == naive


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(0, 1))
def test_any_survey_is_judged_without_a_fault(seed: int, count: int, unknown: float) -> None:
    rng = np.random.default_rng(seed)
    at, days = rng.normal(0, 30, (count, 2)), rng.uniform(0, 900, count)
    at[rng.random(count) < unknown] = np.nan
    days[rng.random(count) < unknown / 2] = np.nan
    records = Records(at, days, rng.integers(-1, 6, count), tuple("ABCDEF"), degrees=bool(seed % 2))
    one, other = rng.integers(0, count, (2, count))
    for odd in oddities.oddities(records, one, other):
        assert odd.sentence and odd.repair and 0 <= odd.improbable <= odd.pairs and 0 <= odd.left <= odd.pairs


def test_years_are_told_from_days() -> None:
    assert [clock_fits.years_in(days) for days in (365.0, -366.0, 731.0, 400.0, 0.5, -3652.0)] == [1, -1, 2, 0, 0, -10]
