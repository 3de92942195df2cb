"""What places and times of a survey's sightings say of its pairs, and who was near an anchor in place and time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from spotid.match.seen import Seen
from spotid.movement.feasible import Feasibility, of_survey
from spotid.movement.ranges import Located, RangeModel, fit
from spotid.movement.records import Records
from spotid.project import odd_stations, ranges, whereabouts
from spotid.project.folder import Project

OFF = "off"
NEAR = 10  # sightings near in place and time that are in a list in any case
SITES = 12  # nearest places that are looked at for them
VISITS = 3  # at each of these, to each side in time
FRAMES = 2  # of a visit
LEAST_ANIMALS = 5  # seen on two visits each, before a survey's own ranges are learnt
SAMPLE = 400  # sightings whose pairs tell what is usual
MOST_VISITS = 40  # of an animal: its pairs grow with the square


class Whereabouts:
    """Places and times of the sightings of ``known``, row by row; only where there are two places to tell apart."""

    def __init__(self, known: Seen, records: Records, photo: np.ndarray, model: RangeModel) -> None:
        self.records, self.model = records, model
        self._visit, self._photo = known.visit, photo
        self._spoken = np.isfinite(records.at).all(axis=1) & np.isfinite(records.days)
        self._near: Near | None = None
        self._feasible: Feasibility = of_survey(records)
        self._located = Located(records, model, known.visit)

    def digest(self) -> str:
        """Changes with the places and times alone, not with what was learnt of them."""
        parts = (self.records.at, self.records.days, self.records.station, self._visit)
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()[:16]

    def believe(self, model: RangeModel) -> None:
        """Go by other ranges from now on."""
        if model != self.model:
            self.model, self._located = model, Located(self.records, model, self._visit)

    def located(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """What place and time say of pairs given by row, in nats, float64; NaN where they say nothing."""
        return np.where(self._spoken[one] & self._spoken[other], self._located.pairs(one, other), np.nan)

    def feasible(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """How feasible the way between the two is, 0 to 1, float64; NaN where nothing is known."""
        return self._feasible.score(self.records, one, other)

    @cached_property
    def usual(self) -> float:
        """The feasibility of the survey's middle pair, of a part of its sightings spread over all."""
        told = np.flatnonzero(self._spoken)
        some = told[:: max(1, len(told) // SAMPLE)]
        one, other = np.triu_indices(len(some), 1)
        found = self.feasible(some[one], some[other])
        return float(np.median(found)) if len(found) else 1.0

    def near(self, row: int) -> list[int]:
        """Rows of other visits and photographs for which place and time speak most, at most ``NEAR``, best first."""
        if not self._spoken[row]:
            return []
        self._near = self._near or Near(self.records, self._visit, self._spoken)
        found = self._near.of(row)
        found = found[(self._visit[found] != self._visit[row]) & (self._photo[found] != self._photo[row])]
        worth = self._located.pairs(np.full(len(found), row), found)
        best = np.lexsort((found, -worth))[:NEAR]
        return [int(one) for one in found[best[worth[best] > 0]]]

    def learn(self, groups: Sequence[Sequence[int]], start: RangeModel) -> RangeModel | None:
        """Ranges under which these animals, rows each, move as they did; None where they are too few.

        One sighting of each visit counts, and an animal as much as it has visits beside its first. What people confirm
        is what they were shown, so that near pairs are in there a little too often; ``start`` weighs against that.
        """
        one: list[int] = []
        other: list[int] = []
        weight: list[float] = []
        animals = 0
        for group in groups:
            rows = np.array([row for row in group if self._spoken[row]], np.int64)
            rows = rows[np.sort(np.unique(self._visit[rows], return_index=True)[1])]
            if len(rows) < 2:
                continue
            rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_VISITS)).round().astype(np.int64)]
            a, b = np.triu_indices(len(rows), 1)
            one += rows[a].tolist()
            other += rows[b].tolist()
            weight += [2.0 / len(rows)] * len(a)
            animals += 1
        if animals < LEAST_ANIMALS:
            return None
        a, b = np.array(one, np.int64), np.array(other, np.int64)
        return fit(self.records, a, b, np.array(weight), start=start, visit=self._visit, animals=animals)


class Near:
    """The sightings of every place in order of time, and which places are next to which."""

    def __init__(self, records: Records, visit: np.ndarray, spoken: np.ndarray) -> None:
        rows = np.flatnonzero(spoken)
        _, first, site = np.unique(records.at[rows], axis=0, return_index=True, return_inverse=True)
        self._site = np.full(len(records), -1, np.int64)
        self._site[rows] = site.reshape(-1)
        self._days, self._places = records.days, rows[first]
        self._records = records
        self._next: dict[int, np.ndarray] = {}
        order = rows[np.lexsort((rows, records.days[rows], self._site[rows]))]
        self._rows = _few_of_each(order, visit)
        bounds = np.searchsorted(self._site[self._rows], np.arange(len(first) + 1))
        self._at = [self._rows[a:b] for a, b in pairwise(bounds.tolist())]
        self._when = [records.days[part] for part in self._at]

    def of(self, row: int) -> np.ndarray:
        """Rows ``(k,)`` near a row in place and time, itself perhaps among them."""
        mine = int(self._site[row])
        if mine not in self._next:
            km = self._records.km(np.full(len(self._places), row), self._places)
            self._next[mine] = np.argsort(km, kind="stable")[:SITES]
        wide, found = VISITS * FRAMES, []
        for site in self._next[mine].tolist():
            at = int(np.searchsorted(self._when[site], self._days[row]))
            # Around the anchor itself lie the frames of its own visit.
            more = wide + (FRAMES if site == mine else 0)
            found.append(self._at[site][max(0, at - more) : at + more])
        return np.concatenate(found)


def _few_of_each(rows: np.ndarray, visit: np.ndarray) -> np.ndarray:
    """``rows`` without all but ``FRAMES`` of each visit, spread over it; the order stays."""
    _, number, count = np.unique(visit[rows], return_inverse=True, return_counts=True)
    number = number.reshape(-1)
    order = np.argsort(number, kind="stable")
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows)) - np.repeat(starts, count)
    size = count[number]
    kept = place * FRAMES % size < FRAMES
    return np.asarray(rows[kept])


def survey_records(project: Project, ids: Sequence[int]) -> Records:
    """Places and times of sightings, but for clocks and places that confirmed animals show to be probably wrong."""
    return odd_stations.trusted(project.store, whereabouts.records(project.store, ids), ids)


def whereabouts_of(project: Project, known: Seen, fusion: str) -> Whereabouts | None:
    """What is known of places and times; None where that is to count nothing, or no two places have coordinates."""
    if fusion == OFF or not len(known.ids):
        return None
    records = survey_records(project, known.ids)
    told = records.at[np.isfinite(records.at).all(axis=1)]
    if len(np.unique(told, axis=0)) < 2:
        return None
    photos: dict[int, int] = {row[0]: row[1] for row in project.store.all("SELECT id, media_id FROM sighting")}
    photo = np.array([photos[one] for one in known.ids], np.int64)
    return Whereabouts(known, records, photo, ranges.learnt(project.store, known.scope) or _start(project, known))


def relearn(project: Project, known: Seen, where: Whereabouts) -> None:
    """Learn the survey's ranges from its confirmed animals as they stand, and go by them."""
    groups = [[known.row[one] for one in group if one in known.row] for group in ranges.confirmed(project.store)]
    model = where.learn(groups, _start(project, known))
    ranges.keep(project.store, model, known.scope)
    where.believe(model or _start(project, known))


def _start(project: Project, known: Seen) -> RangeModel:
    return RangeModel(sigma_km=whereabouts.limits(project.store, known.scope).range_km)
