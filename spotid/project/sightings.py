"""Sightings: one animal's box in one picture; the thing that has an identity."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spotid.boxes import Box
from spotid.project.scope import Scope
from spotid.project.store import Store
from spotid.words import MediaState, SightingState

# Neither withdrawn nor of another species: what lists, pages about animals and exports are made of.
OUT = (SightingState.WITHDRAWN, SightingState.OTHER)
DETECTOR = "detector"  # who told a species that the detector told along with the box
ORIGINAL = "original"  # who boxed what came from the original SpotID: each of its crops is one box
OUT_SQL = "('" + "', '".join(OUT) + "')"
# The condition that a file shows an animal that individuals are told apart of, or may.
SHOWS_OURS = (
    f"(media.state = 'animal' AND media.id IN (SELECT media_id FROM sighting WHERE sighting.state NOT IN {OUT_SQL}))"
)

FACTS = """
SELECT sighting.id, sighting.uid, sighting.x, sighting.y, sighting.w, sighting.h, sighting.score, sighting.how,
       sighting.boxed_by, sighting.species, sighting.species_score, sighting.species_by, sighting.flank,
       sighting.quality, sighting.recipe, sighting.cut_score, sighting.state,
       media.id AS media_id, media.uid AS media_uid, media.relpath, media.root_id, media.width, media.height,
       media.captured_at, media.camera, media.visit, media.sha256, media.bytes, media.modified_ns,
       media.parent_id, media.at_ms, station.name AS station
FROM sighting JOIN media ON media.id = sighting.media_id LEFT JOIN station ON station.id = media.station_id
"""


@dataclass(frozen=True, slots=True)
class NewSighting:
    """A box to be kept. ``species`` where the detector itself tells what it is: a person, a vehicle."""

    box: Box
    score: float
    how: str
    species: str = ""


def sighting_uid(media_uid: str, box: Box, attempt: int = 0) -> str:
    """A name for a box that is the same wherever the same picture was searched by the same recipe."""
    text = f"{media_uid} {box.x:.4f} {box.y:.4f} {box.w:.4f} {box.h:.4f} {attempt}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep_detections(store: Store, found: Iterable[tuple[int, Sequence[NewSighting]]], boxed_by: str) -> None:
    """Keep what the detector found in each file; a file without an animal goes to that shelf.

    Boxes that exist already stay, with their answers.
    """
    with store.write() as connection:
        for media_id, boxes in found:
            row = connection.execute("SELECT uid FROM media WHERE id = ?", (media_id,)).fetchone()
            for new in boxes:
                insert(connection, media_id, row["uid"], new, boxed_by)
            state = MediaState.ANIMAL if boxes else MediaState.NO_ANIMAL
            connection.execute("UPDATE media SET state = ? WHERE id = ?", (state, media_id))


def insert(connection: sqlite3.Connection, media_id: int, media_uid: str, new: NewSighting, boxed_by: str) -> str:
    """Add one box and return its uid."""
    box, attempt = new.box.clipped(), 0
    uid = sighting_uid(media_uid, box)
    while True:
        known = connection.execute("SELECT media_id FROM sighting WHERE uid = ?", (uid,)).fetchone()
        if known is None:
            break
        if known["media_id"] == media_id:
            return uid
        attempt += 1
        uid = sighting_uid(media_uid, box, attempt)
    told = (new.species, DETECTOR if new.species else "", new.score if new.species else None)
    connection.execute(
        "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, how, species, species_by, species_score)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (uid, media_id, box.x, box.y, box.w, box.h, new.score, boxed_by, new.how, *told),
    )
    return uid


def in_state(store: Store, state: str, limit: int, after: int = 0) -> list[sqlite3.Row]:
    """Up to ``limit`` sightings in ``state`` with ids above ``after``, with the facts of their pictures."""
    return store.all(
        f"{FACTS} WHERE sighting.state = ? AND sighting.id > ? ORDER BY sighting.id LIMIT ?", state, after, limit
    )


def to_crop(store: Store, roots: Iterable[int], limit: int, after: int = 0) -> list[sqlite3.Row]:
    """Up to ``limit`` sightings without a crop, whose pictures can be used and lie in one of these folders."""
    known = sorted(roots)
    return store.all(
        f"{FACTS} WHERE sighting.state = ? AND media.state = ? AND media.root_id IN ({','.join('?' * len(known))})"
        " AND sighting.id > ? ORDER BY sighting.id LIMIT ?",
        *(SightingState.DETECTED, MediaState.ANIMAL, *known, after, limit),
    )


def queue_uncropped(store: Store, roots: Iterable[int]) -> None:
    """Crop what came with its description and has no crop yet, where its picture was read and lies in one of these
    folders."""
    known = sorted(roots)
    with store.write() as connection:
        connection.execute(
            "UPDATE sighting SET state = ? WHERE state = ? AND recipe IS NULL AND media_id IN (SELECT id FROM media"
            f" WHERE state = ? AND small_seal IS NOT NULL AND root_id IN ({','.join('?' * len(known))}))",
            (SightingState.DETECTED, SightingState.EMBEDDED, MediaState.ANIMAL, *known),
        )


def keep_cropped(
    store: Store,
    sighting_id: int,
    *,
    recipe: str,
    cut_by: str,
    cut_score: float,
    quality: float,
    seal: str | None = None,
) -> None:
    """Note that a sighting's crop and cut-out are on the disk; ``seal`` is the checksum of its pictures.

    A crop that was lost and made again by the same recipe needs no new description. What was described on a crop made
    by another one, or nobody knows how, counts no more; but for what the original SpotID has described, which looked at
    crops of its own.
    """
    with store.write() as connection:
        connection.execute(
            "DELETE FROM embedding WHERE sighting_id IN (SELECT id FROM sighting WHERE id = ? AND recipe IS NOT ?)"
            " AND encoder_id NOT IN (SELECT id FROM encoder WHERE name = ?)",
            (sighting_id, recipe, ORIGINAL),
        )
        connection.execute(
            "UPDATE sighting SET recipe = ?1, cut_by = ?2, cut_score = ?3, quality = ?4, seal = ?5, problem = NULL,"
            " state = CASE WHEN state IN (?6, ?7) THEN state"  # taken out of the line meanwhile: stays so
            " WHEN recipe = ?1 AND id IN (SELECT sighting_id FROM embedding) THEN ?8 ELSE ?9 END WHERE id = ?10",
            (
                *(recipe, cut_by, cut_score, quality, seal),
                *(*OUT, SightingState.EMBEDDED, SightingState.CROPPED, sighting_id),
            ),
        )


def put_aside(store: Store, sighting_id: int, problem: str) -> None:
    """Note why a sighting can't be used."""
    with store.write() as connection:
        connection.execute(
            f"UPDATE sighting SET state = ?, problem = ? WHERE id = ? AND state NOT IN {OUT_SQL}",
            (SightingState.PROBLEM, problem, sighting_id),
        )


def facts(store: Store, uid: str) -> sqlite3.Row | None:
    """One sighting with the facts of its picture."""
    return store.one(f"{FACTS} WHERE sighting.uid = ?", uid)


def many(store: Store, uids: Sequence[str]) -> dict[str, sqlite3.Row]:
    """Several sightings with the facts of their pictures, by uid."""
    found: dict[str, sqlite3.Row] = {}
    for start in range(0, len(uids), 500):  # SQLite's limit on variables
        part = uids[start : start + 500]
        marks = ",".join("?" * len(part))
        found.update({row["uid"]: row for row in store.all(f"{FACTS} WHERE sighting.uid IN ({marks})", *part)})
    return found


def photo_mates(store: Store) -> list[list[str]]:
    """Sightings that share a photograph, and so are different animals; a withdrawn box may be the same animal."""
    rows = store.all(
        f"SELECT media_id, uid FROM sighting WHERE state NOT IN {OUT_SQL} AND media_id IN (SELECT media_id"
        f" FROM sighting WHERE state NOT IN {OUT_SQL} GROUP BY media_id HAVING COUNT(*) > 1) ORDER BY media_id, id"
    )
    groups: dict[int, list[str]] = {}
    for row in rows:
        groups.setdefault(row["media_id"], []).append(row["uid"])
    return list(groups.values())


def withdrawn(store: Store) -> frozenset[str]:
    """The uids of all sightings that were boxed anew or taken away, or are of another species."""
    rows = store.all(f"SELECT uid FROM sighting WHERE state IN {OUT_SQL}")
    return frozenset(row["uid"] for row in rows)


def count(store: Store, state: str | None = None, scope: Scope | None = None) -> int:
    """How many sightings there are in one state; without one, all but the withdrawn and those of other species.

    With a ``scope``, how many of its sightings are in that state.
    """
    if scope is not None:
        return sum(row["id"] in scope.ids for row in store.all("SELECT id FROM sighting WHERE state = ?", state))
    if state is None:
        return int(store.value(f"SELECT COUNT(*) FROM sighting WHERE state NOT IN {OUT_SQL}"))
    return int(store.value("SELECT COUNT(*) FROM sighting WHERE state = ?", state))
