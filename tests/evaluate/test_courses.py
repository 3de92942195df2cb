"""A course of questions: counts after each answer, how it ends, and what it cost."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest

from spotid.evaluate import courses
from spotid.evaluate.annotator import Erring, Perfect, Truth
from spotid.evaluate.courses import Stop, run
from tests.evaluate import asking_fakes as fakes


def course_of(truth: Truth, annotator=None, stop: Stop | None = None, seed: int = 0):
    links = fakes.Links(len(truth))
    strategy = fakes.InOrder(links, fakes.everything(len(truth), seed))
    return run(strategy, links, truth, annotator or Perfect(truth), stop), links


def test_ends_when_everything_is_found() -> None:
    truth = Truth(np.array([0, 0, 0, 1, 1, 2]))
    course, links = course_of(truth)
    assert course.ended == courses.FOUND
    assert course.missed == course.joined_wrongly == course.wrong_answers == 0
    assert course.found[-1] == truth.total == 4
    assert course.queries_to(1.0) == len(course)
    assert course.hours(347) == pytest.approx(347 / 5.78 / 60)
    assert sorted(map(len, links.groups())) == [1, 2, 3]


def test_goes_on_to_the_last_question_when_told_to() -> None:
    truth = Truth(np.arange(20) // 3)
    course, links = course_of(truth, stop=Stop(share=2))
    assert course.ended == courses.SPENT
    assert course.settled[-1] == 20 * 19 // 2
    assert all(links.relation(a, b) == truth.same(a, b) for a, b in combinations(range(20), 2))


def test_pairs_settled_are_those_with_a_relation() -> None:
    truth = Truth(np.random.default_rng(3).integers(0, 6, 25))
    links = fakes.Links(25)
    strategy = fakes.InOrder(links, fakes.everything(25, 4))
    course = run(strategy, links, truth, Erring(truth, 0.1), Stop(share=2, queries=40))
    assert course.ended == courses.LIMIT
    known = sum(links.relation(a, b) is not None for a, b in combinations(range(25), 2))
    assert course.settled[-1] == known


def test_mistakes_are_counted() -> None:
    truth = Truth(np.random.default_rng(3).integers(0, 8, 30))
    course, links = course_of(truth, Erring(truth, 0.2, 5), Stop(share=2))
    assert course.wrong_answers == sum(
        said != truth.same(a, b) for (a, b), said in zip(course.asked, course.said, strict=True)
    )
    joined = [(a, b) for a, b in combinations(range(30), 2) if links.relation(a, b)]
    assert course.joined_wrongly == sum(not truth.same(a, b) for a, b in joined) > 0
    assert course.missed == truth.total - sum(truth.same(a, b) for a, b in joined)


def test_stops_when_dry_and_when_nothing_is_to_be_found() -> None:
    course, _ = course_of(Truth(np.arange(30)), stop=Stop(share=2, dry=10))
    assert (course.ended, len(course)) == (courses.DRY, 10)
    course, _ = course_of(Truth(np.arange(5)))
    assert (course.ended, len(course), course.missed) == (courses.FOUND, 0, 0)
    assert course.queries_to(1.0) == 0


def test_answers_known_before_count_as_found() -> None:
    truth = Truth(np.array([0, 0, 1, 1]))
    links = fakes.Links(4)
    links.apply(0, 1, True)
    course = run(fakes.InOrder(links, fakes.everything(4)), links, truth, Perfect(truth))
    assert course.start == 1
    assert course.found.tolist()[-1] == 2
    assert course.queries_to(0.5) == 0


def test_a_share_never_reached_is_none() -> None:
    course, _ = course_of(Truth(np.arange(10) // 2), stop=Stop(queries=1))
    assert course.queries_to(1.0) is None
    assert course.hours(None) is None


def test_an_interrupted_course_keeps_its_answers() -> None:
    truth = Truth(np.arange(40) // 2)
    links = fakes.Links(40)

    def each(answers: int, found: int) -> None:
        raise KeyboardInterrupt

    course = run(fakes.InOrder(links, fakes.everything(40, 1)), links, truth, Perfect(truth), each=each)
    assert (course.ended, len(course)) == (courses.STOPPED, 50)


def test_ten_thousand_questions_take_seconds() -> None:
    """With constraints that cost nothing: the loop itself is measured."""

    class Quick:
        def __init__(self, n: int) -> None:
            self.n = n

        def root(self, one: int) -> int:
            return one

        def apart(self, root: int) -> set[int]:
            return set()

        def groups(self) -> list[list[int]]:
            return []

        def apply(self, one: int, other: int, same: bool):
            return fakes.Change(forbade=(one, other))

    class Any:
        name = "any"

        def ask(self) -> tuple[int, int]:
            return 0, 1

        def answered(self, *_) -> None:
            pass

    truth = Truth(np.arange(650))
    began = time.perf_counter()
    assert len(run(Any(), Quick(650), truth, Erring(truth, 0), Stop(share=2, queries=10_000))) == 10_000
    assert time.perf_counter() - began < 2
