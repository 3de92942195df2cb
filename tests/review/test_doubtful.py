"""Answers worth a second look: wrong ones are found, sound ones are left alone, what is not known says nothing."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.bridges import Bridges
from spotid.review.doubtful import doubtful

Answer = tuple[int, int, bool]


def alike(who: list[int], yes: float = 0.95, no: float = 0.02) -> np.ndarray:
    names = np.array(who)
    return np.where(names[:, None] == names[None, :], yes, no)


def of(matrix: np.ndarray):
    return lambda ones, others: matrix[ones, others]


def test_a_wrong_same_that_bridges_two_animals_is_first() -> None:
    who = [0] * 4 + [1] * 4
    answers = [(0, 1, True), (1, 2, True), (2, 3, True), (4, 5, True), (5, 6, True), (6, 7, True), (3, 4, True)]
    (doubt,) = doubtful(answers, of(alike(who)))
    assert (doubt.at, doubt.a, doubt.b, doubt.same, doubt.reason) == (6, 3, 4, True, "unlike")
    assert (doubt.ours, doubt.theirs) == (4, 4) and doubt.wrong > 0.5


def test_a_wrong_different_between_groups_that_look_alike_is_first() -> None:
    who = [0] * 6 + [1] * 2
    answers = [(0, 1, True), (1, 2, True), (3, 4, True), (4, 5, True), (2, 3, False), (6, 7, True), (0, 6, False)]
    (doubt,) = doubtful(answers, of(alike(who)))
    assert (doubt.at, doubt.same, doubt.reason, doubt.ours, doubt.theirs) == (4, False, "alike", 3, 3)


def test_other_answers_hold_one_up_or_speak_against_it() -> None:
    unlike = of(np.full((9, 9), 0.1))
    alone = doubtful([(0, 1, True)], unlike, listed=0.0)[0]
    ring = doubtful([(0, 1, True), (1, 2, True), (0, 2, True)], unlike, listed=0.0)
    assert max(one.wrong for one in ring) < alone.wrong / 5 and {one.support for one in ring} == {1}
    nothing = of(np.full((9, 9), np.nan))
    assert doubtful([(0, 1, True), (1, 2, False)], nothing) == [], "what is not known says nothing"
    against = doubtful([(0, 1, True), (1, 2, True), (0, 2, False), (0, 2, False)], nothing)
    assert [one.at for one in against] == [0, 1] and {one.reason for one in against} == {"against"}


def test_an_impossible_way_and_far_places_are_the_reason_where_they_are() -> None:
    even = of(np.full((4, 4), 0.5))
    never = np.zeros((4, 4))
    never[0, 1] = never[1, 0] = 1
    answers = [(0, 1, True), (2, 3, True)]
    (doubt,) = doubtful(answers, even, impossible=of(never))
    assert (doubt.at, doubt.reason) == (0, "impossible")
    far = doubtful(answers, of(np.full((4, 4), 0.03)), located=of(np.full((4, 4), -3.0)))
    assert {one.reason for one in far} == {"far"}


def test_joined_by_something_else_is_joined() -> None:
    class Frames:
        def groups(self) -> list[set[int]]:
            return [{0, 1}, {2, 3}]

    matrix = alike([0, 0, 0, 0])
    matrix[1, 2] = matrix[2, 1] = 0.05  # the frames beside say otherwise
    assert len(doubtful([(1, 2, True)], of(matrix))) == 1
    (one,) = doubtful([(1, 2, True)], of(matrix), Frames(), listed=0.0)
    assert one.wrong < 0.1 and (one.ours, one.theirs) == (2, 2)
    assert doubtful([(1, 2, True)], of(matrix), firm=[(0, 1), (2, 3)], listed=0.0) == [one]
    follows = Frames()
    follows.groups = lambda: [{0, 1, 2, 3}]  # type: ignore[method-assign]
    chain = [(0, 1, True), (1, 2, True), (2, 3, True)]
    assert doubtful(chain, of(matrix), follows, listed=0.0) == doubtful(chain, of(matrix), listed=0.0)


def test_many_wrong_answers_of_a_survey_are_found_and_few_sound_ones_named() -> None:
    rng = np.random.default_rng(5)
    who = rng.integers(0, 30, 200)
    same = who[:, None] == who[None, :]
    odds = np.triu(rng.normal(np.where(same, 2.0, -4.0), 1.5), 1)
    matrix = 1 / (1 + np.exp(-odds - odds.T))
    answers: list[Answer] = []
    group, apart = list(range(200)), set[frozenset[int]]()
    for a, b in sorted(combinations(range(200), 2), key=lambda pair: -matrix[pair]):  # what follows is never asked
        ours, theirs = group[a], group[b]
        if ours == theirs or frozenset((ours, theirs)) in apart or matrix[a, b] < 0.05:
            continue
        answers.append((a, b, bool(same[a, b]) != bool(rng.random() < 0.05)))
        if answers[-1][2]:
            group = [ours if one == theirs else one for one in group]
            apart = {frozenset(ours if one == theirs else one for one in pair) for pair in apart}
        else:
            apart.add(frozenset((ours, theirs)))
    wrong = {at for at, (a, b, said) in enumerate(answers) if said != same[a, b]}
    found = [one.at for one in doubtful(answers, of(matrix))]
    assert len(wrong) >= 10 and len(wrong & set(found)) >= 0.6 * len(wrong) and len(found) <= 3 * len(wrong)
    assert found[0] in wrong


def test_nothing_said_is_nothing_doubted() -> None:
    assert doubtful([], of(np.zeros((1, 1)))) == []
    assert doubtful([(0, 0, True)], of(np.zeros((1, 1))), listed=0.0) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1]), max_size=16))
def test_bridges_are_those_without_which_a_group_falls_apart(joins: list[tuple[int, int]]) -> None:
    graph = Bridges(joins, range(10))

    def reached(start: int, without: int | None) -> set[int]:
        found, ahead = {start}, [start]
        while ahead:
            here = ahead.pop()
            for number, pair in enumerate(joins):
                if number != without and here in pair:
                    far = pair[0] if pair[1] == here else pair[1]
                    if far not in found:
                        found.add(far)
                        ahead.append(far)
        return found

    for one in range(10):
        group = graph.group(one)
        assert set(group.some(99)) == reached(one, None) and len(group) == len(reached(one, None))
    for number, (a, b) in enumerate(joins):
        parts = graph.parts(number)
        assert (parts is not None) == (b not in reached(a, number))
        if parts is not None:
            sides = [set(part.some(99)) for part in parts]
            assert sorted(map(sorted, sides)) == sorted(map(sorted, (reached(a, number), reached(b, number))))
            for part, side in zip(parts, sides, strict=True):
                assert {one for one in range(10) if part.holds(graph.place[one])} == side
                assert set(part.some(2)) <= side and len(part.some(2)) == min(2, len(side))


def test_a_long_chain_is_no_trouble() -> None:
    count = 20_000
    graph = Bridges([(one, one + 1) for one in range(count)])
    assert len(graph.group(5)) == count + 1
    parts = graph.parts(7)
    assert parts is not None and sorted(map(len, parts)) == [8, count - 7]


@pytest.mark.parametrize("chance", [0.0, 1.0, math.nan])
def test_chances_at_their_ends_are_taken(chance: float) -> None:
    for said in (True, False):
        found = doubtful([(0, 1, said)], lambda ones, others: [chance] * len(ones), listed=0.0)
        assert 0.0 < found[0].wrong < 1.0
