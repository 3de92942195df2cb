"""Top-k, the match curve and mean average precision of a whole similarity matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.evaluate import ranking
from spotid.evaluate.curves import DEPTHS, curve_of


def everyone(n: int) -> np.ndarray:
    return np.ones((n, n), bool)


def alike(who: np.ndarray) -> np.ndarray:
    return who[:, None] == who[None]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 25), st.integers(1, 6))
def test_agrees_with_the_scores_of_lists(seed: int, n: int, animals: int) -> None:
    """The same matrix as ranked lists, scored by the module that scores lists."""
    rng = np.random.default_rng(seed)
    who, visit = rng.integers(0, animals, n), rng.integers(0, 12, n)
    value = rng.random((n, n))
    allowed = visit[:, None] != visit[None]
    order = np.argsort(-value, axis=1)
    lists = {str(q): [str(c) for c in order[q] if c != q] for q in range(n)}
    told = ranking.score(
        {str(i): str(w) for i, w in enumerate(who)}, lists, lambda a, b: bool(visit[int(a)] != visit[int(b)])
    )
    curve = curve_of(value, alike(who), allowed, who)
    if told is None or curve is None:
        assert told is None and curve is None
        return
    assert (curve.queries, curve.individuals) == (told.queries, told.individuals)
    for k in (1, 5, 10):
        assert curve.top[k - 1] == pytest.approx(told.micro.top[k])
        assert curve.top_individual[k - 1] == pytest.approx(told.macro.top[k])
    assert curve.precision == pytest.approx(told.micro.mean_average_precision)
    assert curve.precision_individual == pytest.approx(told.macro.mean_average_precision)
    assert np.allclose(curve.match[:DEPTHS], curve.top[: len(curve.match)])
    assert np.all(np.diff(curve.match) >= 0) and curve.match[-1] == 1


def test_ties_find_nothing_by_the_order_of_the_rows() -> None:
    """All alike: as good as a draw, although the sightings lie sorted by individual."""
    who = np.arange(400) // 2
    curve = curve_of(np.ones((400, 400)), alike(who), everyone(400), who)
    assert curve is not None
    assert curve.top[0] < 0.02
    assert abs(curve.top[19] - 20 / 399) < 0.03


def test_ties_are_drawn_for_every_query_anew() -> None:
    """One draw for all would put the same few pictures before everybody, of a frequent animal or of none."""
    who = np.array([0] * 60 + list(range(1, 21)) * 2)
    curve = curve_of(np.zeros((100, 100)), alike(who), everyone(100), who)
    assert curve is not None
    assert abs(curve.top[0] - (60 * 59 + 40) / 100 / 99) < 0.1


def test_no_opinion_stands_in_the_middle() -> None:
    who = np.array([0, 0, 1, 2, 3])
    value = np.full((5, 5), 0.5)
    value[0] = [1, np.nan, 0.1, 0.2, 0.9]
    curve = curve_of(value, alike(who), everyone(5), who)
    assert curve is not None
    # The median of 0.1, 0.2 and 0.9 is 0.2: second, or third where the draw sets it behind its equal.
    only_first = curve_of(value, alike(who) & (np.arange(5) == 0)[:, None], everyone(5), who)
    assert only_first is not None and only_first.queries == 1
    assert only_first.top[0] == 0 and only_first.top[2] == 1
    value[0] = np.nan
    assert curve_of(value, alike(who), everyone(5), who) is not None


def test_nobody_to_be_found() -> None:
    assert curve_of(np.ones((3, 3)), alike(np.arange(3)), everyone(3), np.arange(3)) is None


def test_interval_holds_the_share_and_narrows_with_individuals() -> None:
    rng = np.random.default_rng(0)
    wide = {}
    for animals in (10, 160):
        who = np.repeat(np.arange(animals), 3)
        value = rng.random((len(who), len(who))) + 0.6 * alike(who)
        curve = curve_of(value, alike(who), everyone(len(who)), who)
        assert curve is not None
        assert np.all(curve.low <= curve.top) and np.all(curve.top <= curve.high)
        wide[animals] = float(curve.high[0] - curve.low[0])
    assert wide[160] < 0.6 * wide[10]
