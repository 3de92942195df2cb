"""The file of look-alikes: made, thrown away when it is of another version, looked at, and cleared of strangers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from spotid.project.layout import Layout
from spotid.project.look import Look
from spotid.project.store import BUSY_SECONDS, connect, connect_in_memory

VERSION = 2  # a file of another version is thrown away: everything in it can be made again
TABLES = """
CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS candidate (
  anchor INTEGER NOT NULL, candidate INTEGER NOT NULL, likeness REAL NOT NULL, same_visit INTEGER NOT NULL,
  votes REAL NOT NULL DEFAULT 0, place REAL NOT NULL DEFAULT 0, side REAL NOT NULL DEFAULT 0,
  opposite INTEGER NOT NULL DEFAULT 0,
  local REAL, spots INTEGER, score REAL NOT NULL, PRIMARY KEY (anchor, candidate)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS best_first ON candidate (anchor, score DESC);
CREATE TABLE IF NOT EXISTS vote (
  anchor INTEGER NOT NULL, candidate INTEGER NOT NULL, votes REAL NOT NULL, PRIMARY KEY (anchor, candidate))
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS vote_back ON vote (candidate);
CREATE TABLE IF NOT EXISTS voted (anchor INTEGER PRIMARY KEY, among INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS checked (
  a INTEGER NOT NULL, b INTEGER NOT NULL, matcher TEXT NOT NULL, local REAL NOT NULL, spots INTEGER NOT NULL,
  PRIMARY KEY (a, b, matcher)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ranked (anchor INTEGER PRIMARY KEY);
"""
# Came later; a file without it is as good.
LATER = "CREATE TABLE IF NOT EXISTS mate (sighting INTEGER PRIMARY KEY, first INTEGER NOT NULL)"
PAIRS = {"candidate": ("anchor", "candidate"), "vote": ("anchor", "candidate"), "voted": ("anchor",)}
PAIRS |= {"checked": ("a", "b"), "ranked": ("anchor",)}


class CandidatesFile:
    """The file with its tables, whatever is in them."""

    _look: Look | None = None
    _trouble: sqlite3.OperationalError | None = None  # why nothing can be written now

    def __init__(self, layout: Layout) -> None:
        if layout.readonly:
            self._connection = self._looked_at(layout)
            return
        try:
            self._connection = self._opened(layout)
        except sqlite3.OperationalError as error:
            # A disk so full that SQLite can't even begin: the review reads the lists all the same.
            if not layout.candidates.is_file():
                raise
            self._trouble = error
            self._connection = self._looked_at(layout)

    @staticmethod
    def _opened(layout: Layout) -> sqlite3.Connection:
        layout.cache.mkdir(parents=True, exist_ok=True)
        opened = connect(layout.candidates)
        # Remakeable, so speed before safety: a lost commit costs seconds of computing, never an answer.
        opened.execute("PRAGMA synchronous = OFF")
        if opened.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            opened.executescript("".join(f"DROP TABLE {row[0]};" for row in names))
            opened.executescript(f"{TABLES}; PRAGMA user_version = {VERSION}")
        opened.execute(LATER)
        return opened

    def _looked_at(self, layout: Layout) -> sqlite3.Connection:
        """The file as it is, for looking only; an empty one where there is none of this version."""
        self._look = Look(layout.candidates)
        if layout.candidates.is_file():
            try:
                connection = self._look.connect(BUSY_SECONDS)
                connection.row_factory = sqlite3.Row
                if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                    return connection
                connection.close()
            except (sqlite3.DatabaseError, OSError):
                pass
        empty = connect_in_memory()
        empty.executescript(TABLES)
        return empty

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        if self._look is not None:
            self._look.close()

    def keep_only(self, sightings: set[int]) -> None:
        """Forget everything about other sightings than these."""
        with self._write() as connection:
            connection.execute("CREATE TEMP TABLE known (id INTEGER PRIMARY KEY)")
            connection.executemany("INSERT INTO known VALUES (?)", [(one,) for one in sightings])
            for table, columns in PAIRS.items():
                strange = " OR ".join(f"{column} NOT IN (SELECT id FROM known)" for column in columns)
                connection.execute(f"DELETE FROM {table} WHERE {strange}")
            connection.execute("DELETE FROM mate WHERE sighting NOT IN (SELECT id FROM known)")
            connection.execute("DROP TABLE known")

    def sightings(self) -> set[int]:
        """Every sighting that anything is kept about."""
        columns = [(table, column) for table, names in PAIRS.items() for column in names]
        asked = " UNION ".join(f"SELECT {column} FROM {table}" for table, column in columns)
        return {row[0] for row in self._connection.execute(asked)}

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        if self._trouble is not None:
            raise self._trouble
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
