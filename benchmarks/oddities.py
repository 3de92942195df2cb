"""Are stations with a wrong clock or place named, and healthy ones left alone? On generated surveys.

    python -m benchmarks.oddities [--surveys 100] [--seed 0]

Animals roam as in the generator of test surveys (``spotid/evaluate/simulate/movement.py``): home ranges, most passes
by night, nothing faster than 3.5 km/h. Each survey is drawn anew: stations, animals, days, how often they pass, how
much of it people have confirmed, and how many wrong answers are among it.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from spotid.evaluate.simulate.movement import place_stations, roam
from spotid.movement.oddities import CLOCK, FAR, PLACE, SWAP, TIMES, Oddity, oddities
from spotid.movement.records import Records, records_of

FAULTS = ("year", "twelve hours", "zone of 7 hours", "40 days", "swap", "place")


@dataclass(frozen=True)
class Survey:
    """A generated survey: its records, and the pairs that people have confirmed, (m,) each."""

    records: Records
    one: np.ndarray
    other: np.ndarray


def survey(seed: int, wrong: float = 0.0) -> Survey:
    """A healthy survey; ``wrong``: the share of confirmed animals of which one sighting is another animal's."""
    rng = np.random.default_rng(seed)
    count, days = int(rng.integers(8, 61)), int(rng.choice([45, 60, 90, 120, 240, 730]))
    animals, visits = int(rng.integers(6, 41)), int(rng.integers(5, 26))
    start = datetime(2024, 3, 1)
    stations = place_stations(seed, count, 0.5, start, days)
    # Some surveys have stations that were at work for a part of the time only, or in the year before.
    window = np.tile([0.0, float(days)], (count, 1))
    if rng.random() < 0.5:
        first = rng.uniform(0, days / 2, count)
        window = np.column_stack([first, first + days / 2])
    rows: list[tuple[str, str, tuple[float, float], int]] = []
    for number, mine in enumerate(roam(seed, animals, stations, start, days, visits)):
        for visit in mine:
            since = (visit.moment - start).total_seconds() / 86_400
            if window[visit.station][0] <= since <= window[visit.station][1]:
                there = stations[visit.station]
                rows.append((there.name, visit.moment.isoformat(), (there.latitude, there.longitude), number))
    records = records_of([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    who = np.array([row[3] for row in rows])
    wrongly = rng.random(len(who)) < wrong / 2
    who[wrongly] = rng.integers(0, animals, int(wrongly.sum()))
    known = np.flatnonzero(rng.random(len(who)) < rng.uniform(0.4, 1.0))
    pairs = [(a, b) for animal in np.unique(who) for a, b in _chain(known[who[known] == animal], rng)]
    one, other = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    return Survey(records, one, other)


def _chain(members: np.ndarray, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Answers that join the sightings of an animal, in any order."""
    mixed = rng.permutation(members)
    return list(pairwise(mixed.tolist()))


def spoilt(healthy: Survey, fault: str, seed: int) -> tuple[Survey, set[str]]:
    """The survey with a fault at a station that several animals came to, and the names that are to be told."""
    rng = np.random.default_rng(seed)
    records = healthy.records
    busy = np.bincount(records.station[np.r_[healthy.one, healthy.other]], minlength=len(records.names))
    best = np.argsort(-busy, kind="stable")[: max(2, len(busy) // 3)]
    station = int(rng.choice(best))
    mine = records.station == station
    days, at = records.days.copy(), records.at.copy()
    shift = {"year": 365.0, "twelve hours": 0.5, "zone of 7 hours": 7 / 24, "40 days": 40.0}.get(fault)
    if shift is not None:
        days[mine] += shift * rng.choice([-1, 1])
        return replace(healthy, records=replace(records, days=days)), {records.names[station]}
    middle = np.array([at[records.station == one].mean(axis=0) for one in range(len(records.names))])
    far = np.argsort(-np.hypot(*(middle - middle[station]).T))[: max(1, len(middle) // 3)]
    far = np.array([one for one in far if busy[one] > 3])
    if not len(far):
        return healthy, set()
    there = int(rng.choice(far))
    at[mine] = middle[there] + (0.002 if fault == "place" else 0)
    if fault == "swap":
        at[records.station == there] = middle[station]
    return replace(healthy, records=replace(records, at=at)), {records.names[station], records.names[there]}


def right(found: list[Oddity], fault: str, names: set[str]) -> bool:
    """Whether the fault was named as what it is, at the right station."""
    kinds = {"swap": {SWAP}, "place": {PLACE, FAR, SWAP}}.get(fault, {CLOCK, TIMES})
    return any(one.kind in kinds and one.station in names for one in found)


def main() -> None:
    """Print how often faults are named, and how often healthy surveys are accused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    begin = time.perf_counter()
    for wrong in (0.0, 0.05):
        alarms: Counter[str] = Counter()
        accused = stations = 0
        for number in range(given.surveys):
            healthy = survey(given.seed + number, wrong)
            found = oddities(healthy.records, healthy.one, healthy.other)
            alarms.update(one.kind for one in found)
            accused += bool(found)
            stations += len(healthy.records.names)
        print(
            f"healthy, {wrong:.0%} wrong: {accused} of {given.surveys} surveys accused {dict(alarms)}, {stations} st."
        )
    for fault in FAULTS:
        named = tried = others = fixed = 0
        for number in range(given.surveys):
            ill, names = spoilt(survey(given.seed + number), fault, given.seed + number)
            if not names:
                continue
            tried += 1
            found = oddities(ill.records, ill.one, ill.other)
            named += right(found, fault, names)
            others += any(one.station not in names for one in found)
            fixed += any(one.station in names and one.left < one.improbable for one in found)
        print(f"{fault:<16} {named:>4} of {tried} named, repair fits better {fixed}, others accused in {others}")
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
