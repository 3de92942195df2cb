"""Stations of a project whose clock or place is probably wrong, as the animals that people have confirmed show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from spotid.project import cameras, notes, ranges, whereabouts
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store

if TYPE_CHECKING:
    import numpy as np

    from spotid.movement.oddities import Oddity
    from spotid.movement.records import Records

KEPT = "odd_kept"  # a note: what people have said is right as it is, by ``Odd.key``
MOST_KEPT = 500
MEMORY = "oddities"
_SIGHTINGS = (
    "SELECT sighting.id, identity.individual_id, deployment_id, media.camera, deployment.camera AS own,"
    " station.name AS station FROM sighting JOIN media ON media.id = media_id"
    " LEFT JOIN identity ON identity.sighting_uid = sighting.uid"
    " LEFT JOIN deployment ON deployment.id = deployment_id LEFT JOIN station ON station.id = media.station_id"
    f" WHERE sighting.state NOT IN {OUT_SQL} ORDER BY sighting.id"
)


@dataclass(frozen=True, slots=True)
class Odd:
    """An oddity of a project. ``deployment_id`` and ``camera``: the clock that it is of; None and "" of a place."""

    oddity: Oddity
    deployment_id: int | None = None
    camera: str = ""

    @property
    def of_clock(self) -> bool:
        """Whether a clock is odd, and not a place."""
        return self.oddity.kind in ("clock", "times")

    @property
    def key(self) -> str:
        """What it is known by, so that it can be hushed."""
        return f"{self.oddity.kind} {self.oddity.station} {self.oddity.partner} {round(self.oddity.days)}"


def found(store: Store) -> list[Odd]:
    """What is odd, the clearest first, without what people have said is right. Nothing is written.

    1,500 sightings of 310 stations take a second, 100,000 of 300 twenty; while nothing has changed it is remembered.
    """
    import numpy as np

    rows = store.all(_SIGHTINGS)
    told = [row["individual_id"] for row in rows if row["individual_id"] is not None]
    if len(told) == len(set(told)):
        return []  # no two sightings of one animal
    numbers: dict[tuple[int, str], int] = {}
    names: list[str] = []
    clock = np.full(len(rows), -1, np.int64)
    for at, row in enumerate(rows):
        if row["deployment_id"] is None:
            continue
        camera = row["own"] or cameras.plain(row["camera"])
        key = (row["deployment_id"], cameras.key(camera))
        if key not in numbers:
            numbers[key] = len(names)
            names.append(row["station"] or "")
        clock[at] = numbers[key]
    one, other = _pairs([row["individual_id"] for row in rows])
    oddities = _oddities(store, whereabouts.records(store, [row["id"] for row in rows]), one, other, clock, names)
    kept = set(hushed(store))
    return [odd for odd in (_odd(each, rows, clock) for each in oddities) if odd.key not in kept]


def _oddities(
    store: Store, records: Records, one: np.ndarray, other: np.ndarray, clock: np.ndarray, names: list[str]
) -> list[Oddity]:
    from spotid.movement.oddities import LIMIT_KMH, oddities

    limit = min(LIMIT_KMH, whereabouts.limits(store).speed_kmh)
    learnt = ranges.learnt(store)
    made_of = sha256(repr((limit, learnt, names, records.names, records.degrees, records.scaled)).encode())
    for part in (records.at, records.days, records.station, one, other, clock):
        made_of.update(part.tobytes())
    known = store.memory.get(MEMORY)
    if known is None or known[0] != made_of.digest():
        found = oddities(records, one, other, learnt, clock=clock, clock_names=names, limit_kmh=limit)
        known = store.memory[MEMORY] = made_of.digest(), found
    return list(known[1])


def _pairs(animals: list[int | None]) -> tuple[np.ndarray, np.ndarray]:
    """Every sighting of an animal with the next one of it, by number."""
    import numpy as np

    last: dict[int, int] = {}
    pairs = []
    for at, animal in enumerate(animals):
        if animal is not None:
            if animal in last:
                pairs.append((last[animal], at))
            last[animal] = at
    found = np.array(pairs, np.int64).reshape(len(pairs), 2)
    return found[:, 0], found[:, 1]


def _odd(oddity: Oddity, rows: list[Any], clock: np.ndarray) -> Odd:
    if oddity.kind not in ("clock", "times") or not len(oddity.sightings):
        return Odd(oddity)
    row = rows[int(oddity.sightings[0])]
    return Odd(oddity, row["deployment_id"], row["own"] or cameras.plain(row["camera"]))


def hushed(store: Store) -> list[str]:
    """The keys of what people have said is right as it is."""
    try:
        kept = json.loads(notes.get(store, KEPT, "[]"))
    except ValueError:
        return []
    return [str(one) for one in kept] if isinstance(kept, list) else []


def hush(store: Store, key: str) -> None:
    """A person says that a clock or a place is right as it is: not to be told again."""
    kept = [one for one in hushed(store) if one != key]
    notes.put(store, KEPT, json.dumps([*kept, key][-MOST_KEPT:]))


def trusted(store: Store, records: Records, ids: Sequence[int]) -> Records:
    """``whereabouts.records`` of sightings (row ids) without the times and places of what is odd: NaN."""
    from dataclasses import replace

    import numpy as np

    from spotid.movement.oddities import trusted as without

    odd = found(store)
    if not odd:
        return records
    rows = [row["id"] for row in store.all(_SIGHTINGS)]
    place = {row: at for at, row in enumerate(ids)}
    told = []
    for one in odd:
        here = [place[rows[at]] for at in one.oddity.sightings if rows[at] in place]
        told.append(replace(one.oddity, sightings=np.array(here, np.int64)))
    return without(records, told)
