"""What the writing in pictures without a date says, card by card, and what a person said of it.

A card is what one camera left in one folder. Nothing that was read is used before a person has confirmed it; a
confirmed time is the clock's, and corrections of clocks apply to it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spotid.project import ledger
from spotid.project.store import Store, now
from spotid.words import MediaState

# ``LEFT``: the card was confirmed, and this picture's writing gave no time beyond doubt.
WAITS, USED, REFUSED, LEFT, NOTHING = "waits", "used", "refused", "left", ""
CONFIRMED, REFUSE, BACK = "confirmed", "refused", "taken back"
SOURCE = "strip"  # of a time

_NOT_READ = "('" + "', '".join((MediaState.FOUND, MediaState.PROBLEM, MediaState.MISSING)) + "')"
# A picture that has no time to be trusted but from its writing, of which nobody has said one, and whose writing was not
# read as it is now.
_UNREAD = (
    " FROM media LEFT JOIN strip ON strip.media_id = media.id WHERE (captured_at IS NULL OR time_source = 'strip')"
    " AND width IS NOT NULL AND kind = 'picture' AND media.sha256 IS NOT NULL"
    " AND COALESCE(time_source, '') NOT IN ('person', 'sheet', 'package', 'clip')"
    f" AND media.state NOT IN {_NOT_READ} AND strip.sha256 IS NOT media.sha256"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one picture's writing says: JSON of it, None where there is none. ``times``: every time that it may mean."""

    media_id: int
    card: str
    sha256: str
    seen: str | None
    times: tuple[str, ...]


def card_of(row: sqlite3.Row) -> str:
    """The name of a picture's card: a hash of its folder and camera."""
    folder = row["relpath"].rpartition("/")[0]
    text = f"{row['root_id']}\0{folder}\0{row['serial'] or row['camera'] or ''}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def count_unread(store: Store) -> int:
    """How many pictures without a time have writing that was not looked for yet."""
    return int(store.value(f"SELECT COUNT(*){_UNREAD}"))


def unread(store: Store, limit: int, after: int) -> list[sqlite3.Row]:
    """Up to ``limit`` of them with ids above ``after``."""
    return store.all(f"SELECT media.*{_UNREAD} AND media.id > ? ORDER BY media.id LIMIT ?", after, limit)


def keep(store: Store, readings: Iterable[Reading]) -> int:
    """Keep what was read; it waits for a person. Returns how many pictures have lost a confirmed time.

    A picture whose file has changed keeps its confirmed time where that is still what it says.
    """
    lost = 0
    with store.write() as connection:
        for one in readings:
            known = connection.execute("SELECT state, taken FROM strip WHERE media_id = ?", (one.media_id,)).fetchone()
            if known is not None and known["state"] == USED and known["taken"] in one.times:
                connection.execute(
                    "UPDATE strip SET sha256 = ?, seen = ? WHERE media_id = ?", (one.sha256, one.seen, one.media_id)
                )
                continue
            lost += connection.execute(
                "UPDATE media SET clock_at = NULL, captured_at = NULL, time_source = NULL WHERE id = ?"
                " AND time_source = ?",
                (one.media_id, SOURCE),
            ).rowcount
            connection.execute(
                "INSERT OR REPLACE INTO strip (media_id, card, sha256, seen, state) VALUES (?, ?, ?, ?, ?)",
                (one.media_id, one.card, one.sha256, one.seen, WAITS if one.times else NOTHING),
            )
    return lost


def rows(store: Store, card: str) -> list[sqlite3.Row]:
    """The pictures of a card that have writing."""
    return store.all(
        "SELECT strip.*, media.uid, media.relpath, media.root_id, media.camera AS named, media.captured_at,"
        " media.clock_at, media.time_source, media.problem_detail, station.name AS station"
        " FROM strip JOIN media ON media.id = strip.media_id LEFT JOIN station ON station.id = media.station_id"
        " WHERE card = ? AND seen IS NOT NULL AND media.state != ? ORDER BY media.id",
        *(card, MediaState.MISSING),
    )


def counts(store: Store) -> list[sqlite3.Row]:
    """Every card that has a time to confirm or confirmed: one of its pictures, how many have writing, and how many of
    them wait, are in use and are refused."""
    return store.all(
        "SELECT card, MIN(media.relpath) AS relpath, COUNT(*) AS pictures,"
        " SUM(strip.state = ?1 AND captured_at IS NULL) AS waits, SUM(strip.state = ?2) AS used,"
        " SUM(strip.state = ?3) AS refused FROM strip JOIN media ON media.id = strip.media_id"
        " WHERE seen IS NOT NULL AND media.state != ?4 GROUP BY card HAVING waits + used + refused > 0",
        *(WAITS, USED, REFUSED, MediaState.MISSING),
    )


def waiting(store: Store) -> tuple[int, int]:
    """How many cards, and pictures on them, wait for a person."""
    row = store.one(
        "SELECT COUNT(DISTINCT card) AS cards, COUNT(*) AS pictures FROM strip JOIN media ON media.id = media_id"
        " WHERE strip.state = ? AND captured_at IS NULL AND media.state != ?",
        *(WAITS, MediaState.MISSING),
    )
    return (int(row["cards"]), int(row["pictures"])) if row is not None else (0, 0)


def known(store: Store) -> bool:
    """Whether anything was read from pictures at all."""
    return bool(store.value("SELECT EXISTS (SELECT 1 FROM strip WHERE state != ?)", NOTHING))


def last_order(store: Store, card: str) -> str:
    """The order of day and month that a person chose for a card last; "" where nobody did."""
    return str(
        store.value(
            "SELECT day_order FROM strip_word WHERE card = ? AND said = ? ORDER BY id DESC LIMIT 1", card, CONFIRMED
        )
        or ""
    )


def confirm(store: Store, card: str, order: str, times: Sequence[tuple[int, str, str]], reviewer: str = "") -> int:
    """Use the times of a card: (media row, ISO time by the camera's clock, camera's name or ""). Returns how many.

    A picture that has got a time otherwise meanwhile keeps that.
    """
    used = 0
    with store.write() as connection:
        _say(connection, card, CONFIRMED, order, reviewer)
        for media_id, taken, camera in times:
            row = connection.execute(
                "SELECT clock_at, time_source, problem_detail, media.camera, strip.state FROM media JOIN strip"
                " ON strip.media_id = media.id WHERE media.id = ? AND captured_at IS NULL"
                " AND COALESCE(time_source, '') NOT IN ('person', 'sheet', 'package', 'clip', ?)",
                (media_id, SOURCE),
            ).fetchone()
            if row is None or row["state"] not in (WAITS, LEFT):
                continue
            before = json.dumps([row["clock_at"], row["time_source"], row["problem_detail"], row["camera"]])
            named = camera if camera and not row["camera"] else ""
            connection.execute(
                "UPDATE strip SET state = ?, taken = ?, camera = ?, before = ? WHERE media_id = ?",
                (USED, taken, named, before, media_id),
            )
            connection.execute(
                "UPDATE media SET clock_at = ?, time_source = ?, problem_detail = NULL, camera = COALESCE(?, camera)"
                " WHERE id = ?",
                (taken, SOURCE, named or None, media_id),
            )
            used += 1
        connection.execute("UPDATE strip SET state = ? WHERE card = ? AND state = ?", (LEFT, card, WAITS))
    return used


def refuse(store: Store, card: str, reviewer: str = "") -> int:
    """The times of a card are wrong and are not used. Returns how many pictures it is about."""
    with store.write() as connection:
        _say(connection, card, REFUSE, "", reviewer)
        return connection.execute(
            "UPDATE strip SET state = ? WHERE card = ? AND state = ?", (REFUSED, card, WAITS)
        ).rowcount


def take_back(store: Store, card: str, reviewer: str = "") -> int:
    """Nobody has said anything of the card: its times wait again, its pictures are as they were. Returns how many."""
    changed = 0
    with store.write() as connection:
        _say(connection, card, BACK, "", reviewer)
        used = connection.execute(
            "SELECT media_id, before, camera FROM strip WHERE card = ? AND state = ?", (card, USED)
        ).fetchall()
        for row in used:
            clock_at, source, detail, camera = json.loads(row["before"])
            changed += connection.execute(
                "UPDATE media SET clock_at = ?, time_source = ?, problem_detail = ?,"
                " camera = CASE WHEN camera = ? AND ? != '' THEN ? ELSE camera END WHERE id = ? AND time_source = ?",
                (clock_at, source, detail, row["camera"], row["camera"], camera, row["media_id"], SOURCE),
            ).rowcount
        refused = connection.execute(
            "UPDATE strip SET state = ?, taken = NULL, camera = '', before = NULL WHERE card = ?"
            " AND state IN (?, ?, ?)",
            (WAITS, card, USED, REFUSED, LEFT),
        ).rowcount
    return changed or refused


def _say(connection: sqlite3.Connection, card: str, said: str, order: str, reviewer: str) -> None:
    connection.execute(
        "INSERT INTO strip_word (card, said, day_order, reviewer_id, made_at) VALUES (?, ?, ?, ?, ?)",
        (card, said, order, ledger.reviewer_id(connection, reviewer), now()),
    )
