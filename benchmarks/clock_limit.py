#!/usr/bin/env python3
"""How well a clock a year off can be told at all, from who was seen where: by the very gaps that animals make.

    python benchmarks/clock_limit.py LABELLED_FOLDER … --captures CAPTURES.csv [--seeds 1 2 3]

Surveys are drawn by ``movements.py``, and one of the most visited stations gets its clock a year back. Every station is
then asked by a likelihood ratio that no program in the field could have: the density of the gap from an animal's stay
to its nearest stay elsewhere, taken from all real capture histories, with the year put right against as it stands. A
row a survey: nats of the wrong station, its rank, and the highest of the healthy survey's stations. Where healthy
stations reach as many nats, no rule names the wrong one without accusing innocents.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import movements
import numpy as np
from labels import LabelledSet

SHIFTS = (-366.0, -365.0, 365.0, 366.0)
SMOOTH = 0.35  # of the logarithm of a gap in days
SHORTEST = 0.1  # days
MOST_STAYS = 2.0  # of one animal at a station that count in full: they hang together
FLOOR = 1e-6

Track = tuple[np.ndarray, np.ndarray]  # (k,) days and (k,) names of stations


def track(events: Sequence[movements.Event]) -> Track:
    """An animal's events as days and stations."""
    days = [(at - movements.EARLIEST).total_seconds() / 86400 for _, at in events]
    return np.array(days), np.array([station for station, _ in events])


def gaps(one: Track, station: str, shift: float = 0.0) -> np.ndarray:
    """Days from every stay at a station to the nearest elsewhere, (k,); empty where there is none."""
    days, where = one
    here, there = days[where == station] + shift, days[where != station]
    if not len(here) or not len(there):
        return np.zeros(0)
    return np.abs(here[:, None] - there[None, :]).min(axis=1)


class Density:
    """How usual a gap is, per day, by those of real animals."""

    def __init__(self, known: np.ndarray) -> None:
        self._logs = np.log(known + SHORTEST)

    def nats(self, days: np.ndarray) -> np.ndarray:
        """Log density of gaps (k,)."""
        away = (np.log(days + SHORTEST)[:, None] - self._logs[None, :]) / SMOOTH
        share = np.exp(-0.5 * away**2).mean(axis=1) / (SMOOTH * np.sqrt(2 * np.pi))
        return np.log(share / (days + SHORTEST) + FLOOR)


def by_station(taken: Sequence[movements.Taken], density: Density) -> dict[str, tuple[float, int]]:
    """Station → nats for its clock being a year off, and the animals that tell."""
    events: dict[str, list[movements.Event]] = defaultdict(list)
    for one in sorted(taken, key=lambda each: each.time):
        known = events[one.identity]
        if not known or known[-1][0] != one.station or (one.time - known[-1][1]).total_seconds() > movements.EVENT_S:
            known.append((one.station, one.time))
    tracks = [track(each) for each in events.values()]
    found = {}
    for station in {one.station for one in taken}:
        telling = [one for one in tracks if len(gaps(one, station))]
        nats = [
            sum(
                (density.nats(gaps(one, station, shift)) - density.nats(gaps(one, station))).sum()
                * min(1.0, MOST_STAYS / np.count_nonzero(one[1] == station))
                for one in telling
            )
            for shift in SHIFTS
        ]
        found[station] = float(max(nats)), len(telling)
    return found


def main() -> None:
    """A row for every survey."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folders", type=Path, nargs="+")
    ask.add_argument("--captures", type=Path, required=True)
    ask.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    chosen = ask.parse_args()
    real = [track(each) for each in movements.histories(chosen.captures)]
    known = np.concatenate([gaps(one, station) for one in real for station in np.unique(one[1])])
    density = Density(known)
    print(f"{len(known)} gaps; days: half below {np.median(known):.0f}, three quarters {np.percentile(known, 75):.0f}")
    for folder in chosen.folders:
        labelled = LabelledSet(folder, same_side=True)
        for seed in chosen.seeds:
            taken = movements.simulate(labelled, chosen.captures, seed)
            healthy = sorted((nats for nats, _ in by_station(taken, density).values()), reverse=True)
            broken, [wrong] = movements.broken(taken, "clock", seed)
            found = by_station(broken, density)
            nats, animals = found[wrong]
            rank = 1 + sum(other > nats for other, _ in found.values())
            print(
                f"{folder.name} {seed}: {wrong} {nats:.1f} nats of {animals} animals, rank {rank} of {len(found)};"
                f" healthy stations reach {', '.join(f'{one:.1f}' for one in healthy[:3])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
