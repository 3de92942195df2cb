"""Pairs that people have answered, with what the look-alikes' file says of them now."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from spotid.project.layout import Layout
from spotid.project.store import Store, connect
from spotid.words import Verdict


@dataclass(frozen=True, slots=True)
class AskedPair:
    """One answered pair in the list in which it was asked. Ids are the sightings' row ids."""

    anchor: int
    candidate: int
    same: bool
    facts: dict[str, float | None]  # the numbers of the candidate's row: likeness, score, …


def asked_pairs(store: Store, layout: Layout, most: int) -> list[AskedPair]:
    """The newest ``most`` standing answers *same* and *different* whose pair is still in a list, oldest first.

    Of several answers on one pair the newest counts. Where the list of the anchor that was on the screen no longer has
    the pair, the list of the other picture is asked.
    """
    rows = store.all(
        "SELECT decision.kind, one.id AS one, two.id AS two,"
        " json_extract(decision.evidence, '$.anchor') = decision.b AS turned FROM decision"
        " JOIN sighting AS one ON one.uid = decision.a JOIN sighting AS two ON two.uid = decision.b"
        " WHERE decision.kind IN (?, ?) AND NOT EXISTS (SELECT 1 FROM decision AS taken"
        " WHERE taken.target = decision.uid AND taken.kind = ?) ORDER BY decision.id DESC LIMIT ?",
        *(Verdict.SAME, Verdict.DIFFERENT, Verdict.UNDO, most),
    )
    answers: dict[tuple[int, int], tuple[int, int, bool]] = {}
    for row in rows:
        shown = (row["two"], row["one"]) if row["turned"] else (row["one"], row["two"])
        answers.setdefault((row["one"], row["two"]), (*shown, row["kind"] == Verdict.SAME))
    wanted = list(reversed(answers.values()))
    if not wanted or not layout.candidates.is_file():
        return []
    connection = connect(layout.candidates, readonly=True)
    try:
        return _found(connection, wanted)
    finally:
        connection.close()


def _found(connection: sqlite3.Connection, wanted: list[tuple[int, int, bool]]) -> list[AskedPair]:
    connection.execute("CREATE TEMP TABLE wanted (place INTEGER PRIMARY KEY, anchor INTEGER, candidate INTEGER)")
    connection.executemany(
        "INSERT INTO temp.wanted VALUES (?, ?, ?)", [(place, a, c) for place, (a, c, _) in enumerate(wanted)]
    )
    rows: dict[int, sqlite3.Row] = {}
    for mine, other in (("candidate", "anchor"), ("anchor", "candidate")):  # the anchor's own list comes last, and wins
        for row in connection.execute(
            "SELECT wanted.place, candidate.* FROM temp.wanted CROSS JOIN candidate"
            f" ON candidate.anchor = wanted.{mine} AND candidate.candidate = wanted.{other}"
        ):
            rows[row["place"]] = row
    pairs = []
    for place, (anchor, candidate, same) in enumerate(wanted):
        row = rows.get(place)
        if row is not None:
            facts = {name: row[name] for name in row.keys() if name not in ("place", "anchor", "candidate")}  # noqa: SIM118
            pairs.append(AskedPair(anchor, candidate, same, facts))
    return pairs
