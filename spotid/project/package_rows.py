"""What a package of another program says of stations, deployments, and which photographs belong to which."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from spotid.project import media, recognised_rows
from spotid.project.store import Store
from spotid.words import MediaState

PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Place:
    """A station as a package has it."""

    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Hung:
    """A deployment: ``uid`` is the package's own name for it; times are ISO, as the camera's clock had them."""

    uid: str
    station: str
    camera: str
    starts_at: str | None
    ends_at: str | None
    zone_minutes: int | None = None


def keep_places(store: Store, places: Iterable[Place]) -> None:
    """Keep stations; coordinates that people or a table gave stay what they are."""
    with store.write() as connection:
        for one in places:
            row = media.station_id(connection, one.name)
            if one.latitude is not None and one.longitude is not None:
                connection.execute(
                    "UPDATE station SET latitude = ?, longitude = ?, placed_by = ? WHERE id = ?"
                    " AND x_m IS NULL AND (latitude IS NULL OR placed_by = ?)",
                    (one.latitude, one.longitude, PACKAGE, row, PACKAGE),
                )


def keep_deployments(store: Store, deployments: Iterable[Hung]) -> dict[str, int]:
    """Keep deployments: the package's name → row. One that is there already (by that name, or the same camera with the
    same beginning) is not made twice, and what a person said of it stays."""
    found: dict[str, int] = {}
    with store.write() as connection:
        for one in deployments:
            found[one.uid] = _deployment(connection, one)
    return found


def _deployment(connection: sqlite3.Connection, one: Hung) -> int:
    station = media.station_id(connection, one.station)
    known = connection.execute(
        "SELECT id FROM deployment WHERE (source_uid = ?1 AND station_id = ?2) OR (station_id = ?2 AND camera = ?3"
        " AND starts_at IS ?4) ORDER BY source_uid IS NOT ?1, id LIMIT 1",
        (one.uid, station, one.camera, one.starts_at),
    ).fetchone()
    if known is not None:
        connection.execute(
            "UPDATE deployment SET source_uid = COALESCE(source_uid, ?), zone_minutes = COALESCE(zone_minutes, ?)"
            " WHERE id = ?",
            (one.uid, one.zone_minutes, known["id"]),
        )
        return int(known["id"])
    made = connection.execute(
        "INSERT INTO deployment (station_id, camera, starts_at, ends_at, told_by, source_uid, zone_minutes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (station, one.camera, one.starts_at, one.ends_at, PACKAGE, one.uid, one.zone_minutes),
    ).lastrowid
    return int(made or 0)


def pin(store: Store, belongs: Iterable[tuple[int, int]]) -> int:
    """Say of photographs which deployment, and so which station, they belong to: (photograph, deployment); how many
    have changed. What a person said of a photograph stays."""
    with store.write() as connection:
        return sum(
            connection.execute(
                "UPDATE media SET deployment_id = ?1, deployment_by = ?2, station_by = ?2,"
                " station_id = (SELECT station_id FROM deployment WHERE id = ?1) WHERE id = ?3"
                " AND deployment_by != 'person' AND (deployment_id, deployment_by) IS NOT (?1, ?2)",
                (deployment, PACKAGE, photograph),
            ).rowcount
            for photograph, deployment in belongs
        )


def files_read(store: Store) -> int:
    """How many files have been read: what is told of their times counts at once."""
    return int(
        store.value("SELECT COUNT(*) FROM media WHERE state NOT IN (?, ?)", MediaState.FOUND, MediaState.MISSING)
    )


def keep_recognised(store: Store, uid: str, pictures: Iterable[recognised_rows.Picture]) -> None:
    """Keep what a package says of boxes and species with its collection, in the place of what it said before."""
    with store.write() as connection:
        row = connection.execute("SELECT id FROM collection WHERE uid = ?", (uid,)).fetchone()
        connection.execute("DELETE FROM recognition WHERE collection_id = ?", (row["id"],))
    recognised_rows.keep(store, row["id"], pictures)
