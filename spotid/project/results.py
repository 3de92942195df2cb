"""What an export reads: sightings with their individuals, and what was written where before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from spotid.project.store import Store, now
from spotid.words import PAIR_VERDICTS, Verdict


def identified(store: Store) -> Iterator[sqlite3.Row]:
    """Every sighting that has an individual, with the facts of its picture, by code."""
    yield from store.all(
        "SELECT sighting.uid, sighting.x, sighting.y, sighting.w, sighting.h, sighting.flank, individual.code,"
        " individual.number, media.id AS media_id, media.relpath, root.path AS root, media.captured_at, media.camera,"
        " media.bytes, media.modified_ns, media.sha256, media.problem,"
        " station.name AS station FROM identity"
        " JOIN individual ON individual.id = identity.individual_id"
        " JOIN sighting ON sighting.uid = identity.sighting_uid"
        " JOIN media ON media.id = sighting.media_id JOIN root ON root.id = media.root_id"
        " LEFT JOIN station ON station.id = media.station_id WHERE sighting.state != 'withdrawn'"
        " ORDER BY individual.number, media.captured_at, media.relpath, sighting.id"
    )


def every_file(store: Store) -> Iterator[sqlite3.Row]:
    """Every file found, once for each of its sightings and once where it has none."""
    yield from store.all(
        "SELECT media.relpath, media.state AS media_state, media.problem_detail, media.captured_at,"
        " sighting.uid, sighting.x, sighting.y, sighting.w, sighting.h, sighting.score, sighting.species,"
        " sighting.flank, sighting.quality, sighting.state AS sighting_state, sighting.problem AS sighting_problem,"
        " station.name AS station, individual.code"
        " FROM media LEFT JOIN sighting ON sighting.media_id = media.id AND sighting.state != 'withdrawn'"
        " LEFT JOIN station ON station.id = media.station_id"
        " LEFT JOIN identity ON identity.sighting_uid = sighting.uid"
        " LEFT JOIN individual ON individual.id = identity.individual_id"
        " ORDER BY media.root_id, media.relpath, sighting.id"
    )


def joining_rows(store: Store) -> dict[str, int]:
    """Sighting uid → the newest standing answer that joined it to another or called it a new individual."""
    rows: dict[str, int] = {}
    for row in store.all(
        "SELECT id, a, b FROM decision WHERE kind IN (?, ?) AND uid NOT IN"
        " (SELECT target FROM decision WHERE kind = 'undo') ORDER BY id",
        Verdict.SAME,
        Verdict.NEW,
    ):
        for sighting in (row["a"], row["b"]):
            if sighting is not None:
                rows[sighting] = row["id"]
    return rows


def written_before(store: Store, folder: str) -> dict[tuple[str, str], str]:
    """(sighting uid, code) → the file that an earlier export made of it in ``folder``."""
    rows = store.all("SELECT relpath, sighting_uid, code FROM exported_file WHERE folder = ?", folder)
    return {(row["sighting_uid"], row["code"]): row["relpath"] for row in rows}


def note_written(store: Store, folder: str, relpath: str, sighting: str, code: str) -> None:
    """Note that a file of an export is whole on the disk."""
    with store.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO exported_file (folder, relpath, sighting_uid, code) VALUES (?, ?, ?, ?)",
            (folder, relpath, sighting, code),
        )


def note_removed(store: Store, folder: str, relpath: str) -> None:
    """Note that a file of an earlier export is no longer there."""
    with store.write() as connection:
        connection.execute("DELETE FROM exported_file WHERE folder = ? AND relpath = ?", (folder, relpath))


def note_export(store: Store, kind: str, folder: str, individuals: int, files: int) -> None:
    """Note a finished export."""
    with store.write() as connection:
        connection.execute(
            "INSERT INTO export (written_at, kind, folder, individuals, files, last_decision)"
            " SELECT ?, ?, ?, ?, ?, COALESCE(MAX(id), 0) FROM decision",
            (now(), kind, folder, individuals, files),
        )


def exports(store: Store, limit: int = 10) -> list[sqlite3.Row]:
    """The newest exports, newest first."""
    return store.all("SELECT * FROM export ORDER BY id DESC LIMIT ?", limit)


def individuals(store: Store) -> list[sqlite3.Row]:
    """Individuals that have sightings: code, how many, first and last seen."""
    return store.all(
        "SELECT individual.number, individual.code, COUNT(*) AS n, MIN(media.captured_at) AS first,"
        " MAX(media.captured_at) AS last, GROUP_CONCAT(DISTINCT station.name) AS stations FROM identity"
        " JOIN individual ON individual.id = identity.individual_id"
        " JOIN sighting ON sighting.uid = identity.sighting_uid JOIN media ON media.id = sighting.media_id"
        " LEFT JOIN station ON station.id = media.station_id WHERE sighting.state != 'withdrawn'"
        " GROUP BY individual.id ORDER BY individual.number"
    )


def sightings_of(store: Store, number: int, limit: int = 200) -> list[sqlite3.Row]:
    """The sightings of one individual, oldest first."""
    return store.all(
        "SELECT sighting.uid, sighting.flank, sighting.quality, media.captured_at, station.name AS station"
        " FROM identity JOIN individual ON individual.id = identity.individual_id"
        " JOIN sighting ON sighting.uid = identity.sighting_uid JOIN media ON media.id = sighting.media_id"
        " LEFT JOIN station ON station.id = media.station_id WHERE individual.number = ?"
        " AND sighting.state != 'withdrawn'"
        " ORDER BY media.captured_at, media.id LIMIT ?",
        number,
        limit,
    )


def answered(store: Store) -> int:
    """How many pair answers stand."""
    kinds = sorted(PAIR_VERDICTS)
    marks = ",".join("?" * len(kinds))
    return int(
        store.value(
            f"SELECT COUNT(*) FROM decision WHERE kind IN ({marks}) AND uid NOT IN"
            " (SELECT target FROM decision WHERE kind = 'undo')",
            *kinds,
        )
    )
