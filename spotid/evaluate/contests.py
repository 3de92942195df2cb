"""Strategies against each other on one subject, with a person who is never wrong and one who errs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from spotid.errors import BadRequestError
from spotid.evaluate.annotator import Annotator, Erring, Perfect, Truth
from spotid.evaluate.courses import Course, Stop, joined, run
from spotid.evaluate.results import QUERIES_EACH, STRATEGIES, Contest, Options, Second
from spotid.evaluate.scores import Scorer
from spotid.evaluate.subject import Subject

if TYPE_CHECKING:
    from spotid.review.asking import Strategy
    from spotid.review.asking.constraints import Constraints

SECOND_LOOK = 1_000_003  # added to the seed: the second look slips elsewhere than the first
MOST_LISTS = 10
MANY = 20_000  # answers above which one list is all: working one out takes a minute then
Each = Callable[[int, int], None]


class Arena:
    """What all contests on one subject share."""

    def __init__(self, subject: Subject, scorer: Scorer, options: Options) -> None:
        for name in options.strategies:
            if name not in STRATEGIES:
                known = ", ".join(STRATEGIES)
                raise BadRequestError(f"There is no strategy “{name}”.", f"Choose among these: {known}.")
        self.subject, self.scorer, self.options = subject, scorer, options
        self.truth = Truth(subject.identity, subject.flank)
        self.allowed = scorer.allowed
        apart = np.argwhere(np.triu(subject.one_picture, 1))
        self._apart = [(int(a), int(b)) for a, b in apart]
        self._joined = _of_visits(subject) if options.by == "visit" else []

    def entries(self) -> list[tuple[str, str]]:
        """(strategy, score) of all contests, the one to compare with first; none where no strategy is asked for."""
        if not self.options.strategies:
            return []
        fused = "product" if self.options.fusion == "product" else "calibrated"
        return [("greedy", "image"), *((name, fused) for name in self.options.strategies)]

    def constraints(self) -> Constraints:
        """Fresh ones: two animals of one photograph are two; by visit, one animal's pictures of a visit are joined."""
        from spotid.review.asking.constraints import Constraints

        fresh = Constraints(len(self.subject), apart=self._apart)
        for one, other in self._joined:
            fresh.apply(one, other, True)
        return fresh

    def hold(
        self, strategy: str, score: str, rate: float, stop: Stop | None = None, each: Each | None = None
    ) -> Contest:
        """One course. With a person who errs, the doubtful answers are listed at the end and looked at again."""
        person: Annotator = Erring(self.truth, rate, self.options.seed) if rate else Perfect(self.truth)
        constraints = self.constraints()
        asking = self._strategy(strategy, score, constraints)
        limit = self.options.queries or QUERIES_EACH * len(self.subject)
        course = run(asking, constraints, self.truth, person, stop or Stop(queries=limit), each)
        label = asking.label + (", pictures alone" if score == "image" else "")
        second = self._second(course, rate) if rate and len(course) else None
        return Contest(strategy, label, score, rate, course, second)

    def _strategy(self, name: str, score: str, constraints: Constraints) -> Strategy:
        scorer = self.scorer
        similarity = np.asarray(scorer.image if score == "image" else scorer.fused, np.float32)
        if name == "greedy":
            from spotid.review.asking.greedy import Greedy

            return Greedy(similarity, constraints, allowed=self.allowed)
        if name == "spal":
            from spotid.review.asking.spal import Spal

            return Spal(similarity, constraints, allowed=self.allowed)
        if name == "confspal":
            from spotid.review.asking.confspal import ConfSpal

            return ConfSpal(
                similarity,
                constraints,
                self.subject.vectors,
                lambda cosine: np.asarray(scorer.learnt(cosine), np.float32),
                seed=self.options.seed,
                allowed=self.allowed,
            )
        from spotid.review.asking.gain import Gain

        return Gain(scorer.calibrated.image, scorer.calibrated.located, constraints, allowed=self.allowed)

    def _second(self, course: Course, rate: float) -> Second:
        """The lists of doubtful answers, each answer on them looked at once by a person who errs as often.

        Taking answers back brings others to light, as on the program's page: lists follow until one has nothing new.
        """
        from spotid.review.doubtful import doubtful

        chance = self.scorer.chance
        answers = [(int(a), int(b), bool(said)) for (a, b), said in zip(course.asked, course.said, strict=True)]
        again = Erring(self.truth, rate, self.options.seed + SECOND_LOOK)
        looked: set[int] = set()
        first = rounds = 0
        while rounds < (MOST_LISTS if len(answers) <= MANY else 1):
            listed = doubtful(answers, lambda a, b: chance[np.asarray(a), np.asarray(b)], wrong=rate, firm=self._joined)
            fresh = {doubt.at for doubt in listed} - looked
            if not fresh:
                break
            rounds += 1
            first = first or sum(bool(course.wrong[at]) for at in fresh)
            looked |= fresh
            for at in fresh:
                a, b, _ = answers[at]
                answers[at] = (a, b, again.answer(a, b))
        constraints = self.constraints()
        groups = joined(self.truth, constraints)
        for a, b, said in answers:
            change = constraints.apply(a, b, said)
            if change.joined is not None:
                groups.join(*change.joined)
        found = sum(bool(course.wrong[at]) for at in looked)
        left = self.truth.total - groups.found
        return Second(len(looked), course.wrong_answers, found, left, groups.mixed, first, rounds)


def _of_visits(subject: Subject) -> list[tuple[int, int]]:
    """Pairs that join the pictures of one visit, individual and flank; a person leaves the others out."""
    first: dict[tuple[int, int, int], int] = {}
    found = []
    for at, key in enumerate(
        zip(subject.visit.tolist(), subject.identity.tolist(), subject.flank.tolist(), strict=True)
    ):
        if key in first:
            found.append((first[key], at))
        first.setdefault(key, at)
    return found
