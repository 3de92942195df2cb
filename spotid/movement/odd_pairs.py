"""How many pairs of one animal are improbable as things stand, and with a clock or a place repaired."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from spotid.movement import odd_told, tracks
from spotid.movement.feasible import impossible
from spotid.movement.odd_told import CLOCK, PLACE, SWAP, Oddity
from spotid.movement.ranges import Located, RangeModel
from spotid.movement.records import Records

USUAL = 0.95  # the share of the other pairs that makes out what is usual
BEYOND = 1.5  # times the usual distance or gap: improbable
AGAINST = -2.0  # nats of place and time


class Judge:
    """Counts the pairs of one survey. The arguments are those of ``oddities``."""

    def __init__(
        self, records: Records, one: np.ndarray, other: np.ndarray, ranges: RangeModel | None, limit_kmh: float
    ) -> None:
        self.records, self.ranges, self.limit_kmh = records, ranges, limit_kmh
        apart = records.station[one] != records.station[other]
        self.one, self.other = one[apart], other[apart]

    def count(self, mine: np.ndarray, repaired: Records | None = None) -> tuple[int, int]:
        """The pairs that join sightings with others, and how many of them are improbable."""
        inside = np.zeros(len(self.records), bool)
        inside[mine] = True
        crossing = inside[self.one] != inside[self.other]
        aside = ~inside[self.one] & ~inside[self.other]
        one, other = self.one[crossing], self.other[crossing]
        records = self.records if repaired is None else repaired
        odd = impossible(records, one, other, self.limit_kmh)
        for measure in ("km", "gap"):
            usual = getattr(self.records, measure)(self.one[aside], self.other[aside])
            usual = usual[np.isfinite(usual)]
            if len(usual):
                odd |= getattr(records, measure)(one, other) > BEYOND * np.quantile(usual, USUAL)
        if self.ranges is not None and len(one) and records.scaled:
            odd |= Located(records, self.ranges).pairs(one, other) < AGAINST
        return len(one), int(odd.sum())

    def clock(self, name: str, mine: np.ndarray, days: float, nats: float) -> Oddity:
        """A clock that so many days have to be added to."""
        pairs, improbable = self.count(mine)
        told = odd_told.clock_told(name, pairs, improbable)
        left = self.count(mine, self._later(mine, days))[1]
        repair = odd_told.shift_told(days)
        return Oddity(name, CLOCK, repair, pairs, improbable, told, left, days, nats=nats, sightings=mine)

    def _later(self, mine: np.ndarray, days: float) -> Records:
        moved = self.records.days.copy()
        moved[mine] += days
        return replace(self.records, days=moved)

    def moved(self, station: int, there: int, nats: float) -> Oddity:
        """A station whose animals are those of another one's surroundings."""
        mine = np.flatnonzero(self.records.station == station)
        name, partner = self.name(station), self.name(there)
        pairs, improbable = self.count(mine)
        left = self.count(mine, self._placed({station: there}))[1]
        return Oddity(
            name,
            PLACE,
            f"Its animals are otherwise seen around “{partner}”; look at its coordinates.",
            pairs,
            improbable,
            f"The place of “{name}” is probably wrong: {improbable} of {pairs} pairs of one animal that lead to other"
            " stations are improbable.",
            left=left,
            partner=partner,
            nats=nats,
            sightings=mine,
        )

    def swapped(self, station: int, there: int, nats: float) -> Oddity:
        """Two stations whose places are probably exchanged."""
        mine = np.flatnonzero((self.records.station == station) | (self.records.station == there))
        name, partner = self.name(station), self.name(there)
        pairs, improbable = self.count(mine)
        left = self.count(mine, self._placed({station: there, there: station}))[1]
        return Oddity(
            name,
            SWAP,
            f"Exchanged, they fit: {left} of {pairs} pairs are improbable then. Look at the coordinates of both.",
            pairs,
            improbable,
            f"The places of “{name}” and “{partner}” are probably exchanged: {improbable} of {pairs} pairs of one"
            " animal that lead to other stations are improbable.",
            left=left,
            partner=partner,
            nats=nats,
            sightings=mine,
        )

    def name(self, station: int) -> str:
        """The name of a station, or its number where it has none."""
        return self.records.names[station] if station < len(self.records.names) else str(station)

    @cached_property
    def _middle(self) -> np.ndarray:
        return tracks.places(self.records)

    def _placed(self, instead: dict[int, int]) -> Records:
        at, middle = self.records.at.copy(), self._middle
        for station, there in instead.items():
            at[self.records.station == station] = middle[there]
        return replace(self.records, at=at)
