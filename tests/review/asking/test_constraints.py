"""The light closure against one computed from scratch, and how long it takes."""

from __future__ import annotations

import random
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.asking.constraints import Constraints

N = 9
PAIRS = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda pair: pair[0] != pair[1])
ANSWERS = st.lists(st.tuples(PAIRS, st.booleans()), max_size=30)


class Naive:
    """The same rules, all worked out anew from what holds at every question."""

    def __init__(self, apart: list[tuple[int, int]]) -> None:
        self.joins: list[tuple[int, int]] = []
        self.apart = list(apart)

    def group(self, a: int) -> set[int]:
        found, open_ = {a}, [a]
        while open_:
            x = open_.pop()
            for pair in self.joins:
                if x in pair:
                    y = pair[0] + pair[1] - x
                    if y not in found:
                        found.add(y)
                        open_.append(y)
        return found

    def relation(self, a: int, b: int) -> bool | None:
        ours, theirs = self.group(a), self.group(b)
        if b in ours:
            return True
        between = any((x in ours and y in theirs) or (x in theirs and y in ours) for x, y in self.apart)
        return False if between else None

    def apply(self, a: int, b: int, same: bool) -> bool:
        """Returns whether the answer contradicts."""
        before = self.relation(a, b)
        if same:
            self.joins.append((a, b))
        elif before is None:
            self.apart.append((a, b))
        return before is (not same)


@settings(max_examples=120, deadline=None)
@given(ANSWERS, st.lists(PAIRS, max_size=4))
def test_agrees_with_the_closure_computed_from_scratch(
    answers: list[tuple[tuple[int, int], bool]], apart: list[tuple[int, int]]
) -> None:
    light, naive = Constraints(N, apart), Naive(apart)
    for (a, b), same in answers:
        change = light.apply(a, b, same)
        assert change.contradiction == naive.apply(a, b, same)
        for x, y in combinations(range(N), 2):
            assert light.relation(x, y) == light.relation(y, x) == naive.relation(x, y)
    assert light.groups() == sorted({tuple(sorted(naive.group(x))): sorted(naive.group(x)) for x in range(N)}.values())
    for x in range(N):
        root = light.root(x)
        assert root in light.members(root) and light.root(root) == root == light.labels[x]
        assert sorted(light.members(root)) == sorted(naive.group(x))
        far = {light.root(y) for y in range(N) if naive.relation(x, y) is False}
        assert light.apart(root) == far
    assert light.settled() == sum(naive.relation(x, y) is True for x, y in combinations(range(N), 2))
    assert light.answers == len(answers)


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.lists(PAIRS, max_size=12))
def test_soft_links_are_counted_between_groups(
    answers: list[tuple[tuple[int, int], bool]], soft: list[tuple[int, int]]
) -> None:
    light, plain = Constraints(N, soft=soft), Constraints(N)
    for (a, b), same in answers:
        assert light.apply(a, b, same) == plain.apply(a, b, same) or light.relation(a, b) == plain.relation(a, b)
    linked = {(min(pair), max(pair)) for pair in soft}
    for x, y in combinations(range(N), 2):
        assert light.relation(x, y) == plain.relation(x, y)  # a soft link answers nothing
        ours, theirs = light.members(light.root(x)), light.members(light.root(y))
        count = sum((min(p, q), max(p, q)) in linked for p in ours for q in theirs)
        apart = light.relation(x, y) is not True and count > 0 and count >= len(ours) * len(theirs) / 2
        assert light.softly(x, y) == apart


def test_an_answer_tells_what_it_changed() -> None:
    light = Constraints(5, apart=[(3, 4)])
    assert light.apply(0, 1, True).joined == (0, 1)
    assert light.apply(2, 1, False).forbade == (2, 0)
    again = light.apply(0, 2, False)
    assert again.joined is again.forbade is None and not again.contradiction
    against = light.apply(2, 0, True)
    assert against.joined is not None and against.contradiction  # the join holds, as in the ledger
    assert light.relation(1, 2) is True and light.contradictions == [(2, 0, True)]
    within = light.apply(1, 2, False)
    assert within.contradiction and within.joined is within.forbade is None and light.relation(1, 2) is True
    assert light.relation(3, 4) is False and light.groups() == [[0, 1, 2], [3], [4]]


def test_a_sighting_is_not_compared_with_itself() -> None:
    with pytest.raises(ValueError):
        Constraints(3).apply(1, 1, True)
    with pytest.raises(ValueError):
        Constraints(3, soft=[(2, 2)])


def test_100_000_sightings_with_50_000_answers() -> None:
    n, draw = 100_000, random.Random(5)
    who = [draw.randrange(3_000) for _ in range(n)]
    mates: dict[int, list[int]] = {}
    for one, animal in enumerate(who):
        mates.setdefault(animal, []).append(one)
    pairs = []
    for turn in range(50_000):
        a = draw.randrange(n)
        b = draw.choice(mates[who[a]]) if turn % 2 else draw.randrange(n)
        pairs.append((a, b if b != a else (a + 1) % n))
    light = Constraints(n)
    slowest, start = 0.0, time.perf_counter()
    for a, b in pairs:
        begun = time.perf_counter()
        light.apply(a, b, who[a] == who[b])
        slowest = max(slowest, time.perf_counter() - begun)
    spent = time.perf_counter() - start
    assert not light.contradictions
    assert light.relation(*pairs[0]) is (who[pairs[0][0]] == who[pairs[0][1]])
    assert len(np.unique(light.labels)) == len(light.groups())
    assert spent < 5.0 and slowest < 1.0, (spent, slowest)  # far above what it takes, for a loaded machine
    print(f"{spent / len(pairs) * 1e6:.1f} us an answer, slowest {slowest * 1e3:.2f} ms")
