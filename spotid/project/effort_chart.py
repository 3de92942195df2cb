"""The effort chart: one bar for each deployment, its outages, and the days that have photographs."""

from __future__ import annotations

from dataclasses import dataclass

from spotid.project import effort, spans
from spotid.project.sightings import SHOWS_OURS
from spotid.project.spans import Nights
from spotid.project.stations_kept import COUNTED
from spotid.project.store import Store


@dataclass(frozen=True, slots=True)
class Line:
    """One bar. ``outages``: (day it stopped, day it worked again); ``days``: (day, photographs, with animals)."""

    deployment_id: int
    station: str
    camera: str
    start: str | None
    end: str | None
    guessed: str
    outages: list[tuple[str, str]]
    days: list[tuple[str, int, int]]
    doubtful: int


def chart(store: Store, survey_id: int | None = None) -> list[Line]:
    """The bars, by station, camera and start."""
    days: dict[int, list[tuple[str, int, int]]] = {}
    for row in store.all(
        f"SELECT deployment_id, substr(captured_at, 1, 10) AS day, COUNT(*) AS n, SUM({SHOWS_OURS}) AS animals"
        f" FROM media WHERE deployment_id IS NOT NULL AND captured_at IS NOT NULL AND {COUNTED}"
        " GROUP BY deployment_id, day ORDER BY deployment_id, day"
    ):
        days.setdefault(row["deployment_id"], []).append((row["day"], row["n"], row["animals"]))
    bounds = effort.bounds_of(store, survey_id)
    lines = []
    for one in effort.of(store, survey_id):
        drawn = _drawn(one, bounds)
        lines.append(
            Line(
                *(one.deployment.id, one.deployment.station, one.deployment.camera),
                start=spans.iso(drawn[0]) if drawn else None,
                end=spans.iso(drawn[1]) if drawn else None,
                guessed=one.guessed,
                outages=[(spans.iso(first), spans.iso(last)) for first, last in one.lost],
                days=days.get(one.deployment.id, []),
                doubtful=one.deployment.doubtful,
            )
        )
    return lines


def _drawn(one: effort.Stood, bounds: Nights) -> Nights | None:
    """From where to where a bar goes: its nights, and where an end was taken from photographs their whole days."""
    if not one.there:
        return None
    known = one.deployment
    first, last = one.there[0][0], one.there[-1][1]
    if known.first is not None and one.guessed in ("start", "both"):
        first = max(spans.day(known.first), bounds[0])
    if known.last is not None and one.guessed in ("end", "both"):
        last = min(spans.day(known.last) + 1, bounds[1])
    return (first, last)
