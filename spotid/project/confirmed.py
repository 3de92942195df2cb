"""What people have confirmed of described sightings: who is seen, from which side, on which visit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from spotid.project import results
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import Verdict

LEAST_ANIMALS = 8  # confirmed on two visits from one side: fewer can't show that what they teach helps


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One sighting whose individual is known."""

    id: int
    uid: str
    individual: int  # its number
    code: str
    visit: int | None
    flank: str
    flank_by: str
    flank_lean: float  # 1 left, -1 right, as the program thinks; 0 where it does not know


def sightings(store: Store, ids: Sequence[int]) -> list[Confirmed]:
    """Of the sightings ``ids`` those whose individual is known, about whom nothing contradicts anything; by id."""
    doubted = results.contradicted(store)
    rows = store.all(
        "SELECT sighting.id, sighting.uid, individual.number, individual.code, media.visit, sighting.flank,"
        " sighting.flank_by, COALESCE(sighting.flank_lean, 0.0) AS lean FROM identity"
        " JOIN individual ON individual.id = identity.individual_id"
        " JOIN sighting ON sighting.uid = identity.sighting_uid JOIN media ON media.id = sighting.media_id"
        " WHERE sighting.id IN (SELECT value FROM json_each(?)) ORDER BY sighting.id",
        json.dumps([int(one) for one in ids]),
    )
    wrong = {row["number"] for row in rows if row["uid"] in doubted}
    return [Confirmed(*row) for row in rows if row["number"] not in wrong]


def compared(store: Store) -> list[tuple[int, int]]:
    """Pairs of sightings (row ids) that people compared and called the same: both show the same side then."""
    rows = store.all(
        "SELECT one.id AS a, two.id AS b FROM decision JOIN sighting AS one ON one.uid = decision.a"
        " JOIN sighting AS two ON two.uid = decision.b WHERE decision.kind = ? AND NOT EXISTS"
        " (SELECT 1 FROM decision AS back WHERE back.target = decision.uid AND back.kind = ?) ORDER BY decision.id",
        *(Verdict.SAME, Verdict.UNDO),
    )
    return [(row["a"], row["b"]) for row in rows]


def seen_again(store: Store) -> int:
    """How many individuals are confirmed on two visits or more, whatever the side."""
    return int(
        store.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM identity JOIN sighting ON sighting.uid = identity.sighting_uid"
            f" JOIN media ON media.id = sighting.media_id WHERE sighting.state NOT IN {OUT_SQL}"
            " GROUP BY individual_id HAVING COUNT(DISTINCT COALESCE(media.visit, -sighting.id)) > 1)"
        )
    )


def count(store: Store) -> int:
    """How many sightings have an individual now."""
    return int(
        store.value(
            "SELECT COUNT(*) FROM identity JOIN sighting ON sighting.uid = identity.sighting_uid"
            f" WHERE sighting.state NOT IN {OUT_SQL}"
        )
    )
