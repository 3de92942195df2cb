"""Measure a subject: what finds individuals again, and what each way of asking costs a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import numpy as np

from spotid.errors import BadRequestError
from spotid.evaluate.contests import Arena
from spotid.evaluate.courses import Stop
from spotid.evaluate.curves import Curve, curve_of
from spotid.evaluate.matrices import picture
from spotid.evaluate.results import Facts, Odd, Options, Picture, Ranked, Results
from spotid.evaluate.scores import Score, Scorer
from spotid.evaluate.subject import Subject
from spotid.progress import Cancelled, Progress, Silent

PART = 100  # steps of one course; a score counts as a tenth of it
STOPPED = "The run was stopped before everything was measured: what is missing below was not reached."


def measure(subject: Subject, options: Options | None = None, progress: Progress | None = None) -> Results:
    """Measure everything about ``subject``.

    Stopping (Cancelled from ``progress``, or KeyboardInterrupt) gives what was measured until then, with a sentence in
    ``stopped``. Raises BadRequestError for a strategy that there is none of, and where there is nothing to compare.
    """
    if len(subject) < 2:
        raise BadRequestError(
            "There are not two sightings of known individuals.", "Name individuals, or check what was left out and why."
        )
    options, told = options or Options(), progress or Silent()
    results = Results(facts_of(subject), options, list(subject.notes))
    scorer = Scorer(subject, options)
    arena = Arena(subject, scorer, options)
    entries = arena.entries()
    rates = [0.0, options.error_rate] if options.error_rate > 0 else [0.0]
    try:
        results.oddities.extend(odd_stations(subject))
        told.expect(scorer.count * PART // 10 + len(entries) * len(rates) * PART)
        with _timed(results, "scores"):
            told.step(0, "Scores of all pairs")
            for score in scorer.every():
                results.ranked.append(_rank(subject, score, options.seed))
                if score.drawn:
                    results.pictures.append(Picture(score.key, score.label, score.told, picture(score.matrix)))
                told.step(PART // 10)
        results.pictures.append(
            Picture("truth", "Who is who", "Bright where both are one individual.", picture(subject.same.astype(float)))
        )
        for strategy, key in entries:
            perfect = None
            for rate in rates:
                # With mistakes nobody can see that all is found: the person stops where the faultless one was done.
                stop: Stop | None = None if perfect is None else Stop(share=2, queries=len(perfect.course))
                told.step(0, f"{strategy}, {'some answers wrong' if rate else 'no answer wrong'}")
                steps = _Steps(told, arena.truth.total)
                with _timed(results, f"{strategy} on {key}, {rate:g} errors"):
                    contest = arena.hold(strategy, key, rate, stop, steps)
                results.contests.append(contest)
                if contest.course.ended == "stopped":
                    raise KeyboardInterrupt
                steps.done()
                perfect = perfect or contest
    except (Cancelled, KeyboardInterrupt):
        results.stopped = STOPPED
    return results


def facts_of(subject: Subject) -> Facts:
    """Counts of what is measured on."""
    from spotid.evaluate.annotator import Truth
    from spotid.movement.feasible import of_survey

    records = subject.records
    placed, timed = np.isfinite(records.at).all(axis=1), np.isfinite(records.days)
    sizes = np.bincount(subject.identity)
    survey = of_survey(records, trimmed=False)
    return Facts(
        subject.name,
        len(subject),
        int((sizes > 0).sum()),
        int((sizes > 1).sum()),
        len(np.unique(subject.visit)),
        int(np.triu(~(subject.opposite | subject.one_picture), 1).sum()),
        Truth(subject.identity, subject.flank).total,
        len(np.unique(records.station[records.station >= 0])),
        int(placed.sum()),
        int(timed.sum()),
        int((subject.flank != 0).sum()),
        float(np.ptp(records.days[timed])) if timed.any() else float("nan"),
        survey.longest_km if records.scaled and placed.any() else float("nan"),
        0 if subject.listed is None else len(subject.listed),
    )


def odd_stations(subject: Subject) -> list[Odd]:
    """Stations whose clock or place the known individuals speak against, the clearest first."""
    from spotid.movement.oddities import oddities

    apart = subject.same & ~subject.own_visit
    one, other = np.nonzero(np.triu(apart, 1))
    return [
        Odd(odd.station, odd.kind, odd.sentence, odd.repair, odd.pairs, odd.improbable)
        for odd in oddities(subject.records, one, other)
    ]


def _rank(subject: Subject, score: Score, seed: int) -> Ranked:
    """Own visit left out, and left in as papers do; opposite flanks and one photograph are never a candidate."""
    may = ~(subject.opposite | subject.one_picture)
    curves: list[Curve | None] = [
        curve_of(score.matrix, subject.same, allowed, subject.identity, seed)
        for allowed in (may & ~subject.own_visit, may)
    ]
    return Ranked(score.key, score.label, score.told, *curves)


class _Steps:
    """Tells the progress of one course by the matches found."""

    def __init__(self, told: Progress, total: int) -> None:
        self.told, self.total, self.at = told, max(1, total), 0

    def __call__(self, answers: int, found: int) -> None:
        now = min(PART - 1, PART * found // self.total)
        self.told.step(max(0, now - self.at))
        self.at = max(self.at, now)

    def done(self) -> None:
        self.told.step(PART - self.at)


@contextmanager
def _timed(results: Results, stage: str) -> Iterator[None]:
    began = perf_counter()
    try:
        yield
    finally:
        results.seconds[stage] = perf_counter() - began
