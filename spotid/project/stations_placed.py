"""Where stations are, as their photographs tell: the middle of what the cameras' own receivers wrote."""

from __future__ import annotations

import math
from statistics import median

from spotid.project.placing import PHOTOGRAPHS
from spotid.project.store import Store

AGREE_M = 200.0  # so far receivers under trees are apart at one place
MOST = 0.9  # of the photographs have to agree; a receiver that has just been put on is far off
EARTH_M = 6_371_000.0
_TOLD = (
    "SELECT station_id, gps_latitude, gps_longitude FROM media JOIN station ON station.id = station_id"
    " WHERE gps_latitude IS NOT NULL AND gps_longitude IS NOT NULL AND NOT (gps_latitude = 0 AND gps_longitude = 0)"
    " AND x_m IS NULL AND (station.latitude IS NULL OR station.placed_by = ?)"
)
Where = tuple[float, float]


def metres(one: Where, other: Where) -> float:
    """How far two places (latitude, longitude in degrees) are apart, on a sphere."""
    lat, lon, to_lat, to_lon = (math.radians(value) for value in (*one, *other))
    half = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def middle(told: list[Where]) -> tuple[Where, float]:
    """The median of places, and how many metres from it the farthest of those that have to agree is."""
    first = told[0][1]  # beside the 180th meridian, longitudes are counted from the first one
    turned = [(lat, first + (lon - first + 180.0) % 360.0 - 180.0) for lat, lon in told]
    lat, lon = median(one for one, _ in turned), median(other for _, other in turned)
    centre = (round(lat, 6), round((lon + 180.0) % 360.0 - 180.0, 6))
    away = sorted(metres(centre, one) for one in told)
    return centre, away[max(0, math.ceil(MOST * len(away)) - 1)]


def _told(store: Store) -> dict[int, list[Where]]:
    found: dict[int, list[Where]] = {}
    for row in store.all(_TOLD, PHOTOGRAPHS):
        found.setdefault(row["station_id"], []).append((row["gps_latitude"], row["gps_longitude"]))
    return found


def place_stations(store: Store) -> int:
    """Place stations that nobody placed where their photographs say, if these agree. Returns how many have changed."""
    known = {
        row["id"]: (row["latitude"], row["longitude"])
        for row in store.all("SELECT id, latitude, longitude FROM station")
    }
    news = []
    for station, told in _told(store).items():
        centre, away = middle(told)
        place = centre if away <= AGREE_M else (None, None)
        if known[station] != place:
            news.append((*place, "" if place[0] is None else PHOTOGRAPHS, station))
    if news:
        with store.write() as connection:
            connection.executemany("UPDATE station SET latitude = ?, longitude = ?, placed_by = ? WHERE id = ?", news)
    return len(news)


def scattered(store: Store) -> dict[int, float]:
    """Station → metres, for those that can't be placed because their photographs were taken in several places."""
    apart = {station: middle(told)[1] for station, told in _told(store).items()}
    return {station: away for station, away in apart.items() if away > AGREE_M}
