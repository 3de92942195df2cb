"""The matrix of open pairs, and the order of the most similar."""

from __future__ import annotations

import time

import numpy as np
from asking_helpers import animals, found, review
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.asking import open_pairs
from spotid.review.asking.constraints import Constraints
from spotid.review.asking.greedy import Greedy
from spotid.review.asking.open_pairs import OpenPairs, Ranked

N = 8
PAIRS = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda pair: pair[0] != pair[1])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(PAIRS, st.booleans()), max_size=25), st.integers(0, 25), st.lists(PAIRS, max_size=4))
def test_open_is_what_the_constraints_leave_open(
    answers: list[tuple[tuple[int, int], bool]], before: int, photograph: list[tuple[int, int]]
) -> None:
    constraints, allowed = Constraints(N, photograph), np.ones((N, N), bool)
    allowed[2, 5] = False  # one way round is enough
    for (a, b), same in answers[:before]:
        constraints.apply(a, b, same)
    pairs = OpenPairs(constraints, allowed)
    for (a, b), same in answers[before:]:
        pairs.follow(constraints.apply(a, b, same))
    wanted = [[x != y and {x, y} != {2, 5} and constraints.relation(x, y) is None for y in range(N)] for x in range(N)]
    assert pairs.open.tolist() == wanted


def test_pairs_come_in_order_over_many_chunks(monkeypatch) -> None:
    monkeypatch.setattr(open_pairs, "CHUNK", 7)
    n = 40
    draw = np.random.default_rng(1)
    score = np.round(draw.random((n, n)), 1).astype(np.float32)  # many ties
    score[3, 4:9] = np.nan
    pairs = OpenPairs(Constraints(n))
    ranked, seen = Ranked(score, pairs), []
    while (pair := ranked.best()) is not None:
        seen.append(pair)
        pairs.open[pair] = False
    assert len(seen) == len(set(seen)) == n * (n - 1) // 2
    by = [-np.inf if np.isnan(score[pair]) else float(score[pair]) for pair in seen]
    assert by == sorted(by, reverse=True)
    assert seen == sorted(seen, key=lambda pair: (-np.nan_to_num(score[pair], nan=-9), pair))  # ties by number


def test_greedy_finds_everything_and_asks_soft_pairs_last() -> None:
    who, vectors = animals([5, 4, 3, 1, 1])
    constraints = Constraints(len(who), soft=[(0, 1)])
    asked = review(Greedy(vectors @ vectors.T, constraints), constraints, who)
    assert found(constraints, who) == 1.0 and all(
        constraints.relation(a, b) is not None for a in range(len(who)) for b in range(a)
    )
    assert (0, 1) not in asked  # settled through others before it would have been asked


def test_a_soft_pair_is_asked_when_nothing_else_is_left() -> None:
    constraints = Constraints(3, soft=[(0, 1)])
    likeness = np.array([[1, 0.9, 0.2], [0.9, 1, 0.1], [0.2, 0.1, 1]], np.float32)
    assert review(Greedy(likeness, constraints), constraints, np.array([0, 0, 1])) == [(0, 2), (1, 2), (0, 1)]


def test_what_may_not_be_asked_never_is() -> None:
    who, vectors = animals([4, 4, 4])
    flank = np.arange(len(who)) % 2
    allowed = flank[:, None] == flank[None, :]
    constraints = Constraints(len(who))
    asked = review(Greedy(vectors @ vectors.T, constraints, allowed), constraints, who)
    assert asked and all(flank[a] == flank[b] for a, b in asked)


def test_no_sightings_and_one() -> None:
    for n in (0, 1):
        assert Greedy(np.ones((n, n), np.float32), Constraints(n)).ask() is None


def test_2_500_sightings_are_asked_quickly() -> None:
    n = 2_500
    who = np.arange(n) % 300
    likeness = np.random.default_rng(2).random((n, n), np.float32)
    likeness += np.float32(0.5) * (who[:, None] == who[None, :])
    constraints = Constraints(n)
    start = time.perf_counter()
    strategy = Greedy((likeness + likeness.T) / 2, constraints)
    asked = review(strategy, constraints, who, most=3_000)
    spent = time.perf_counter() - start
    assert len(asked) == 3_000
    assert spent / 3_000 < 0.005, f"{spent:.2f} s"
