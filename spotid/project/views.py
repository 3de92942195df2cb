"""The shelves: a partition of all files found, so that nothing vanishes quietly."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store

# One row for each file: whether any, or all, of its sightings are settled. Withdrawn boxes count for nothing here, and
# animals of other species only where nothing else is in the picture.
_FILES = f"""
SELECT media.id, media.uid, media.relpath, media.captured_at, media.state, media.problem,
       media.problem_detail, station.name AS station,
       (SELECT clip.relpath FROM media AS clip WHERE clip.id = media.parent_id) AS clip,
       (SELECT sighting.uid FROM sighting WHERE sighting.media_id = media.id AND sighting.state != 'withdrawn'
          ORDER BY sighting.state = 'other', sighting.id LIMIT 1) AS sighting_uid,
       (SELECT GROUP_CONCAT(DISTINCT individual.code) FROM sighting
          JOIN identity ON identity.sighting_uid = sighting.uid
          JOIN individual ON individual.id = identity.individual_id WHERE sighting.media_id = media.id
          AND sighting.state NOT IN {OUT_SQL}) AS code,
       (media.id IN (SELECT media_id FROM sighting WHERE sighting.state = 'other') AND NOT EXISTS (SELECT 1
          FROM sighting WHERE sighting.media_id = media.id AND sighting.state NOT IN {OUT_SQL})) AS others,
       EXISTS (SELECT 1 FROM sighting WHERE sighting.media_id = media.id AND sighting.state NOT IN {OUT_SQL}
          AND sighting.uid NOT IN (SELECT sighting_uid FROM identity)
          AND sighting.uid NOT IN (SELECT a FROM unusable)) AS waiting
FROM media LEFT JOIN station ON station.id = media.station_id
"""
_UNUSABLE = """
WITH said AS (SELECT a, evidence FROM decision WHERE kind = 'unusable'
  AND uid NOT IN (SELECT target FROM decision WHERE kind = 'undo')),
unusable AS (SELECT a FROM said UNION SELECT covered.value FROM said, json_each(said.evidence, '$.with') AS visit,
  json_each(visit.value) AS covered)
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf: its name for people, what lies there, and the condition on a row of files."""

    label: str
    sentence: str
    condition: str


SHELVES = {
    "review": Shelf(
        "To review",
        "An animal was found, and not every animal in the picture is identified yet.",
        "state = 'animal' AND waiting",
    ),
    "identified": Shelf(
        "Identified",
        "Every animal in the picture is identified.",
        "state = 'animal' AND NOT waiting AND code IS NOT NULL",
    ),
    "unusable": Shelf(
        "Unidentifiable",
        "You said that nobody can be identified here.",
        "state = 'animal' AND NOT waiting AND code IS NULL AND NOT others",
    ),
    "other": Shelf(
        "Other species",
        "Only animals of another species are in the picture; look through them, or send some back.",
        "state = 'animal' AND others",
    ),
    "no_animal": Shelf("No animal found", "Look through these: the search may have missed one.", "state = 'no_animal'"),
    "unread": Shelf("Not read yet", "Found in the folder; the run has not come to these files.", "state = 'found'"),
    "unsearched": Shelf(
        "Not searched yet", "Read; the search for animals has not come to these files.", "state = 'read'"
    ),
    "clip": Shelf(
        "Clips", "Still pictures were taken out of these; they stand on the other shelves.", "state = 'clip'"
    ),
    "problem": Shelf("Problems", "These files could not be used; each says why.", "state = 'problem'"),
    "missing": Shelf("Missing", "These files were here before and are not there now.", "state = 'missing'"),
}


def shelf_counts(store: Store) -> dict[str, int]:
    """How many files lie on each shelf."""
    sums = ", ".join(f"COALESCE(SUM({shelf.condition}), 0) AS {key}" for key, shelf in SHELVES.items())
    row = store.one(f"{_UNUSABLE} SELECT {sums} FROM ({_FILES})")
    assert row is not None, "a sum always gives a row"
    return {key: int(row[key]) for key in SHELVES}


def on_shelf(store: Store, shelf: str, after: int, limit: int) -> list[sqlite3.Row]:
    """Files of one shelf with ids above ``after``."""
    condition = SHELVES[shelf].condition
    return store.all(
        f"{_UNUSABLE} SELECT * FROM ({_FILES}) WHERE {condition} AND id > ? ORDER BY id LIMIT ?", after, limit
    )


def before(store: Store, shelf: str, media_id: int) -> str | None:
    """The uid of the file before this one on a shelf."""
    condition = SHELVES[shelf].condition
    row = store.one(
        f"{_UNUSABLE} SELECT uid FROM ({_FILES}) WHERE {condition} AND id < ? ORDER BY id DESC LIMIT 1", media_id
    )
    return None if row is None else str(row["uid"])


def singletons(store: Store) -> int:
    """How many individuals have been seen in one sighting only: the place to look for animals missed before."""
    row = store.one(
        "SELECT COUNT(*) AS n FROM (SELECT identity.individual_id FROM identity JOIN sighting"
        " ON sighting.uid = identity.sighting_uid"
        f" WHERE sighting.state NOT IN {OUT_SQL} GROUP BY identity.individual_id HAVING COUNT(*) = 1)"
    )
    return 0 if row is None else int(row["n"])


def drawn_waiting(store: Store) -> int:
    """How many boxes that people drew have not been described yet: the next run does that."""
    return int(store.value("SELECT COUNT(*) FROM sighting WHERE state = 'detected' AND boxed_by = 'person'"))
