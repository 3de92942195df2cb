#!/usr/bin/env python3
"""Give labelled pictures stations, places and times: individuals move as real leopards were recorded to.

    python benchmarks/movements.py LABELLED_FOLDER CAPTURES.csv --seed 1 --out manifest.csv [--fault clock|swap]

LABELLED_FOLDER has pictures and ``manifest.csv`` (path, identity, side). CAPTURES.csv has real capture events
(identity, camera = station, datetime). Every individual of the folder gets the capture history of one real animal,
drawn by ``--seed``: so many events, on so many stations, with these gaps; those with many pictures get the longer
histories of the draw. Stations lie on an uneven grid, as many as the real survey had for so many animals; an
individual's stations are drawn around the middle of its range, at distances that an animal walks in the time there was.
Pictures of one occasion are never parted: near-copies, such as frames of one clip, belong to one event. One row a
picture is written: path, identity, side, station, x and y (metres), datetime. ``--fault clock`` puts one station's
clock a year off, ``--fault swap`` swaps the places of two stations far apart, and the stations' names are printed.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from labels import Label, LabelledSet
from PIL import Image

EARLIEST = datetime(2010, 1, 1)  # before that a clock had been reset
EVENT_S = 3600  # records of one station within the hour are one event
SPACING_KM, UNEVEN = 3.0, 0.3  # between stations, and the share of it by which they are off the grid
RANGE_KM = 3.0  # of a home range: one standard deviation about its middle, at the median; drawn for every animal
RANGE_SPREAD = 0.4
WALK_KMH = 3.0  # straight on, from one event to the next
NEAR_COPY = 0.7  # correlation of two pictures' small grey copies, from which on they are of one clip
GRID = (32, 16)


@dataclass(frozen=True)
class Taken:
    """One picture with where and when it was taken."""

    path: str
    identity: str
    side: str
    station: str
    x: float  # metres
    y: float
    time: datetime


Event = tuple[str, datetime]


def histories(captures: Path) -> list[list[Event]]:
    """Every real animal's events (station, moment), oldest first."""
    found: dict[str, list[Event]] = defaultdict(list)
    with captures.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["datetime"] and (at := datetime.fromisoformat(row["datetime"])) >= EARLIEST:
                found[row["identity"]].append((row["camera"], at))
    animals = []
    for records in found.values():
        events: list[Event] = []
        for station, at in sorted(records, key=lambda one: one[1]):
            if not events or events[-1][0] != station or (at - events[-1][1]).total_seconds() > EVENT_S:
                events.append((station, at))
        animals.append(events)
    return animals


def occasions(labelled: LabelledSet) -> dict[str, list[list[Label]]]:
    """Individual → its pictures by occasion: by the number in their names, else by near-copies."""
    found: dict[str, list[list[Label]]] = {}
    by: dict[str, list[Label]] = defaultdict(list)
    for label in labelled.labels:
        if label.identity:
            by[label.identity].append(label)
    for identity, labels in by.items():
        numbered: dict[str, list[Label]] = defaultdict(list)
        for label in labels:
            numbered[label.sighting_number() or label.encounter].append(label)
        plain = numbered.pop("", [])
        found[identity] = [*numbered.values(), *(_clips(labelled.folder, plain) if plain else [])]
    return found


def _clips(folder: Path, labels: Sequence[Label]) -> list[list[Label]]:
    small = []
    for label in labels:
        with Image.open(folder / label.path) as opened:
            grey = np.asarray(opened.convert("L").resize(GRID), np.float64)
        small.append(((grey - grey.mean()) / (grey.std() + 1e-6)).ravel() / np.sqrt(grey.size))
    alike = np.stack(small) @ np.stack(small).T > NEAR_COPY
    left, clips = set(range(len(labels))), []
    while left:
        clip, waiting = set(), [min(left)]
        while waiting:
            one = waiting.pop()
            if one in left:
                left.discard(one)
                clip.add(one)
                waiting += [other for other in np.flatnonzero(alike[one]).tolist() if other in left]
        clips.append([labels[one] for one in sorted(clip)])
    return clips


def simulate(labelled: LabelledSet, captures: Path, seed: int) -> list[Taken]:
    """Where and when every picture was taken."""
    rng = random.Random(seed)
    real = histories(captures)
    of = occasions(labelled)
    stations = _stations(rng, max(6, round(len({s for one in real for s, _ in one}) / len(real) * len(of))))
    drawn = sorted(rng.sample(real, len(of)) if len(of) <= len(real) else rng.choices(real, k=len(of)), key=len)
    ranked = sorted(of, key=lambda one: (len(of[one]), rng.random()))
    taken = []
    for identity, history in zip(ranked, drawn, strict=True):
        groups = [list(group) for group in of[identity]]
        rng.shuffle(groups)
        events = _some(rng, history, len(groups))
        where = _settled(rng, events, stations)
        owner = [*range(len(events)), *(rng.randrange(len(events)) for _ in range(len(groups) - len(events)))]
        after: dict[int, int] = defaultdict(int)  # pictures of an event so far: seconds between them
        for number, group in zip(owner, groups, strict=True):
            name = where[number]
            for label in group:
                at = events[number][1] + timedelta(seconds=2 * after[number])
                after[number] += 1
                x, y = stations[name]
                taken.append(Taken(label.path, identity, label.side, name, round(x), round(y), at))
    return sorted(taken, key=lambda one: (one.time, one.path))


def _stations(rng: random.Random, count: int) -> dict[str, tuple[float, float]]:
    """Name → x and y in metres, on an uneven grid."""
    wide = max(1, round(count**0.5))
    off = SPACING_KM * UNEVEN
    places = [
        (SPACING_KM * (n % wide) + rng.uniform(-off, off), SPACING_KM * (n // wide) + rng.uniform(-off, off))
        for n in range(count)
    ]
    return {f"ST{n:03d}": (1000 * x, 1000 * y) for n, (x, y) in enumerate(places, 1)}


def _some(rng: random.Random, history: Sequence[Event], most: int) -> list[Event]:
    """At most so many events of a history, one after the other."""
    start = rng.randrange(max(0, len(history) - most) + 1)
    return list(history[start : start + most])


def _settled(rng: random.Random, events: Sequence[Event], stations: dict[str, tuple[float, float]]) -> list[str]:
    """A station for every event: as many different ones as the real animal's, near the middle of a range."""
    order = list(dict.fromkeys(station for station, _ in events))
    names = list(stations)
    for _ in range(1000):
        middle = stations[rng.choice(names)]
        wide = 1000 * RANGE_KM * rng.lognormvariate(0.0, RANGE_SPREAD)
        weight = [np.exp(-(_metres(middle, stations[name]) ** 2) / (2 * wide**2)) for name in names]
        chosen: dict[str, str] = {}
        free = [name for name, share in zip(names, weight, strict=True) if share > 1e-9]
        for station in order:
            left = [name for name in free if name not in chosen.values()] or names
            share = [weight[names.index(name)] + 1e-12 for name in left]
            chosen[station] = rng.choices(left, share)[0]
        if _walked(events, chosen, stations):
            break
    return [chosen[station] for station, _ in events]


def _walked(events: Sequence[Event], chosen: dict[str, str], stations: dict[str, tuple[float, float]]) -> bool:
    for (one, at), (other, then) in pairwise(events):
        way = _metres(stations[chosen[one]], stations[chosen[other]]) / 1000
        if way > WALK_KMH * (then - at).total_seconds() / 3600:
            return False
    return True


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def broken(taken: Sequence[Taken], fault: str, seed: int) -> tuple[list[Taken], list[str]]:
    """The same with one fault, and the names of the stations that have it: those where most individuals were seen."""
    seen: dict[str, set[str]] = defaultdict(set)
    place = {one.station: (one.x, one.y) for one in taken}
    for one in taken:
        seen[one.station].add(one.identity)
    often = sorted(seen, key=lambda name: (-len(seen[name]), name))
    first = random.Random(seed).choice(often[:5])
    if fault == "clock":
        moved = [replace(one, time=one.time - timedelta(days=365)) if one.station == first else one for one in taken]
        return sorted(moved, key=lambda one: (one.time, one.path)), [first]
    far = max(often[:10], key=lambda name: _metres(place[first], place[name]))
    swap = {first: place[far], far: place[first]}
    at = {name: swap.get(name, where) for name, where in place.items()}
    return [replace(one, x=at[one.station][0], y=at[one.station][1]) for one in taken], [first, far]


def write(taken: Iterable[Taken], out: Path, *, sides: bool = True) -> None:
    """One row a picture, as ``spotid evaluate --manifest`` reads it; flanks only with ``sides``."""
    with out.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "identity", "side", "station", "x", "y", "datetime"))
        rows.writerows(
            (one.path, one.identity, one.side * sides, one.station, one.x, one.y, one.time.isoformat()) for one in taken
        )


def main() -> None:
    """Write the manifest and tell what came of it."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("captures", type=Path)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--fault", choices=("clock", "swap"))
    chosen = ask.parse_args()
    taken = simulate(LabelledSet(chosen.folder, same_side=True), chosen.captures, chosen.seed)
    if chosen.fault:
        taken, names = broken(taken, chosen.fault, chosen.seed)
        print(f"fault: {chosen.fault} of {', '.join(names)}")
    write(taken, chosen.out)
    tell(taken)


def tell(taken: Sequence[Taken]) -> None:
    """Events and stations an individual, and the gaps between events, to compare with the real records."""
    events: dict[str, list[Event]] = defaultdict(list)
    for one in sorted(taken, key=lambda one: one.time):
        known = events[one.identity]
        if not known or known[-1][0] != one.station or (one.time - known[-1][1]).total_seconds() > EVENT_S:
            known.append((one.station, one.time))
    counts = [len(one) for one in events.values()]
    stations = [len({name for name, _ in one}) for one in events.values()]
    gaps = [(b[1] - a[1]).total_seconds() / 86400 for one in events.values() for a, b in pairwise(one)]
    print(
        f"{len(events)} individuals, {len(taken)} pictures, {sum(counts)} events at"
        f" {len({one.station for one in taken})} stations; an individual: {np.mean(counts):.2f} events (median"
        f" {np.median(counts):.0f}), {np.mean(stations):.2f} stations; gaps of events, days: quarter"
        f" {np.percentile(gaps, 25):.1f}, half {np.median(gaps):.1f}, three quarters {np.percentile(gaps, 75):.1f}"
    )


if __name__ == "__main__":
    main()
