"""Small drawings of an individual's page: where it was seen, and when. Plain numbers; the template draws the lines."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spotid.project.filenames import shown

MAP_WIDTH, MAP_HEIGHT, MARGIN = 560, 340, 46
LEAST_KM = 0.4  # a map of one station is this wide
KM_A_DEGREE = 111.32
LABELLED = 14  # more names than this would lie on one another
TIME_WIDTH, LANE, TIME_LEFT, TIME_RIGHT = 900, 34, 74, 14
LANES = ("left", "right", "other")
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Place:
    """A station on the map; ``count`` is how often the individual was seen there."""

    x: float
    y: float
    name: str
    count: int
    radius: float
    label: str  # "start" or "end": on which side its name stands; empty where it would lie on another one


@dataclass(frozen=True, slots=True)
class Map:
    """Stations seen from above, north up; ``bar`` is the length of the scale bar in the drawing's units."""

    places: list[Place]
    others: list[tuple[float, float, str]]
    bar: float
    bar_text: str
    width: int = MAP_WIDTH
    height: int = MAP_HEIGHT


def placed(rows: Sequence[sqlite3.Row]) -> list[sqlite3.Row]:
    """The rows that a map can show: those in degrees, or those in metres from one point where these are more."""
    kinds = [[row for row in rows if row[one] is not None] for one in ("latitude", "x_m")]
    return kinds[0] if len(kinds[0]) >= len(kinds[1]) else kinds[1]


def drawn_map(seen: Sequence[sqlite3.Row], known: Sequence[sqlite3.Row]) -> Map | None:
    """A map of where an individual was seen among all ``known`` stations; None where no place is known."""
    every = placed([*seen, *known])
    flat = bool(every) and every[0]["latitude"] is None
    here = [row for row in seen if row["x_m" if flat else "latitude"] is not None]
    if not here:
        return None
    names = {row["name"] for row in here}
    rest = [row for row in known if row["name"] not in names and row["x_m" if flat else "latitude"] is not None]
    points = [(row["x_m"] / 1000, row["y_m"] / 1000) for row in [*here, *rest]] if flat else _kilometres([*here, *rest])
    east, north = [x for x, _ in points], [y for _, y in points]
    room = (MAP_WIDTH - 2 * MARGIN, MAP_HEIGHT - 2 * MARGIN)
    unit = min(
        room[0] / max(max(east) - min(east), LEAST_KM), room[1] / max(max(north) - min(north), LEAST_KM)
    )  # of the drawing, in a kilometre
    middle = ((max(east) + min(east)) / 2, (max(north) + min(north)) / 2)
    where = [
        (
            round(MAP_WIDTH / 2 + (x - middle[0]) * unit, 1),
            round(MAP_HEIGHT / 2 - (y - middle[1]) * unit, 1),
        )
        for x, y in points
    ]
    most = max(row["n"] for row in here)
    bar_km = _round_length(room[0] / unit / 3)
    text = f"{bar_km:g} km" if bar_km >= 1 else f"{bar_km * 1000:g} m"
    others = [(x, y, shown(row["name"])) for (x, y), row in zip(where[len(here) :], rest, strict=True)]
    return Map(list(_places(here, where, most)), others, round(bar_km * unit, 1), text)


def _places(rows: Sequence[sqlite3.Row], where: Sequence[tuple[float, float]], most: int) -> Iterator[Place]:
    labels: list[tuple[float, float, float]] = []
    for row, (x, y) in zip(rows, where, strict=False):
        name = shown(row["name"])[:24]
        wide = 7.2 * len(name) + 16
        side = "start" if x + wide < MAP_WIDTH else "end"
        left = x if side == "start" else x - wide
        free = all(abs(y - other) > 15 or left > right or left + wide < begin for begin, right, other in labels)
        if not free or len(labels) == LABELLED:
            side = ""
        else:
            labels.append((left, left + wide, y))
        yield Place(x, y, name, row["n"], round(4.5 + 6.5 * math.sqrt(row["n"] / most), 1), side)


def _kilometres(rows: Sequence[sqlite3.Row]) -> list[tuple[float, float]]:
    """Places as kilometres east and north of their middle; a survey is small enough to be flat."""
    degrees = [(float(row["longitude"]), float(row["latitude"])) for row in rows]
    if max(x for x, _ in degrees) - min(x for x, _ in degrees) > 180:  # on both sides of the date line
        degrees = [(x + 360 if x < 0 else x, y) for x, y in degrees]
    middle = sum(y for _, y in degrees) / len(degrees)
    narrow = max(math.cos(math.radians(middle)), 1e-3)
    return [(x * KM_A_DEGREE * narrow, y * KM_A_DEGREE) for x, y in degrees]


def _round_length(most: float) -> float:
    """The longest of 1, 2, 5, 10, 20 … that is no longer than ``most``."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5, 2, 1) if step * power <= most or step == 1)


@dataclass(frozen=True, slots=True)
class Dot:
    """All sightings of one day that show one side."""

    x: float
    y: int
    radius: float
    day: str
    count: int
    stations: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sightings by date in lanes; ``ticks`` are (x, text)."""

    dots: list[Dot]
    lanes: list[tuple[int, str]]
    ticks: list[tuple[float, str]]
    days: int
    first: str
    last: str
    width: int = TIME_WIDTH
    height: int = LANE * len(LANES) + 30


def drawn_times(rows: Iterable[sqlite3.Row], span: tuple[str, str] | None = None) -> Timeline | None:
    """When an individual was seen, between the first and last day of the survey (``span``); None without any time."""
    days: dict[tuple[str, str], list[sqlite3.Row]] = {}
    for row in rows:
        lane = row["flank"] if row["flank"] in ("left", "right") else "other"
        days.setdefault((row["captured_at"][:10], lane), []).append(row)
    dates = sorted({day for day, _ in days})
    if not dates:
        return None
    begin = date.fromisoformat(min(dates[0], span[0][:10]) if span else dates[0])
    end = date.fromisoformat(max(dates[-1], span[1][:10]) if span else dates[-1])
    if (end - begin).days < 6:
        begin, end = begin - timedelta(days=3), end + timedelta(days=3)
    unit = (TIME_WIDTH - TIME_LEFT - TIME_RIGHT) / (end - begin).days

    def at(day: date) -> float:
        return round(TIME_LEFT + (day - begin).days * unit, 1)

    middle = {lane: LANE * place + LANE // 2 for place, lane in enumerate(LANES)}
    dots = [
        Dot(
            at(date.fromisoformat(day)),
            middle[lane],
            round(min(4 + 1.6 * math.log2(len(of)), 11), 1),
            day,
            len(of),
            ", ".join(sorted({shown(row["station"]) for row in of if row["station"]})),
        )
        for (day, lane), of in sorted(days.items())
    ]
    ticks = [(at(day), text) for day, text in _ticks(begin, end)]
    return Timeline(dots, [(middle[lane], lane) for lane in LANES], ticks, len(dates), dates[0], dates[-1])


def _ticks(begin: date, end: date) -> list[tuple[date, str]]:
    """Days, months or years, as many as can be read beside one another."""
    for step in (1, 2, 7, 14):
        if (end - begin).days / step <= MOST_TICKS:
            return [
                (begin + timedelta(days=n), f"{begin + timedelta(days=n):%Y-%m-%d}")
                for n in range(step, (end - begin).days + 1, step)
            ]
    months = [
        date(year, month, 1)
        for year in range(begin.year, end.year + 1)
        for month in range(1, 13)
        if begin <= date(year, month, 1) <= end
    ]
    for every in (1, 2, 3, 6, 12, 24, 60, 120):
        chosen = [day for day in months if (day.year * 12 + day.month - 1) % every == 0]
        if len(chosen) <= MOST_TICKS:
            break
    return [(day, str(day.year) if every >= 12 else f"{day:%Y-%m}") for day in chosen]
