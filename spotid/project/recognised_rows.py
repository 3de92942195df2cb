"""What other programs recognised in the photographs: kept until a file is searched, and used instead of a search.

A row of ``recognition`` is one file's: its boxes of animals as JSON ``[x, y, w, h, score, species, species score]``, or
``null`` where the other program did not look for boxes; and the species of the picture as a whole. Of several files of
recognitions the newest one counts. One that was taken back, or never came to its end, does not.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotid.boxes import Box
from spotid.project import frames, ledger, sightings
from spotid.project.filenames import kept
from spotid.project.species import RECOGNITIONS
from spotid.project.store import Store, now
from spotid.words import MediaState

SPACE = uuid.UUID("c5f0a6de-6c1c-5a7e-9c58-0f3a3f1f7d21")
HOW = "another program"
SAME_ANIMAL = 0.3  # intersection over union: two programs seldom draw the same box around one animal
NOT_SEARCHED = "null"
BOXES, SPECIES, LET_GO = 1, 2, 3  # what a row was used for; 0: it waits
SEARCHED = (MediaState.ANIMAL.value, MediaState.NO_ANIMAL.value)

_STANDS = "collection ON collection.id = collection_id AND taken_back_at IS NULL"
_NEWEST = f"recognition.id = (SELECT MAX(one.id) FROM recognition AS one JOIN {_STANDS} WHERE one.media_id = media.id)"


@dataclass(frozen=True, slots=True)
class Told:
    """One box of an animal. ``species`` is empty where nobody told it."""

    box: Box
    score: float
    species: str = ""
    species_score: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What is told of one file; ``boxes`` is None where nobody searched it."""

    media_id: int
    boxes: tuple[Told, ...] | None
    species: str = ""
    species_score: float | None = None


def begin(store: Store, source: Path, said: str, report: Mapping[str, Any], reviewer: str = "") -> tuple[int, str]:
    """A collection for a file of recognitions: (its row, its uid). It counts from ``finish`` on.

    ``said``: what makes it another one than those before, such as the file's checksum and the threshold.
    """
    with store.write() as connection:
        uid = str(uuid.uuid5(SPACE, said))
        known = connection.execute("SELECT id FROM collection WHERE uid = ?", (uid,)).fetchone()
        if known is not None:
            connection.execute("DELETE FROM recognition WHERE collection_id = ?", (known["id"],))
            connection.execute("DELETE FROM collection WHERE id = ?", (known["id"],))
        moment = now()
        row = connection.execute(
            "INSERT INTO collection (uid, kind, source, report, reviewer_id, made_at, taken_back_at)"
            " VALUES (?, 'recognitions', ?, ?, ?, ?, ?)",
            (
                *(uid, kept(str(source)), json.dumps(dict(report), ensure_ascii=False)),
                *(ledger.reviewer_id(connection, reviewer), moment, moment),
            ),
        ).lastrowid
    return int(row or 0), uid


def keep(store: Store, collection: int, pictures: Iterable[Picture]) -> None:
    """Keep what is told of some files."""
    with store.write() as connection:
        connection.executemany(
            "INSERT INTO recognition (collection_id, media_id, boxes, species, species_score) VALUES (?, ?, ?, ?, ?)",
            [(collection, one.media_id, _text(one.boxes), one.species, one.species_score) for one in pictures],
        )


def finish(store: Store, collection: int) -> None:
    """All of the file has been kept: it counts."""
    with store.write() as connection:
        connection.execute("UPDATE collection SET taken_back_at = NULL WHERE id = ?", (collection,))


def waiting(store: Store, limit: int) -> list[sqlite3.Row]:
    """Up to ``limit`` files that wait for their search and of which boxes are told."""
    return store.all(
        f"SELECT media.id, media.uid, recognition.id AS told, boxes, recognition.species, recognition.species_score"
        f" FROM media JOIN recognition ON {_NEWEST} WHERE media.state = ? AND boxes != ? ORDER BY media.id LIMIT ?",
        *(MediaState.READ, NOT_SEARCHED, limit),
    )


def use(store: Store, rows: Sequence[sqlite3.Row]) -> None:
    """Let what is told of these files (rows of ``waiting``) stand in the place of a search.

    What people said of a frame counts more, as in any search (``frames.keep_search``).
    """
    found = [
        (row["id"], [sightings.NewSighting(one.box, one.score, HOW) for one in _boxes(row["boxes"]) or ()])
        for row in rows
    ]
    frames.keep_search(store, found, RECOGNITIONS)
    with store.write() as connection:
        _tell(connection, rows, BOXES)


def searched(store: Store, media_ids: Sequence[int]) -> None:
    """These files were searched anew: the species that is told of them goes to the animals found now."""
    with store.write() as connection:
        connection.execute(
            "UPDATE recognition SET used = 0 WHERE used = ? AND media_id IN (SELECT value FROM json_each(?))",
            (SPECIES, json.dumps(list(media_ids))),
        )


def let_go(store: Store) -> int:
    """Put files back before their search whose boxes came from a collection that was taken back since; how many.

    Those on which something of a person hangs stay as they are.
    """
    rows = store.all(
        "SELECT recognition.id AS told, media_id FROM recognition JOIN collection ON collection.id = collection_id"
        " WHERE taken_back_at IS NOT NULL AND used = ?",
        BOXES,
    )
    if not rows:
        return 0
    other = {row["media_id"] for row in store.all(f"SELECT media_id FROM recognition JOIN {_STANDS} WHERE used = 1")}
    free, _ = searched_before(store, [row["media_id"] for row in rows if row["media_id"] not in other])
    search_again(store, free)
    with store.write() as connection:
        connection.executemany("UPDATE recognition SET used = ? WHERE id = ?", [(LET_GO, row["told"]) for row in rows])
    return len(free)


def tell_species(store: Store, limit: int = 5000) -> int:
    """Give the animals of files that were searched before the species told of them since; of how many files."""
    done = 0
    while rows := store.all(
        f"SELECT media.id, media.uid, recognition.id AS told, boxes, recognition.species, recognition.species_score"
        f" FROM recognition JOIN media ON media.id = recognition.media_id WHERE used = 0 AND media.state IN (?, ?)"
        f" AND {_NEWEST} LIMIT ?",
        *(*SEARCHED, limit),
    ):
        with store.write() as connection:
            _tell(connection, rows, SPECIES)
        done += len(rows)
    return done


def _tell(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row], used: int) -> None:
    for row in rows:
        told = _boxes(row["boxes"]) or ()
        present = connection.execute(
            "SELECT id, x, y, w, h FROM sighting WHERE media_id = ? AND state != 'withdrawn'"
            " AND species_by != 'person'",
            (row["id"],),
        ).fetchall()
        for one in present:
            box = Box(one["x"], one["y"], one["w"], one["h"])
            best = max(told, key=lambda each: box.iou(each.box), default=None)
            if best is not None and (not best.species or box.iou(best.box) < SAME_ANIMAL):
                best = None
            name, score = (row["species"], row["species_score"]) if best is None else (best.species, best.species_score)
            if name:
                connection.execute(
                    "UPDATE sighting SET species = ?, species_by = ?, species_score = ? WHERE id = ?",
                    (name, RECOGNITIONS, score, one["id"]),
                )
    connection.executemany("UPDATE recognition SET used = ? WHERE id = ?", [(used, row["told"]) for row in rows])


def searched_before(store: Store, media_ids: Sequence[int]) -> tuple[list[int], int]:
    """Files of these that were searched before: (those on which nothing of a person hangs, how many in all)."""
    rows = store.all(
        "SELECT id, uid FROM media WHERE state IN (?, ?) AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        *(*SEARCHED, json.dumps(list(media_ids))),
    )
    said, answered = frames.all_newest(store), frames.answered_sightings(store.reader)
    held = {row["media_id"] for row in store.all("SELECT uid, media_id FROM sighting") if row["uid"] in answered}
    return [row["id"] for row in rows if row["uid"] not in said and row["id"] not in held], len(rows)


def search_again(store: Store, media_ids: Sequence[int]) -> None:
    """Put files back before their search: the next run takes what is told of them instead."""
    with store.write() as connection:
        connection.executemany(
            "UPDATE media SET state = ? WHERE id = ? AND state IN (?, ?)",
            [(MediaState.READ, one, *SEARCHED) for one in media_ids],
        )


def listing(store: Store) -> dict[int, dict[str, int]]:
    """Root → path below it → row, of all files that a person put there: photographs and clips."""
    found: dict[int, dict[str, int]] = {}
    for row in store.all("SELECT id, root_id, relpath FROM media WHERE kind != 'still' ORDER BY id"):
        found.setdefault(row["root_id"], {})[row["relpath"]] = row["id"]
    return found


def clips(store: Store) -> frozenset[int]:
    """The rows of all clips."""
    return frozenset(row["id"] for row in store.all("SELECT id FROM media WHERE kind = 'clip'"))


def _text(boxes: tuple[Told, ...] | None) -> str:
    if boxes is None:
        return NOT_SEARCHED
    return json.dumps(
        [
            [
                *(round(side, 5) for side in (one.box.x, one.box.y, one.box.w, one.box.h)),
                *(one.score, one.species, one.species_score),
            ]
            for one in boxes
        ],
        ensure_ascii=False,
    )


def _boxes(text: str) -> tuple[Told, ...] | None:
    told = json.loads(text)
    return None if told is None else tuple(Told(Box(*one[:4]), *one[4:]) for one in told)
