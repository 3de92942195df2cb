"""The stages *scan* and *read*: from a folder of originals to rows with dates, cameras, stations and small pictures."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from pathlib import Path
from typing import Any

from spotid.errors import DiskFullError, PictureError
from spotid.intake import clock, exif, scan, stations
from spotid.picture import open_file, upright, upright_size
from spotid.progress import Progress
from spotid.project import media, notes
from spotid.project.files import write_whole
from spotid.project.folder import Project
from spotid.words import MediaState, Problem

SCAN_BATCH = 500
STATIONS_FILE = "stations.csv"
STATION_LEVEL = "station_level"
SMALL_QUALITY = 85


def scan_roots(project: Project, progress: Progress) -> None:
    """Look for files in every folder of originals; new and changed ones are queued, gone ones marked."""
    progress.expect(0)
    for root_id, folder in media.roots(project.store).items():
        if not folder.is_dir():
            # An unplugged disk must not mark 100,000 files as missing.
            progress.step(0, f"The folder {folder} is not there now.")
            continue
        _read_station_table(project, folder)
        seen: set[str] = set()
        batch: list[media.Found] = []
        for found in scan.walk(folder, lambda sentence: progress.step(0, sentence)):
            seen.add(found.relpath)
            batch.append(found)
            if len(batch) == SCAN_BATCH:
                media.add_found(project.store, root_id, batch)
                progress.step(len(batch))
                batch = []
        media.add_found(project.store, root_id, batch)
        progress.step(len(batch))
        media.mark_missing(project.store, root_id, seen)


def _read_station_table(project: Project, folder: Path) -> None:
    table = folder / STATIONS_FILE
    if table.is_file():
        rows = stations.read_stations(table)
        media.keep_stations(
            project.store, [(r.station, r.camera, r.latitude, r.longitude, r.start, r.end) for r in rows]
        )


def read_pending(project: Project, settings: dict[str, Any], progress: Progress) -> None:
    """Read every file found: hash, size, EXIF, time, station, and a small upright picture; one decode each."""
    level = notes.get(project.store, STATION_LEVEL, stations.AUTO)
    known = media.station_names(project.store)
    folders = media.roots(project.store)
    progress.expect(media.count(project.store, MediaState.FOUND))
    after = 0
    while rows := media.in_state(project.store, MediaState.FOUND, settings["batch"], after):
        after = rows[-1]["id"]
        facts = []
        for row in rows:
            fact = _read_one(project, row, folders[row["root_id"]], level, known, settings["small_side"])
            if fact is not None:
                facts.append(fact)
        media.keep_facts(project.store, facts)
        progress.step(len(rows))
    media.number_visits(project.store, settings["visit_minutes"])


def _read_one(
    project: Project, row: sqlite3.Row, root: Path, level: str, known: frozenset[str], side: int
) -> media.Facts | None:
    path = root / row["relpath"]
    try:
        content = path.read_bytes()
        with open_file(path) as picture:
            width, height = upright_size(picture)
            seen = exif.camera_notes(picture)
            small = upright(picture, side)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=SMALL_QUALITY)
        write_whole(project.layout.small(row["uid"]), buffer.getvalue())
    except PictureError as error:
        media.put_aside(project.store, row["id"], error.problem, str(error))
        return None
    except DiskFullError:
        raise
    except OSError as error:
        media.put_aside(project.store, row["id"], Problem.UNREADABLE, str(error))
        return None
    from_name = None if seen.captured_at else clock.from_name(path.name)
    where = stations.place(row["relpath"], level, seen.serial, known)
    return media.Facts(
        media_id=row["id"],
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        captured_at=seen.captured_at or from_name,
        time_source="exif" if seen.captured_at else "name" if from_name else None,
        station=where.station or None,
        camera=where.camera,
        make=seen.make,
        model=seen.model,
        serial=seen.serial,
        station_by=where.by,
    )
