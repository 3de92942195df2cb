"""Where and in which time zone the sun of a survey rises: from stations with a place, or as a person typed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from spotid.project import notes
from spotid.project.clock_shots import Sky
from spotid.project.store import Store
from spotid.sun import ANYWHERE, Sun, likely_zone, sun_on

PLACE, ZONE = "sun_place", "sun_zone"  # notes
STATION, SURVEY, TYPED, NOWHERE = "station", "survey", "typed", ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and its zone. ``by``: the station's own place, the middle of the survey's stations, a typed one, or "".
    ``zone_by``: "person", "package", "place" (guessed from the longitude) or ""."""

    latitude: float | None = None
    longitude: float | None = None
    zone: int = 0  # minutes ahead of UTC
    by: str = NOWHERE
    zone_by: str = ""

    @property
    def sky(self) -> Sky:
        """The sun as the signs of clocks ask for it."""
        if self.latitude is None or self.longitude is None:
            return Sky()
        return Sky(sun_of(self.latitude, self.longitude, self.zone), "place" if self.zone_by == "place" else "zone")


def spot_of(store: Store, station_id: int | None, zone_minutes: int | None = None) -> Spot:
    """The place of a station's sun, as well as it is known; ``zone_minutes`` is what the deployment itself says."""
    own = None
    if station_id is not None:
        own = store.one("SELECT latitude, longitude FROM station WHERE id = ?", station_id)
    if own is not None and own["latitude"] is not None and own["longitude"] is not None:
        latitude, longitude, by = own["latitude"], own["longitude"], STATION
    else:
        latitude, longitude, by = _elsewhere(store)
    typed = typed_zone(store)
    if zone_minutes is not None:
        zone, zone_by = zone_minutes, "package"
    elif typed is not None:
        zone, zone_by = typed, "person"
    elif longitude is not None:
        zone, zone_by = likely_zone(longitude), "place"
    else:
        zone, zone_by = 0, ""
    return Spot(latitude, longitude, zone, by, zone_by)


def _elsewhere(store: Store) -> tuple[float | None, float | None, str]:
    typed = typed_place(store)
    if typed is not None:
        return (*typed, TYPED)
    rows = store.all(
        "SELECT latitude, longitude FROM station WHERE latitude IS NOT NULL AND longitude IS NOT NULL"
        " ORDER BY latitude, longitude"
    )
    if not rows:
        return None, None, NOWHERE
    middle = rows[len(rows) // 2]  # one of them: a mean over the date line would lie on the other side of the earth
    return middle["latitude"], middle["longitude"], SURVEY


def typed_place(store: Store) -> tuple[float, float] | None:
    """The place that a person typed for the sun."""
    try:
        latitude, longitude = (float(one) for one in json.loads(notes.get(store, PLACE)))
    except (ValueError, TypeError):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def typed_zone(store: Store) -> int | None:
    """The zone that a person typed, in minutes ahead of UTC."""
    try:
        return int(notes.get(store, ZONE))
    except ValueError:
        return None


def keep(store: Store, place: tuple[float, float] | None, zone: int | None) -> None:
    """Keep what a person typed; None is "not known"."""
    notes.put(store, PLACE, json.dumps(place) if place is not None else "")
    notes.put(store, ZONE, str(zone) if zone is not None else "")


@lru_cache(maxsize=64)
def sun_of(latitude: float, longitude: float, zone: int) -> Callable[[date], Sun]:
    """The sun over a place by day; each day is computed once."""
    days: dict[date, Sun] = {}

    def on(day: date) -> Sun:
        if day not in days:
            days[day] = sun_on(latitude, longitude, day, zone)
        return days[day]

    return on


def told(spot: Spot, days: list[date]) -> dict[str, Any]:
    """What a page draws: where the sun is taken from, and its earliest and latest rise and set over ``days``."""
    content: dict[str, Any] = {"by": spot.by, "zone": spot.zone, "zone_by": spot.zone_by, "rise": None, "set": None}
    suns = [spot.sky.sun(day) for day in days[:: max(1, len(days) // 24)]] if spot.by and days else []
    usual = [sun for sun in suns if not sun.always]
    if usual:
        content["rise"] = [min(sun.rise for sun in usual), max(sun.rise for sun in usual)]
        content["set"] = [min(sun.set for sun in usual), max(sun.set for sun in usual)]
    elif not spot.by:
        content["guess"] = [ANYWHERE.rise, ANYWHERE.set]
    return content
