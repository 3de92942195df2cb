"""The look-alikes file: remade when its layout is another, votes counted both ways."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from spotid.project.candidates import Candidates
from spotid.project.folder import Project


@pytest.fixture
def candidates(project: Project) -> Iterator[Candidates]:
    made = Candidates(project.layout)
    yield made
    made.close()


def test_votes_count_both_ways(candidates: Candidates) -> None:
    assert candidates.begin_votes("m1") == {}
    candidates.keep_votes(3, [(1, {2: 0.5}), (2, {1: 0.25, 3: 1.0}), (3, {})])
    assert candidates.votes_of(1) == {2: 0.75}
    assert candidates.votes_of(2) == {1: 0.75, 3: 1.0}
    assert candidates.begin_votes("m1") == {1: 3, 2: 3, 3: 3}


def test_a_sighting_that_came_later_is_not_behind(candidates: Candidates) -> None:
    candidates.begin_votes("m1")
    candidates.keep_votes(2, [(1, {2: 0.5}), (2, {1: 0.5})])
    candidates.keep_votes(3, [(3, {1: 0.6})])  # 1 was asked when 3 was not there
    assert candidates.votes_of(3) == {1: 1.2}
    assert candidates.votes_of(1) == {2: 1.0, 3: 1.2}


def test_another_matcher_starts_over(candidates: Candidates) -> None:
    candidates.begin_votes("m1")
    candidates.keep_votes(2, [(1, {2: 0.5})])
    assert candidates.begin_votes("m2") == {} and candidates.votes_of(1) == {}


def test_adding_completes_what_is_there_and_orders_are_kept(candidates: Candidates) -> None:
    candidates.begin("x")
    candidates.keep_lists([(1, [(2, 0.9, 0.4, False)])])
    candidates.add(1, [(2, 0.1, 3.0, 1.0, 0.0, False), (3, 0.2, 0.0, 0.0, -8.0, True)])
    first, second = candidates.list_of(1)
    assert (first.candidate, first.likeness, first.votes, first.place) == (2, 0.9, 3.0, 1.0)
    assert (second.candidate, second.opposite, second.local) == (3, True, None)
    candidates.keep_checked("m", 1, [(1, 2, 5.0, 7)], [(2, 5.0, 7, 0.8), (3, None, None, 0.1)])
    assert candidates.checked(2, 1, "m") == (5.0, 7)
    candidates.keep_order([(0.2, None, None, 1, 2), (0.9, -1.5, 0.4, 1, 3)])
    assert [one.candidate for one in candidates.of(1, 5)] == [3, 2]
    assert [one.candidate for one in candidates.best_pairs(1)[1]] == [3]
    assert sum(len(one) for one in candidates.best_pairs(9).values()) == 2
    assert [(one.located, one.feasible) for one in candidates.of(1, 5)] == [(-1.5, 0.4), (None, None)]


def test_a_file_of_another_layout_is_thrown_away(project: Project) -> None:
    project.layout.cache.mkdir(exist_ok=True)
    old = sqlite3.connect(project.layout.candidates)
    old.execute("CREATE TABLE candidate (anchor INTEGER, other INTEGER)")
    old.commit()
    old.close()
    fresh = Candidates(project.layout)
    fresh.keep_lists([(1, [(2, 0.9, 0.4, False)])])
    fresh.close()
    again = Candidates(project.layout)
    assert [one.candidate for one in again.of(1, 5)] == [2]
    again.close()


def test_votes_of_sightings_whose_visit_has_changed_are_asked_again(candidates: Candidates) -> None:
    candidates.begin_votes("m1")
    candidates.forget_moved({1: 1, 2: 2, 3: 2, 4: 4})
    candidates.keep_votes(4, [(one, {9: 0.5}) for one in (1, 2, 3, 4)])
    assert candidates.forget_moved({1: 1, 2: 2, 3: 2, 4: 4, 5: 4}) == 0, "one that came later moves nobody"
    assert candidates.forget_moved({1: 1, 2: 2, 3: 1, 4: 4, 5: 4}) == 3  # 3 has left 2 and come to 1
    assert set(candidates.begin_votes("m1")) == {4}


def test_a_file_from_before_visits_were_remembered_is_as_good(project: Project) -> None:
    first = Candidates(project.layout)
    first.keep_lists([(1, [(2, 0.9, 0.4, False)])])
    first.close()
    old = sqlite3.connect(project.layout.candidates)
    old.execute("DROP TABLE mate")
    old.commit()
    old.close()
    again = Candidates(project.layout)
    assert again.have_lists() == {1} and again.forget_moved({1: 1}) == 0
    again.keep_only({2})
    again.close()


def before_places(project: Project) -> None:
    """A file of the version before places and times, with one list and one pair compared."""
    candidates = Candidates(project.layout)
    candidates.begin("x")
    candidates.keep_lists([(1, [(2, 0.5, 0.7, False)])])
    candidates.keep_checked("m", 1, [(1, 2, 5.0, 7)], [(2, 5.0, 7, 0.8)])
    candidates.close()
    older = sqlite3.connect(project.layout.candidates)
    for column in ("located", "feasible"):
        older.execute(f"ALTER TABLE candidate DROP COLUMN {column}")
    older.execute("PRAGMA user_version = 2")
    older.commit()
    older.close()


def test_a_file_from_before_places_and_times_is_kept_and_nothing_in_it_is_compared_again(project: Project) -> None:
    before_places(project)
    candidates = Candidates(project.layout)
    assert candidates.checked(1, 2, "m") == (5.0, 7) and candidates.made_of() == "x"
    (one,) = candidates.of(1, 5)
    assert (one.score, one.located, one.feasible) == (0.8, None, None)
    candidates.close()


def test_a_file_from_before_places_and_times_is_looked_at_without_a_change(project: Project) -> None:
    before_places(project)
    content = project.layout.candidates.read_bytes()
    candidates = Candidates(replace(project.layout, readonly=True))
    assert list(candidates.shown(5)) == [(1, [(2, 0.5, 7, 0.8, 0, 0.0, None, None)])]
    candidates.close()
    assert project.layout.candidates.read_bytes() == content


def test_numbers_are_those_of_the_lists_some_anchors_at_a_time(project: Project) -> None:
    candidates = Candidates(project.layout)
    candidates.begin("x")
    candidates.keep_lists([(one, [(one + 1, 0.5, 0.7, False), (one + 2, 0.4, 0.6, True)]) for one in (1, 5, 9)])
    for one in (1, 9):
        candidates.keep_checked("m", one, [], [])
    parts = list(candidates.numbers(1))
    assert [part["anchor"].tolist() for part in parts] == [[1, 1], [9, 9]]
    assert parts[1]["candidate"].tolist() == [10, 11] and parts[1]["same_visit"].tolist() == [0, 1]
    assert np.isnan(parts[0]["local"]).all() and np.isnan(parts[0]["located"]).all()
    candidates.close()
