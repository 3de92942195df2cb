"""Scores that can be checked by hand."""

from __future__ import annotations

import pytest

from spotid.evaluate.ranking import score

WHO = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "c1": "C"}


def test_perfect_lists_score_one_and_singles_do_not_count() -> None:
    lists = {"a1": ["a2", "a3"], "a2": ["a1", "a3"], "a3": ["a1", "a2"], "b1": ["b2"], "b2": ["b1"], "c1": ["a1"]}
    found = score(WHO, lists, lambda *_: True)
    assert found is not None
    assert (found.queries, found.individuals, found.without_candidates) == (5, 2, 0)
    assert found.micro.top == {1: 1.0, 5: 1.0, 10: 1.0}
    assert found.macro.mean_average_precision == 1.0


def test_a_list_by_hand() -> None:
    found = score(WHO, {"a1": ["b1", "a2", "b2", "a3"], "b1": ["b2"]}, lambda *_: True)
    assert found is not None
    # a1: hits at 2 and 4; a2, a3, b2 have no list; b1 perfect
    assert found.micro.top[1] == pytest.approx(1 / 5)
    assert found.micro.top[5] == pytest.approx(2 / 5)
    assert found.micro.mean_average_precision == pytest.approx(((1 / 2 + 2 / 4) / 2 + 1) / 5)
    assert found.macro.top[1] == pytest.approx((0 + 1 / 2) / 2)
    assert found.without_candidates == 3


def test_what_is_not_allowed_is_dropped_and_ranks_close_up() -> None:
    found = score(WHO, {"a1": ["a2", "b1", "a3"]}, lambda q, c: {q, c} != {"a1", "a2"})
    assert found is not None
    assert found.micro.top[1] == 0
    assert found.micro.top[5] == pytest.approx(1 / 5)


def test_nothing_to_find_is_no_score() -> None:
    assert score({"a": "A", "b": "B"}, {"a": ["b"]}, lambda *_: True) is None
