"""Files that were in hand when a worker died: counted, worked on alone, and put aside when it happens again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from spotid.project.store import Store, now
from spotid.words import MediaState, Problem, SightingState, Stage

FATAL = 2  # deaths with a file in hand, alone at the last: it is put aside
# At the other stages only the sightings can't be worked on.
WHOLE_FILE = (Stage.CLIPS, Stage.READ, Stage.STRIPS, Stage.DETECT)


def suspected(store: Store, stage: Stage) -> frozenset[str]:
    """The files to be worked on one at a time at ``stage``."""
    return frozenset(row[0] for row in store.all("SELECT media_uid FROM crash WHERE stage = ?", stage.value))


def aside(store: Store, stage: Stage) -> frozenset[str]:
    """The files that are not to be touched at ``stage`` any more, until a person says so."""
    rows = store.all("SELECT media_uid FROM crash WHERE stage = ? AND times >= ?", stage.value, FATAL)
    return frozenset(row[0] for row in rows)


def died(store: Store, stage: str, uids: Sequence[str]) -> str | None:
    """A worker died with ``uids`` in hand. Counts it; gives the path of the file that was put aside for it, or None."""
    with store.write() as connection:
        _count(connection, stage, uids, 1)
        if len(uids) != 1:
            return None
        row = connection.execute(
            "SELECT times FROM crash WHERE media_uid = ? AND stage = ?", (uids[0], stage)
        ).fetchone()
        return _put_aside(connection, stage, uids[0]) if row[0] >= FATAL else None


def left_behind(store: Store, stage: str, uids: Sequence[str], *, broke: bool) -> None:
    """A worker died and no program was there to see it.

    Only where the fault handler wrote that native code ``broke`` is it the files' fault. Otherwise the program was
    killed, or the power went: the files are worked on one at a time, and it counts for nothing.
    """
    if broke:
        died(store, stage, uids)
        return
    with store.write() as connection:
        _count(connection, stage, uids, 0)


def stopped(store: Store, stage: str, uids: Sequence[str]) -> None:
    """A worker was ended by this program with ``uids`` in hand: they are worked on alone, and it counts for nothing."""
    left_behind(store, stage, uids, broke=False)


def came_through(store: Store, stage: Stage, uid: str) -> None:
    """A file was worked on alone and nothing happened."""
    if store.value("SELECT 1 FROM crash WHERE media_uid = ? AND stage = ?", uid, stage.value):
        with store.write() as connection:
            connection.execute("DELETE FROM crash WHERE media_uid = ? AND stage = ?", (uid, stage.value))


def put_aside(store: Store) -> list[str]:
    """The uids of all files that are put aside at some stage."""
    return [row[0] for row in store.all("SELECT DISTINCT media_uid FROM crash WHERE times >= ? ORDER BY 1", FATAL)]


# Files on the problems shelf, and files that are left out at one stage only.
_TROUBLED = """(state = 'problem' OR uid IN (SELECT media_uid FROM crash WHERE times >= ?)
  OR (state = 'animal' AND id IN (SELECT media_id FROM sighting WHERE sighting.state = 'problem')))"""


def troubled(store: Store, limit: int, after: int = 0) -> list[sqlite3.Row]:
    """Up to ``limit`` files that could not be used, wholly or at some stage, with ids above ``after``."""
    return store.all(f"SELECT * FROM media WHERE {_TROUBLED} AND id > ? ORDER BY id LIMIT ?", FATAL, after, limit)


def count_troubled(store: Store) -> int:
    """How many files ``troubled`` gives in all."""
    return int(store.value(f"SELECT COUNT(*) FROM media WHERE {_TROUBLED}", FATAL))


def try_again(store: Store, uid: str) -> bool:
    """Forget what was counted against a file and queue it again; whether anything was put aside."""
    with store.write() as connection:
        row = connection.execute("SELECT id, state, problem, width FROM media WHERE uid = ?", (uid,)).fetchone()
        known = connection.execute("DELETE FROM crash WHERE media_uid = ?", (uid,)).rowcount
        if row is None:
            return False
        if row["state"] == MediaState.PROBLEM and row["problem"] == Problem.CRASHED:
            sighted = connection.execute(
                "SELECT 1 FROM sighting WHERE media_id = ? AND state != ? LIMIT 1", (row["id"], SightingState.WITHDRAWN)
            ).fetchone()
            state = MediaState.ANIMAL if sighted else MediaState.FOUND
            connection.execute(
                "UPDATE media SET state = ?, problem = NULL, problem_detail = NULL WHERE id = ?", (state, row["id"])
            )
        connection.execute(
            "UPDATE sighting SET state = ?, problem = NULL WHERE media_id = ? AND state = ? AND problem = ?",
            (SightingState.DETECTED, row["id"], SightingState.PROBLEM, Problem.CRASHED.sentence),
        )
        return bool(known)


def _count(connection: sqlite3.Connection, stage: str, uids: Iterable[str], deaths: int) -> None:
    moment = now()
    connection.executemany(
        "INSERT INTO crash (media_uid, stage, times, last_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (media_uid, stage) DO UPDATE SET times = times + excluded.times, last_at = excluded.last_at",
        [(uid, stage, deaths, moment) for uid in uids],
    )


def _put_aside(connection: sqlite3.Connection, stage: str, uid: str) -> str | None:
    """Take a file, or its sightings that wait at ``stage``, out of the line."""
    row = connection.execute("SELECT id, relpath FROM media WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        return None
    if stage in WHOLE_FILE:
        connection.execute(
            "UPDATE media SET state = ?, problem = ?, problem_detail = ? WHERE id = ?",
            (MediaState.PROBLEM, Problem.CRASHED, Stage(stage).sentence, row["id"]),
        )
    elif stage in (Stage.CROP, Stage.EMBED):
        waiting = SightingState.DETECTED if stage == Stage.CROP else SightingState.CROPPED
        connection.execute(
            "UPDATE sighting SET state = ?, problem = ? WHERE media_id = ? AND state = ?",
            (SightingState.PROBLEM, Problem.CRASHED.sentence, row["id"], waiting),
        )
        connection.execute(  # a file with no other sighting left goes to the problems shelf
            "UPDATE media SET state = ?, problem = ?, problem_detail = ? WHERE id = ? AND state = ? AND NOT EXISTS"
            " (SELECT 1 FROM sighting WHERE media_id = media.id AND state NOT IN (?, ?))",
            (
                *(MediaState.PROBLEM, Problem.CRASHED, Stage(stage).sentence, row["id"], MediaState.ANIMAL),
                *(SightingState.PROBLEM, SightingState.WITHDRAWN),
            ),
        )
    return str(row["relpath"])
