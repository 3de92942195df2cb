"""Every sighting's rare spots, asked of the spots of all others."""

from __future__ import annotations

import numpy as np

from spotid.match.cache import PointCache
from spotid.match.lnbnn import SpotIndex
from spotid.match.parts import Matcher
from spotid.match.seen import Seen
from spotid.progress import Progress
from spotid.project.candidates import Candidates

BATCH = 50
BUDGET = 2_000_000  # spots of one kind in memory
# Of a large survey each sighting keeps fewer. The right animal was among the 15 with most votes in .78 of nyala queries
# with all spots, .72 with 250, .64 with 100, .56 with 50; by embedding in .31 (benchmarks/thinned.py).
ENOUGH_SPOTS = 250  # of a sighting, while there is room for them
MOST_MEMORY = 3_000_000  # spots of one kind: 1.7 GB in all with 20,000 sightings; old laptops have 4 GB
FEWEST_SPOTS = 50  # of a sighting, however many there are
VOTED = 20  # candidates kept of each query
ASK_AGAIN = 1.25  # times as many sightings as when an anchor was asked: it is asked again


def spots_of_each(sightings: int) -> int:
    """How many spots of one kind each of so many sightings puts into the index."""
    return max(BUDGET // sightings, min(ENOUGH_SPOTS, MOST_MEMORY // sightings), FEWEST_SPOTS)


def cast_votes(known: Seen, cache: PointCache, matcher: Matcher, candidates: Candidates, progress: Progress) -> None:
    """Ask the index of all spots for every sighting that was not asked yet, or among far fewer."""
    first: dict[int, int] = {}  # visit → its first sighting; visits are numbered anew whenever photographs are added
    for one, visit in zip(known.ids, known.visit.tolist(), strict=True):
        first[visit] = min(one, first.get(visit, one))
    candidates.forget_moved({one: first[visit] for one, visit in zip(known.ids, known.visit.tolist(), strict=True)})
    asked = candidates.begin_votes(matcher.identity())
    waiting = [one for one in known.ids if asked.get(one, 0) * ASK_AGAIN < len(known.ids)]
    if not waiting:
        progress.step(2 * len(known.ids))
        return
    progress.step(len(known.ids) - len(waiting))
    most = spots_of_each(len(known.ids))
    indexes = [SpotIndex() for _ in range(matcher.kinds)]
    for one in known.ids:
        points = cache.get(one)
        for kind, index in enumerate(indexes):
            if points is not None:
                index.add(one, int(known.visit[known.row[one]]), points.of_kind(kind)[0].strongest(most))
        progress.step()
    held = np.array([known.row[one] for one in indexes[0].sightings], np.int64)
    batch: list[tuple[int, dict[int, float]]] = []
    for one in waiting:
        points, row = cache.get(one), known.row[one]
        votes: dict[int, float] = {}
        for kind, index in enumerate(indexes):
            if points is not None:
                mine = points.of_kind(kind)[0].strongest(most)
                for found in index.query(mine, int(known.visit[row]), VOTED, known.opposite(row)[held]):
                    votes[found.sighting] = votes.get(found.sighting, 0.0) + found.score
        batch.append((one, votes))
        if len(batch) == BATCH:
            candidates.keep_votes(len(known.ids), batch)
            progress.step(len(batch))
            batch = []
    candidates.keep_votes(len(known.ids), batch)
    progress.step(len(batch))
