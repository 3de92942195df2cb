"""Read what can still be read of a ledger, row by row, and say what a backup does not have."""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from spotid.project import backup, schema
from spotid.project.cells import written
from spotid.project.files import write_whole
from spotid.project.layout import Layout
from spotid.project.look import Look
from spotid.project.store import BUSY_SECONDS

Row = dict[str, Any]
COLUMNS = ("id", "uid", "kind", "a", "b", "target", "reviewer", "made_at", "seconds", "evidence", "a_path", "b_path")
FRAME_COLUMNS = ("id", "uid", "media_uid", "path", "boxes", "reviewer", "made_at", "seconds")


@dataclass
class Ledger:
    """What could be read of a database: all answers where ``whole``; ``uids`` is sighting id → uid where readable."""

    whole: bool = False
    answers: list[Row] = field(default_factory=list)
    frames: list[Row] = field(default_factory=list)
    uids: dict[int, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)  # sighting uid or file uid → path below its root


def read(database: Path) -> Ledger:
    """Read a database that may be damaged or missing, without changing it."""
    found = Ledger()
    if not database.is_file():
        return found
    look = Look(database, copied=True)  # reading a living one may write into its -shm
    try:
        with contextlib.closing(look.connect(BUSY_SECONDS)) as connection:
            connection.row_factory = sqlite3.Row
            schema.check(connection, database)
            found.answers = _rows(connection, "decision")
            found.frames = _rows(connection, "frame_answer")
            reviewers = {row["id"]: row["initials"] for row in _rows(connection, "reviewer")}
            for row in (*found.answers, *found.frames):
                row["reviewer"] = reviewers.get(row.pop("reviewer_id", None), "")
            found.uids = {row["id"]: row["uid"] for row in _rows(connection, "sighting", "id, uid")}
            media = {row["id"]: row for row in _rows(connection, "media", "id, uid, relpath")}
            found.paths = {row["uid"]: row["relpath"] for row in media.values()}
            for row in _rows(connection, "sighting", "id, uid, media_id"):
                found.paths[row["uid"]] = media.get(row["media_id"], {}).get("relpath", "")
            found.whole = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]
    except (sqlite3.DatabaseError, OSError):
        found.whole = False
    except Exception:
        look.close()
        raise
    look.close()
    return found


def _rows(connection: sqlite3.Connection, table: str, columns: str = "*") -> list[Row]:
    """Every row of a table that can be read: from the front, from the back, and one by one in between."""
    found: dict[int, Row] = {}
    for order in ("ASC", "DESC"):
        try:
            for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY id {order}"):
                found[row["id"]] = dict(row)
            return [found[one] for one in sorted(found)]
        except sqlite3.DatabaseError:
            continue
    for one in range(min(found, default=0) + 1, max(found, default=0)):
        if one not in found:
            with contextlib.suppress(sqlite3.DatabaseError):
                row = connection.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (one,)).fetchone()
                if row is not None:
                    found[one] = dict(row)
    return [found[one] for one in sorted(found)]


def bring_along(connection: sqlite3.Connection, present: Ledger) -> int:
    """Append to a backup's ledger the readable answers that follow it without a gap. Returns how many.

    Nothing is brought where the two ledgers part before the backup's end, where a row between could not be read, or
    from the first answer on whose sighting the backup does not know: later answers may hang on it.
    """
    connection.row_factory = sqlite3.Row
    own = {row["id"]: row["uid"] for row in connection.execute("SELECT id, uid FROM decision")}
    last = max(own, default=0)
    if any(own.get(row["id"]) != row["uid"] for row in present.answers if row["id"] <= last):
        return 0
    known = {row["uid"] for row in connection.execute("SELECT uid FROM sighting")}
    brought = 0
    for row in (row for row in present.answers if row["id"] > last):
        if row["id"] != last + 1 or not {row["a"], row["b"]} - {None} <= known:
            break
        if row["reviewer"]:
            connection.execute("INSERT OR IGNORE INTO reviewer (initials) VALUES (?)", (row["reviewer"],))
        connection.execute(
            "INSERT INTO decision (id, uid, kind, a, b, target, reviewer_id, made_at, seconds, evidence)"
            " VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM reviewer WHERE initials = ?), ?, ?, ?)",
            tuple(row[name] for name in COLUMNS[:10]),
        )
        last, brought = row["id"], brought + 1
    return brought


def write_tables(layout: Layout, answers: Sequence[Row], frames: Sequence[Row], paths: dict[str, str]) -> list[Path]:
    """Write answers that a restored project does not have as tables beside the backups."""
    stamp = datetime.now().strftime(backup.STAMP)
    written = []
    for name, columns, rows in (
        ("answers", COLUMNS, [_told(row, paths) for row in answers]),
        ("boxes", FRAME_COLUMNS, [{**row, "path": paths.get(row["media_uid"], "")} for row in frames]),
    ):
        if rows:
            path = layout.backups / f"{stamp} {name} not in the restored backup.csv"
            write_whole(path, _table(columns, rows))
            written.append(path)
    return written


def _told(row: Row, paths: dict[str, str]) -> Row:
    return {**row, "a_path": paths.get(row["a"] or "", ""), "b_path": paths.get(row["b"] or "", "")}


def _table(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({name: written(row.get(name)) for name in columns} for row in rows)
    return text.getvalue().encode("utf-8-sig", "surrogateescape")
