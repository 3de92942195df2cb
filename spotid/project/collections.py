"""Collections that were taken into a project, and what each said of its files, row by row."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from spotid.errors import NotFoundError
from spotid.project import ledger
from spotid.project.filenames import kept
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store, now
from spotid.words import MediaState, Word

SPACE = uuid.UUID("5b0b8f0e-6a5f-5d0c-9a68-7f6b2b1f4a11")  # of all numbers that follow from what a collection says
FROM_FOLDERS = "folders"  # in a report: whether folders may still be taken for stations


class RowState(Word):
    """What has become of a row of a collection."""

    WAITS = "waits", "The run has not come to it yet."
    USED = "used", "Used."
    ASK = "ask", "A person has to say how it is meant."
    REFUSED = "refused", "Not used."
    TAKEN_BACK = "taken_back", "Taken back with the whole collection, or by a person."


@dataclass(frozen=True, slots=True)
class Row:
    """What a collection says of one file. ``relpath``: below the root; empty for a line that names no file.

    ``lines``: of the sheet, parted by commas. ``taken``: ISO local time, or a day alone. ``box``: left, top, width and
    height as fractions, parted by spaces, where the sheet names one of several animals.
    """

    relpath: str
    lines: str = ""
    name: str = ""
    flank: str = ""
    species: str = ""
    station: str = ""
    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None
    box: str = ""
    state: str = RowState.WAITS
    why: str = ""


COLUMNS = "relpath, lines, name, flank, species, station, latitude, longitude, taken, box, state, why"


def keep(
    store: Store,
    kind: str,
    source: Path,
    rows: Sequence[tuple[int, Row]],
    *,
    root: int | None = None,
    answers: Mapping[str, str] | None = None,
    report: Mapping[str, Any] | None = None,
    reviewer: str = "",
) -> tuple[str, bool]:
    """Keep a collection with its rows, each with the root of its file: (its uid, whether it was kept before).

    The uid follows from what is said, so that two laptops that take the same collection in agree on it. One that was
    taken back, or says the same of another folder, gets the next uid.
    """
    with store.write() as connection:
        uid, known = _number(connection, kind, [row for _, row in rows], root)
        if known:
            return uid, True
        made = connection.execute(
            "INSERT INTO collection (uid, kind, source, root_id, answers, report, reviewer_id, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(uid, kind, kept(str(source)), root, _json(answers or {}), _json(report or {})),
                *(ledger.reviewer_id(connection, reviewer), now()),
            ),
        ).lastrowid
        connection.executemany(
            f"INSERT INTO collection_row (collection_id, root_id, {COLUMNS}) VALUES (?, ?{', ?' * 12})",
            [(made, its_root, *astuple(row)) for its_root, row in rows],
        )
        connection.execute("INSERT OR REPLACE INTO note VALUES ('facts_due', '1')")  # see collection_facts
        if (report or {}).get(FROM_FOLDERS) is False:  # files that were read before were told stations by these folders
            connection.execute(
                "UPDATE media SET station_id = NULL, station_by = '' WHERE root_id = ? AND station_by = 'folder'",
                (root,),
            )
    return uid, False


def standing(store: Store, kind: str, rows: Sequence[Row], root: int | None) -> str | None:
    """The uid of a collection that says the very same and stands; None where there is none."""
    uid, known = _number(store.reader, kind, rows, root)
    return uid if known else None


def _number(connection: sqlite3.Connection, kind: str, rows: Sequence[Row], root: int | None) -> tuple[str, bool]:
    said, attempt = json.dumps([kind, *map(astuple, rows)], ensure_ascii=False, default=str), 0
    while True:
        uid = str(uuid.uuid5(SPACE, f"{attempt} {said}"))
        sql = "SELECT root_id, taken_back_at FROM collection WHERE uid = ?"
        known = connection.execute(sql, (uid,)).fetchone()
        if known is None:
            return uid, False
        if known["root_id"] == root and known["taken_back_at"] is None:
            return uid, True
        attempt += 1


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)


def listed(store: Store) -> list[dict[str, Any]]:
    """All collections, newest first, with how many rows of each are in which state."""
    counts: dict[int, dict[str, int]] = {}
    for row in store.all("SELECT collection_id, state, COUNT(*) AS n FROM collection_row GROUP BY 1, 2"):
        counts.setdefault(row["collection_id"], {})[row["state"]] = row["n"]
    rows = store.all(
        "SELECT collection.*, initials FROM collection LEFT JOIN reviewer ON reviewer.id = reviewer_id"
        " ORDER BY collection.id DESC"
    )
    return [
        {
            **{name: row[name] for name in ("id", "uid", "kind", "source", "root_id", "made_at", "taken_back_at")},
            "reviewer": row["initials"] or "",
            "answers": _object(row["answers"]),
            "report": _object(row["report"]),
            "counts": {state.value: counts.get(row["id"], {}).get(state.value, 0) for state in RowState},
        }
        for row in rows
    ]


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def one(store: Store, uid: str) -> dict[str, Any]:
    """One collection, as ``listed`` gives it. Raises NotFoundError."""
    found = next((one for one in listed(store) if one["uid"] == uid), None)
    if found is None:
        raise NotFoundError("There is no such import in this project.", "Go back to the list of imports.")
    return found


def asked(store: Store) -> tuple[str, int] | None:
    """The newest collection with rows that a person has to settle, and how many rows of all wait for one; or None."""
    found = store.all(
        "SELECT collection.uid, COUNT(*) AS n FROM collection_row JOIN collection ON collection.id = collection_id"
        " WHERE state = 'ask' GROUP BY collection.id ORDER BY collection.id DESC"
    )
    return (found[0]["uid"], sum(row["n"] for row in found)) if found else None


def rows(
    store: Store, uid: str, states: Collection[str] = (), after: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """Rows of a collection with ids above ``after``, in the order in which they were said, with their photographs and
    the sightings that a person may choose from."""
    marks = f" AND collection_row.state IN ({', '.join('?' * len(states))})" if states else ""
    found = store.all(
        f"{_ROWS} WHERE collection.uid = ?{marks} AND collection_row.id > ? ORDER BY collection_row.id LIMIT ?",
        *(uid, *states, after, limit),
    )
    return [_shown(store, row) for row in found]


def row(store: Store, row_id: int) -> dict[str, Any]:
    """One row, as ``rows`` gives it. Raises NotFoundError."""
    found = store.one(f"{_ROWS} WHERE collection_row.id = ?", row_id)
    if found is None:
        raise NotFoundError("There is no such row in the imports of this project.", "Reload the page.")
    return _shown(store, found)


WHY_IT_WAITS = {
    MediaState.PROBLEM: "The file could not be used; the page of the run says why.",
    MediaState.MISSING: "The file is not there now.",
}
_ROWS = (
    "SELECT collection_row.*, collection.uid AS collection, media.id AS media_id, media.uid AS media_uid,"
    " media.state AS media_state"
    " FROM collection_row JOIN collection ON collection.id = collection_row.collection_id"
    " LEFT JOIN media ON media.root_id = collection_row.root_id AND media.relpath = collection_row.relpath"
)


def _shown(store: Store, row: Any) -> dict[str, Any]:
    names = ("id", "collection", *COLUMNS.split(", "), "sighting", "media_uid")
    shown = {name: row[name] for name in names} | {"sightings": sightings_of(store, row["media_id"])}
    if row["state"] == RowState.WAITS and row["media_state"] in WHY_IT_WAITS:
        shown["why"] = WHY_IT_WAITS[row["media_state"]]
    return shown


def sightings_of(store: Store, media_id: int | None) -> list[str]:
    """The sightings of a photograph, or of the stills of a clip, that stand and are of the right species."""
    return [row["uid"] for row in store.all(_ANIMALS, media_id)] if media_id is not None else []


_ANIMALS = (
    "SELECT sighting.uid FROM sighting JOIN media ON media.id = media_id WHERE (media.id = ?1 OR media.parent_id = ?1)"
    f" AND sighting.state NOT IN {OUT_SQL} ORDER BY media.at_ms, sighting.id"
)


def set_states(store: Store, states: Iterable[tuple[int, str, str]]) -> None:
    """Note what has become of rows: (row, state, why)."""
    with store.write() as connection:
        connection.executemany(SET_STATE, [(state, why, row_id) for row_id, state, why in states])


SET_STATE = "UPDATE collection_row SET state = ?, why = ? WHERE id = ?"
USE = (  # the sighting that a row is about; a remark of the sheet stays beside it
    "UPDATE collection_row SET state = 'used', sighting = ?, why = CASE WHEN state = 'waits' THEN why ELSE '' END"
    " WHERE id = ?"
)


def no_folder_stations(store: Store) -> frozenset[int]:
    """The roots whose folders are called after individuals, as a collection that stands has told: no stations."""
    rows = store.all("SELECT root_id, report FROM collection WHERE taken_back_at IS NULL AND root_id IS NOT NULL")
    return frozenset(row["root_id"] for row in rows if _object(row["report"]).get(FROM_FOLDERS) is False)


def stations_told(store: Store) -> frozenset[str]:
    """The names of stations, in lower case, that anything but the name of a folder tells."""
    rows = store.all(
        "SELECT name FROM station WHERE latitude IS NOT NULL OR x_m IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM media WHERE station_id = station.id AND station_by NOT IN ('', 'folder'))"
        " OR EXISTS (SELECT 1 FROM deployment WHERE station_id = station.id"
        " AND told_by IN ('table', 'person', 'package'))"
    )
    return frozenset(row["name"].lower() for row in rows)


def files_known(store: Store, root: int | None, paths: Callable[[], Iterable[str]]) -> int:
    """How many of these files of a root are in the project already."""
    if root is None:
        return 0
    known = {row["relpath"] for row in store.all("SELECT relpath FROM media WHERE root_id = ?", root)}
    return sum(path in known for path in paths()) if known else 0


def individuals_known(store: Store) -> dict[str, str]:
    """The names that people gave to individuals with sightings, in lower case → their codes."""
    sql = "SELECT code, name FROM individual WHERE name IS NOT NULL AND id IN (SELECT individual_id FROM identity)"
    return {row["name"].casefold(): row["code"] for row in store.all(sql)}
