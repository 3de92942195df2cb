"""The spots of two coats that lie alike, for the screen: from the spots on the disk, with numpy alone."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from spotid.match import registry
from spotid.match.cache import PointCache
from spotid.match.chance import PARTS
from spotid.match.laid import Laid
from spotid.match.parts import Matcher
from spotid.match.several import TOGETHER, Several
from spotid.project import parts_kept
from spotid.project.candidates import Candidates
from spotid.project.folder import Project

MOST = 20  # pairs shown: more can't be told apart on a screen
APART = 0.05  # of a crop's width: a pair nearer than this to a better one would be drawn over it


@dataclass(frozen=True, slots=True)
class AgreeingSpot:
    """One spot seen on both animals: its place on either crop, as fractions of the crop's width and height."""

    a: tuple[float, float]
    b: tuple[float, float]


def shown_spots(
    project: Project, name: str, padding: float, a: sqlite3.Row, b: sqlite3.Row, *, lie: bool = False
) -> tuple[list[AgreeingSpot], int] | None:
    """``agreeing_spots`` of the matcher, or matchers, called ``name``, whether or not they can run on this computer.

    ``lie``: they were shown animals that were laid level.

    What a published matcher holds for the same was kept when it compared; a built-in one compares again. None where no
    spots of either are on the disk and none were kept.
    """
    candidates = Candidates(project.layout)
    try:
        told = [_told(project, candidates, part.strip(), padding, a, b, lie) for part in name.split(TOGETHER)]
    finally:
        candidates.close()
    known = [one for one in told if one is not None]
    if not known:
        return None
    turns = zip_longest(*(places.tolist() for places, _ in known))
    return _apart([one for turn in turns for one in turn if one is not None], a, b), sum(count for _, count in known)


def _told(
    project: Project, candidates: Candidates, name: str, padding: float, a: sqlite3.Row, b: sqlite3.Row, lie: bool
) -> tuple[np.ndarray, int] | None:
    """The places ``(k, 4)`` that one matcher holds for the same, best first, and how many it found; None where nothing
    is known."""
    if name in registry.MATCHERS:
        found = registry.matcher(name)
        assert not isinstance(found, Several)
        again = _compared(project, Laid(found) if lie else found, padding, a, b)
        return None if again is None else (again, len(again))
    for note in candidates.notes(PARTS, parts_kept.scopes(project.store)):
        for one in json.loads(note or "{}").get("matchers", ()):
            told = candidates.checked(a["id"], b["id"], one["identity"]) if one["name"] == name else None
            if told is not None:
                places = candidates.agreed(a["id"], b["id"], one["identity"])
                return (np.empty((0, 4)), 0) if places is None else (places, told[1])
    return None


def _compared(project: Project, matcher: Matcher, padding: float, a: sqlite3.Row, b: sqlite3.Row) -> np.ndarray | None:
    cache = PointCache(project, matcher, padding)
    mine, other = cache.stored(a), cache.stored(b)
    if mine is None or other is None:
        return None
    return matcher.compare(mine, other).placed(mine, other)


def agreeing_spots(
    project: Project, matcher: Matcher, padding: float, a: sqlite3.Row, b: sqlite3.Row
) -> tuple[list[AgreeingSpot], int] | None:
    """The pairs of spots that ``matcher`` holds for the same, best first, at most ``MOST``; and how many there are.

    ``a`` and ``b`` are rows of ``sightings.FACTS``; ``padding`` is the share of a box's sides that its crop has around
    it. None where the spots of either are not on the disk. Nothing is made or written, and no image library is loaded.
    """
    places = _compared(project, matcher, padding, a, b)
    return None if places is None else (_apart(places.tolist(), a, b), len(places))


def _apart(places: Sequence[Sequence[float]], a: sqlite3.Row, b: sqlite3.Row) -> list[AgreeingSpot]:
    """The best of the places that are not drawn over one another."""
    shown: list[AgreeingSpot] = []
    steep = [(row["h"] * (row["height"] or 1)) / max(row["w"] * (row["width"] or 1), 1e-6) for row in (a, b)]
    for ax, ay, bx, by in places:
        if all(
            math.hypot(ax - one.a[0], (ay - one.a[1]) * steep[0]) >= APART
            and math.hypot(bx - one.b[0], (by - one.b[1]) * steep[1]) >= APART
            for one in shown
        ):
            shown.append(AgreeingSpot((ax, ay), (bx, by)))
        if len(shown) == MOST:
            break
    return shown
