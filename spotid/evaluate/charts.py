"""Line charts as SVG: no script, no file beside them, colours from the page's style so that they follow its theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

import numpy as np

WIDTH, HEIGHT = 880, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 238, 14, 58  # room for the numbers, and for the name at the end of each line
LINE = 17  # between two names
MOST_POINTS = 500  # of a line; more can't be told apart on paper


@dataclass(frozen=True)
class Series:
    """One line. ``hue`` 0 to 7 is its colour (class ``s0`` to ``s7`` of the page's style); ``band`` its interval."""

    label: str
    x: Sequence[float] | np.ndarray
    y: Sequence[float] | np.ndarray
    hue: int = 0
    dashed: bool = False
    band: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class Axis:
    """``log`` axes start at ``low``, which must be above 0. ``shown`` writes a number at a tick, with a second line
    after a line break; ``at`` are the ticks, round values where it is empty."""

    title: str
    low: float
    high: float
    shown: Callable[[float], str]
    log: bool = False
    at: tuple[float, ...] = ()

    def place(self, value: np.ndarray) -> np.ndarray:
        """0 at the low end to 1 at the high one."""
        low, high = self.low, max(self.high, self.low + 1e-9)
        if not self.log:
            return np.asarray((value - low) / (high - low))
        return np.asarray(np.log(np.maximum(value, low) / low) / np.log(high / low))

    def ticks(self) -> list[float]:
        """Where numbers stand along the axis."""
        if self.at:
            return list(self.at)
        if self.log:
            decades = range(floor(log10(self.low)), floor(log10(self.high)) + 1)
            many = len(decades) > 3
            every = [part * 10.0**power for power in decades for part in ((1,) if many else (1, 2, 5))]
            return [one for one in every if self.low <= one <= self.high * 1.0001]
        step = _round_step((self.high - self.low) / 6)
        first = int(np.ceil(self.low / step - 1e-9))
        return [k * step for k in range(first, floor(self.high / step + 1e-9) + 1)]


def number(value: float) -> str:
    """A count with thousands set apart."""
    return f"{value:,.0f}"


def percent(value: float) -> str:
    """A share as per cent."""
    return f"{100 * value:.0f} %"


def line_chart(series: Sequence[Series], x: Axis, y: Axis, title: str) -> str:
    """The chart as one ``<svg>``; ``title`` is what a screen reader says of it. Lines end where the axes end."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"'
        ' xmlns="http://www.w3.org/2000/svg">'
    ]
    for tick in y.ticks():
        at = TOP + high * (1 - float(y.place(np.array(tick))))
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{LEFT + wide}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 9}" y="{at + 4:.1f}" text-anchor="end">{escape(y.shown(tick))}</text>'
        )
    title_at = TOP + high + 42
    for tick in x.ticks():
        at = LEFT + wide * float(x.place(np.array(tick)))
        parts.append(f'<path class="mark" d="M{at:.1f} {TOP + high}v5"/>')
        rows = x.shown(tick).split("\n")
        title_at = max(title_at, TOP + high + 28 + 14 * len(rows))
        for row, text in enumerate(rows):
            parts.append(
                f'<text class="tick{" second" if row else ""}" x="{at:.1f}" y="{TOP + high + 19 + 14 * row}"'
                f' text-anchor="middle">{escape(text)}</text>'
            )
    parts.append(f'<path class="axis" d="M{LEFT} {TOP + high}H{LEFT + wide}"/>')
    parts.append(
        f'<text class="title" x="{LEFT + wide / 2:.0f}" y="{title_at}" text-anchor="middle">{escape(x.title)}</text>'
    )
    parts.append(
        f'<text class="title" transform="translate(13 {TOP + high / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.title)}</text>"
    )
    ends = []
    for one in series:
        xs, ys = _within(np.asarray(one.x, np.float64), np.asarray(one.y, np.float64), x)
        if not len(xs):
            continue
        px, py = LEFT + wide * x.place(xs), TOP + high * (1 - np.clip(y.place(ys), 0, 1))
        if one.band is not None:
            edges = [TOP + high * (1 - np.clip(y.place(np.asarray(side)), 0, 1)) for side in one.band]
            outline = _path(np.concatenate([px, px[::-1]]), np.concatenate([edges[0], edges[1][::-1]]))
            parts.append(f'<path class="band s{one.hue}" d="{outline}Z"/>')
        dashed = " dashed" if one.dashed else ""
        parts.append(
            f'<path class="line s{one.hue}{dashed}" d="{_path(px, py)}"><title>{escape(one.label)}</title></path>'
        )
        ends.append((float(px[-1]), float(py[-1]), one))
    parts += _names(ends, wide, high)
    return "".join(parts) + "</svg>"


def _names(ends: list[tuple[float, float, Series]], wide: int, high: int) -> list[str]:
    """The name of each line beside its end, pushed apart where ends lie close, with a thread to its line."""
    ends = sorted(ends, key=lambda end: end[1])
    places: list[float] = []
    for _, py, _ in ends:
        places.append(max(py, places[-1] + LINE if places else TOP))
    over = places[-1] - (TOP + high) if places else 0.0
    for index in reversed(range(len(places))):
        if over > 0:
            limit = places[index + 1] - LINE if index + 1 < len(places) else float(TOP + high)
            places[index] = min(places[index], limit)
    parts = []
    for (px, py, one), at in zip(ends, places, strict=True):
        side = LEFT + wide + 14
        parts.append(f'<path class="thread s{one.hue}" d="M{px:.1f} {py:.1f}L{side - 4} {at:.1f}"/>')
        parts.append(f'<circle class="dot s{one.hue}" cx="{px:.1f}" cy="{py:.1f}" r="3.5"/>')
        parts.append(f'<text class="name s{one.hue}" x="{side}" y="{at + 4:.1f}">{escape(one.label)}</text>')
    return parts


def _within(xs: np.ndarray, ys: np.ndarray, axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """The points inside the axis, thinned evenly along it; the last one before its end is always there."""
    inside = (xs <= axis.high) & (xs >= axis.low)
    xs, ys = xs[inside], ys[inside]
    if len(xs) <= MOST_POINTS:
        return xs, ys
    wanted = np.linspace(0, 1, MOST_POINTS)
    chosen = np.unique(np.searchsorted(axis.place(xs), wanted).clip(0, len(xs) - 1))
    chosen = np.unique(np.append(chosen, len(xs) - 1))
    return xs[chosen], ys[chosen]


def _path(px: np.ndarray, py: np.ndarray) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(px, py, strict=True))


def _round_step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    power = 10.0 ** floor(log10(rough))
    return float(next(part * power for part in (1, 2, 2.5, 5, 10) if part * power >= rough * 0.999))
