"""The most confident pair of two groups, against what comes out worked out anew each time."""

from __future__ import annotations

import numpy as np
import pytest
from asking_helpers import animals, found
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.asking import Constraints
from spotid.review.asking.linked import Linked
from spotid.review.asking.open_pairs import OpenPairs

N = 8
PAIRS = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda pair: pair[0] != pair[1])


def confidence(chance: np.ndarray, pairs: OpenPairs, a: int, b: int, share: float) -> float:
    """By the definition, pair by pair."""
    of = pairs.constraints
    odds = [
        float(np.log(chance[x, y] / (1 - chance[x, y])))
        for x in of.members(of.root(a))
        for y in of.members(of.root(b))
        if pairs.allowed[x, y]
    ]
    return share * max(odds) + (1 - share) * sum(odds) / len(odds)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PAIRS, st.booleans()), max_size=20), st.integers(0, 20), st.integers(0, 99))
def test_it_is_the_best_by_definition_after_any_answers(
    answers: list[tuple[tuple[int, int], bool]], before: int, seed: int
) -> None:
    chance = np.random.default_rng(seed).uniform(0.05, 0.95, (N, N))
    chance = (chance + chance.T) / 2
    allowed = np.ones((N, N), bool)
    allowed[1, 4] = allowed[2, 3] = False
    constraints = Constraints(N)
    for (a, b), same in answers[:before]:
        constraints.apply(a, b, same)
    pairs = OpenPairs(constraints, allowed)
    linked = Linked(chance, pairs, 0.5)
    for (a, b), same in [*answers[before:], ((0, 7), True)]:
        change = constraints.apply(a, b, same)
        pairs.follow(change)
        linked.follow(change)
        best = linked.best()
        if best is None:
            assert not pairs.open.any()
            continue
        assert pairs.open[best] and best[0] < best[1]
        most = max(confidence(chance, pairs, x, y, 0.5) for x, y in np.argwhere(pairs.open).tolist())
        assert confidence(chance, pairs, *best, 0.5) == pytest.approx(most, abs=1e-4)


def test_groups_count_and_soft_links_come_last() -> None:
    chance = np.full((6, 6), 0.1)
    for (a, b), value in {(0, 2): 0.8, (3, 5): 0.8, (4, 5): 0.7}.items():
        chance[a, b] = chance[b, a] = value
    constraints = Constraints(6)
    constraints.apply(0, 1, True)
    constraints.apply(3, 4, True)
    assert Linked(chance, OpenPairs(constraints)).best() == (3, 5)
    assert Linked(chance, OpenPairs(constraints), best=1.0).best() == (0, 2)
    soft = Constraints(6, soft=[(3, 5), (4, 5)])
    soft.apply(0, 1, True)
    soft.apply(3, 4, True)
    assert soft.softly_apart(soft.root(3)) == [5]
    assert Linked(chance, OpenPairs(soft)).best() == (0, 2)


def test_everything_is_found_whatever_is_not_known() -> None:
    who, vectors = animals([5, 4, 3, 1, 1])
    chance = np.maximum(vectors @ vectors.T, 0)
    chance[2, :] = chance[:, 2] = np.nan
    constraints = Constraints(len(who))
    pairs = OpenPairs(constraints)
    linked = Linked(chance, pairs)
    while (pair := linked.best()) is not None:
        change = constraints.apply(*pair, bool(who[pair[0]] == who[pair[1]]))
        pairs.follow(change)
        linked.follow(change)
    assert found(constraints, who) == 1.0
    assert Linked(np.empty((0, 0)), OpenPairs(Constraints(0))).best() is None
