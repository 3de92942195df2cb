"""The file of look-alikes: made, thrown away when it is of another version, looked at, and cleared of strangers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from spotid.project.layout import Layout
from spotid.project.look import Look
from spotid.project.scope import Scope
from spotid.project.store import BUSY_SECONDS, connect, connect_in_memory

VERSION = 3  # a file of another version is thrown away: everything in it can be made again
BEFORE = 2  # but one of this version only lacks columns
COLUMNS = ("located", "feasible")
ADDED = "".join(f"ALTER TABLE candidate ADD COLUMN {one} REAL;" for one in COLUMNS) + f"PRAGMA user_version = {VERSION}"
TABLES = """
CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS candidate (
  anchor INTEGER NOT NULL, candidate INTEGER NOT NULL, likeness REAL NOT NULL, same_visit INTEGER NOT NULL,
  votes REAL NOT NULL DEFAULT 0, place REAL NOT NULL DEFAULT 0, side REAL NOT NULL DEFAULT 0,
  opposite INTEGER NOT NULL DEFAULT 0,
  local REAL, spots INTEGER, score REAL NOT NULL, located REAL, feasible REAL,
  PRIMARY KEY (anchor, candidate)) WITHOUT ROWID;
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
# Of which recipe the crop of a sighting was when it was compared.
CUT = "CREATE TABLE IF NOT EXISTS cut (sighting INTEGER PRIMARY KEY, recipe TEXT NOT NULL)"
# Where the spots lie that a slow matcher holds for the same, two bytes a number; a quick one is asked again.
AGREED = """CREATE TABLE IF NOT EXISTS agreed (a INTEGER NOT NULL, b INTEGER NOT NULL, matcher TEXT NOT NULL,
  places BLOB NOT NULL, PRIMARY KEY (a, b, matcher)) WITHOUT ROWID"""
PAIRS = {"candidate": ("anchor", "candidate"), "vote": ("anchor", "candidate"), "voted": ("anchor",)}
PAIRS |= {"checked": ("a", "b"), "ranked": ("anchor",)}


class CandidatesFile:
    """The file with its tables, whatever is in them. With a ``scope``, lists are begun and thrown away of its sightings
    alone; others are looked at all the same, as no sighting is in two scopes."""

    _look: Look | None = None
    _trouble: sqlite3.OperationalError | None = None  # why nothing can be written now

    def __init__(self, layout: Layout, scope: Scope | None = None) -> None:
        self._scope = scope
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
        version = opened.execute("PRAGMA user_version").fetchone()[0]
        if version == BEFORE:
            opened.executescript(ADDED)
        elif version != VERSION:
            names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            opened.executescript("".join(f"DROP TABLE {row[0]};" for row in names))
            opened.executescript(f"{TABLES}; PRAGMA user_version = {VERSION}")
        opened.execute(LATER)
        opened.execute(CUT)
        opened.execute(AGREED)
        return opened

    def _looked_at(self, layout: Layout) -> sqlite3.Connection:
        """The file as it is, for looking only; an empty one where there is none of this version."""
        self._look = Look(layout.candidates)
        if layout.candidates.is_file():
            try:
                connection = self._look.connect(BUSY_SECONDS)
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version == BEFORE:  # a copy is brought up to date, and that is looked at
                    connection.close()
                    self._look.close()
                    self._look = Look(layout.candidates, copied=True)
                    connection = self._look.connect(BUSY_SECONDS)
                    connection.executescript(ADDED)
                connection.row_factory = sqlite3.Row
                if version in (BEFORE, VERSION):
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
            connection.execute(
                "DELETE FROM agreed WHERE a NOT IN (SELECT id FROM known) OR b NOT IN (SELECT id FROM known)"
            )
            connection.execute("DROP TABLE known")

    def forget_cut_anew(self, recipes: Mapping[int, str]) -> int:
        """Forget what was compared on crops that have been made anew since by another recipe. ``recipes``: sighting →
        the recipe of its crop now. Returns how many sightings that concerns."""
        known = dict(self._connection.execute("SELECT sighting, recipe FROM cut"))
        anew = [(one,) for one, recipe in recipes.items() if known.get(one, recipe) != recipe]
        fresh = [(one, recipe) for one, recipe in recipes.items() if known.get(one) != recipe]
        if not fresh:
            return 0
        with self._write() as connection:
            if anew:  # whom they are like has changed, and who is like them: all lists are made anew
                connection.execute("CREATE TEMP TABLE anew (id INTEGER PRIMARY KEY)")
                connection.executemany("INSERT INTO anew VALUES (?)", anew)
                for table in ("candidate", "ranked"):
                    connection.execute(f"DELETE FROM {table}")
                for table in ("vote", "checked", "voted"):
                    of_these = " OR ".join(f"{column} IN (SELECT id FROM anew)" for column in PAIRS[table])
                    connection.execute(f"DELETE FROM {table} WHERE {of_these}")
                connection.execute("DELETE FROM agreed WHERE a IN (SELECT id FROM anew) OR b IN (SELECT id FROM anew)")
                connection.execute("DROP TABLE anew")
            connection.executemany("INSERT OR REPLACE INTO cut VALUES (?, ?)", fresh)
        return len(anew)

    def _inside(self, column: str) -> tuple[str, tuple[str, ...]]:
        """The condition that a row is of the scope, and its values."""
        if self._scope is None:
            return "", ()
        return f" WHERE {column} IN (SELECT value FROM json_each(?))", (self._scope.text,)

    def _made(self, name: str) -> str:
        """Under which name is kept what lists were made of."""
        return f"{name} {self._scope.name}" if self._scope is not None and self._scope.name else name

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
