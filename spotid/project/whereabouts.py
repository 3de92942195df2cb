"""Where and when sightings were taken, as the matching reads it: places of their stations, times put right.

A survey tells places in degrees or in metres from an origin of its own, never both: stations of the rarer kind have no
place here. What is not known stays unknown, and says nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from spotid.project import notes
from spotid.project.store import Store

if TYPE_CHECKING:
    from spotid.movement.records import Records

METRES = 1000.0  # in a km
NOTE = "movement"  # what the profile of the last run says of its animals


@dataclass(frozen=True, slots=True)
class Limits:
    """How the animals of a project move. The defaults are those of leopards, with their sources in ``leopard.toml``."""

    speed_kmh: float = 60.0  # faster from one sighting to the next is impossible
    range_km: float = 3.0  # one standard deviation of its places about the middle of its home range, along each axis


def limits(store: Store, scope: str = "") -> Limits:
    """What the profile of the project's last run says, or that of another ``scope``; the defaults before the first."""
    try:
        kept = json.loads(notes.get(store, f"{NOTE} {scope}".strip(), "{}"))
        return Limits(*(float(kept.get(name, getattr(Limits(), name))) for name in ("speed_kmh", "range_km")))
    except (ValueError, TypeError, AttributeError):
        return Limits()  # a note of another release; the next run replaces it


def keep_limits(store: Store, known: Limits, scope: str = "") -> None:
    """Remember what a profile says."""
    name, text = f"{NOTE} {scope}".strip(), json.dumps({"speed_kmh": known.speed_kmh, "range_km": known.range_km})
    if notes.get(store, name) != text:
        notes.put(store, name, text)


def records(store: Store, ids: Sequence[int]) -> Records:
    """Places and times of the sightings with these row ids, in their order.

    A photograph without a station is where its own receiver says. 100,000 sightings take about a second.
    """
    from spotid.movement.records import records_of

    degrees, places = _places(store)
    rows = {
        row["id"]: row
        for row in store.all(
            "SELECT sighting.id, station_id, station.name, captured_at, gps_latitude, gps_longitude FROM sighting"
            " JOIN media ON media.id = media_id LEFT JOIN station ON station.id = station_id"
            " WHERE sighting.id IN (SELECT value FROM json_each(?))",
            json.dumps([int(one) for one in ids]),
        )
    }
    known = [rows[one] for one in ids]
    return records_of(
        [row["name"] for row in known],
        [_moment(row["captured_at"]) for row in known],
        [places.get(row["station_id"], _own(row) if degrees else None) for row in known],
        degrees=degrees,
    )


def _places(store: Store) -> tuple[bool, dict[int | None, tuple[float, float] | None]]:
    """Whether places are told in degrees, and the place of every station, or None; in km where they are not."""
    rows = store.all("SELECT id, latitude, longitude, x_m, y_m FROM station")
    told = {row["id"]: _pair(row, "latitude", "longitude") for row in rows}
    own = {row["id"]: _pair(row, "x_m", "y_m") for row in rows}
    degrees = sum(one is not None for one in told.values()) >= sum(one is not None for one in own.values())
    if degrees:
        return True, {**told}
    return False, {one: None if at is None else (at[0] / METRES, at[1] / METRES) for one, at in own.items()}


def _pair(row: sqlite3.Row, first: str, second: str) -> tuple[float, float] | None:
    one, other = row[first], row[second]
    return None if one is None or other is None else (float(one), float(other))


def _own(row: sqlite3.Row) -> tuple[float, float] | None:
    """Where a photograph without a station was taken, as it says itself; 0 and 0 is what a receiver writes that does
    not know."""
    if row["station_id"] is not None:
        return None
    at = _pair(row, "gps_latitude", "gps_longitude")
    return None if at == (0.0, 0.0) else at


def _moment(text: str | None) -> str | None:
    try:
        return text if text and datetime.fromisoformat(text) else None
    except ValueError:
        return None  # a day that there is not
