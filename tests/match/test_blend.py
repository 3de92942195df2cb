"""The mean of chances: scales without a unit, evidence that rises with every part, weights that answers tell."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.match.blend import Blend, blend_from_json, equal, fitted, scale_of

SCORES = st.lists(st.floats(0, 1e4, allow_nan=False, width=32), min_size=1, max_size=60)


@given(SCORES, SCORES, st.floats(0.01, 1000))
def test_a_scale_rises_and_does_not_go_by_the_unit(known: list[float], asked: list[float], unit: float) -> None:
    scale = scale_of(np.array(known), 30)
    found = scale(np.sort(asked))
    assert (np.diff(found) >= 0).all() and (found >= 0).all() and np.isfinite(found).all()
    assert scale(np.array([0.0, np.nan, -1.0])).tolist() == [0.0, 0.0, 0.0]
    other = scale_of(np.array(known) * unit, 30)
    assert other(np.array(known) * unit) == pytest.approx(scale(np.array(known)), abs=1e-6)


def test_a_survey_in_which_nothing_agrees() -> None:
    for known in (np.zeros(5), np.full(5, np.nan), np.empty(0)):
        assert scale_of(known, 10)(np.array([3.0, np.nan])).tolist() == [0.0, 0.0]


def test_a_score_that_one_pair_per_sighting_reaches_is_worth_one_chance_in_two() -> None:
    known = np.arange(1, 10_001, dtype=float)
    scale, blend = scale_of(known, 100), equal(("a",), 100)  # as of a survey of FEWEST
    assert scale.unit == 9_900.0
    chances = blend.chances([scale(np.array([0.0, 99.0, 9_900.0, 99_000.0]))])
    assert chances == pytest.approx([0.005, 0.005, 0.5, 0.99], abs=0.004)


def test_a_part_whose_scores_hardly_differ_has_hardly_a_say() -> None:
    rng = np.random.default_rng(0)
    sharp, flat = rng.exponential(1.0, 20_000) ** 2, 0.5 + 0.02 * rng.random(20_000)
    told = [scale_of(one, 200)(one) for one in (sharp, flat)]
    evidence = equal(("sharp", "flat"), 200).evidence(told)
    best = np.argsort(-evidence)[:50]
    assert set(best.tolist()) <= set(np.argsort(-sharp)[:80].tolist())


@given(st.lists(st.floats(0, 15), min_size=2, max_size=2), st.floats(0, 5), st.integers(2, 100_000))
def test_evidence_rises_with_every_part_and_is_none_where_nothing_agrees(
    told: list[float], more: float, sightings: int
) -> None:
    blend = equal(("a", "b"), sightings)
    one, both = (
        blend.evidence([np.array([a]), np.array([b])]) for a, b in ((told[0], told[1]), (told[0] + more, told[1]))
    )
    assert 0 <= one[0] <= both[0] + 1e-9
    assert blend.evidence([np.zeros(1), np.zeros(1)]) == 0
    swapped = blend.evidence([np.array([told[1]]), np.array([told[0]])])
    assert swapped == pytest.approx(one)


def test_one_part_alone_counts_as_it_is() -> None:
    blend = equal(("a",), 500)
    assert blend.evidence([np.array([0.0, 2.0, 7.0])]) == pytest.approx([0.0, 2.0, 7.0], abs=1e-6)
    assert blend.chances([np.array([np.log(499.0)])]) == pytest.approx([0.5])


def drawn(count: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """One part that knows who is who, one that guesses."""
    rng = np.random.default_rng(seed)
    same = rng.random(count) < 0.5
    return [np.clip(rng.normal(4 + 3 * same, 1.0), 0, None), rng.exponential(3.0, count)], same.astype(float)


def test_answers_give_weight_to_the_part_that_knows() -> None:
    worths, same = drawn(300)
    start = equal(("knows", "guesses"), 100)
    found = fitted(start, worths, same)
    assert found.answers == 300 and sum(found.weights) == pytest.approx(1.0)
    assert found.weights[0] > 0.8 and found.slopes[0] > 0.5
    new, truth = drawn(400, 1)
    before, after = (blend.chances(new) for blend in (start, found))
    assert np.mean((after > 0.5) == (truth > 0)) > 0.9 > np.mean((before > 0.5) == (truth > 0))
    assert fitted(start, worths, same) == found
    assert blend_from_json(json.loads(json.dumps(found.to_json()))) == found


def test_few_answers_and_useless_ones_change_nothing() -> None:
    worths, same = drawn(58)
    start = equal(("a", "b"), 100)
    assert fitted(start, worths, same) is start
    assert fitted(start, [np.zeros(200), np.zeros(200)], np.arange(200) % 2) is start


def test_alike_parts_keep_about_equal_weights() -> None:
    (one, _), same = drawn(400)
    found = fitted(equal(("a", "b"), 100), [one, one], same)
    assert found.weights == pytest.approx((0.5, 0.5), abs=0.01)


def test_a_damaged_blend_is_refused() -> None:
    for wrong in ({"weights": [1.0]}, {"slopes": [1.0, float("nan")]}, {"answers": "many"}):
        with pytest.raises((ValueError, KeyError)):
            blend_from_json(Blend(("a", "b"), (1.0, 1.0), (0.0, 0.0), (0.5, 0.5)).to_json() | wrong)
