"""Pictures of one station taken within seconds of each other: two cameras that saw both sides of one animal.

Only photographs with one animal count, and only those whose time is trusted: an untrusted time is kept as a remark and
not as a time (see the intake).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from spotid.project.store import Store
from spotid.words import SightingState

DOUBTFUL = ("unset", "future")


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
        " WHERE sighting.state IN (?, ?) AND captured_at IS NOT NULL AND COALESCE(time_source, '') NOT IN (?, ?)"
        " AND media.id NOT IN (SELECT media_id FROM sighting WHERE state != 'withdrawn'"
        "   GROUP BY media_id HAVING COUNT(*) > 1)"
        " ORDER BY station.id, second, sighting.id",
        *(SightingState.CROPPED, SightingState.EMBEDDED, *DOUBTFUL),
    )
    for row in rows:
        yield _shot(row)


def untimed(store: Store) -> int:
    """How many photographs with animals have no trusted time, and so are never paired."""
    return int(
        store.value(
            "SELECT COUNT(*) FROM media WHERE state = 'animal' AND (captured_at IS NULL"
            " OR COALESCE(time_source, '') IN (?, ?))",
            *DOUBTFUL,
        )
    )


def corrected(store: Store) -> int:
    """How many deployments have a clock that people put right."""
    return int(
        store.value(
            "SELECT COUNT(DISTINCT deployment_id) FROM clock_word WHERE offset_s != 0 AND id IN"
            " (SELECT MAX(id) FROM clock_word GROUP BY deployment_id, from_at)"
        )
    )


def _shot(row: sqlite3.Row) -> Shot:
    return Shot(
        *(row["uid"], row["station"], row["camera"], row["flank"], row["quality"]),
        *(round(row["second"], 3), row["visit"]),
    )
