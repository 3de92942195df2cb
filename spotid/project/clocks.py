"""Camera clocks: what people say of them, and what it would change. No file is ever touched.

A clock is one camera in one deployment. What is to be added to it is the sum of what was said of it from the beginning
(a wrong year, twelve hours, any slip) and from later moments of that clock on (the hour of summer time, a battery that
was changed). Words are only ever added; the newest of a clock and moment counts, and zero takes it back.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from spotid.project import clock_rows
from spotid.project.clock_looks import Clock, Picture, Preview, by_year, clocks, exact, pictures, preview
from spotid.project.clock_rows import UNDO, UNTIL, Word, history, words
from spotid.project.settling import Settled, settle
from spotid.project.store import Store, now

__all__ = [
    "Clock",
    "Picture",
    "Preview",
    "Settled",
    "Word",
    "by_year",
    "clocks",
    "exact",
    "history",
    "pictures",
    "preview",
    "say",
    "settle",
    "undo",
    "words",
]


def say(
    store: Store,
    deployment_id: int,
    offset_s: int,
    camera: str = "",
    from_at: str | None = None,
    until_at: str | None = None,
    reason: str = "",
    reviewer: str = "",
) -> Word:
    """Say that from ``from_at`` of the clock on (None: always) ``offset_s`` more seconds are to be added; what stood
    there before is replaced. From ``until_at`` on, times stay as they were. ``settle`` brings the times up to date.

    Raises BadRequestError for what no clock is wrong by, NotFoundError for a deployment that is not there.
    """
    camera = clock_rows.camera_of(store, deployment_id, camera)
    new = clock_rows.proposed(words(store, deployment_id), deployment_id, camera, offset_s, from_at, until_at, reason)
    with store.write() as connection:
        reviewer_id = _reviewer(connection, reviewer)
        ids = [_insert(connection, word, reviewer_id) for word in new]
    return next(word for word in history(store, deployment_id) if word.id == ids[0])


def undo(store: Store, deployment_id: int, camera: str = "", reviewer: str = "") -> Word | None:
    """Take back what was last said of a clock, by rows that say what counted before; None where nothing stands."""
    camera = clock_rows.camera_of(store, deployment_id, camera)
    said = [word for word in reversed(history(store, deployment_id)) if clock_rows.own(word, camera)]
    undone = {word.reason for word in said}
    groups: list[list[Word]] = []
    for word in said:
        if word.reason == UNTIL and groups:
            groups[-1].append(word)
        elif not word.reason.startswith(UNDO):
            groups.append([word])
    back = next((group for group in reversed(groups) if f"{UNDO}{group[0].id}" not in undone), None)
    if back is None:
        return None
    with store.write() as connection:
        reviewer_id = _reviewer(connection, reviewer)
        for word in back:
            before = [one.offset_s for one in said if one.id < word.id and one.from_at == word.from_at]
            value = before[-1] if before else 0
            _insert(connection, replace(word, offset_s=value, reason=f"{UNDO}{word.id}"), reviewer_id)
    return back[0]


def _insert(connection: sqlite3.Connection, word: Word, reviewer_id: int | None) -> int:
    cursor = connection.execute(
        "INSERT INTO clock_word (deployment_id, camera, from_at, offset_s, reason, reviewer_id, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (word.deployment_id, word.camera, word.from_at, word.offset_s, word.reason, reviewer_id, now()),
    )
    return int(cursor.lastrowid or 0)


def _reviewer(connection: sqlite3.Connection, initials: str) -> int | None:
    if not initials.strip():
        return None
    connection.execute("INSERT OR IGNORE INTO reviewer (initials) VALUES (?)", (initials.strip(),))
    return int(connection.execute("SELECT id FROM reviewer WHERE initials = ?", (initials.strip(),)).fetchone()[0])
