"""The spots of two coats that lie alike, for the screen: from the spots on the disk, with numpy alone."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass

from spotid.match.cache import PointCache
from spotid.match.parts import Matcher
from spotid.project.folder import Project

MOST = 20  # pairs shown: more can't be told apart on a screen
APART = 0.05  # of a crop's width: a pair nearer than this to a better one would be drawn over it


@dataclass(frozen=True, slots=True)
class AgreeingSpot:
    """One spot seen on both animals: its place on either crop, as fractions of the crop's width and height."""

    a: tuple[float, float]
    b: tuple[float, float]


def agreeing_spots(
    project: Project, matcher: Matcher, padding: float, a: sqlite3.Row, b: sqlite3.Row
) -> tuple[list[AgreeingSpot], int] | None:
    """The pairs of spots that ``matcher`` holds for the same, best first, at most ``MOST``; and how many there are.

    ``a`` and ``b`` are rows of ``sightings.FACTS``; ``padding`` is the share of a box's sides that its crop has around
    it. None where the spots of either are not on the disk. Nothing is made or written, and no image library is loaded.
    """
    cache = PointCache(project, matcher, padding)
    mine, other = cache.stored(a), cache.stored(b)
    if mine is None or other is None:
        return None
    shown: list[AgreeingSpot] = []
    steep = [(row["h"] * (row["height"] or 1)) / max(row["w"] * (row["width"] or 1), 1e-6) for row in (a, b)]
    pairs = matcher.compare(mine, other).pairs.tolist()
    for i, j in pairs:
        (ax, ay), (bx, by) = mine.xy[i].tolist(), other.xy[j].tolist()
        if all(
            math.hypot(ax - one.a[0], (ay - one.a[1]) * steep[0]) >= APART
            and math.hypot(bx - one.b[0], (by - one.b[1]) * steep[1]) >= APART
            for one in shown
        ):
            shown.append(AgreeingSpot((ax, ay), (bx, by)))
        if len(shown) == MOST:
            break
    return shown, len(pairs)
