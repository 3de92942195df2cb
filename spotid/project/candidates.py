"""Look-alikes of every sighting, in a file of their own that can be deleted and remade."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from spotid.project.layout import Layout
from spotid.project.store import connect

TABLES = """
CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS candidate (
  anchor INTEGER NOT NULL, candidate INTEGER NOT NULL, likeness REAL NOT NULL, same_visit INTEGER NOT NULL,
  local REAL, spots INTEGER, score REAL NOT NULL, PRIMARY KEY (anchor, candidate)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS best_first ON candidate (anchor, score DESC);
CREATE TABLE IF NOT EXISTS checked (
  a INTEGER NOT NULL, b INTEGER NOT NULL, matcher TEXT NOT NULL, local REAL NOT NULL, spots INTEGER NOT NULL,
  PRIMARY KEY (a, b, matcher)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ranked (anchor INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One look-alike of an anchor. Ids are the sightings' row ids."""

    candidate: int
    likeness: float  # inner product of the embeddings
    same_visit: bool
    local: float | None  # the local matcher's score; None where it was not compared spot by spot
    spots: int | None  # how many spots agree
    score: float  # what the list is ordered by


class Candidates:
    """The look-alikes file of one project. ``made`` says from which embeddings and parts it was made."""

    def __init__(self, layout: Layout) -> None:
        layout.cache.mkdir(parents=True, exist_ok=True)
        self._connection = connect(layout.candidates)
        # Remakeable, so speed before safety: a lost commit costs seconds of computing, never an answer.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(TABLES)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def made_of(self) -> str | None:
        """What the lists were made of, as given to ``begin``."""
        row = self._connection.execute("SELECT value FROM made WHERE name = 'of'").fetchone()
        return None if row is None else str(row[0])

    def begin(self, made_of: str) -> None:
        """Start over unless the lists are already being made of the same things; spot-by-spot results are kept."""
        if self.made_of() == made_of:
            return
        with self._write() as connection:
            connection.execute("DELETE FROM candidate")
            connection.execute("DELETE FROM ranked")
            connection.execute("INSERT OR REPLACE INTO made VALUES ('of', ?)", (made_of,))

    def begin_checks(self, made_of: str) -> None:
        """Order every list anew unless that was begun by the same matcher to the same depth."""
        row = self._connection.execute("SELECT value FROM made WHERE name = 'checks'").fetchone()
        if row is not None and row[0] == made_of:
            return
        with self._write() as connection:
            connection.execute("DELETE FROM ranked")
            connection.execute("INSERT OR REPLACE INTO made VALUES ('checks', ?)", (made_of,))

    def have_lists(self) -> set[int]:
        """Anchors that have a list."""
        return {row[0] for row in self._connection.execute("SELECT DISTINCT anchor FROM candidate")}

    def have_ranked(self) -> set[int]:
        """Anchors whose list was compared spot by spot."""
        return {row[0] for row in self._connection.execute("SELECT anchor FROM ranked")}

    def keep_lists(self, lists: Iterable[tuple[int, Sequence[tuple[int, float, float, bool]]]]) -> None:
        """Keep the lists of several anchors: (candidate, likeness, score, same visit) each."""
        with self._write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO candidate VALUES (?, ?, ?, ?, NULL, NULL, ?)",
                [(anchor, c, likeness, same, score) for anchor, rows in lists for c, likeness, score, same in rows],
            )

    def short_list(self, anchor: int, depth: int) -> list[tuple[int, float]]:
        """The ``depth`` most alike candidates of other visits and all of the same visit: (candidate, likeness)."""
        rows = self._connection.execute(
            "SELECT candidate, likeness, same_visit FROM candidate WHERE anchor = ? ORDER BY likeness DESC, candidate",
            (anchor,),
        ).fetchall()
        others = [(row[0], row[1]) for row in rows if not row[2]][:depth]
        return others + [(row[0], row[1]) for row in rows if row[2]]

    def checked(self, a: int, b: int, matcher: str) -> tuple[float, int] | None:
        """The spot-by-spot score of a pair and its agreeing spots, where they were computed before."""
        row = self._connection.execute(
            "SELECT local, spots FROM checked WHERE a = ? AND b = ? AND matcher = ?", (min(a, b), max(a, b), matcher)
        ).fetchone()
        return None if row is None else (float(row[0]), int(row[1]))

    def keep_checked(
        self,
        matcher: str,
        anchor: int,
        fresh: Sequence[tuple[int, int, float, int]],
        scores: Sequence[tuple[int, float, int, float]],
    ) -> None:
        """Keep ``fresh`` pair results (a, b, local, spots) and the anchor's scores (candidate, local, spots, score)."""
        with self._write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?, ?)",
                [(min(a, b), max(a, b), matcher, local, spots) for a, b, local, spots in fresh],
            )
            connection.executemany(
                "UPDATE candidate SET local = ?, spots = ?, score = ? WHERE anchor = ? AND candidate = ?",
                [(local, spots, score, anchor, candidate) for candidate, local, spots, score in scores],
            )
            connection.execute("INSERT OR IGNORE INTO ranked VALUES (?)", (anchor,))

    def of(self, anchor: int, limit: int) -> list[Candidate]:
        """The anchor's look-alikes, best first."""
        rows = self._connection.execute(
            "SELECT candidate, likeness, same_visit, local, spots, score FROM candidate WHERE anchor = ?"
            " ORDER BY score DESC, candidate LIMIT ?",
            (anchor, limit),
        ).fetchall()
        return [Candidate(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    def best_pairs(self, limit: int) -> dict[int, list[Candidate]]:
        """The ``limit`` best look-alikes of every anchor whose list was compared spot by spot."""
        rows = self._connection.execute(
            "SELECT * FROM (SELECT candidate.*, ROW_NUMBER() OVER (PARTITION BY anchor ORDER BY score DESC, candidate)"
            " AS place FROM candidate JOIN ranked USING (anchor)) WHERE place <= ? ORDER BY anchor, place",
            (limit,),
        )
        lists: dict[int, list[Candidate]] = {}
        for row in rows:
            entry = Candidate(
                *(row["candidate"], row["likeness"], bool(row["same_visit"]), row["local"], row["spots"], row["score"])
            )
            lists.setdefault(row["anchor"], []).append(entry)
        return lists
