"""Sightings of one animal put together from pairs believed the same: when and at which stations it was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spotid.movement.records import Records

ONE_STAY_DAYS = 1 / 24  # pictures of one animal at one station within an hour of the one before count once


@dataclass(frozen=True)
class Tracks:
    """Stays of ``k`` animals at ``s`` stations. Animals that nothing is paired with are not among them."""

    who: np.ndarray  # (e,) int64: number of the animal, 0 … k-1, rising
    station: np.ndarray  # (e,) int64: number of the station in the records; stays elsewhere are left out
    clock: np.ndarray  # (e,) int64: number of the clock that told the time
    day: np.ndarray  # (e,) float64; NaN where the animal has no time there at all
    animals: int

    def of(self, animal: int) -> slice:
        """Where the stays of an animal are."""
        return slice(int(self._starts[animal]), int(self._starts[animal + 1]))

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.searchsorted(self.who, np.arange(self.animals + 1))

    @cached_property
    def timed(self) -> Tracks:
        """The stays whose time is known."""
        return self.only(np.isfinite(self.day))

    def only(self, chosen: np.ndarray) -> Tracks:
        """The stays that are chosen."""
        return Tracks(self.who[chosen], self.station[chosen], self.clock[chosen], self.day[chosen], self.animals)


def animals(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``(count,)`` int64: sightings that pairs join have one number, the least of theirs."""
    group = np.arange(count)
    if not len(one):
        return group
    while True:
        before = group.copy()
        least = np.minimum(group[one], group[other])
        np.minimum.at(group, group[one], least)
        np.minimum.at(group, group[other], least)
        group = group[group]
        if (group == before).all():
            return group


def tracks_of(records: Records, one: np.ndarray, other: np.ndarray, clock: np.ndarray | None = None) -> Tracks:
    """The stays of all animals. ``clock``: (n,) which clock told the time of a sighting; by station where not given."""
    group = animals(len(records), one, other)
    clock = records.station if clock is None else clock
    paired = np.zeros(len(records), bool)
    paired[one] = paired[other] = True
    chosen = np.flatnonzero(paired & (records.station >= 0))
    names, who = np.unique(group[chosen], return_inverse=True)
    station, clock, day = records.station[chosen], clock[chosen], records.days[chosen]
    order = np.lexsort((day, clock, station, who))
    who, station, clock, day = who.reshape(-1)[order], station[order], clock[order], day[order]
    same = np.zeros(len(order), bool)
    same[1:] = (who[1:] == who[:-1]) & (station[1:] == station[:-1]) & (clock[1:] == clock[:-1])
    later = np.zeros(len(order))
    later[1:] = day[1:] - day[:-1]
    again = same & ~(later > ONE_STAY_DAYS)  # those without a time come last, and add nothing to one that has a time
    return Tracks(who[~again], station[~again], clock[~again], day[~again], len(names))


def places(records: Records) -> np.ndarray:
    """``(s, 2)`` where the stations are: the middle of their sightings' places; NaN where no place is known."""
    count = int(records.station.max(initial=-1)) + 1
    found = np.full((max(count, len(records.names)), 2), np.nan)
    known = (records.station >= 0) & np.isfinite(records.at).all(axis=1)
    rows = np.flatnonzero(known)[np.argsort(records.station[known], kind="stable")]
    numbers, starts = np.unique(records.station[rows], return_index=True)
    for station, own in zip(numbers.tolist(), np.split(rows, starts[1:]), strict=True) if len(numbers) else ():
        found[station] = np.median(records.at[own], axis=0)
    return found


def distances(records: Records, at: np.ndarray) -> np.ndarray:
    """``(s, s)`` distances between stations given by place, in the records' own unit (km unless they have no scale)."""
    count = len(at)
    every = np.arange(count)
    flat = Records(at, np.zeros(count), every, (), records.degrees, records.scaled)
    return flat.km(every[:, None], every[None, :])
