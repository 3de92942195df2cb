"""Pictures of one station taken within seconds of each other: two cameras that saw both sides of one animal.

Only photographs with one animal count, and only those with a time that is trusted (see ``trust``), as it was put right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from spotid.project.sightings import OUT_SQL, SHOWS_OURS
from spotid.project.store import Store
from spotid.words import SightingState


@dataclass(frozen=True, slots=True)
class Shot:
    """One animal alone in a photograph with a place and a time. ``second``: the corrected time, in seconds."""

    uid: str
    station: str
    camera: str
    flank: str
    quality: float
    second: float
    visit: int | None


def shots(store: Store) -> Iterator[Shot]:
    """All shots, station by station in order of their corrected times."""
    rows = store.all(
        "SELECT sighting.uid, station.name AS station, media.camera, flank, COALESCE(quality, 0) AS quality, visit,"
        " (julianday(captured_at) - julianday('2000-01-01')) * 86400.0 AS second"
        " FROM sighting JOIN media ON media.id = sighting.media_id JOIN station ON station.id = media.station_id"
        " WHERE sighting.state IN (?, ?) AND captured_at IS NOT NULL"
        f" AND media.id NOT IN (SELECT media_id FROM sighting WHERE state NOT IN {OUT_SQL}"
        "   GROUP BY media_id HAVING COUNT(*) > 1)"
        " ORDER BY station.id, second, sighting.id",
        *(SightingState.CROPPED, SightingState.EMBEDDED),
    )
    for row in rows:
        yield _shot(row)


def untimed(store: Store) -> int:
    """How many photographs with animals have no trusted time, and so are never paired."""
    return int(store.value(f"SELECT COUNT(*) FROM media WHERE {SHOWS_OURS} AND captured_at IS NULL"))


def corrected(store: Store) -> int:
    """How many deployments have a clock that people put right."""
    return int(
        store.value(
            "SELECT COUNT(DISTINCT deployment_id) FROM clock_word WHERE offset_s != 0 AND id IN"
            " (SELECT MAX(id) FROM clock_word GROUP BY deployment_id, camera, from_at)"
        )
    )


def _shot(row: sqlite3.Row) -> Shot:
    return Shot(
        *(row["uid"], row["station"], row["camera"], row["flank"], row["quality"]),
        *(round(row["second"], 3), row["visit"]),
    )
