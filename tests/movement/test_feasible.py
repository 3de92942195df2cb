"""Could one animal have been at both places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.movement import feasible
from spotid.movement.feasible import Feasibility, impossible, of_survey, speeds
from spotid.movement.records import Records

NAN = float("nan")


def flat(places: list[tuple[float, float]], days: list[float], scaled: bool = True) -> Records:
    at = np.array(places, float)
    station = np.unique(at, axis=0, return_inverse=True)[1].reshape(-1)
    return Records(at, np.array(days, float), station, degrees=False, scaled=scaled)


def test_the_score_is_the_papers():
    """d and t over their longest, exp(-d / t): worked out by hand, 50 m being taken off a distance."""
    records = flat([(0, 0), (0, 10), (0, 4)], [0, 30, 60])
    survey = of_survey(records)
    assert (survey.longest_km, survey.longest_days) == (10, 60)
    assert survey.score(records, 0, 1) == pytest.approx(np.exp(-(9.95 / 10) / (30 / 60)))
    assert survey.score(records, 0, 2) == pytest.approx(np.exp(-(3.95 / 10) / (60 / 60)))
    assert of_survey(records, rate=3).score(records, 0, 2) == pytest.approx(np.exp(-3 * 0.395))


def test_one_place_is_always_feasible_and_two_at_one_time_never():
    records = flat([(0, 0), (0, 0), (0, 0), (9, 0), (0, 0.03)], [0, 0, 50, 0, 0])
    score = of_survey(records).score(records, np.zeros(5, int), np.arange(5))
    assert score[[0, 1, 2]].tolist() == [1, 1, 1]
    assert score[3] < 1e-9
    assert score[4] == 1  # the other camera of a pair, 30 m away, at the same second


def test_what_is_not_known_is_no_opinion():
    records = flat([(0, 0), (NAN, NAN), (5, 0), (5, NAN)], [0, 3, NAN, 4])
    survey = of_survey(records)
    assert np.isnan(survey.score(records, 0, np.array([1, 2, 3]))).all()
    assert np.isnan(speeds(records, 0, np.array([1, 2, 3]))).all()
    assert not impossible(records, 0, np.array([1, 2, 3]), 0.0, 0.0).any()
    assert np.isnan(survey.matrix(records)).sum() == 15


@pytest.mark.parametrize("places", [[], [(NAN, NAN)] * 3, [(1, 1)] * 3])
def test_a_survey_that_spans_nothing(places: list[tuple[float, float]]):
    records = Records(np.array(places).reshape(-1, 2), np.zeros(len(places)), np.zeros(len(places), np.int64))
    matrix = of_survey(records).matrix(records)
    known = np.isfinite(records.at).all(axis=1)
    assert matrix.shape == (len(places),) * 2
    assert (matrix[np.ix_(known, known)] == 1).all() and np.isnan(matrix[~known]).all()


def test_places_on_the_globe():
    """Across the date line is near, the other side of the earth is far, and neither is an error."""
    records = Records(np.array([[0, 179.9], [0, -179.9], [0, 0.1], [90, 3]]), np.arange(4.0), np.arange(4))
    assert records.km(0, 1) == pytest.approx(22.24, abs=0.01)
    assert of_survey(records, trimmed=False).longest_km == pytest.approx(np.pi * 6371, rel=1e-3)
    assert np.isfinite(of_survey(records).matrix(records)).all()


def test_relative_coordinates_without_scale():
    """The score needs no scale; speeds do."""
    near, far = (flat([(0, 0), (3 * k, 4 * k), (k, 0)], [0, 1, 2], scaled=False) for k in (1, 1000))
    assert np.allclose(of_survey(near).matrix(near), of_survey(far).matrix(far))
    assert np.isnan(speeds(near, 0, 1)) and not impossible(near, 0, 1, 0.0)


def test_speeds_and_impossible_ones():
    records = flat([(0, 0), (10, 0), (10, 0), (0.04, 0)], [0, 0, 0.5, 0])
    assert speeds(records, 0, 2) == pytest.approx(10 / 12)
    assert speeds(records, 0, 1) == pytest.approx(600)  # a gap of nothing counts as a minute
    assert impossible(records, 0, np.arange(4), 12.0).tolist() == [False, True, False, False]
    assert not impossible(records, 0, 1, 12.0, clock_minutes=60)


def test_one_wrong_clock_or_place_does_not_stretch_the_survey():
    draw = np.random.default_rng(4)
    station = draw.integers(0, 20, 400)
    places, days = draw.uniform(0, 20, (20, 2)), draw.uniform(0, 60, 400)
    whole = of_survey(flat(places[station], days))
    assert whole == of_survey(flat(places[station], days), trimmed=False)
    late = of_survey(flat(places[station], np.where(station == 3, days + 365, days)))
    assert whole.longest_days < late.longest_days < 1.8 * whole.longest_days
    places[3] = 9000, 9000
    assert of_survey(flat(places[station], days)).longest_km < 7 * whole.longest_km


def test_the_longest_distance_among_very_many_places(monkeypatch: pytest.MonkeyPatch):
    draw = np.random.default_rng(5)
    at = np.column_stack([draw.uniform(-19, -18, 800), draw.uniform(27, 28, 800)])
    records = Records(at, np.zeros(800), np.full(800, -1))
    exact = of_survey(records).longest_km
    monkeypatch.setattr(feasible, "FEW_PLACES", 50)
    assert exact * 0.99 < of_survey(records).longest_km <= exact


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.booleans(), st.integers(0, 2**32))
def test_the_matrix_is_the_score(n: int, degrees: bool, seed: int):
    """However it is worked out: in blocks, by places; symmetric, within 0..1."""
    draw = np.random.default_rng(seed)
    at = draw.uniform(-90, 90, (4, 2))[draw.integers(0, 4, n)]
    at[draw.random(n) < 0.1] = NAN
    days = np.where(draw.random(n) < 0.1, NAN, draw.choice([0, 1e-4, 1, 300], n))
    records = Records(at, days, np.full(n, -1), degrees=degrees)
    survey, everyone = of_survey(records), np.arange(n)
    whole = survey.matrix(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feasible, "BLOCK_PAIRS", 1)
        assert np.array_equal(survey.matrix(records), whole, equal_nan=True)
    score = survey.score(records, everyone[:, None], everyone[None])
    assert np.allclose(whole, score, atol=1e-6, equal_nan=True)
    assert np.array_equal(whole, whole.T, equal_nan=True)
    told = whole[np.isfinite(whole)]
    assert ((told >= 0) & (told <= 1)).all()


def test_a_rate_below_nothing_is_refused():
    with pytest.raises(ValueError, match="rate"):
        of_survey(flat([(0, 0)], [0]), rate=-1)
    assert Feasibility(1, 1, 0).score(flat([(0, 0), (1, 1)], [0, 1]), 0, 1) == 1
