"""What the page about species reads: the animals on the shelf of other species, and those that go on."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store

OTHERS, LINE = "others", "line"
_WHICH = {OTHERS: "sighting.state = 'other'", LINE: f"sighting.state NOT IN {OUT_SQL}"}
_OF = "FROM sighting JOIN media ON media.id = media_id LEFT JOIN station ON station.id = station_id"


@dataclass(frozen=True, slots=True)
class Told:
    """A name that was told of animals, by whom, and of how many; an empty name stands for those of whom none was."""

    species: str
    count: int
    by: tuple[str, ...]


def names(store: Store, which: str) -> list[Told]:
    """The names told of the animals on the shelf (``OTHERS``) or in the line (``LINE``), the most frequent first."""
    rows = store.all(
        f"SELECT species, COUNT(*) AS n, GROUP_CONCAT(DISTINCT species_by) AS said_by FROM sighting"
        f" WHERE {_WHICH[which]} GROUP BY species ORDER BY n DESC, species"
    )
    return [Told(row["species"], row["n"], tuple(filter(None, (row["said_by"] or "").split(",")))) for row in rows]


def count(store: Store, which: str, species: str | None = None) -> int:
    """How many animals are on the shelf or in the line, of one name or of all."""
    only, values = _only(species)
    return int(store.value(f"SELECT COUNT(*) FROM sighting WHERE {_WHICH[which]}{only}", *values))


def files(store: Store, which: str) -> int:
    """In how many pictures these animals are."""
    return int(store.value(f"SELECT COUNT(DISTINCT media_id) FROM sighting WHERE {_WHICH[which]}"))


def listed(store: Store, which: str, species: str | None, after: int, limit: int) -> list[sqlite3.Row]:
    """A page of animals in the order of their rows, those of one name or all, from after the row ``after`` on."""
    only, values = _only(species)
    return store.all(
        "SELECT sighting.id, sighting.uid, sighting.species, species_score, sighting.species_by, score, sighting.state,"
        " media.uid AS media_uid, relpath, captured_at, station.name AS station, (SELECT code FROM identity"
        "   JOIN individual ON individual.id = individual_id WHERE sighting_uid = sighting.uid) AS code"
        f" {_OF} WHERE {_WHICH[which]}{only} AND sighting.id > ? ORDER BY sighting.id LIMIT ?",
        *(*values, after, limit),
    )


def uids(store: Store, which: str, species: str | None) -> list[str]:
    """All animals of one name, or all, on the shelf or in the line."""
    only, values = _only(species)
    return [
        row["uid"] for row in store.all(f"SELECT uid FROM sighting WHERE {_WHICH[which]}{only} ORDER BY id", *values)
    ]


def in_picture(store: Store, media_id: int) -> list[str]:
    """The names told of the animals of other species in one picture, one for each animal."""
    rows = store.all(f"SELECT species FROM sighting WHERE media_id = ? AND {_WHICH[OTHERS]} ORDER BY x, id", media_id)
    return [row["species"] for row in rows]


def _only(species: str | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if species is None else (" AND sighting.species = ?", (species,))
