"""Clips and their stills: the still pictures taken out of a clip are rows of their own and go on like photographs.

A still lies in the project's own folder ``frames`` and is not looked for by the walk through the originals. What its
clip says of station, camera, time and species is the still's too (``follow``), as long as no person said otherwise.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spotid.project import media
from spotid.project.filenames import shown
from spotid.project.store import Store
from spotid.words import MediaState, Problem, SightingState

CLIP, STILL = "clip", "still"
_STILL = re.compile(r"[0-9a-f]{2}/[0-9a-f]{16}/(.+)@(\d{9})\.jpg")  # where stills lie below ``frames``
_SAID = "('sheet', 'person', 'package')"


@dataclass(frozen=True, slots=True)
class Facts:
    """What reading a clip told; ``captured_at`` is None where the clock is not to be trusted."""

    media_id: int
    sha256: str
    seen: tuple[int, int]  # bytes and modified_ns
    width: int
    height: int
    seconds: float
    clock_at: str | None
    captured_at: str | None
    time_source: str | None
    station: str | None
    camera: str
    station_by: str
    make: str | None
    model: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class NewStill:
    """A still on the disk: its moment in the clip, its place below ``frames``, its bytes, time and checksum."""

    at_ms: int
    relpath: str
    bytes: int
    modified_ns: int


def still_uid(clip_uid: str, at_ms: int, attempt: int = 0) -> str:
    """A name for a still that two laptops with the same clip agree on."""
    text = f"{clip_uid}@{at_ms}\0{attempt}"
    return hashlib.sha256(text.encode()).hexdigest()[: media.UID_LENGTH]


def shown_name(relpath: str) -> str:
    """The name of a file for people; a still is called by its clip and its moment: ``IMG_0005.AVI, 0:12.5``."""
    still = _STILL.fullmatch(relpath)
    if still is None:
        return shown(relpath.rsplit("/", 1)[-1])
    seconds = int(still[2]) / 1000
    return f"{shown(still[1])}, {int(seconds // 60)}:{seconds % 60:04.1f}"


def waiting(store: Store, limit: int, after: int = 0) -> list[sqlite3.Row]:
    """Up to ``limit`` clips whose stills were not taken yet, with ids above ``after``."""
    return store.all(
        "SELECT * FROM media WHERE state = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
        *(MediaState.FOUND, CLIP, after, limit),
    )


def count_waiting(store: Store) -> int:
    """How many clips ``waiting`` gives in all."""
    return int(store.value("SELECT COUNT(*) FROM media WHERE state = ? AND kind = ?", MediaState.FOUND, CLIP))


def stills_of(store: Store, clip_id: int) -> list[sqlite3.Row]:
    """The stills of a clip that count, in order of their moments."""
    return store.all(
        "SELECT * FROM media WHERE parent_id = ? AND kind = ? AND state != ? ORDER BY at_ms",
        *(clip_id, STILL, MediaState.MISSING),
    )


def clip_of(store: Store, row: sqlite3.Row) -> sqlite3.Row | None:
    """The clip of a still, the clip itself of a clip, None for a photograph."""
    if row["kind"] == CLIP:
        return row
    return None if row["parent_id"] is None else store.one("SELECT * FROM media WHERE id = ?", row["parent_id"])


def picture_of(store: Store, row: sqlite3.Row) -> sqlite3.Row:
    """The row whose picture stands for a file: of a clip the middle one of its stills, otherwise itself."""
    stills = stills_of(store, row["id"]) if row["kind"] == CLIP else []
    return stills[len(stills) // 2] if stills else row


def keep(store: Store, facts: Facts, stills: Sequence[NewStill]) -> None:
    """Keep what was read of a clip and its stills, in one transaction; the stills go on to be read.

    Stills of moments that the clip does not give any more lose their boxes and count as missing.
    """
    root = media.root_id(store, Path(media.FRAMES))
    with store.write() as connection:
        station = media.station_id(connection, facts.station) if facts.station else None
        connection.execute(
            "UPDATE media SET sha256 = ?, bytes = ?, modified_ns = ?, width = ?, height = ?, seconds = ?,"
            " make = ?, model = ?, state = ?, problem = NULL, problem_detail = ? WHERE id = ?",
            (
                *(facts.sha256, *facts.seen, facts.width, facts.height, facts.seconds),
                *(facts.make, facts.model, MediaState.CLIP, facts.remark, facts.media_id),
            ),
        )
        # What a sheet or a person said of time and place stays.
        connection.execute(
            "UPDATE media SET clock_at = ?, captured_at = ?, time_source = ?"
            f" WHERE id = ? AND COALESCE(time_source, '') NOT IN {_SAID}",
            (facts.clock_at, facts.captured_at, facts.time_source, facts.media_id),
        )
        connection.execute(
            f"UPDATE media SET station_id = ?, station_by = ?, camera = ? WHERE id = ? AND station_by NOT IN {_SAID}",
            (station, facts.station_by, facts.camera, facts.media_id),
        )
        uid = connection.execute("SELECT uid FROM media WHERE id = ?", (facts.media_id,)).fetchone()["uid"]
        known = {
            row["at_ms"]: row["id"]
            for row in connection.execute("SELECT id, at_ms FROM media WHERE parent_id = ?", (facts.media_id,))
        }
        for still in stills:  # one that came back with the embeddings of a lost database
            orphan = connection.execute(
                "SELECT id FROM media WHERE uid = ? AND kind = ? AND parent_id IS NULL",
                (still_uid(uid, still.at_ms), STILL),
            ).fetchone()
            if orphan:
                known[still.at_ms] = orphan["id"]
        gone = [known[moment] for moment in known.keys() - {still.at_ms for still in stills}]
        _put_away(connection, gone)
        for still in stills:
            about = (root, still.relpath, still.bytes, still.modified_ns, MediaState.FOUND)
            if still.at_ms in known:
                connection.execute(
                    "UPDATE media SET root_id = ?, relpath = ?, bytes = ?, modified_ns = ?, state = ?, problem = NULL,"
                    " problem_detail = NULL, parent_id = ?, at_ms = ? WHERE id = ?",
                    (*about, facts.media_id, still.at_ms, known[still.at_ms]),
                )
                continue
            connection.execute(
                "INSERT INTO media (root_id, relpath, bytes, modified_ns, state, uid, kind, parent_id, at_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*about, _free_uid(connection, uid, still.at_ms), STILL, facts.media_id, still.at_ms),
            )
        connection.execute(f"{_FOLLOW} AND clip.id = ?", (facts.media_id,))


def keep_again(store: Store, clip_id: int, made: Iterable[tuple[int, int, int, str]]) -> None:
    """Stills were made again from their clip: (row, bytes, modified_ns, sha256). They go on where they were."""
    with store.write() as connection:
        connection.executemany(
            "UPDATE media SET bytes = ?2, modified_ns = ?3, sha256 = CASE WHEN sha256 IS NULL THEN NULL ELSE ?4 END"
            " WHERE id = ?1",
            list(made),
        )
        connection.execute(
            "UPDATE media SET state = ?, problem = NULL, problem_detail = NULL WHERE parent_id = ? AND state = ?"
            " AND problem = ?",
            (MediaState.FOUND, clip_id, MediaState.PROBLEM, Problem.UNREADABLE),
        )
        connection.execute("UPDATE media SET state = ? WHERE id = ?", (MediaState.CLIP, clip_id))


def start_anew(store: Store, clip_id: int) -> None:
    """The clip shows something else now: its stills and the boxes in them go."""
    with store.write() as connection:
        rows = connection.execute("SELECT id FROM media WHERE parent_id = ?", (clip_id,)).fetchall()
        _put_away(connection, [row["id"] for row in rows])


def lost(store: Store) -> dict[int, list[sqlite3.Row]]:
    """Clip → its stills that are not on the disk. Looks into each folder once and opens nothing."""
    found: dict[int, list[sqlite3.Row]] = {}
    frames, folder, names = f"{store.path.parent}/{media.FRAMES}", "", frozenset[str]()
    for row in store.all(
        "SELECT id, parent_id, at_ms, relpath FROM media WHERE kind = ? AND state != ? ORDER BY parent_id, at_ms",
        *(STILL, MediaState.MISSING),
    ):
        inner, _, name = row["relpath"].rpartition("/")
        if inner != folder:
            folder, names = inner, _names(f"{frames}/{inner}")
        if name not in names:
            found.setdefault(row["parent_id"], []).append(row)
    return found


def queue_again(store: Store, clip_ids: Iterable[int], roots: Iterable[int]) -> None:
    """Let clips whose stills were lost be read again; only those of the folders ``roots``, which are there."""
    with store.write() as connection:
        connection.executemany(
            "UPDATE media SET state = ? WHERE id = ? AND state = ? AND root_id = ?",
            [(MediaState.FOUND, clip, MediaState.CLIP, root) for clip in clip_ids for root in roots],
        )


_LATER = "strftime('%Y-%m-%dT%H:%M:%S', clip.clock_at, (media.at_ms / 1000) || ' seconds')"
_FOLLOW = f"""
UPDATE media SET
  (station_id, station_by, camera) = (
    CASE WHEN media.station_by = 'person' THEN media.station_id ELSE clip.station_id END,
    CASE WHEN media.station_by = 'person' THEN 'person' ELSE clip.station_by END,
    CASE WHEN media.station_by = 'person' THEN media.camera ELSE clip.camera END),
  deployment_id = CASE WHEN clip.deployment_by != '' THEN clip.deployment_id ELSE media.deployment_id END,
  deployment_by = clip.deployment_by,
  clock_at = CASE WHEN media.time_source IS 'person' THEN media.clock_at ELSE {_LATER} END,
  time_source = CASE WHEN media.time_source IS 'person' THEN 'person' ELSE clip.time_source END,
  make = clip.make, model = clip.model, gps_latitude = clip.gps_latitude, gps_longitude = clip.gps_longitude,
  said_species = CASE WHEN media.said_by = 'person' THEN media.said_species ELSE clip.said_species END,
  said_by = CASE WHEN media.said_by = 'person' THEN 'person' ELSE clip.said_by END,
  problem_detail = CASE WHEN media.problem IS NULL AND clip.problem IS NULL THEN clip.problem_detail
    ELSE media.problem_detail END
FROM media AS clip WHERE clip.id = media.parent_id AND media.kind = '{STILL}'"""
_DIFFERS = f"""
 AND ((media.station_by != 'person' AND (media.station_id, media.station_by, media.camera)
       IS NOT (clip.station_id, clip.station_by, clip.camera))
   OR media.deployment_by != clip.deployment_by
   OR (clip.deployment_by != '' AND media.deployment_id IS NOT clip.deployment_id)
   OR (media.time_source IS NOT 'person' AND (media.clock_at, media.time_source) IS NOT ({_LATER}, clip.time_source))
   OR (media.said_by != 'person' AND (media.said_species, media.said_by) IS NOT (clip.said_species, clip.said_by))
   OR (media.make, media.model, media.gps_latitude, media.gps_longitude)
       IS NOT (clip.make, clip.model, clip.gps_latitude, clip.gps_longitude)
   OR (media.problem IS NULL AND clip.problem IS NULL AND media.problem_detail IS NOT clip.problem_detail))"""


def follow(store: Store) -> int:
    """Give every still what its clip says of place, camera, clock and species. Returns how many rows changed.

    Idempotent; to be called whenever the facts of clips may have changed. ``settling.settle`` has to follow: it tells
    when each still was taken and which deployment it belongs to.
    """
    if not store.value("SELECT 1 FROM media WHERE kind = ? LIMIT 1", STILL):
        return 0
    with store.write() as connection:
        return int(connection.execute(_FOLLOW + _DIFFERS).rowcount)


def _put_away(connection: sqlite3.Connection, still_ids: Sequence[int]) -> None:
    for one in still_ids:
        connection.execute("UPDATE sighting SET state = ? WHERE media_id = ?", (SightingState.WITHDRAWN, one))
        connection.execute("UPDATE media SET state = ? WHERE id = ?", (MediaState.MISSING, one))


def _free_uid(connection: sqlite3.Connection, clip_uid: str, at_ms: int) -> str:
    attempt = 0
    while connection.execute("SELECT 1 FROM media WHERE uid = ?", (still_uid(clip_uid, at_ms, attempt),)).fetchone():
        attempt += 1
    return still_uid(clip_uid, at_ms, attempt)


def _names(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except (OSError, ValueError):
        return frozenset()
