"""Whether a database file is whole, for rooms that do not speak SQL."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from spotid.project.look import Look
from spotid.project.store import BUSY_SECONDS

FAULTS = (sqlite3.DatabaseError, OSError)


def database_is_whole(path: Path) -> bool:
    """Whether SQLite finds nothing wrong in the file; it is not changed."""
    look = Look(path)
    try:
        with contextlib.closing(look.connect(BUSY_SECONDS)) as connection:
            return [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]
    except FAULTS:
        return False
    finally:
        look.close()
