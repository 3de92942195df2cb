"""A simulated person is right, or wrong as often as asked for; matches are counted by closure."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.evaluate.annotator import Erring, Groups, Perfect, Truth

N = 12
animals = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([-1, 0, 1])), min_size=2, max_size=N)


def truth_of(rows: list[tuple[int, int]]) -> Truth:
    return Truth(np.array([who for who, _ in rows]), np.array([side for _, side in rows], np.int8))


@given(animals)
def test_total_is_all_matching_pairs(rows: list[tuple[int, int]]) -> None:
    truth = truth_of(rows)
    assert truth.total == sum(truth.match(a, b) for a, b in combinations(range(len(rows)), 2))


@settings(max_examples=60)
@given(animals, st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=20))
def test_joins_count_as_every_pair_looked_at(rows: list[tuple[int, int]], joins: list[tuple[int, int]]) -> None:
    """Against the counts of all pairs inside all groups, whatever is joined, mistakes too."""
    truth = truth_of(rows)
    n = len(rows)
    groups, root = Groups(truth), list(range(n))
    for a, b in joins:
        kept, gone = root[a % n], root[b % n]
        if kept != gone:
            groups.join(kept, gone)
            root = [kept if one == gone else one for one in root]
    inside = [(a, b) for a, b in combinations(range(n), 2) if root[a] == root[b]]
    assert groups.found == sum(truth.match(a, b) for a, b in inside)
    assert groups.mixed == sum(not truth.same(a, b) for a, b in inside)
    assert all(groups.size(one) == root.count(one) for one in set(root))


def test_groups_may_start_joined() -> None:
    groups = Groups(Truth(np.array([0, 0, 0, 1])), [[1, 0, 3]])
    assert (groups.found, groups.mixed, groups.size(1)) == (1, 2, 3)


def test_opposite_flanks_are_no_match_yet_one_animal() -> None:
    truth = Truth(np.array([0, 0, 0]), np.array([1, -1, 0]))
    assert truth.total == 2
    assert not truth.match(0, 1)
    assert Perfect(truth).answer(0, 1)


def test_errors_are_as_many_as_asked_for_and_the_same_again() -> None:
    truth = Truth(np.arange(200) // 4)
    person, other = Erring(truth, 0.05, seed=1), Erring(truth, 0.05, seed=2)
    pairs = list(combinations(range(200), 2))
    wrong = [person.answer(a, b) != truth.same(a, b) for a, b in pairs]
    assert 0.045 < np.mean(wrong) < 0.055
    assert wrong == [person.answer(b, a) != truth.same(b, a) for a, b in pairs]
    assert wrong != [other.answer(a, b) != truth.same(a, b) for a, b in pairs]
    same = [truth.same(a, b) for a, b in pairs]
    assert 0.01 < np.mean([one for one, is_same in zip(wrong, same, strict=True) if is_same]) < 0.1
