"""What matching needs to know of the sightings: visit, flank, time, place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spotid.project.folder import Project
from spotid.words import Flank

SURE_FLANK = 0.9  # from here on a flank counts as known


@dataclass
class Seen:
    """What matching needs to know of the sightings that have embeddings; ``ids`` are rows of the vectors' table."""

    ids: list[int]
    visit: np.ndarray  # (n,) int64; sightings without a visit have one of their own
    side: np.ndarray  # (n,) int8: -1 left, 1 right, 0 not known for sure
    time: list[str]
    places: dict[int, dict[int, float]] = field(default_factory=dict)  # visit → visits of the same place, how surely

    def __post_init__(self) -> None:
        self.row = {one: index for index, one in enumerate(self.ids)}

    def opposite(self, row: int) -> np.ndarray:
        """``(n,)`` bool: the sightings of the other flank; nobody's where one of the two is not known."""
        return np.asarray(self.side * self.side[row] < 0)


def seen(project: Project, ids: Sequence[int]) -> Seen:
    """Read what is known of these sightings, in their order."""
    facts = {
        row["id"]: row
        for row in project.store.all(
            "SELECT sighting.id, visit, flank, flank_score, flank_by, captured_at FROM sighting"
            " JOIN media ON media.id = media_id"
        )
    }
    side = {Flank.LEFT.value: -1, Flank.RIGHT.value: 1}
    sides, visits, times = [], [], []
    for one in ids:
        row = facts[one]
        sure = row["flank_by"] == "person" or (row["flank_score"] or 0.0) >= SURE_FLANK
        sides.append(side.get(row["flank"], 0) if sure else 0)
        visits.append(row["visit"] or -one)
        times.append(row["captured_at"] or "")
    return Seen(list(ids), np.array(visits, np.int64), np.array(sides, np.int8), times)
