"""Write what was measured: one page that opens by itself, and tables beside it."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spotid import __version__
from spotid.evaluate import figures, plots
from spotid.evaluate.charts import number, percent
from spotid.evaluate.courses import ENDS
from spotid.evaluate.results import SHARES, Contest, Results, ratio
from spotid.project.files import write_whole

TEMPLATE = Path(__file__).with_name("report.html")
PAGE = "report.html"
FILES = {
    "results.csv": "every figure of this page, one a row",
    "curves.csv": "the cumulative match curves",
    "courses.csv": "matches and mistakes along each course of questions",
    "figures.json": "the same figures for programs",
}


def write(results: Results, out: Path) -> Path:
    """Write the report into the folder ``out``, which is made where it is missing; returns the page. Files of an
    earlier report there are replaced, each in one go; others are left alone."""
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "results.csv", _table(figures.result_rows(results)))
    write_whole(out / "curves.csv", _table(figures.curve_rows(results)))
    write_whole(out / "courses.csv", _table(figures.course_rows(results)))
    values = json.dumps(figures.figures(results), indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(out / "figures.json", values.encode())
    for one in results.pictures:
        write_whole(out / f"similarity_{one.key}.png", one.png)
    write_whole(out / PAGE, page(results).encode())
    return out / PAGE


def page(results: Results) -> str:
    """The report as one HTML page: no script, nothing loaded from elsewhere."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(count=number, share=_share, hours=_hours, km=_km)
    charts = {name: Markup(drawn) for name, drawn in plots.charts(results).items()}
    perfect = [one for one in results.contests if one.rate == 0]
    erring = [one for one in results.contests if one.rate > 0]
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        r=results,
        facts=results.facts,
        charts=charts,
        depths=(1, 5, 10, 20),
        shares=SHARES,
        perfect=perfect,
        erring=[(one, results_of(one, erring)) for one in erring],
        baseline=results.baseline,
        rival=results.contest("confspal"),
        ratio=ratio,
        headlines=headlines(results),
        pictures=[(one, "data:image/png;base64," + base64.b64encode(one.png).decode()) for one in results.pictures],
        ends=ENDS,
        hues=plots.HUES,
        names=plots.NAMES,
        files=FILES,
        version=__version__,
        made=datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
    )


def results_of(one: Contest, erring: list[Contest]) -> float | None:
    """Errors left by a strategy as a part of those that the most similar first leaves on pictures alone."""
    base = next((other for other in erring if other.strategy == "greedy" and other.score == "image"), None)
    if base is None or base is one:
        return None
    theirs = base.course.missed + base.course.joined_wrongly
    return (one.course.missed + one.course.joined_wrongly) / theirs if theirs else None


def headlines(results: Results) -> list[dict[str, str]]:
    """The few figures that come first: what is found among five, and what it costs to find all."""
    told = []
    by_key = {one.key: one.apart or one.within for one in results.ranked}
    image = by_key.get("image")
    fused = by_key.get("product" if results.options.fusion == "product" else "calibrated")
    if image is not None and fused is not None:
        gain = 100 * (fused.top[4] - image.top[4])
        points = f"{gain:+.1f} points with place and time".replace("-", "−")
        told.append(
            {
                "what": "The right individual among the first five",
                "before": _share(float(image.top[4])),
                "after": _share(float(fused.top[4])),
                "note": points if abs(gain) >= 0.05 else "no difference with place and time",
                "good": "good" if gain >= 0.05 else "",
            }
        )
    base = results.baseline
    best = results.contest("gain") or results.contest("confspal") or results.contest("greedy")
    if base is not None and best is not None:
        for share in (0.95, 1.0):
            ours, theirs = best.course.queries_to(share), base.course.queries_to(share)
            if ours is None:
                continue
            part = ratio(best, base, share)
            told.append(
                {
                    "what": f"Questions for {percent(share)} of the matches",
                    "before": number(theirs) if theirs is not None else f"over {number(len(base.course))}",
                    "after": number(ours),
                    "note": f"{_hours(best.course.hours(ours))} of work"
                    + (f", {percent(part)} of the questions" if part is not None else ""),
                    "good": "good" if part is None or part < 1 else "",
                }
            )
    return told


def _share(value: float | None, digits: int = 1) -> str:
    return "—" if value is None or value != value else f"{100 * value:.{digits}f} %"


def _hours(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:,.1f} h" if value < 100 else f"{value:,.0f} h"


def _km(value: float) -> str:
    return "not known" if value != value else f"{value:,.1f} km"


def _table(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")
