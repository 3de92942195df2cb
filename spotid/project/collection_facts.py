"""What collections say of where and when photographs were taken, and of what is on them, goes into their rows.

The newest collection's word on a file counts, an empty cell says nothing, and what a person said stays.
"""

from __future__ import annotations

import sqlite3

from spotid.project import notes
from spotid.project.store import Store
from spotid.words import MediaState

FACTS_DUE = "facts_due"  # a note: "1" since files or collections have come or gone, until their facts are written
SAME_PLACE = 0.002  # degrees, about 200 m: further apart, the rows of a station do not agree on where it is
MOMENT = 16  # letters of a day with a time of day; a day alone says no moment
SHEET, FOLDER = "sheet", "folder"

# The newest row of each file that says anything of one thing, of collections that stand.
_NEWEST = """
WITH newest AS (
  SELECT MAX(collection_row.id) AS id FROM collection_row
  JOIN collection ON collection.id = collection_id AND taken_back_at IS NULL
  WHERE relpath != '' AND {says} GROUP BY collection_row.root_id, relpath
), said AS (
  SELECT collection_row.*, CASE kind WHEN 'sorted' THEN 'folder' ELSE 'sheet' END AS told_by
  FROM newest JOIN collection_row ON collection_row.id = newest.id JOIN collection ON collection.id = collection_id
)
"""
_OF_FILE = "said.root_id = media.root_id AND said.relpath = media.relpath"


def apply_facts(store: Store) -> int:
    """Write what stands in the rows of collections into ``media`` and ``station``, where that is due; how many values
    have changed.

    Times go into ``clock_at``, as a camera's clock tells them, so ``clocks.settle`` has to follow.
    """
    if store.readonly or notes.get(store, FACTS_DUE, "1") != "1":
        return 0
    with store.write() as connection:
        before = connection.total_changes
        for part in (_species, _stations, _places, _coordinates, _times):
            part(connection)
        changed = connection.total_changes - before
        connection.execute("INSERT OR REPLACE INTO note VALUES (?, '')", (FACTS_DUE,))
    return changed


def due(store: Store) -> None:
    """Files were found or will be read anew: what collections say of them has to be written again."""
    if notes.get(store, FACTS_DUE, "1") != "1":
        notes.put(store, FACTS_DUE, "1")


def _species(connection: sqlite3.Connection) -> None:
    connection.execute(
        _NEWEST.format(says="species != ''") + "UPDATE media SET said_species = said.species, said_by = said.told_by"
        f" FROM said WHERE {_OF_FILE} AND said_by IN ('', 'sheet', 'folder')"
        " AND (said_species, said_by) IS NOT (said.species, said.told_by)"
    )


def _stations(connection: sqlite3.Connection) -> None:
    newest = _NEWEST.format(says="station != ''")
    connection.execute(newest + "INSERT OR IGNORE INTO station (name) SELECT DISTINCT station FROM said WHERE true")
    connection.execute(
        newest + "UPDATE media SET station_id = station.id, station_by = said.told_by"
        f" FROM said JOIN station ON station.name = said.station WHERE {_OF_FILE}"
        " AND station_by NOT IN ('person', 'package')"
        " AND (media.station_id, station_by) IS NOT (station.id, said.told_by)"
    )


def _places(connection: sqlite3.Connection) -> None:
    """Where a station is, where its rows agree on it and nobody else has said."""
    connection.execute(
        _NEWEST.format(says="latitude IS NOT NULL AND longitude IS NOT NULL AND station != ''")
        + ", placed AS (SELECT station, AVG(latitude) AS y, AVG(longitude) AS x FROM said"
        " GROUP BY station COLLATE NOCASE"
        " HAVING MAX(latitude) - MIN(latitude) < ?1 AND MAX(longitude) - MIN(longitude) < ?1)"
        " UPDATE station SET latitude = placed.y, longitude = placed.x, placed_by = 'sheet' FROM placed"
        " WHERE placed.station = station.name AND x_m IS NULL AND (latitude IS NULL OR placed_by = 'sheet')"
        " AND (latitude IS NULL OR ABS(latitude - placed.y) > 1e-9 OR ABS(longitude - placed.x) > 1e-9)",
        (SAME_PLACE,),
    )


def _coordinates(connection: sqlite3.Connection) -> None:
    connection.execute(
        _NEWEST.format(says="latitude IS NOT NULL AND longitude IS NOT NULL")
        + "UPDATE media SET gps_latitude = said.latitude, gps_longitude = said.longitude FROM said"
        f" WHERE {_OF_FILE} AND (gps_latitude, gps_longitude) IS NOT (said.latitude, said.longitude)"
    )


def _times(connection: sqlite3.Connection) -> None:
    connection.execute(
        _NEWEST.format(says=f"LENGTH(taken) >= {MOMENT}")
        + "UPDATE media SET clock_at = said.taken, time_source = 'sheet' FROM said"
        f" WHERE {_OF_FILE} AND COALESCE(time_source, '') != 'person' AND media.state NOT IN (?, ?)"
        " AND (clock_at, time_source) IS NOT (said.taken, 'sheet')",
        (MediaState.FOUND, MediaState.MISSING),  # what is not read yet is told when it has been
    )


def forget(connection: sqlite3.Connection, collection_id: int) -> int:
    """A collection was taken back: the files that it told a station, a time or a species of are read again by the next
    run, and what their folders and cameras say counts again. To be called once the collection is marked.

    The plus keeps the database from going through the whole collection for each file.
    """
    connection.execute("INSERT OR REPLACE INTO note VALUES (?, '1')", (FACTS_DUE,))
    connection.execute(
        "UPDATE media SET said_species = '', said_by = '' WHERE said_by IN ('sheet', 'folder') AND EXISTS"
        " (SELECT 1 FROM collection_row AS said WHERE +collection_id = ? AND species != ''"
        " AND said.root_id = media.root_id AND said.relpath = media.relpath)",
        (collection_id,),
    )
    return connection.execute(
        "UPDATE media SET state = ?2, station_id = NULL, station_by = '', gps_latitude = NULL, gps_longitude = NULL,"
        " clock_at = NULL, captured_at = NULL, time_source = NULL,"
        " deployment_by = CASE deployment_by WHEN 'package' THEN '' ELSE deployment_by END"
        " WHERE state NOT IN (?2, ?3, ?4) AND (time_source = 'sheet' OR station_by IN ('sheet', 'folder', 'package'))"
        " AND EXISTS (SELECT 1 FROM collection_row AS said WHERE +collection_id = ?1"
        " AND (station != '' OR taken IS NOT NULL OR latitude IS NOT NULL)"
        " AND said.root_id = media.root_id AND said.relpath = media.relpath)",
        (collection_id, MediaState.FOUND, MediaState.MISSING, MediaState.PROBLEM),
    ).rowcount
