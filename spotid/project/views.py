"""The shelves: a partition of all files found, so that nothing vanishes quietly."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from spotid.project.store import Store

# One row for each file: whether any, or all, of its sightings are settled. Withdrawn boxes count for nothing here.
_FILES = """
SELECT media.id, media.uid, media.relpath, media.captured_at, media.state, media.problem,
       media.problem_detail, station.name AS station,
       (SELECT sighting.uid FROM sighting WHERE sighting.media_id = media.id AND sighting.state != 'withdrawn'
          ORDER BY sighting.id LIMIT 1) AS sighting_uid,
       (SELECT GROUP_CONCAT(DISTINCT individual.code) FROM sighting
          JOIN identity ON identity.sighting_uid = sighting.uid
          JOIN individual ON individual.id = identity.individual_id WHERE sighting.media_id = media.id
          AND sighting.state != 'withdrawn') AS code,
       EXISTS (SELECT 1 FROM sighting WHERE sighting.media_id = media.id AND sighting.state != 'withdrawn'
          AND sighting.uid NOT IN (SELECT sighting_uid FROM identity)
          AND sighting.uid NOT IN (SELECT a FROM unusable)) AS waiting
FROM media LEFT JOIN station ON station.id = media.station_id
"""
_UNUSABLE = """
WITH unusable AS (SELECT a FROM decision WHERE kind = 'unusable'
  AND uid NOT IN (SELECT target FROM decision WHERE kind = 'undo'))
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
        "An animal was found and not every animal in the picture is identified yet.",
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
        "state = 'animal' AND NOT waiting AND code IS NULL",
    ),
    "no_animal": Shelf("No animal found", "Look through these: the search may have missed one.", "state = 'no_animal'"),
    "waiting": Shelf("Not worked on yet", "The run has not come to these files.", "state IN ('found', 'read')"),
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
