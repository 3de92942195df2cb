"""What each matcher said of each pair, beside the lists: scores by matcher, and where the agreeing spots lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from spotid.project.candidates_file import CandidatesFile

if TYPE_CHECKING:
    import numpy as np

WHOLE = 65535  # a place is kept as two bytes: a crop's width is so many steps
Pair = tuple[int, int, float, int]  # one sighting, the other, score, agreeing spots


class PairScores(CandidatesFile):
    """The part of the look-alikes' file that belongs to matchers, not to lists."""

    def checked(self, a: int, b: int, matcher: str) -> tuple[float, int] | None:
        """The spot-by-spot score of a pair and its agreeing spots, where they were computed before."""
        row = self._connection.execute(
            "SELECT local, spots FROM checked WHERE a = ? AND b = ? AND matcher = ?", (min(a, b), max(a, b), matcher)
        ).fetchone()
        return None if row is None else (float(row[0]), int(row[1]))

    def keep_pairs(self, matcher: str, fresh: Iterable[Pair]) -> None:
        """Keep what a matcher said of pairs, without any list's order."""
        with self._write() as connection:
            self._keep_pairs(connection, matcher, fresh)

    @staticmethod
    def _keep_pairs(connection: sqlite3.Connection, matcher: str, fresh: Iterable[Pair]) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?, ?)",
            [(min(a, b), max(a, b), matcher, local, spots) for a, b, local, spots in fresh],
        )

    def keep_agreed(self, matcher: str, places: Iterable[tuple[int, int, np.ndarray]]) -> None:
        """Keep where the spots of pairs lie that a slow matcher holds for the same: (a, b, ``(k, 4)`` fractions of the
        crops of ``a`` and ``b``, best first)."""
        import numpy as np

        rows = []
        for a, b, told in places:
            turned = told if a < b else told[:, [2, 3, 0, 1]]
            steps = np.round(np.clip(turned, 0.0, 1.0) * WHOLE).astype("<u2")
            rows.append((min(a, b), max(a, b), matcher, steps.tobytes()))
        with self._write() as connection:
            connection.executemany("INSERT OR REPLACE INTO agreed VALUES (?, ?, ?, ?)", rows)

    def agreed(self, a: int, b: int, matcher: str) -> np.ndarray | None:
        """Where the agreeing spots of a pair lie, ``(k, 4)`` float64 fractions of the crops of ``a`` and ``b``; None
        where it was not compared, or nothing agrees."""
        import numpy as np

        try:
            row = self._connection.execute(
                "SELECT places FROM agreed WHERE a = ? AND b = ? AND matcher = ?", (min(a, b), max(a, b), matcher)
            ).fetchone()
        except sqlite3.OperationalError:  # a file of an earlier release, which is only looked at
            return None
        if row is None or len(row[0]) % 8:
            return None
        told = np.frombuffer(row[0], "<u2").reshape(-1, 4) / WHOLE
        return np.asarray(told if a < b else told[:, [2, 3, 0, 1]])

    def by_matcher(self, anchors: int, matchers: Sequence[str]) -> Iterator[dict[str, np.ndarray]]:
        """All rows of lists that were compared spot by spot, so many anchors at a time: columns anchor, candidate,
        likeness, same_visit, votes, local, and the score by each of ``matchers`` under its number; NaN: not known."""
        import numpy as np

        plain = self._connection.cursor()
        plain.row_factory = None
        known = [one for (one,) in plain.execute("SELECT anchor FROM ranked ORDER BY anchor").fetchall()]
        names = ("anchor", "candidate", "likeness", "same_visit", "votes", "local")
        scores = ", ".join(
            "(SELECT checked.local FROM checked WHERE a = MIN(anchor, candidate) AND b = MAX(anchor, candidate)"
            f" AND matcher = ?{number})"
            for number in range(1, len(matchers) + 1)
        )
        count = len(matchers)
        asked = (
            f"SELECT {', '.join(names)}, {scores} FROM ranked CROSS JOIN candidate USING (anchor)"
            f" WHERE anchor BETWEEN ?{count + 1} AND ?{count + 2} ORDER BY anchor, candidate"
        )
        for start in range(0, len(known), anchors):
            part = known[start : start + anchors]
            rows = plain.execute(asked, (*matchers, part[0], part[-1])).fetchall()
            table = np.array(rows, np.float64).reshape(len(rows), len(names) + count)
            columns = {name: table[:, index] for index, name in enumerate(names)}
            yield columns | {str(number): table[:, len(names) + number] for number in range(count)}

    def keep_local(self, rows: Iterable[tuple[float, int, int]]) -> None:
        """Put what several matchers say together into lists: (local, anchor, candidate)."""
        with self._write() as connection:
            connection.executemany("UPDATE candidate SET local = ? WHERE anchor = ? AND candidate = ?", rows)

    def keep_note(self, name: str, text: str) -> None:
        """Keep a fact about how the lists of this scope were made."""
        if self.note(name) != text:
            with self._write() as connection:
                connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (self._made(name), text))

    def note(self, name: str) -> str:
        """A fact about how the lists of this scope were made; empty where it is not known."""
        row = self._connection.execute("SELECT value FROM made WHERE name = ?", (self._made(name),)).fetchone()
        return "" if row is None else str(row[0])

    def notes(self, name: str, scopes: Iterable[str]) -> list[str]:
        """The same fact of the scopes with these names ("": of the project's own profile) that lists were made of."""
        names = [f"{name} {scope}".rstrip() for scope in scopes]
        asked = f"SELECT value FROM made WHERE name IN ({','.join('?' * len(names))}) ORDER BY name"
        return [str(row[0]) for row in self._connection.execute(asked, names)]
