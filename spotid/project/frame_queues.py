"""Frames in the order in which a person looks through them to draw or accept boxes: queues and neighbours."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from spotid.project import frames
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import SightingState

PRESENT = f"sighting.state != '{SightingState.WITHDRAWN}'"
LIVE = f"sighting.state NOT IN {OUT_SQL}"  # and of the animals that this is about
# Few frames are ever looked at: their list is made once a query, instead of a search for each of 100,000 files.
ANSWERED = (  # the row that takes a frame's first answer back leaves it as one that nobody has looked at
    "media.uid IN (SELECT media_uid FROM frame_answer WHERE id IN (SELECT MAX(id) FROM frame_answer"
    f" GROUP BY media_uid) AND uid NOT LIKE '{frames.UNSAID}%')"
)
PLAIN = "0.0"  # the order of the files themselves
WHOLE_PICTURE = "whole picture"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of frames: its name for people, a sentence, which files belong to it, and the value it is ordered by.

    ``condition`` and ``order`` are conditions on ``media``; ``:of`` is the frame whose visit is meant.
    """

    label: str
    sentence: str
    condition: str
    order: str = PLAIN


QUEUES = {
    "no_animal": Queue(
        "No animal found", "The search saw nothing here; look through them for what it missed.", "state = 'no_animal'"
    ),
    "weak": Queue(
        "Weak boxes",
        "The search is least sure of these; the weakest come first.",
        f"state = 'animal' AND NOT {ANSWERED} AND EXISTS (SELECT 1 FROM sighting WHERE media_id = media.id AND {LIVE}"
        f" AND how != '{WHOLE_PICTURE}')",
        f"(SELECT MIN(score) FROM sighting WHERE media_id = media.id AND {LIVE})",
    ),
    "whole": Queue(
        "Whole picture taken",
        "Nothing to compare with at this place: the whole picture was taken as one box.",
        f"state = 'animal' AND NOT {ANSWERED} AND EXISTS (SELECT 1 FROM sighting WHERE media_id = media.id AND {LIVE}"
        f" AND how = '{WHOLE_PICTURE}')",
    ),
    "visit": Queue(
        "This visit",
        "All pictures of one visit, in the order they were taken.",
        "state IN ('animal', 'no_animal') AND station_id IS (SELECT station_id FROM media AS m WHERE m.uid = :of)"
        " AND visit IS (SELECT visit FROM media AS m WHERE m.uid = :of)",
        "COALESCE(julianday(captured_at), 0.0)",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame stands in a queue: how many there are, how many are not looked at, its neighbours and rank (1…)."""

    total: int
    left: int
    rank: int | None
    previous: str | None
    following: str | None
    next_open: str | None  # the next one that nobody has looked at; the first such where there is none behind


def first(store: Store, queue: str, of: str | None = None) -> str | None:
    """The frame to begin with: the first that nobody has looked at, else the first."""
    where, bound = _where(QUEUES[queue], of)
    sql = f"SELECT uid FROM media WHERE {where} ORDER BY {ANSWERED}, {QUEUES[queue].order}, id LIMIT 1"
    found = store.one(sql, *bound)
    return None if found is None else found["uid"]


def place(store: Store, queue: str, uid: str | None, of: str | None = None) -> Place:
    """Where ``uid`` stands in ``queue``; it may have left the queue, its neighbours are known all the same."""
    order = QUEUES[queue].order
    where, bound = _where(QUEUES[queue], of)
    here = None if uid is None else store.one(f"SELECT {order} AS k, id FROM media WHERE uid = ?", uid)
    # Without a frame, or where its box is gone, one begins before the first.
    k, at = (-1.0, 0) if here is None or here["k"] is None else (float(here["k"]), int(here["id"]))
    plain = order == PLAIN
    frames_of_it = f"SELECT uid, id, {order} AS k, {ANSWERED} AS seen FROM media WHERE {where}"
    # In a plain queue the index leads straight to the neighbours; another order is worked out once and kept.
    row = store.one(
        f"WITH q AS {'NOT ' if plain else ''}MATERIALIZED ({frames_of_it})"
        " SELECT (SELECT COUNT(*) FROM q) AS total, (SELECT COUNT(*) FROM q WHERE seen) AS seen,"
        f" (SELECT COUNT(*) FROM q WHERE {_compared('<=', plain)}) AS rank,"
        " EXISTS (SELECT 1 FROM q WHERE q.uid = ?4) AS inside,"
        f" ({_nearest('<', plain)}) AS previous, ({_nearest('>', plain)}) AS following,"
        f" ({_nearest('>', plain, 'NOT seen AND')}) AS next_open,"
        f" ({_nearest('!=', plain, 'NOT seen AND')}) AS first_open",
        *(bound or ("",)),
        *(k, at, uid or ""),
    )
    assert row is not None, "counts always give a row"
    rank = int(row["rank"]) if row["inside"] else None
    next_open = row["next_open"] or row["first_open"]
    return Place(row["total"], row["total"] - row["seen"], rank, row["previous"], row["following"], next_open)


def _compared(side: str, plain: bool) -> str:
    """The condition that a frame of the queue stands on one side of this one."""
    return f"q.id {side} ?3" if plain else f"(q.k, q.id) {side} (?2, ?3)"


def _nearest(side: str, plain: bool, condition: str = "") -> str:
    """The frame of the queue that stands nearest to this one on one side of it."""
    down = "DESC" if side == "<" else ""
    order = f"q.id {down}" if plain else f"q.k {down}, q.id {down}"
    return f"SELECT q.uid FROM q WHERE {condition} {_compared(side, plain)} AND q.uid != ?4 ORDER BY {order} LIMIT 1"


def _where(queue: Queue, of: str | None) -> tuple[str, tuple[str, ...]]:
    """The queue's condition and the variable in it."""
    wanted = ":of" in queue.condition
    return queue.condition.replace(":of", "?1"), (of or "",) if wanted else ()


def counts(store: Store) -> dict[str, int]:
    """How many frames wait to be looked at in each queue that does not hang on one frame."""
    return {
        name: int(store.value(f"SELECT COUNT(*) FROM media WHERE {queue.condition}"))
        - int(store.value(f"SELECT COUNT(*) FROM media WHERE {ANSWERED} AND {queue.condition}"))
        for name, queue in QUEUES.items()
        if ":of" not in queue.condition
    }


def facts(store: Store, media_uid: str) -> sqlite3.Row | None:
    """One file with its station and the number of pictures of its visit."""
    return store.one(
        "SELECT media.*, station.name AS station,"
        " (SELECT COUNT(*) FROM media AS m WHERE m.station_id IS media.station_id AND m.visit IS media.visit"
        "  AND m.state IN ('animal', 'no_animal')) AS mates"
        " FROM media LEFT JOIN station ON station.id = media.station_id WHERE media.uid = ?",
        media_uid,
    )


def boxes(store: Store, media_id: int) -> list[sqlite3.Row]:
    """The boxes that stand in a file, with the individual that each is known as."""
    return store.all(
        "SELECT sighting.uid, x, y, w, h, score, boxed_by, how, individual.code FROM sighting"
        " LEFT JOIN identity ON identity.sighting_uid = sighting.uid"
        f" LEFT JOIN individual ON individual.id = individual_id WHERE media_id = ? AND {PRESENT} ORDER BY sighting.id",
        media_id,
    )


def looked_at(store: Store, media_uids: Sequence[str]) -> frozenset[str]:
    """Which of these files a person has looked at and said so."""
    marks = ",".join("?" * len(media_uids))
    rows = store.all(f"SELECT uid FROM media WHERE uid IN ({marks}) AND {ANSWERED}", *media_uids)
    return frozenset(row["uid"] for row in rows)
