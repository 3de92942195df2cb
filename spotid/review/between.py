"""How far two sightings are apart, how fast an animal would have walked from one to the other, and what that says."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from spotid.project import whereabouts
from spotid.project.store import Store

if TYPE_CHECKING:
    import numpy as np

    from spotid.movement.records import Records

FAST, FAR = 8.0, 2.0  # km/h, kept up over more than so many km: a leopard hunts or flees like that, and rarely
HURRIED = 0.5  # of the speed limit, where that is less: animals that are no runners
SAYS = 1.0  # nats from which place and time are said to speak for or against: 2.7 times as many pairs of the one kind


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two sightings; None where a place or a time is not known. Speeds are along a straight line."""

    km: float | None = None
    kmh: float | None = None
    speed: str = ""  # "", fast or impossible
    limit: float | None = None  # km/h beyond which no animal of this project goes


class Journeys:
    """Places and times of a project's sightings, by their uids."""

    def __init__(self, records: Records, uids: Collection[str], limit_kmh: float) -> None:
        self._records, self.limit = records, limit_kmh
        self._number = {uid: number for number, uid in enumerate(uids)}
        self._days = records.days.tolist()
        self._reach = -1.0  # days that the survey's longest journey takes at the limit: later, all are possible
        if len(uids) > 1 and records.scaled:
            from spotid.movement.feasible import DRIFT_MINUTES, of_survey

            longest = of_survey(records, trimmed=False).longest_km
            self._reach = longest / limit_kmh / 24 - DRIFT_MINUTES / 1440

    @classmethod
    def read(cls, store: Store, uids: Collection[str]) -> Journeys:
        """Of these sightings, as stations and times stand now. 100,000 take about two seconds."""
        rows = store.all(
            "SELECT uid, id FROM sighting WHERE uid IN (SELECT value FROM json_each(?))", json.dumps([*uids])
        )
        ids = {row["uid"]: row["id"] for row in rows}
        known = [uid for uid in uids if uid in ids]
        records = whereabouts.records(store, [ids[uid] for uid in known])
        return cls(records, known, whereabouts.limits(store).speed_kmh)

    def between(self, one: str, other: str) -> Between:
        """What lies between two sightings."""
        from spotid.movement.feasible import speeds

        pair = self._numbers(one, other)
        if pair is None or not self._records.scaled:
            return Between(limit=self.limit)
        km = float(self._records.km(*pair))
        if math.isnan(km):
            return Between(limit=self.limit)
        kmh = float(speeds(self._records, *pair))
        if math.isnan(kmh):
            return Between(km, limit=self.limit)
        fast = kmh >= min(FAST, HURRIED * self.limit) and km > FAR
        speed = "impossible" if self.impossible(one, other) else "fast" if fast else ""
        return Between(km, kmh, speed, self.limit)

    def impossible(self, one: str, other: str) -> bool:
        """Whether no animal gets from one to the other, unless a clock or a place is wrong; a million are asked a
        second where times are far apart, which is nearly always."""
        a, b = self._number.get(one), self._number.get(other)
        if a is None or b is None or not abs(self._days[a] - self._days[b]) <= self._reach:
            return False
        from spotid.movement.feasible import impossible

        pair = self._numbers(one, other)
        return pair is not None and bool(impossible(self._records, *pair, self.limit))

    def _numbers(self, one: str, other: str) -> tuple[np.ndarray, np.ndarray] | None:
        import numpy as np

        a, b = self._number.get(one), self._number.get(other)
        return None if a is None or b is None else (np.array(a), np.array(b))


def saying(located: float | None) -> str:
    """What place and time say of a pair by their log-likelihood ratio: for, against, little, or nothing ("")."""
    if located is None or math.isnan(located):
        return ""
    return "for" if located >= SAYS else "against" if located <= -SAYS else "little"


def hours_between(one: str | None, other: str | None) -> float | None:
    """Hours from one time to another; None where one is not known."""
    if not one or not other:
        return None
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) / 3600
