"""Copies of the irreplaceable file, each with its reason in its name."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from spotid.project.layout import Layout

KEPT_DAILY = 14


def write(layout: Layout, reason: str) -> Path:
    """Copy the database, consistently even while it is in use, and return the copy's path.

    Uses a connection of its own: SQLite's backup never returns on a connection with an open write transaction.
    """
    layout.backups.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    target = layout.backups / f"{stamp} {reason}.sqlite"
    part = target.with_name(target.name + ".part")
    source = sqlite3.connect(f"{layout.database.resolve().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(part)
    try:
        source.backup(copy)
        # A backup is one plain file: without this it would need a -wal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
        source.close()
    part.replace(target)
    return target


def daily(layout: Layout) -> Path | None:
    """Today's backup, if there is none yet; keeps the newest of the daily ones."""
    today = datetime.now().strftime("%Y-%m-%d")
    if any(layout.backups.glob(f"{today}T* daily.sqlite")):
        return None
    made = write(layout, "daily")
    for old in sorted(layout.backups.glob("* daily.sqlite"))[:-KEPT_DAILY]:
        old.unlink(missing_ok=True)
    return made
