"""The results as plain values: for ``figures.json``, and as rows of the tables beside the report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from spotid.evaluate.courses import ENDS, Course
from spotid.evaluate.curves import Curve
from spotid.evaluate.results import SHARES, Contest, Results, ratio

Row = list[Any]
EVERY = 100  # questions between two rows of a course where nothing changes


def figures(results: Results) -> dict[str, Any]:
    """Everything but the pictures and the whole courses, as values that JSON has."""
    return _plain(
        {
            "facts": asdict(results.facts),
            "options": asdict(results.options),
            "notes": results.notes,
            "stopped": results.stopped,
            "oddities": [asdict(one) for one in results.oddities],
            "ranked": [
                {"key": one.key, "label": one.label, "apart": _curve(one.apart), "within": _curve(one.within)}
                for one in results.ranked
            ],
            "contests": [_contest(one, results) for one in results.contests],
            "seconds": results.seconds,
        }
    )


def result_rows(results: Results) -> Iterator[Row]:
    """``results.csv``: one figure a row, section, what, measure, at, value."""
    yield ["section", "what", "measure", "at", "value"]
    for name, value in asdict(results.facts).items():
        yield ["data", "", name, "", _cell(value)]
    for one in results.ranked:
        for left, curve in (("own visit left out", one.apart), ("own visit left in", one.within)):
            if curve is None:
                continue
            for k, (share, low, high, individual) in enumerate(
                zip(curve.top, curve.low, curve.high, curve.top_individual, strict=True), 1
            ):
                yield [left, one.key, "top-k", k, _cell(share)]
                yield [left, one.key, "top-k low", k, _cell(low)]
                yield [left, one.key, "top-k high", k, _cell(high)]
                yield [left, one.key, "top-k by individual", k, _cell(individual)]
            yield [left, one.key, "mean average precision", "", _cell(curve.precision)]
            yield [left, one.key, "mean average precision by individual", "", _cell(curve.precision_individual)]
            yield [left, one.key, "queries", "", curve.queries]
    for contest in results.contests:
        for name, value in _contest(contest, results).items():
            if isinstance(value, dict):
                for share, inner in value.items():
                    yield ["questions", contest.key, name, share, _cell(inner)]
            elif isinstance(value, int | float) or value is None:
                yield ["questions", contest.key, name, "", _cell(value)]


def curve_rows(results: Results) -> Iterator[Row]:
    """``curves.csv``: the cumulative match curves."""
    yield ["own visit", "score", "rank", "share of queries"]
    for one in results.ranked:
        for left, curve in (("out", one.apart), ("in", one.within)):
            for rank, share in enumerate([] if curve is None else curve.match, 1):
                yield [left, one.key, rank, _cell(share)]


def course_rows(results: Results) -> Iterator[Row]:
    """``courses.csv``: counts along each course, wherever matches or mistakes changed and every now and then."""
    yield [
        "course",
        "strategy",
        "score",
        "error rate",
        "question",
        "hours",
        "matches found",
        "share found",
        "pairs joined by mistake",
        "pairs settled",
        "wrong answers",
    ]
    for contest in results.contests:
        course = contest.course
        wrong = np.cumsum(course.wrong)
        for at in told(course):
            found = int(course.found[at])
            yield [
                contest.key,
                contest.strategy,
                contest.score,
                contest.rate,
                at + 1,
                round(course.hours(at + 1) or 0.0, 4),
                found,
                _cell(found / course.total if course.total else math.nan),
                int(course.mixed[at]),
                int(course.settled[at]),
                int(wrong[at]),
            ]


def told(course: Course) -> list[int]:
    """The answers of a course, from 0, after which something is worth telling: the first, the last, those that changed
    what is found, and one in ``EVERY``. Nothing is lost of the curves of matches and of mistakes."""
    if not len(course):
        return []
    moved = np.zeros(len(course), bool)
    moved[[0, -1]] = True
    moved[::EVERY] = True
    moved[1:] |= (np.diff(course.found) != 0) | (np.diff(course.mixed) != 0)
    return [int(one) for one in np.flatnonzero(moved)]


def _curve(curve: Curve | None) -> dict[str, Any] | None:
    return None if curve is None else asdict(curve)


def _contest(one: Contest, results: Results) -> dict[str, Any]:
    course = one.course
    rival = results.contest("confspal", one.rate)
    return {
        "key": one.key,
        "strategy": one.strategy,
        "label": one.label,
        "score": one.score,
        "error_rate": one.rate,
        "questions": len(course),
        "hours": course.hours(len(course)),
        "ended": ENDS[course.ended],
        "found": course.total - course.missed,
        "missed": course.missed,
        "joined_wrongly": course.joined_wrongly,
        "wrong_answers": course.wrong_answers,
        "contradictions": course.contradictions,
        "computer_seconds": course.seconds,
        "queries_to": {_share(share): course.queries_to(share) for share in SHARES},
        "hours_to": {_share(share): course.hours(course.queries_to(share)) for share in SHARES},
        "of_baseline": {_share(share): ratio(one, results.baseline, share) for share in SHARES},
        "of_confspal": {_share(share): ratio(one, rival, share) for share in SHARES},
        "second_look": None if one.second is None else asdict(one.second),
    }


def _share(share: float) -> str:
    return f"{share:g}"


def _cell(value: Any) -> Any:
    """A value for a table: nothing for what is not known, and no text that a spreadsheet would run."""
    if isinstance(value, float | np.floating):
        return "" if math.isnan(value) else round(float(value), 6)
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return "'" + value
    return "" if value is None else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, Iterable):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
