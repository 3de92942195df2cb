"""What an export reads: sightings with their individuals, and what was written where before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from spotid.project import ledger
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store, now
from spotid.words import JOINING, PAIR_VERDICTS, Verdict


def identified(store: Store) -> Iterator[sqlite3.Row]:
    """Every sighting that has an individual, with the facts of its picture, by code."""
    yield from store.all(
        "SELECT sighting.uid, sighting.x, sighting.y, sighting.w, sighting.h, sighting.flank, individual.code,"
        " individual.name, individual.number, media.id AS media_id, media.relpath, root.path AS root,"
        " media.captured_at, media.camera, media.bytes, media.modified_ns, media.sha256, media.problem,"
        " station.name AS station, clip.relpath AS clip, clip_root.path AS clip_root, media.at_ms FROM identity"
        " JOIN individual ON individual.id = identity.individual_id"
        " JOIN sighting ON sighting.uid = identity.sighting_uid"
        " JOIN media ON media.id = sighting.media_id JOIN root ON root.id = media.root_id"
        " LEFT JOIN media AS clip ON clip.id = media.parent_id"
        " LEFT JOIN root AS clip_root ON clip_root.id = clip.root_id"
        f" LEFT JOIN station ON station.id = media.station_id WHERE sighting.state NOT IN {OUT_SQL}"
        " ORDER BY individual.number, media.captured_at, media.relpath, sighting.id"
    )


def every_file(store: Store) -> Iterator[sqlite3.Row]:
    """Every file found, once for each of its sightings and once where it has none.

    Animals of other species are told too, with their species and without an individual.
    """
    yield from store.all(
        "SELECT media.relpath, media.state AS media_state, media.problem_detail, media.captured_at,"
        " sighting.uid, sighting.x, sighting.y, sighting.w, sighting.h, sighting.score, sighting.species,"
        " sighting.flank, sighting.quality, sighting.state AS sighting_state, sighting.problem AS sighting_problem,"
        " station.name AS station, individual.code, clip.relpath AS clip, media.at_ms"
        " FROM media LEFT JOIN media AS clip ON clip.id = media.parent_id"
        " LEFT JOIN sighting ON sighting.media_id = media.id AND sighting.state != 'withdrawn'"
        " LEFT JOIN station ON station.id = media.station_id"
        " LEFT JOIN identity ON identity.sighting_uid = sighting.uid AND sighting.state != 'other'"
        " LEFT JOIN individual ON individual.id = identity.individual_id"
        " ORDER BY COALESCE(clip.root_id, media.root_id), COALESCE(clip.relpath, media.relpath), media.at_ms,"
        " sighting.id"
    )


def joining_rows(store: Store) -> dict[str, int]:
    """Sighting uid → the newest standing answer that joined it to another or called it a new individual.

    An answer covers the other pictures of a visit that it names; a split joins anew those that left, and, like a
    release, those that stayed.
    """
    kinds = sorted({*JOINING, Verdict.NEW, Verdict.SPLIT, Verdict.RELEASE})
    rows: dict[str, int] = {}
    for row in store.all(
        f"SELECT * FROM decision WHERE kind IN ({','.join('?' * len(kinds))}) AND uid NOT IN"
        " (SELECT target FROM decision WHERE kind = 'undo') ORDER BY id",
        *kinds,
    ):
        event = ledger.event_of(row)
        more = event.more or {}
        if event.kind in (Verdict.SPLIT, Verdict.RELEASE):
            joined = [*more.get("stay", ()), *(more.get("out", ()) if event.kind == Verdict.SPLIT else ())]
        else:
            covered = more.get("with", {})
            joined = [uid for end in (event.a, event.b) if end for uid in (end, *covered.get(end, ()))]
        rows.update(dict.fromkeys(joined, event.row))
    return rows


def contradicted(store: Store) -> frozenset[str]:
    """Sightings of individuals about whom answers, or two boxes of one photograph, contradict one another."""
    belongs = {
        row["sighting_uid"]: row["individual_id"]
        for row in store.all("SELECT sighting_uid, individual_id FROM identity")
    }
    found: set[str] = set()
    for row in store.all(
        "SELECT * FROM decision WHERE kind IN (?, ?) AND uid NOT IN (SELECT target FROM decision WHERE kind = 'undo')",
        *(Verdict.DIFFERENT, Verdict.SPLIT),
    ):
        event = ledger.event_of(row)
        more = event.more or {}
        if event.kind == Verdict.SPLIT:
            ours, theirs = list(more.get("out", ())), list(more.get("stay", ()))
        else:
            covered = more.get("with", {})
            ours, theirs = ([uid, *covered.get(uid, ())] if uid else [] for uid in (event.a, event.b))
        both = {belongs.get(uid) for uid in ours} & {belongs.get(uid) for uid in theirs} - {None}
        found.update(uid for uid in (*ours, *theirs) if belongs.get(uid) in both)
    for row in store.all(
        "SELECT one.uid AS a, two.uid AS b FROM sighting AS one"
        " JOIN sighting AS two ON two.media_id = one.media_id AND two.id > one.id"
        f" AND one.state NOT IN {OUT_SQL} AND two.state NOT IN {OUT_SQL}"
        " JOIN identity AS i ON i.sighting_uid = one.uid"
        " JOIN identity AS j ON j.sighting_uid = two.uid AND j.individual_id = i.individual_id"
    ):
        found |= {row["a"], row["b"]}
    return frozenset(found)


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
        f" LEFT JOIN station ON station.id = media.station_id WHERE sighting.state NOT IN {OUT_SQL}"
        " GROUP BY individual.id ORDER BY individual.number"
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
