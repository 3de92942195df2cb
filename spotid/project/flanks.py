"""Which side of the animal each sighting shows: what the program guessed, what a person said, and how to replay it.

A person's word is an answer of the ledger (``Verdict.FLANK``); ``sighting.flank`` is derived from it and from the
program's guess, which is kept in the answer's evidence so that taking the answer back brings the guess back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.project.scope import Scope
from spotid.project.store import Store
from spotid.words import Flank, SightingState

PERSON = "person"
TELLABLE = (SightingState.CROPPED, SightingState.EMBEDDED)


@dataclass(frozen=True, slots=True)
class Side:
    """One sighting's flank, how sure it is (0 to 1, None where nothing was computed), and who says so.

    ``by`` is empty, the name of a network, or "person"; ``reviewer`` are the person's initials where they are known.
    """

    flank: Flank = Flank.UNKNOWN
    score: float | None = None
    by: str = ""
    reviewer: str = ""


def pending(store: Store, name: str, after: int, limit: int) -> list[sqlite3.Row]:
    """Cropped sightings that neither a person nor the network ``name`` has judged, with ids above ``after``."""
    return store.all(
        "SELECT sighting.id, sighting.uid, recipe, x, y, w, h, media.uid AS media_uid FROM sighting"
        " JOIN media ON media.id = media_id WHERE sighting.state IN (?, ?) AND flank_by NOT IN (?, ?)"
        " AND sighting.id > ? ORDER BY sighting.id LIMIT ?",
        *(*TELLABLE, PERSON, name, after, limit),
    )


def count_pending(store: Store, name: str, scope: Scope | None = None) -> int:
    """How many sightings ``pending`` gives in all; with a ``scope``, of those in it."""
    waiting = "FROM sighting WHERE state IN (?, ?) AND flank_by NOT IN (?, ?)"
    if scope is not None:
        return sum(row["id"] in scope.ids for row in store.all(f"SELECT id {waiting}", *TELLABLE, PERSON, name))
    return int(store.value(f"SELECT COUNT(*) {waiting}", *TELLABLE, PERSON, name))


def keep_guesses(store: Store, name: str, guesses: Iterable[tuple[int, Flank, float, float]]) -> None:
    """Keep what the network ``name`` thinks of sightings (id, flank, score, lean); a person's word always stays.

    The lean is the chance of the left side less that of the right, -1 to 1.
    """
    with store.write() as connection:
        connection.executemany(
            "UPDATE sighting SET flank = ?, flank_score = ?, flank_lean = ?, flank_by = ?"
            " WHERE id = ? AND flank_by != ?",
            [(flank, score, lean, name, sighting, PERSON) for sighting, flank, score, lean in guesses],
        )


def sides(store: Store, uids: Sequence[str] | None = None) -> dict[str, Side]:
    """The flank of the given sightings, or of all whose flank is known or was said by a person."""
    columns = "SELECT uid, flank, flank_score, flank_by FROM sighting"
    if uids is None:
        rows = store.all(f"{columns} WHERE flank != ? OR flank_by = ?", Flank.UNKNOWN, PERSON)
    else:
        rows = []
        for start in range(0, len(uids), 500):  # SQLite's limit on variables
            part = uids[start : start + 500]
            rows += store.all(f"{columns} WHERE uid IN ({','.join('?' * len(part))})", *part)
    people = [row["uid"] for row in rows if row["flank_by"] == PERSON]
    said = _standing(store.reader, people[0] if len(people) == 1 else None) if people else {}
    return {
        row["uid"]: Side(
            _flank(row["flank"]),
            row["flank_score"],
            row["flank_by"],
            said[row["uid"]][1] if row["flank_by"] == PERSON and row["uid"] in said else "",
        )
        for row in rows
    }


def was(store: Store, uid: str) -> dict[str, Any]:
    """What stands of a sighting now, for the evidence of an answer that is about to replace it."""
    row = store.one("SELECT flank, flank_score, flank_by FROM sighting WHERE uid = ?", uid)
    return {} if row is None else {"flank": row["flank"], "score": row["flank_score"], "by": row["flank_by"]}


def settle(connection: sqlite3.Connection, uid: str) -> None:
    """Derive one sighting's flank from the ledger, inside the transaction that has just changed the ledger."""
    standing = _standing(connection, uid).get(uid)
    if standing is not None:
        connection.execute(
            "UPDATE sighting SET flank = ?, flank_score = NULL, flank_by = ? WHERE uid = ?", (standing[0], PERSON, uid)
        )
        return
    guess = _guess(connection, uid)
    connection.execute(
        "UPDATE sighting SET flank = ?, flank_score = ?, flank_by = ? WHERE uid = ? AND flank_by = ?",
        (_flank(guess.get("flank")), guess.get("score"), guess.get("by") or "", uid, PERSON),
    )


def replay(store: Store) -> int:
    """Derive the flank anew for every sighting that a person has judged; how many had come apart from the ledger."""
    strayed = apart(store)
    if strayed:
        with store.write() as connection:
            for uid in strayed:
                settle(connection, uid)
    return len(strayed)


def apart(store: Store) -> list[str]:
    """The sightings whose flank is not what the ledger gives."""
    standing = _standing(store.reader)
    kept = {row["uid"]: row["flank"] for row in store.all("SELECT uid, flank FROM sighting WHERE flank_by = ?", PERSON)}
    known = {row["uid"] for row in store.all("SELECT uid FROM sighting")} if standing else set()
    strayed = [uid for uid, (flank, _) in standing.items() if uid in known and kept.get(uid) != flank]
    return strayed + [uid for uid in kept if uid not in standing]


def _standing(connection: sqlite3.Connection, uid: str | None = None) -> dict[str, tuple[Flank, str]]:
    """Sighting → (flank, initials) of the newest answer on its flank that was not taken back."""
    only, values = ("", ()) if uid is None else (" AND a = ?", (uid,))
    rows = connection.execute(
        "SELECT a, evidence, initials FROM decision LEFT JOIN reviewer ON reviewer.id = reviewer_id"
        # Spelt out, so that the index on answers about flanks is used.
        f" WHERE kind = 'flank'{only} AND NOT EXISTS (SELECT 1 FROM decision AS back WHERE back.target = decision.uid"
        " AND back.kind = 'undo') ORDER BY decision.id",
        values,
    )
    return {row["a"]: (_flank(json.loads(row["evidence"]).get("flank")), row["initials"] or "") for row in rows}


def _guess(connection: sqlite3.Connection, uid: str) -> dict[str, Any]:
    """The program's last word before a person's, as the answers remember it; empty where there was none."""
    rows = connection.execute("SELECT evidence FROM decision WHERE kind = 'flank' AND a = ? ORDER BY id DESC", (uid,))
    for row in rows:
        before = json.loads(row["evidence"]).get("was") or {}
        if before.get("by") != PERSON:
            return dict(before)
    return {}


def _flank(value: object) -> Flank:
    try:
        return Flank(str(value))
    except ValueError:
        return Flank.UNKNOWN
