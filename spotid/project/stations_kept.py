"""The stations of a project: their names and places, and which photographs have none. See ``clocks.settle`` for what
follows from a change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import cameras
from spotid.project.sightings import SHOWS_OURS
from spotid.project.store import Store

LONGEST = 100  # letters of a name
PERSON = "person"
FARTHEST_M = 20_000_000.0  # half way around the earth
# Of a clip its stills are counted, and the clip itself where it has none.
COUNTED = (
    "media.state != 'missing' AND (media.kind != 'clip' OR NOT EXISTS"
    " (SELECT 1 FROM media AS still WHERE still.parent_id = media.id AND still.state != 'missing'))"
)
_STATIONS = f"""
SELECT station.id, name, latitude, longitude, x_m, y_m, placed_by, sensitive, COUNT(media.id) AS photographs,
       COALESCE(SUM({SHOWS_OURS}), 0) AS animals, MIN(captured_at) AS first, MAX(captured_at) AS last,
       json_group_array(DISTINCT camera) AS cameras,
       (SELECT COUNT(*) FROM deployment WHERE station_id = station.id) AS deployments
FROM station LEFT JOIN media ON media.station_id = station.id AND {COUNTED}
"""


@dataclass(frozen=True, slots=True)
class Station:
    """A place where cameras stand. ``placed_by``: "", "table", "person", "photographs", "sheet" or "package".

    ``x_m``, ``y_m``: metres east and north of any one point, where that is all that is known of it.
    """

    id: int
    name: str
    latitude: float | None
    longitude: float | None
    x_m: float | None
    y_m: float | None
    placed_by: str
    sensitive: bool
    photographs: int
    animals: int
    cameras: tuple[str, ...]
    first: str | None
    last: str | None
    deployments: int


@dataclass(frozen=True, slots=True)
class Folder:
    """Photographs of one folder that have no station; ``uid`` is one of them."""

    folder: str
    photographs: int
    uid: str


def stations(store: Store) -> list[Station]:
    """All stations, by name."""
    return [_read(row) for row in store.all(f"{_STATIONS} GROUP BY station.id ORDER BY name COLLATE NOCASE")]


def station(store: Store, station_id: int) -> Station:
    """One station. Raises NotFoundError."""
    row = store.one(f"{_STATIONS} WHERE station.id = ? GROUP BY station.id", station_id)
    if row is None:
        raise _missing()
    return _read(row)


def add(
    store: Store,
    name: str,
    latitude: float | None = None,
    longitude: float | None = None,
    sensitive: bool = True,
    by: str = PERSON,
) -> int:
    """A new station; its id. Raises BadRequestError for a name that is there, or is none."""
    name = _named(name)
    _free(store, name)
    _check(latitude, longitude)
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO station (name, latitude, longitude, placed_by, sensitive) VALUES (?, ?, ?, ?, ?)",
            (name, latitude, longitude, "" if latitude is None else by, int(sensitive)),
        )
        return int(cursor.lastrowid or 0)


def rename(store: Store, station_id: int, name: str) -> None:
    """Give a station another name. Raises BadRequestError where another station has it."""
    station(store, station_id)
    name = _named(name)
    _free(store, name, station_id)
    with store.write() as connection:
        connection.execute("UPDATE station SET name = ? WHERE id = ?", (name, station_id))


def place(store: Store, station_id: int, latitude: float | None, longitude: float | None, by: str = PERSON) -> None:
    """Say where a station is, in degrees; None and None takes its place away."""
    station(store, station_id)
    _check(latitude, longitude)
    with store.write() as connection:
        connection.execute(
            "UPDATE station SET latitude = ?, longitude = ?, x_m = NULL, y_m = NULL, placed_by = ? WHERE id = ?",
            (latitude, longitude, "" if latitude is None else by, station_id),
        )


def place_beside(store: Store, station_id: int, x_m: float, y_m: float, by: str = PERSON) -> None:
    """Say where a station is beside the others, in metres east and north of any one point; its degrees go."""
    station(store, station_id)
    check_beside(x_m, y_m)
    with store.write() as connection:
        connection.execute(
            "UPDATE station SET latitude = NULL, longitude = NULL, x_m = ?, y_m = ?, placed_by = ? WHERE id = ?",
            (x_m, y_m, by, station_id),
        )


def keep_sensitive(store: Store, station_id: int | None, sensitive: bool) -> None:
    """Say whether the place of a station (None: of every one) is told to nobody unless a person asks for it."""
    if station_id is not None:
        station(store, station_id)
    with store.write() as connection:
        connection.execute(
            "UPDATE station SET sensitive = ?1 WHERE ?2 IS NULL OR id = ?2", (int(sensitive), station_id)
        )


def join(store: Store, station_id: int, into_id: int) -> None:
    """Make two spellings of one station one: photographs, deployments with their words and outages, and the place."""
    one, other = station(store, station_id), station(store, into_id)
    if one.id == other.id:
        raise BadRequestError("A station can't be joined to itself.", "Choose the other spelling.")
    with store.write() as connection:
        connection.execute(
            "UPDATE media SET station_id = ?, station_by = ? WHERE station_id = ?", (other.id, PERSON, one.id)
        )
        for row in connection.execute("SELECT * FROM deployment WHERE station_id = ?", (one.id,)).fetchall():
            twin = connection.execute(
                "SELECT id FROM deployment WHERE station_id = ? AND camera = ? AND starts_at IS ?",
                (other.id, row["camera"], row["starts_at"]),
            ).fetchone()
            if twin is None:
                connection.execute("UPDATE deployment SET station_id = ? WHERE id = ?", (other.id, row["id"]))
                continue
            for table in ("clock_word", "outage", "media"):
                connection.execute(
                    f"UPDATE {table} SET deployment_id = ? WHERE deployment_id = ?", (twin["id"], row["id"])
                )
            connection.execute("DELETE FROM deployment WHERE id = ?", (row["id"],))
        if other.latitude is None and other.x_m is None:
            connection.execute(
                "UPDATE station SET latitude = ?, longitude = ?, x_m = ?, y_m = ?, placed_by = ? WHERE id = ?",
                (one.latitude, one.longitude, one.x_m, one.y_m, one.placed_by, other.id),
            )
        connection.execute("DELETE FROM station WHERE id = ?", (one.id,))


def remove(store: Store, station_id: int) -> None:
    """Take a station away that has no photographs. Raises BadRequestError for any other."""
    from spotid.project.settling import forget

    name = station(store, station_id).name
    with store.write() as connection:
        if connection.execute("SELECT 1 FROM media WHERE station_id = ? LIMIT 1", (station_id,)).fetchone():
            raise BadRequestError(
                f"“{name}” has photographs.", "Join it to another station, or give its photographs one first."
            )
        for row in connection.execute("SELECT id FROM deployment WHERE station_id = ?", (station_id,)).fetchall():
            forget(connection, row["id"])
        connection.execute("DELETE FROM station WHERE id = ?", (station_id,))


def without(store: Store) -> list[Folder]:
    """The photographs that were read and have no station, folder by folder, most first."""
    counts: dict[str, list[str]] = {}
    for row in store.all(
        "SELECT relpath, uid FROM media WHERE station_id IS NULL AND kind != 'still'"
        " AND state NOT IN ('found', 'missing', 'problem') ORDER BY id"
    ):
        counts.setdefault(row["relpath"].rpartition("/")[0], []).append(row["uid"])
    found = [Folder(folder, len(uids), uids[len(uids) // 2]) for folder, uids in counts.items()]
    return sorted(found, key=lambda one: (-one.photographs, one.folder))


def give(store: Store, folder_or_uids: str | Sequence[str], station_id: int, camera: str = "") -> int:
    """Give photographs a station: those of a folder that have none, or these. Returns how many."""
    station(store, station_id)
    values = (station_id, PERSON, camera.strip()[:LONGEST])
    change = "UPDATE media SET station_id = ?, station_by = ?, camera = CASE WHEN ?3 = '' THEN camera ELSE ?3 END"
    with store.write() as connection:
        if isinstance(folder_or_uids, str):
            ids = [
                row["id"]
                for row in connection.execute("SELECT id, relpath FROM media WHERE station_id IS NULL").fetchall()
                if row["relpath"].rpartition("/")[0] == folder_or_uids
            ]
        else:
            ids = [
                row["id"]
                for row in connection.execute(
                    "SELECT id FROM media WHERE uid IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(folder_or_uids)),),
                )
            ]
        connection.executemany(f"{change} WHERE id = ?4", [(*values, one) for one in ids])
    return len(ids)


def _read(row: sqlite3.Row) -> Station:
    values = dict(row)
    named = json.loads(values.pop("cameras")) if row["photographs"] else []
    return Station(**{**values, "sensitive": bool(row["sensitive"]), "cameras": cameras.told(named)})


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadRequestError(
            "A station needs a name.", f"Use up to {LONGEST} letters, as your folders or file names have it."
        )
    return plain


def _free(store: Store, name: str, own: int | None = None) -> None:
    known = store.one("SELECT id, name FROM station WHERE name = ?", name)
    if known is not None and known["id"] != own:
        raise BadRequestError(
            f"There is a station “{known['name']}” already.",
            "Choose another name. Where both are one place, join the two.",
        )


def _check(latitude: float | None, longitude: float | None) -> None:
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise BadRequestError("Only one of latitude and longitude is told.", "Write both, or neither.")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        hint = " The two may be in each other's place." if abs(longitude) <= 90 < abs(latitude) <= 180 else ""
        raise BadRequestError(
            f"{latitude:g} and {longitude:g} are no place on the earth.{hint}",
            "Latitudes go from -90 to 90 degrees, longitudes from -180 to 180.",
        )
    if latitude == 0 and longitude == 0:
        raise BadRequestError(
            "0 and 0 is what devices write that know no place.", "Leave both empty until you know better."
        )


def check_beside(x_m: float, y_m: float) -> None:
    """Raises BadRequestError for metres that can't be between stations."""
    if not (abs(x_m) <= FARTHEST_M and abs(y_m) <= FARTHEST_M):
        raise BadRequestError(
            f"“{x_m:g} / {y_m:g}” are no metres between stations.", "Look at the numbers, and whether they are metres."
        )


def _missing() -> NotFoundError:
    return NotFoundError("There is no such station.", "Look at the list; somebody may have joined it to another.")
