"""What is known of files that are in the project, in the columns of a sheet: what a later sheet is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store

BOTH = " / "  # between the names of several individuals in one photograph


@dataclass(frozen=True, slots=True)
class Known:
    """A file: where it lies, and what is known of it. ``name``: what its individuals go by, names before codes."""

    root: int
    relpath: str
    category: str
    name: str
    locality: str
    latitude: float | None
    longitude: float | None
    taken: str | None
    flank: str


def files(store: Store) -> Mapping[str, Known]:
    """Every photograph and clip by its path below its folder of originals; where two folders hold the same path, the
    folders' own names stand before it."""
    rows = store.all(
        "SELECT media.id, root_id, media.relpath, root.path AS root, said_species, clock_at, gps_latitude,"
        " gps_longitude, station.name AS station, station.latitude, station.longitude FROM media"
        " JOIN root ON root.id = root_id LEFT JOIN station ON station.id = station_id WHERE kind != 'still'"
        " ORDER BY media.root_id, media.relpath"
    )
    twice = {path for path, count in Counter(row["relpath"] for row in rows).items() if count > 1}
    animals = _animals(store)
    known: dict[str, Known] = {}
    for row in rows:
        path = f"{PurePath(row['root']).name}/{row['relpath']}" if row["relpath"] in twice else row["relpath"]
        own = animals.get(row["id"], [])
        latitude = row["latitude"] if row["gps_latitude"] is None else row["gps_latitude"]
        longitude = row["longitude"] if row["gps_longitude"] is None else row["gps_longitude"]
        flanks = {flank for _, flank in own} - {"unknown"}
        known[path] = Known(
            row["root_id"],
            row["relpath"],
            row["said_species"],
            BOTH.join(dict.fromkeys(name for name, _ in own if name)),
            row["station"] or "",
            latitude,
            longitude,
            row["clock_at"],
            flanks.pop() if len(flanks) == 1 else "",
        )
    return known


def _animals(store: Store) -> dict[int, list[tuple[str, str]]]:
    """File → what each of its animals goes by, and its flank."""
    found: dict[int, list[tuple[str, str]]] = {}
    for row in store.all(
        "SELECT COALESCE(media.parent_id, media.id) AS file, COALESCE(individual.name, individual.code, '') AS name,"
        " flank FROM sighting JOIN media ON media.id = media_id LEFT JOIN identity ON sighting_uid = sighting.uid"
        f" LEFT JOIN individual ON individual.id = individual_id WHERE sighting.state NOT IN {OUT_SQL}"
        " ORDER BY sighting.id"
    ):
        found.setdefault(row["file"], []).append((row["name"], row["flank"]))
    return found
