"""Which charts the report has, and what is drawn in each."""

from __future__ import annotations

import numpy as np

from spotid.evaluate.annotator import SECONDS_PER_ANSWER
from spotid.evaluate.charts import Axis, Series, line_chart, number, percent
from spotid.evaluate.curves import DEPTHS
from spotid.evaluate.figures import told
from spotid.evaluate.results import Contest, Ranked, Results

# One colour for each, the same in every chart and table.
HUES = {
    "image": 0,
    "feasible": 6,
    "located": 7,
    "product": 2,
    "calibrated": 1,
    "adapted": 4,
    "adapted_product": 3,
    "adapted_calibrated": 5,
    "embedding": 7,
    "greedy": 2,
    "spal": 4,
    "confspal": 3,
    "gain": 1,
}
# Short names of strategies; those of the literature by what it calls them.
NAMES = {"greedy": "Most similar first", "spal": "SPAL", "confspal": "ConfSPAL", "gain": "Most useful question"}
SHOWN = ("image", "feasible", "product", "calibrated", "adapted", "adapted_product")
BANDS = ("image", "calibrated")
FAR = 6  # times as many questions as the quickest: the axis is drawn in logarithms


def charts(results: Results) -> dict[str, str]:
    """SVG by name: top, match, courses and errors, each where there is something to draw."""
    drawn = {}
    ranked = [one for one in results.ranked if one.key in SHOWN and (one.apart or one.within) is not None]
    if ranked:
        drawn["top"] = _top(ranked)
        drawn["match"] = _match(ranked)
    perfect = [one for one in results.contests if one.rate == 0 and len(one.course)]
    erring = [one for one in results.contests if one.rate > 0 and len(one.course)]
    if perfect:
        drawn["courses"] = _courses(perfect, "Matches found with every question, by strategy, nobody being wrong")
    if erring:
        drawn["errors"] = _courses(erring, "Matches found with every question, by strategy, some answers being wrong")
    return drawn


def _top(ranked: list[Ranked]) -> str:
    series = []
    for one in ranked:
        curve = one.apart or one.within
        assert curve is not None
        band = (curve.low, curve.high) if one.key in BANDS else None
        depths = np.arange(1, DEPTHS + 1)
        series.append(Series(one.label, depths, curve.top, HUES[one.key], one.key.startswith("adapted"), band))
    ends = [float(end) for one in series for side in one.band or (one.y,) for end in (np.min(side), np.max(side))]
    low, high = np.floor(min(ends) * 10 - 1e-9) / 10, np.ceil(max(ends) * 10 + 1e-9) / 10
    x = Axis("Candidates looked at", 1, DEPTHS, number, at=(1, 5, 10, 15, DEPTHS))
    y = Axis("Queries whose individual is among them", max(0.0, low), min(1.0, high), percent)
    return line_chart(series, x, y, "Share of queries whose individual is among the first candidates, by score")


def _match(ranked: list[Ranked]) -> str:
    series = []
    for one in ranked:
        curve = one.apart or one.within
        assert curve is not None
        ranks = np.arange(1, len(curve.match) + 1)
        series.append(Series(one.label, ranks, curve.match, HUES[one.key], one.key.startswith("adapted")))
    deepest = max(len(one.x) for one in series)
    x = Axis("Rank, in logarithms", 1, max(2, deepest), number, log=True)
    y = Axis("Queries found by that rank", 0, 1, percent)
    return line_chart(series, x, y, "Cumulative match curve: share of queries found by each rank, by score")


def _courses(contests: list[Contest], title: str) -> str:
    series, needed = [], []
    for one in contests:
        course = one.course
        at = told(course)
        xs = np.concatenate([[0], np.array(at) + 1])
        ys = np.concatenate([[course.start], course.found[at]]) / max(1, course.total)
        base = one.score == "image"
        name = "Similar first, pictures alone" if base else NAMES.get(one.strategy, one.label)
        series.append(Series(name, xs, ys, HUES["image"] if base else HUES[one.strategy], base))
        needed.append(len(course))
    done = [one.course.queries_to(1.0) or 0 for one in contests]
    least = min((one for one in done if one), default=max(needed))
    far = max(needed) > FAR * least
    if far:
        # Logarithms have no 0: the lines begin at the first tenth of the quickest course.
        low = max(1.0, least / 20)
        x = Axis("Questions answered, in logarithms, and a person’s hours", low, max(needed), _with_hours, log=True)
    else:
        x = Axis("Questions answered, and a person’s hours", 0, max(needed), _with_hours)
    return line_chart(series, x, Axis("True matches found", 0, 1, percent), title)


def _with_hours(questions: float) -> str:
    hours = questions * SECONDS_PER_ANSWER / 3600
    if not questions:
        return "0"
    spent = f"{60 * hours:.0f} min" if hours < 1 else f"{hours:.1f} h" if hours < 10 else f"{number(hours)} h"
    return f"{number(questions)}\n{spent}"
