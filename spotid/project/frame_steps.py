"""What a person says of frames, one step after the other: keep an answer, take the newest one back.

The table is append only. An answer is taken back by another row that restores the boxes as they were; its uid names the
row taken back: ``undo1-<row>-…``, or ``undo0-<row>-…`` where nobody had said anything of the frame before.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spotid.boxes import Box
from spotid.errors import NothingToUndoError, SpotIDError
from spotid.project import frames, notes, sightings
from spotid.project.folder import Project
from spotid.project.frames import UNSAID
from spotid.project.store import Store

UNDO = re.compile(r"undo[01]-(\d+)-")
BEFORE = "boxes before "  # a note for each first answer of a frame: the boxes that the search had there
KEPT = ("x", "y", "w", "h", "score", "how", "boxed_by")


class AtStakeError(SpotIDError):
    """Answers hang on boxes that would vanish; the person must say that this is meant."""

    code, exit_code, status = "at-stake", 2, 409


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table. ``target`` is the row that it takes back."""

    row: int
    uid: str
    media_uid: str
    boxes: tuple[Box, ...]
    at: str
    repeated: bool = False
    target: int | None = None


def keep(
    project: Project,
    media_uid: str,
    boxes: Sequence[Box],
    uid: str,
    *,
    seconds: float | None = None,
    sure: bool = False,
) -> Step:
    """Keep what a person said of a frame: all its boxes, or none.

    The same ``uid`` twice is one answer. Raises AtStakeError where answers about animals would lose their box and
    ``sure`` is not set, and what ``frames.apply`` raises.
    """
    store = project.store
    if _by_uid(store, uid) is None:
        if not sure:
            _check_stake(project, media_uid, boxes)
        if newest(store, media_uid) is None:
            there = [{name: row[name] for name in KEPT} for row in frames.live(store, media_uid)]
            notes.put(store, BEFORE + uid, json.dumps(there))
    applied = frames.apply(project, media_uid, boxes, "", uid, seconds=seconds)
    return _written(store, uid, repeated=applied.repeated)


def take_back(project: Project, uid: str, *, sure: bool = False) -> Step:
    """Take the newest standing answer back. Raises NothingToUndoError, AtStakeError."""
    store = project.store
    for row in store.all("SELECT * FROM frame_answer WHERE uid LIKE 'undo%' ORDER BY id DESC LIMIT 50"):
        if row["uid"].endswith(f"-{uid}"):
            return _step(row, repeated=True)  # a double press of the key
    target = newest_standing(store)
    if target is None:
        raise NothingToUndoError("There is no answer to take back.", "Every answer about boxes was taken back already.")
    before = store.one(
        "SELECT * FROM frame_answer WHERE media_uid = ? AND id < ? ORDER BY id DESC LIMIT 1",
        *(target.media_uid, target.row),
    )
    unsaid = before is None or before["uid"].startswith(UNSAID)
    there = json.loads(notes.get(store, BEFORE + target.uid, "[]")) if unsaid else []
    boxes = [_box(one) for one in there] if unsaid or before is None else list(_step(before).boxes)
    if not sure:
        _check_stake(project, target.media_uid, boxes)
    name = f"{UNSAID if unsaid else 'undo1-'}{target.row}-{uid}"
    frames.apply(project, target.media_uid, boxes, "", name)
    if there:
        _give_back(project, target.media_uid, there)
    return _written(store, name)


def _give_back(project: Project, media_uid: str, there: Sequence[dict[str, Any]]) -> None:
    """Let boxes be the search's own again, with their scores: they were never a person's."""
    new = [sightings.NewSighting(_box(one), one["score"], one["how"]) for one in there]
    with project.store.write() as connection:
        frame = connection.execute("SELECT id FROM media WHERE uid = ?", (media_uid,)).fetchone()
        frames.replace(connection, frame["id"], media_uid, new, there[0]["boxed_by"])


def newest(store: Store, media_uid: str) -> Step | None:
    """What a person said last of a frame; None where nobody did, or the only answer was taken back."""
    row = store.one("SELECT * FROM frame_answer WHERE media_uid = ? ORDER BY id DESC LIMIT 1", media_uid)
    return None if row is None or row["uid"].startswith(UNSAID) else _step(row)


def last_row(store: Store, media_uid: str) -> int:
    """The number of the newest row about a frame, undone or not; 0 where there is none."""
    return int(store.value("SELECT COALESCE(MAX(id), 0) FROM frame_answer WHERE media_uid = ?", media_uid))


def newest_standing(store: Store) -> Step | None:
    """The newest answer of all frames that has not been taken back."""
    undone: set[int] = set()
    after = 1 << 62
    while rows := store.all("SELECT * FROM frame_answer WHERE id < ? ORDER BY id DESC LIMIT 100", after):
        for row in rows:  # newest first: the taking back is read before what it takes back
            taken = UNDO.match(row["uid"])
            if taken:
                undone.add(int(taken.group(1)))
            elif row["id"] not in undone:
                return _step(row)
        after = rows[-1]["id"]
    return None


def _check_stake(project: Project, media_uid: str, boxes: Sequence[Box]) -> None:
    hanging = sum(frames.at_stake(project.store, media_uid, boxes).values())
    if hanging:
        raise AtStakeError(
            f"{hanging} answer{' hangs' if hanging == 1 else 's hang'} on an animal whose box would vanish.",
            "Keep it all the same, or take the change back; answers are never deleted.",
        )


def _by_uid(store: Store, uid: str) -> sqlite3.Row | None:
    return store.one("SELECT * FROM frame_answer WHERE uid = ?", uid)


def _written(store: Store, uid: str, *, repeated: bool = False) -> Step:
    row = _by_uid(store, uid)
    assert row is not None, "the row was written or an error was raised"
    return _step(row, repeated=repeated)


def _step(row: sqlite3.Row, *, repeated: bool = False) -> Step:
    taken = UNDO.match(row["uid"])
    boxes = tuple(Box(*map(float, sides)) for sides in json.loads(row["boxes"]))
    target = int(taken.group(1)) if taken else None
    return Step(row["id"], row["uid"], row["media_uid"], boxes, row["made_at"], repeated, target)


def _box(one: dict[str, Any]) -> Box:
    return Box(one["x"], one["y"], one["w"], one["h"])
