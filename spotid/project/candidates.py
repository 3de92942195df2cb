"""Look-alikes of every sighting, in a file of their own that can be deleted and remade."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotid.project.pair_scores import Pair, PairScores

if TYPE_CHECKING:
    import numpy as np

FIELDS = "candidate, likeness, same_visit, votes, place, side, opposite, local, spots, score, located, feasible"

NUMBERS = (
    *("anchor", "candidate", "likeness", "same_visit", "votes", "place", "side", "local", "score"),
    *("located", "feasible"),
)
Shown = tuple[int, float, int | None, float, int, float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One look-alike of an anchor. Ids are the sightings' row ids."""

    candidate: int
    likeness: float  # inner product of the embeddings
    same_visit: bool
    votes: float  # what rare spots of the whole survey say for this pair, both ways together
    place: float  # 0 to 1: how surely the pictures show one place on two visits
    side: float  # what the flanks say: 0 where they say nothing, below where they are likely opposite ones
    opposite: bool  # people said that one shows the left side, the other the right: nothing to compare
    # The local matcher's score; None where it was not compared spot by spot. Of several matchers, or published ones,
    # what all of them say together, less the votes.
    local: float | None
    spots: int | None  # how many spots agree
    score: float  # what the list is ordered by; place and time have their part in it
    located: float | None = None  # what place and time say, log-likelihood ratio in nats; None: no opinion
    feasible: float | None = None  # 1 at one place, towards 0 where only haste explains both; None: no opinion


class Candidates(PairScores):
    """The look-alikes file of one project. ``made`` says from which embeddings and parts it was made."""

    def made_of(self) -> str | None:
        """What the lists were made of, as given to ``begin``."""
        row = self._connection.execute("SELECT value FROM made WHERE name = ?", (self._made("of"),)).fetchone()
        return None if row is None else str(row[0])

    def begin(self, made_of: str) -> None:
        """Start over unless the lists are already being made of the same things; spot-by-spot results are kept."""
        if self.made_of() == made_of:
            return
        with self._write() as connection:
            inside, ids = self._inside("anchor")
            connection.execute(f"DELETE FROM candidate{inside}", ids)
            connection.execute(f"DELETE FROM ranked{inside}", ids)
            connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (self._made("of"), made_of))

    def begin_checks(self, made_of: str) -> None:
        """Order every list anew unless that was begun by the same matcher to the same depth."""
        row = self._connection.execute("SELECT value FROM made WHERE name = ?", (self._made("checks"),)).fetchone()
        if row is not None and row[0] == made_of:
            return
        with self._write() as connection:
            inside, ids = self._inside("anchor")
            connection.execute(f"DELETE FROM ranked{inside}", ids)
            connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (self._made("checks"), made_of))

    def have_lists(self) -> set[int]:
        """Anchors that have a list."""
        inside, ids = self._inside("anchor")
        return {row[0] for row in self._connection.execute(f"SELECT DISTINCT anchor FROM candidate{inside}", ids)}

    def have_ranked(self) -> set[int]:
        """Anchors whose list was compared spot by spot."""
        return {row[0] for row in self._connection.execute("SELECT anchor FROM ranked")}

    def keep_lists(self, lists: Iterable[tuple[int, Sequence[tuple[int, float, float, bool]]]]) -> None:
        """Keep the lists of several anchors: (candidate, likeness, score, same visit) each."""
        with self._write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO candidate (anchor, candidate, likeness, score, same_visit)"
                " VALUES (?, ?, ?, ?, ?)",
                [(anchor, *row) for anchor, rows in lists for row in rows],
            )

    def begin_votes(self, matcher: str) -> dict[int, int]:
        """Anchors whose votes of this matcher are kept, and among how many sightings they were cast."""
        row = self._connection.execute("SELECT value FROM made WHERE name = ?", (self._made("votes"),)).fetchone()
        inside, ids = self._inside("anchor")
        if row is None or row[0] != matcher:
            with self._write() as connection:
                connection.execute(f"DELETE FROM vote{inside}", ids)
                connection.execute(f"DELETE FROM voted{inside}", ids)
                connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (self._made("votes"), matcher))
        return {row[0]: row[1] for row in self._connection.execute(f"SELECT anchor, among FROM voted{inside}", ids)}

    def forget_moved(self, first: Mapping[int, int]) -> int:
        """Forget the votes of sightings whose visit has lost or gained others since. ``first``: sighting → the first
        sighting of its visit. Returns how many are to be asked again."""
        known = dict(self._connection.execute("SELECT sighting, first FROM mate"))
        moved = [one for one, mate in known.items() if first.get(one, mate) != mate]
        left, joined = {known[one] for one in moved}, {first[one] for one in moved}
        again = [(one,) for one in known if moved and (known[one] in left or first.get(one) in joined)]
        with self._write() as connection:
            connection.executemany("DELETE FROM vote WHERE anchor = ?", again)
            connection.executemany("DELETE FROM voted WHERE anchor = ?", again)
            connection.executemany("INSERT OR REPLACE INTO mate VALUES (?, ?)", first.items() - known.items())
        return len(again)

    def keep_votes(self, among: int, votes: Iterable[tuple[int, Mapping[int, float]]]) -> None:
        """Keep the votes of several anchors, cast among so many sightings; earlier ones are replaced."""
        with self._write() as connection:
            for anchor, row in votes:
                connection.execute("DELETE FROM vote WHERE anchor = ?", (anchor,))
                connection.executemany(
                    "INSERT INTO vote VALUES (?, ?, ?)", [(anchor, one, value) for one, value in row.items()]
                )
                connection.execute("INSERT OR REPLACE INTO voted VALUES (?, ?)", (anchor, among))

    def votes_of(self, anchor: int) -> dict[int, float]:
        """Sighting → votes for the pair, both ways together.

        A pair of which only one was asked since the other is there counts double, so that it is not behind the others.
        """
        there = dict(self._connection.execute("SELECT candidate, votes FROM vote WHERE anchor = ?", (anchor,)))
        back = dict(self._connection.execute("SELECT anchor, votes FROM vote WHERE candidate = ?", (anchor,)))
        among = dict(
            self._connection.execute(
                "SELECT anchor, among FROM voted WHERE anchor IN (SELECT candidate FROM vote WHERE anchor = ?1)"
                " OR anchor IN (SELECT anchor FROM vote WHERE candidate = ?1) OR anchor = ?1",
                (anchor,),
            )
        )
        mine = among.get(anchor, 0)
        total: dict[int, float] = {}
        for one in {*there, *back}:
            asked = among.get(one, 0)
            weight = (2.0, 0.0) if asked < mine and one not in back else (1.0, 1.0)
            if mine < asked and one not in there:
                weight = (0.0, 2.0)
            total[one] = weight[0] * there.get(one, 0.0) + weight[1] * back.get(one, 0.0)
        return total

    def add(self, anchor: int, rows: Iterable[tuple[int, float, float, float, float, bool]]) -> None:
        """Add to an anchor's list, or complete what is there.

        Rows are (candidate, likeness, votes, place, side, opposite).
        """
        with self._write() as connection:
            connection.executemany(
                "INSERT INTO candidate (anchor, candidate, likeness, same_visit, votes, place, side, opposite, score)"
                " VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0) ON CONFLICT (anchor, candidate) DO UPDATE"
                " SET votes = excluded.votes, place = excluded.place, side = excluded.side,"
                " opposite = excluded.opposite",
                [(anchor, *row) for row in rows],
            )

    def list_of(self, anchor: int) -> list[Candidate]:
        """The anchor's whole list, most alike first."""
        rows = self._connection.execute(
            f"SELECT {FIELDS} FROM candidate WHERE anchor = ? ORDER BY likeness DESC, candidate", (anchor,)
        )
        return [_candidate(row) for row in rows]

    def keep_checked(
        self,
        matcher: str,
        anchor: int,
        fresh: Sequence[Pair],
        scores: Sequence[tuple[int, float | None, int | None, float]],
    ) -> None:
        """Keep ``fresh`` pair results (a, b, local, spots) and the anchor's scores (candidate, local, spots, score)."""
        with self._write() as connection:
            self._keep_pairs(connection, matcher, fresh)
            connection.executemany(
                "UPDATE candidate SET local = ?, spots = ?, score = ? WHERE anchor = ? AND candidate = ?",
                [(local, spots, score, anchor, candidate) for candidate, local, spots, score in scores],
            )
            connection.execute("INSERT OR IGNORE INTO ranked VALUES (?)", (anchor,))

    def numbers(
        self, anchors: int, names: Sequence[str] = NUMBERS, worth: bool = False
    ) -> Iterator[dict[str, np.ndarray]]:
        """All rows of lists that were compared spot by spot, so many anchors at a time, as columns of float64.

        What is not known is NaN. ``worth``: only of pairs with votes or agreeing spots.
        """
        import numpy as np

        plain = self._connection.cursor()
        plain.row_factory = None
        known = [one for (one,) in plain.execute("SELECT anchor FROM ranked ORDER BY anchor").fetchall()]
        asked = (
            f"SELECT {', '.join(names)} FROM ranked CROSS JOIN candidate USING (anchor) WHERE anchor BETWEEN ? AND ?"
        )
        asked += " AND (votes != 0 OR local != 0)" if worth else ""
        for start in range(0, len(known), anchors):
            part = known[start : start + anchors]
            rows = plain.execute(f"{asked} ORDER BY anchor, candidate", (part[0], part[-1])).fetchall()
            table = np.array(rows, np.float64).reshape(len(rows), len(names))
            yield {name: table[:, index] for index, name in enumerate(names)}

    def keep_order(self, scores: Iterable[tuple[float, float | None, float | None, int, int]]) -> None:
        """Order the lists anew: (score, located, feasible, anchor, candidate)."""
        with self._write() as connection:
            connection.executemany(
                "UPDATE candidate SET score = ?, located = ?, feasible = ? WHERE anchor = ? AND candidate = ?", scores
            )

    def of(self, anchor: int, limit: int) -> list[Candidate]:
        """The anchor's look-alikes, best first."""
        rows = self._connection.execute(
            f"SELECT {FIELDS} FROM candidate WHERE anchor = ? ORDER BY score DESC, candidate LIMIT ?", (anchor, limit)
        )
        return [_candidate(row) for row in rows]

    def shown(self, limit: int) -> Iterator[tuple[int, list[Shown]]]:
        """Every anchor whose list was compared spot by spot, with its ``limit`` best look-alikes.

        A look-alike is (candidate, likeness, spots, score, same visit, place, located, feasible). The index leads
        to each anchor's best: much less is read than all that is kept.
        """
        plain = self._connection.cursor()
        plain.row_factory = None
        for (anchor,) in plain.execute("SELECT anchor FROM ranked ORDER BY anchor").fetchall():
            rows = plain.execute(
                "SELECT candidate, likeness, spots, score, same_visit, place, located, feasible FROM candidate"
                " WHERE anchor = ? ORDER BY score DESC, candidate LIMIT ?",
                (anchor, limit),
            ).fetchall()
            if rows:
                yield anchor, rows

    def best_pairs(self, limit: int) -> dict[int, list[Candidate]]:
        """The ``limit`` best look-alikes of every anchor whose list was compared spot by spot."""
        rows = self._connection.execute(
            "SELECT * FROM (SELECT candidate.*, ROW_NUMBER() OVER (PARTITION BY anchor ORDER BY score DESC, candidate)"
            " AS at FROM candidate JOIN ranked USING (anchor)) WHERE at <= ? ORDER BY anchor, at",
            (limit,),
        )
        lists: dict[int, list[Candidate]] = {}
        for row in rows:
            lists.setdefault(row["anchor"], []).append(_candidate(row))
        return lists


def _candidate(row: sqlite3.Row) -> Candidate:
    return Candidate(
        *(row["candidate"], row["likeness"], bool(row["same_visit"]), row["votes"]),
        *(row["place"], row["side"], bool(row["opposite"]), row["local"], row["spots"], row["score"]),
        *(row["located"], row["feasible"]),
    )
