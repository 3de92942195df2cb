"""What the stage *follow* reads: rows of collections that wait, with their photographs and the animals in them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from spotid.project.collections import RowState
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import MediaState

OPEN = (RowState.WAITS, RowState.ASK)
DECIDED = (MediaState.ANIMAL, MediaState.NO_ANIMAL, MediaState.PROBLEM, MediaState.MISSING, "clip")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A collection that stands and of which rows are open. ``sizes``: name → how many rows."""

    id: int
    uid: str
    kind: str
    source: str
    answers: dict[str, Any]
    sizes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Animal:
    """A sighting that a row may be about. ``frame``: the row of its photograph, or of the still of a clip."""

    uid: str
    frame: int
    box: tuple[float, float, float, float]
    flank: str
    flank_by: str


@dataclass(frozen=True, slots=True)
class Said:
    """A row with a name or a flank, the file that it is about, and the animals found there."""

    row: int
    state: str
    name: str
    flank: str
    box: str
    sighting: str  # that it was used for
    media_state: str | None
    clip: bool
    detail: str
    others: int  # names under which this collection has the very same bytes, beyond this one
    other_species: int
    animals: tuple[Animal, ...] = ()


def settle_plain(store: Store) -> None:
    """Rows that say nothing of who is seen are used as soon as their files are read."""
    if store.value("SELECT EXISTS (SELECT 1 FROM collection_row WHERE state = ?)", RowState.WAITS):
        with store.write() as connection:
            connection.execute(
                "UPDATE collection_row SET state = 'used' WHERE state = 'waits' AND name = '' AND flank = ''"
                " AND EXISTS (SELECT 1 FROM media WHERE media.root_id = collection_row.root_id"
                " AND media.relpath = collection_row.relpath AND media.state NOT IN (?, ?, ?))",
                (MediaState.FOUND, MediaState.PROBLEM, MediaState.MISSING),
            )


def seen(store: Store) -> str:
    """What the answer to every open row depends on; while it stays, following again would find nothing new."""
    counts = store.all("SELECT state, COUNT(*) AS n FROM media GROUP BY state ORDER BY state")
    parts = [f"{row['state']} {row['n']}" for row in counts]
    for sql in (
        "SELECT MAX(id) FROM decision",
        "SELECT MAX(id) FROM sighting",
        f"SELECT COUNT(*) FROM sighting WHERE state IN {OUT_SQL}",
        "SELECT MAX(id) FROM collection",
        "SELECT COUNT(*) FROM collection WHERE taken_back_at IS NULL",
        "SELECT COUNT(*) FROM collection_row WHERE state = 'waits'",
    ):
        parts.append(str(store.value(sql)))
    return ", ".join(parts)


def waiting(store: Store) -> list[tuple[Waiting, list[str]]]:
    """Collections, oldest first, with the names of which rows are open and can be decided; "" stands for none. Names
    come in the order in which people count."""
    found: list[tuple[Waiting, list[str]]] = []
    for row in store.all("SELECT * FROM collection WHERE taken_back_at IS NULL ORDER BY id"):
        names = store.all(
            "SELECT name, COUNT(*) AS n FROM collection_row"
            " JOIN media ON media.root_id = collection_row.root_id AND media.relpath = collection_row.relpath"
            " WHERE collection_id = ? AND (name != '' OR flank != '') AND collection_row.state IN (?, ?)"
            f" AND media.state IN ({', '.join('?' * len(DECIDED))}) GROUP BY name",
            *(row["id"], *OPEN, *DECIDED),
        )
        if names:
            about = _about(row)
            about.sizes.update({one["name"]: one["n"] for one in names})
            found.append((about, sorted((one["name"] for one in names), key=counting)))
    return found


def counting(name: str) -> list[tuple[int, str]]:
    """A key that puts F2 before F10, so that the codes of individuals go in the order in which people count."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def of_row(store: Store, row_id: int) -> tuple[Waiting, str] | None:
    """The collection and the name of a row."""
    row = store.one(
        "SELECT collection.*, collection_row.name FROM collection_row JOIN collection ON collection.id = collection_id"
        " WHERE collection_row.id = ? AND taken_back_at IS NULL",
        row_id,
    )
    if row is None:
        return None
    return _about(row), row["name"]


def _about(row: sqlite3.Row) -> Waiting:
    return Waiting(row["id"], row["uid"], row["kind"], row["source"], json.loads(row["answers"]))


def said(store: Store, collection: Waiting, name: str) -> list[Said]:
    """All rows of a collection under a name that are open or used, in the order in which they were said."""
    rows = store.all(
        "SELECT collection_row.*, media.id AS media_id, media.state AS media_state, media.kind AS media_kind,"
        " media.problem_detail, media.sha256 FROM collection_row LEFT JOIN media"
        " ON media.root_id = collection_row.root_id AND media.relpath = collection_row.relpath"
        " WHERE collection_id = ? AND name = ? AND (name != '' OR flank != '')"
        " AND collection_row.state IN ('waits', 'ask', 'used') ORDER BY collection_row.id",
        *(collection.id, name),
    )
    animals, others = _animals(store, collection.id, name), _other_species(store, collection.id, name)
    twins = _twins(store, collection.id, name)
    return [
        Said(
            *(row["id"], row["state"], row["name"], row["flank"], row["box"], row["sighting"], row["media_state"]),
            *(row["media_kind"] == "clip", row["problem_detail"] or "", twins.get(row["id"], 0)),
            *(others.get(row["id"], 0), tuple(animals.get(row["id"], ()))),
        )
        for row in rows
    ]


# Each animal with its row: in the photograph itself, or in a still of the clip.
_FOUND_IN = """
WITH file AS (
  SELECT collection_row.id AS row, media.id FROM collection_row CROSS JOIN media
  WHERE media.root_id = collection_row.root_id AND media.relpath = collection_row.relpath
  AND collection_id = ? AND collection_row.name = ?
), frame AS (
  SELECT row, id, 0 AS at_ms FROM file
  UNION ALL SELECT row, media.id, media.at_ms FROM file CROSS JOIN media
  WHERE media.parent_id = file.id AND media.parent_id IS NOT NULL
)
"""


def _animals(store: Store, collection_id: int, name: str) -> dict[int, list[Animal]]:
    rows = store.all(
        f"{_FOUND_IN} SELECT row, sighting.uid, frame.id AS frame, x, y, w, h, flank, flank_by FROM frame"
        f" JOIN sighting ON sighting.media_id = frame.id AND sighting.state NOT IN {OUT_SQL}"
        " ORDER BY frame.at_ms, frame.id, sighting.id",
        *(collection_id, name),
    )
    found: dict[int, list[Animal]] = {}
    for row in rows:
        box = (row["x"], row["y"], row["w"], row["h"])
        animal = Animal(row["uid"], row["frame"], box, row["flank"], row["flank_by"])
        found.setdefault(row["row"], []).append(animal)
    return found


def _other_species(store: Store, collection_id: int, name: str) -> dict[int, int]:
    rows = store.all(
        f"{_FOUND_IN} SELECT row, COUNT(*) AS n FROM frame JOIN sighting ON sighting.media_id = frame.id"
        " AND sighting.state = 'other' GROUP BY row",
        *(collection_id, name),
    )
    return {row["row"]: row["n"] for row in rows}


def _twins(store: Store, collection_id: int, name: str) -> dict[int, int]:
    """Rows whose photograph lies, byte for byte, under other names too."""
    rows = store.all(
        # In this order each step goes by an index; left to itself the database begins at the other end.
        "SELECT one.id AS row, COUNT(DISTINCT two.name) AS n FROM collection_row AS one CROSS JOIN media AS mine"
        " ON mine.root_id = one.root_id AND mine.relpath = one.relpath CROSS JOIN media AS theirs"
        " ON theirs.sha256 = mine.sha256 AND theirs.id != mine.id CROSS JOIN collection_row AS two"
        " ON two.root_id = theirs.root_id AND two.relpath = theirs.relpath"
        " AND +two.collection_id = one.collection_id AND two.name != one.name AND two.name != ''"
        " AND (one.box = '' OR two.box = '' OR one.box = two.box)"  # else two animals of one photograph are named
        " WHERE one.collection_id = ? AND one.name = ? AND one.name != '' GROUP BY one.id",
        *(collection_id, name),
    )
    return {row["row"]: row["n"] for row in rows}


def names_of(store: Store, collection_id: int, uids: Collection[str]) -> set[str]:
    """The names that a collection has for these sightings, as far as it is clear which animal is meant."""
    found: set[str] = set()
    wanted = sorted(uids)
    for start in range(0, len(wanted), 500):  # SQLite's limit on variables
        part = wanted[start : start + 500]
        rows = store.all(
            "SELECT DISTINCT collection_row.name FROM sighting JOIN media AS frame ON frame.id = sighting.media_id"
            " JOIN media AS file ON file.id = frame.id OR file.id = frame.parent_id"
            " JOIN collection_row ON collection_row.root_id = file.root_id AND collection_row.relpath = file.relpath"
            f" WHERE +collection_id = ? AND collection_row.name != '' AND sighting.uid IN ({','.join('?' * len(part))})"
            " AND (SELECT COUNT(*) FROM sighting AS other WHERE other.media_id = frame.id"
            f" AND other.state NOT IN {OUT_SQL}) = 1",
            *(collection_id, *part),
        )
        found |= {row["name"] for row in rows}
    return found


def standing(store: Store, uid: str) -> bool | None:
    """Whether an answer of this number stands; None where there is none."""
    row = store.one(
        "SELECT EXISTS (SELECT 1 FROM decision AS back WHERE back.target = decision.uid AND back.kind = 'undo') AS gone"
        " FROM decision WHERE uid = ?",
        uid,
    )
    return None if row is None else not row["gone"]


def answers_of(store: Store, uid: str) -> list[str]:
    """The standing answers that a collection gave, or that people gave because it asked, newest first."""
    rows = store.all(
        "SELECT uid FROM decision WHERE kind != 'undo' AND json_extract(evidence, '$.import') = ? AND uid NOT IN"
        " (SELECT target FROM decision WHERE kind = 'undo') ORDER BY id DESC",
        uid,
    )
    return [row["uid"] for row in rows]


def taken_back(connection: sqlite3.Connection, collection_id: int, when: str) -> None:
    """Mark a collection and its rows as taken back."""
    connection.execute("UPDATE collection SET taken_back_at = ? WHERE id = ?", (when, collection_id))
    connection.execute(
        "UPDATE collection_row SET state = ? WHERE collection_id = ? AND state != ?",
        (RowState.TAKEN_BACK, collection_id, RowState.REFUSED),
    )
