"""The stages *scan* and *read*: from a folder of originals to rows with dates, cameras, stations and small pictures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from spotid.errors import SpotIDError
from spotid.intake import scan, station_table, stations
from spotid.intake.reader import Reader
from spotid.progress import Progress
from spotid.project import (
    aside,
    changed,
    clips,
    collection_facts,
    collections,
    hand,
    media,
    notes,
    settling,
    stations_beside,
    stations_told,
)
from spotid.project.filenames import shown
from spotid.project.folder import Project
from spotid.project.inside import inside
from spotid.words import MediaState, Stage

SCAN_BATCH = 500
STATIONS_FILES = ("stations.csv", "stations.xlsx")  # the first that is there
STATION_LEVEL = "station_level"
NAMED = 3  # examples in a sentence


class Heard(scan.Told):
    """What a walk told, until it is over."""

    def __init__(self) -> None:
        self.unseen: list[str] = []
        self._closed: list[str] = []
        self._left_out: dict[str, list[str]] = {}

    def closed(self, relpath: str, error: OSError) -> None:
        """A folder can't be looked into."""
        self.unseen.append(relpath)
        self._closed.append(f"{shown(relpath) or '.'}: {error.strerror or error}")

    def left_out(self, relpath: str, why: str) -> None:
        """A folder, or a link to one, is left out on purpose."""
        self._left_out.setdefault(why, []).append(shown(relpath))

    def sentences(self) -> list[str]:
        """All of it for people."""
        told = [f"A folder can't be opened; what lies in it is left as it is. {one}" for one in self._closed[:NAMED]]
        if len(self._closed) > NAMED:
            told.append(f"{len(self._closed) - NAMED} more folders can't be opened.")
        for why, places in self._left_out.items():
            more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
            told.append(f"Left out on purpose ({why}): {', '.join(places[:NAMED])}{more}.")
        return told


def scan_roots(project: Project, progress: Progress) -> None:
    """Look for files in every folder of originals; new and changed ones are queued, gone ones marked."""
    progress.expect(0)
    for root_id, folder in media.roots(project.store).items():
        if folder == project.path / media.FRAMES:
            continue  # the stills of clips, which no walk looks for
        if not folder.is_dir():
            # An unplugged disk must not mark 100,000 files as missing.
            progress.step(0, f"The folder {shown(str(folder))} is not there now; its photographs wait for it.")
            continue
        _read_station_table(project, folder, lambda sentence: progress.step(0, sentence))
        seen, heard = _walk(project, root_id, folder, progress)
        for sentence in heard.sentences():
            progress.step(0, sentence)
        if not seen and not aside.is_there(folder):
            progress.step(0, f"The folder {shown(str(folder))} is empty. Is the memory card or the disk plugged in?")
            continue
        media.mark_missing(project.store, root_id, seen, heard.unseen)
        changed.try_again(project.store, root_id)


def _walk(project: Project, root_id: int, folder: Path, progress: Progress) -> tuple[set[str], Heard]:
    heard, seen = Heard(), set[str]()
    batch: list[media.Found] = []
    for found in scan.walk(folder, heard):
        seen.add(found.relpath)
        batch.append(found)
        if len(batch) == SCAN_BATCH:
            media.add_found(project.store, root_id, batch)
            progress.step(len(batch))
            batch = []
    media.add_found(project.store, root_id, batch)
    progress.step(len(batch))
    return seen, heard


def _read_station_table(project: Project, folder: Path, tell: Callable[[str], None]) -> None:
    """A table that can't be used is told of; the run needs none."""
    table = folder / STATIONS_FILES[0]
    try:
        table = next((folder / name for name in STATIONS_FILES if (folder / name).is_file()), table)
        if not table.is_file():
            return
        inside(table, folder)
        days = notes.get(project.store, stations_told.DAYS_NOTE)
        unit = notes.get(project.store, stations_beside.UNIT_NOTE)
        answers = ({"dates": days} if days else {}) | ({"unit": unit} if unit else {})
        rows = station_table.read_stations(table, tell, answers)
    except SpotIDError as error:
        tell(f"{error} The run goes on without it.")
        return
    except OSError as error:
        tell(f"“{table.name}” can't be read: {error.strerror or error}. The run goes on without it.")
        return
    for sentence in stations_told.keep_folder_table(project.store, str(folder), rows):
        tell(f"{table.name}: {sentence}")


def read_pending(project: Project, settings: dict[str, Any], progress: Progress) -> None:
    """Read every file found: hash, size, EXIF, time, station, and a small upright picture; one decode each.

    A file that can't be used is put aside with its reason. Files of a folder that is not there wait for it.
    """
    roots = {root: folder for root, folder in media.roots(project.store).items() if aside.is_there(folder)}
    level = notes.get(project.store, STATION_LEVEL, stations.AUTO)
    reader = Reader(project, level, media.station_names(project.store), settings["small_side"])
    judge = aside.Judge()
    individuals = collections.no_folder_stations(project.store)
    pending = media.count(project.store, MediaState.FOUND)
    if pending:
        collection_facts.due(project.store)
    progress.expect(pending)
    after = 0
    while rows := media.in_state(project.store, MediaState.FOUND, settings["batch"], after):
        after = rows[-1]["id"]
        facts: list[media.Facts] = []
        try:
            for row in rows:
                if row["root_id"] in roots and row["kind"] != clips.CLIP:
                    with hand.holding(project, Stage.READ, [row["uid"]]):
                        fact = _read_one(project, row, roots[row["root_id"]], reader, judge)
                    facts += [] if fact is None else [_no_folder(fact) if row["root_id"] in individuals else fact]
        finally:  # where the run stops here, what was read stays read
            media.keep_facts(project.store, facts)
        progress.step(len(rows))
    collection_facts.apply_facts(project.store)
    clips.follow(project.store)
    settling.settle(project.store, settings["visit_minutes"])


def _read_one(project: Project, row: sqlite3.Row, root: Path, reader: Reader, judge: aside.Judge) -> media.Facts | None:
    try:
        facts = reader.read(row, root)
    except Exception as error:
        reason = judge.fault(error, root)
        media.put_aside(project.store, row["id"], reason.problem, str(reason))
        return None
    judge.fine()
    return facts


def _no_folder(facts: media.Facts) -> media.Facts:
    """The facts of a photograph whose folder is called after an individual, and so after no station."""
    told = facts.station_by == "folder"
    return replace(facts, station=None, station_by="", camera=facts.serial or "") if told else facts
