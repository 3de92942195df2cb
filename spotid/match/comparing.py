"""The best pairs of a list compared spot by spot, by one matcher or by several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spotid.match.cache import IN_MEMORY, PointCache
from spotid.match.order import likely
from spotid.match.parts import Matcher
from spotid.project.candidates import Candidate, Candidates
from spotid.project.folder import Project

COMPARED = 15  # of the sightings with most votes, compared spot by spot beside the most alike by embedding
SHOWN = 40  # pairs of spots kept of a pair compared by a slow matcher: twice of what a screen shows
Score = tuple[float, int]  # of a pair, and how many spots agree


@dataclass(frozen=True)
class Side:
    """One matcher with the spots that it has found."""

    matcher: Matcher
    identity: str
    cache: PointCache


def sides_of(project: Project, members: Sequence[Matcher], padding: float) -> list[Side]:
    """The matchers of a project, each with its own spots."""
    room = IN_MEMORY // len(members)
    return [Side(one, one.identity(), PointCache(project, one, padding, room)) for one in members]


def compare_best(anchor: int, sides: Sequence[Side], candidates: Candidates, depth: int, near: set[int]) -> None:
    """Compare the best of an anchor's list spot by spot; pairs compared before are not compared again.

    A slow matcher compares those that look best by everything that is known before it.
    """
    full = candidates.list_of(anchor)
    chosen = shortlist(full, depth, near)
    total: dict[int, Score] = {}
    for side in sides[:-1]:
        found, fresh = _compared(anchor, side, candidates, full, _worth(side, full, chosen, total))
        candidates.keep_pairs(side.identity, fresh)
        total = _added(total, found)
    side = sides[-1]
    found, fresh = _compared(anchor, side, candidates, full, _worth(side, full, chosen, total))
    total = _added(total, found)
    kept = []
    for one in full:
        local, spots = total.get(one.candidate, (None, None))
        score = likely((local or 0.0) + one.votes, one.likeness, one.place, one.side)
        kept.append((one.candidate, local, spots, score))
    candidates.keep_checked(side.identity, anchor, fresh, kept)


def _compared(
    anchor: int, side: Side, candidates: Candidates, full: Sequence[Candidate], wanted: set[int]
) -> tuple[dict[int, Score], list[tuple[int, int, float, int]]]:
    """What one matcher says of those of a list that it has compared or is to compare now, and what of it is new."""
    found: dict[int, Score] = {}
    fresh: list[tuple[int, int, float, int]] = []
    places: list[tuple[int, int, np.ndarray]] = []
    cache = side.cache
    for one in full:
        pair = candidates.checked(anchor, one.candidate, side.identity)
        if pair is None and one.candidate in wanted:
            low, high = min(anchor, one.candidate), max(anchor, one.candidate)
            a, b = cache.get(low), cache.get(high)
            if a is None or b is None:
                continue
            try:
                result = side.matcher.compare(a, b)
            except Exception as error:  # the pair is ordered by its likeness alone
                cache.judge.fault(error)
                continue
            cache.judge.fine()
            pair = (result.score, result.count)
            fresh.append((anchor, one.candidate, *pair))
            if not side.matcher.quick and result.count:
                places.append((low, high, result.placed(a, b)[:SHOWN]))
        if pair is not None:
            found[one.candidate] = pair
    if places:
        candidates.keep_agreed(side.identity, places)
    return found, fresh


def _added(total: Mapping[int, Score], found: Mapping[int, Score]) -> dict[int, Score]:
    """What matchers say together while lists are still being made."""
    sums = dict(total)
    for one, (score, spots) in found.items():
        before = sums.get(one, (0.0, 0))
        sums[one] = (before[0] + score, before[1] + spots)
    return sums


def _worth(side: Side, full: Sequence[Candidate], chosen: set[int], total: Mapping[int, Score]) -> set[int]:
    """Who of those chosen this matcher compares: all, or those of the own visit and so many of the most promising."""
    if side.matcher.most is None:
        return chosen
    fit = [one for one in full if one.candidate in chosen]

    def promise(one: Candidate) -> float:
        known = total.get(one.candidate, (0.0, 0))[0] + one.votes
        return likely(known, one.likeness, one.place, one.side)

    others = sorted((one for one in fit if not one.same_visit), key=lambda one: (-promise(one), one.candidate))
    mates = {one.candidate for one in fit if one.same_visit}
    return mates | {one.candidate for one in others[: side.matcher.most]}


def shortlist(full: Sequence[Candidate], depth: int, near: set[int]) -> set[int]:
    """Who of a list is compared spot by spot: own visit, most votes, most alike, same place, near in place and time;
    opposite flanks never."""
    fit = [one for one in full if not one.opposite]
    mates = [one.candidate for one in fit if one.same_visit]
    others = [one for one in fit if not one.same_visit]
    voted = sorted((one for one in others if one.votes > 0), key=lambda one: (-one.votes, one.candidate))[:COMPARED]
    placed = [one.candidate for one in others if one.place > 0 or one.candidate in near]
    return {*mates, *(one.candidate for one in voted), *placed, *(one.candidate for one in others[:depth])}
