"""What was answered about an individual, which sightings were called unusable, and the photographs beside one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spotid.project import individuals, views
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import Verdict

_PARTING = (Verdict.SPLIT, Verdict.RELEASE)
_STANDS = "uid NOT IN (SELECT target FROM decision WHERE kind = 'undo')"
_TAKEN = "(SELECT MIN(taken.id) FROM decision AS taken WHERE taken.target = decision.uid AND taken.kind = 'undo')"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a history shows it. ``taken_back``: the row that took it back."""

    row: int
    uid: str
    kind: str
    a: str | None
    b: str | None
    at: str
    reviewer: str
    taken_back: int | None
    evidence: Mapping[str, Any]


def of_individual(store: Store, number: int, before: int | None = None, limit: int = 30) -> list[Told]:
    """Answers about an individual's sightings, newest first, with rows below ``before``; also those taken back."""
    members = individuals.members(store, number)
    below = before if before is not None else 1 << 62
    parted = [
        row["id"]
        for row in store.all("SELECT id, evidence FROM decision WHERE kind IN (?, ?) AND id < ?", *_PARTING, below)
        if members.intersection(_named(json.loads(row["evidence"])))
    ]
    rows = store.all(
        "WITH members AS (SELECT sighting_uid FROM identity JOIN individual ON individual.id = individual_id"
        "   WHERE number = ?2)"
        f" SELECT decision.*, initials, {_TAKEN} AS taken_back FROM decision"
        " LEFT JOIN reviewer ON reviewer.id = reviewer_id WHERE kind != 'undo' AND decision.id < ?1"
        " AND (a IN members OR b IN members OR decision.id IN (SELECT value FROM json_each(?3)))"
        " ORDER BY decision.id DESC LIMIT ?4",
        *(below, number, json.dumps(parted), limit),
    )
    return [_told(row) for row in rows]


def _named(evidence: Mapping[str, Any]) -> list[str]:
    """The sightings that an answer about parts of an individual names."""
    return [uid for part in ("out", "stay") for uid in evidence.get(part) or () if isinstance(uid, str)]


def links(store: Store) -> list[Told]:
    """Standing answers that a left-only and a right-only animal are one, oldest first."""
    rows = store.all(
        "SELECT decision.*, initials, NULL AS taken_back FROM decision LEFT JOIN reviewer ON reviewer.id = reviewer_id"
        f" WHERE kind = ? AND decision.{_STANDS} ORDER BY decision.id",
        Verdict.LINK,
    )
    return [_told(row) for row in rows]


def unusable(store: Store, after: int = 0, limit: int = 60) -> list[sqlite3.Row]:
    """Answers by which sightings were called unusable and which stand, newest first, with the sighting's facts.

    ``after``: the row of the last answer of the page before.
    """
    return store.all(
        "SELECT decision.id AS row, decision.uid AS answer, made_at, initials, evidence, sighting.uid, flank, quality,"
        " recipe, media.uid AS media_uid, captured_at, station.name AS station,"
        " (SELECT code FROM identity JOIN individual ON individual.id = individual_id"
        "   WHERE sighting_uid = sighting.uid) AS code"
        f" FROM decision JOIN sighting ON sighting.uid = decision.a AND sighting.state NOT IN {OUT_SQL}"
        " JOIN media ON media.id = media_id LEFT JOIN station ON station.id = station_id"
        " LEFT JOIN reviewer ON reviewer.id = reviewer_id"
        f" WHERE decision.kind = 'unusable' AND decision.{_STANDS} AND (?1 = 0 OR decision.id < ?1)"
        " ORDER BY decision.id DESC LIMIT ?2",
        *(after, limit),
    )


def count_unusable(store: Store) -> int:
    """How many answers ``unusable`` gives in all."""
    return int(
        store.value(
            f"SELECT COUNT(*) FROM decision JOIN sighting ON sighting.uid = a AND state NOT IN {OUT_SQL}"
            f" WHERE kind = 'unusable' AND decision.{_STANDS}"
        )
    )


def boxes(store: Store, media_id: int) -> list[sqlite3.Row]:
    """The present sightings of a photograph with their individuals, from left to right."""
    return store.all(
        "SELECT sighting.id, sighting.uid, x, y, w, h, flank, flank_by, flank_score, quality, recipe, score, boxed_by,"
        " individual.number, individual.code, individual.name,"
        # An answer may cover other frames of the visit, which its evidence names.
        " (SELECT decision.uid FROM decision WHERE kind = 'unusable' AND (a = sighting.uid OR"
        f"   evidence LIKE '%\"with\"%\"' || sighting.uid || '\"%') AND {_STANDS} ORDER BY id DESC LIMIT 1) AS unusable"
        " FROM sighting LEFT JOIN identity ON sighting_uid = sighting.uid"
        " LEFT JOIN individual ON individual.id = individual_id"
        f" WHERE media_id = ? AND sighting.state NOT IN {OUT_SQL} ORDER BY x, y, sighting.id",
        media_id,
    )


def visit(store: Store, number: int | None, limit: int = 60) -> list[sqlite3.Row]:
    """The photographs of one visit, in order of time."""
    if number is None:
        return []
    return store.all(
        "SELECT id, uid, captured_at, camera FROM media WHERE visit = ? AND state IN ('animal', 'no_animal')"
        " ORDER BY captured_at, id LIMIT ?",
        *(number, limit),
    )


def beside(store: Store, media_id: int) -> tuple[str | None, str | None]:
    """The uids of the photographs before and after this one at its station, in order of time."""
    around = (
        "SELECT other.uid FROM media AS this JOIN media AS other ON other.station_id IS this.station_id"
        " AND other.state IN ('animal', 'no_animal') WHERE this.id = ? AND"
        " (COALESCE(other.captured_at, '9999'), other.id) {} (COALESCE(this.captured_at, '9999'), this.id)"
        " ORDER BY COALESCE(other.captured_at, '9999') {}, other.id {} LIMIT 1"
    )
    return store.value(around.format("<", "DESC", "DESC"), media_id), store.value(
        around.format(">", "ASC", "ASC"), media_id
    )


def on_shelf_beside(store: Store, shelf: str, media_id: int) -> tuple[str | None, str | None]:
    """The uids of the files before and after this one on a shelf."""
    following = views.on_shelf(store, shelf, media_id, 1)
    return views.before(store, shelf, media_id), following[0]["uid"] if following else None


def station_name(store: Store, station_id: int | None) -> str | None:
    """The name of a station; None where a photograph has none."""
    return store.value("SELECT name FROM station WHERE id = ?", station_id)


def _told(row: sqlite3.Row) -> Told:
    return Told(
        *(row["id"], row["uid"], row["kind"], row["a"], row["b"], row["made_at"], row["initials"] or ""),
        *(row["taken_back"], json.loads(row["evidence"])),
    )
