"""How far two sightings are apart, and how fast an animal would have walked from one to the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from spotid.project.folder import Project

EARTH_KM = 6371.0
FAST, FAR = 8.0, 2.0  # km/h, kept up over more than so many km: a leopard hunts or flees like that, and rarely
IMPOSSIBLE = 60.0  # km/h: what a leopard reaches for seconds
LEAST_HOURS = 1 / 60  # clocks of two cameras agree no better; and two cameras of one place may fire at once
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two sightings; None where a place or a time is not known. Speeds are along a straight line."""

    km: float | None = None
    kmh: float | None = None
    speed: str = ""  # "", fast or impossible


def read_places(project: Project) -> dict[str, Place]:
    """Station → latitude and longitude, of the stations whose place is known."""
    rows = project.store.all("SELECT name, latitude, longitude FROM station WHERE latitude + longitude IS NOT NULL")
    return {row["name"]: (row["latitude"], row["longitude"]) for row in rows}


def between(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], places: Mapping[str, Place]
) -> Between:
    """What lies between two sightings, each given as (station, time)."""
    here, there = (places.get(station or "") for station, _ in (one, other))
    if here is None or there is None:
        return Between()
    km = kilometres(here, there)
    hours = hours_between(one[1], other[1])
    if hours is None:
        return Between(km)
    kmh = km / max(hours, LEAST_HOURS)
    return Between(km, kmh, "impossible" if kmh >= IMPOSSIBLE else "fast" if kmh >= FAST and km > FAR else "")


def kilometres(here: Place, there: Place) -> float:
    """The way along the ground, by the haversine formula (Sinnott 1984)."""
    (lat, lon), (far_lat, far_lon) = (tuple(map(math.radians, place)) for place in (here, there))
    half = math.sin((far_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(far_lat) * math.sin((far_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def hours_between(one: str | None, other: str | None) -> float | None:
    """Hours from one time to another; None where one is not known."""
    if not one or not other:
        return None
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) / 3600
