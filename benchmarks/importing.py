#!/usr/bin/env python3
"""A large described collection becomes answers: how long its facts and its names take, again, and to be taken back.

    .venv/bin/python benchmarks/importing.py --files 100000 --names 2000

Every file has a row with a name, a flank, a species, a station, a place and a time; in every fifth no animal was found.
No photograph is read: files, sightings and rows are put into the database. Prints seconds and counts as JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.progress import Silent
from spotid.project import collections, ledger, media
from spotid.project.collection_facts import apply_facts
from spotid.project.collections import Row
from spotid.project.folder import Project, create_project
from spotid.review import imports
from spotid.review.desk import Desk
from spotid.review.following import follow_collections


def stocked(project: Project, files: int, names: int) -> str:
    """The files with their sightings and rows; the collection's uid."""
    root = media.root_id(project.store, project.path.parent / "originals elsewhere")
    paths = [f"F{number % names}/{number}.jpg" for number in range(files)]
    found = [media.Found(path, 1000 + number, 1) for number, path in enumerate(paths)]
    media.add_found(project.store, root, found)
    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'animal', width = 10, sha256 = hex(id)")
        connection.execute(
            "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, state)"
            " SELECT printf('s%08x', id), id, 0, 0, 1, 1, 1, 'test', 'embedded' FROM media WHERE id % 5 != 0"
        )
    rows = []
    for number, path in enumerate(paths):
        place = number % 300
        where = (f"Station {place}", -15.5, 28.0 + place / 100, f"2024-01-01T00:{number % 60:02d}:00")
        rows.append((root, Row(path, str(number + 2), f"F{number % names}", "left", "leopard", *where)))
    return collections.keep(project.store, "sheet", Path("metadata.csv"), rows, root=root)[0]


def measure(files: int, names: int) -> dict[str, Any]:
    """Seconds of each step."""
    folder, told = Path(tempfile.mkdtemp(prefix="spotid-importing-")), dict[str, Any]()

    def timed(what: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        told[what] = round(time.perf_counter() - began, 2)
        return result

    project = create_project(folder / "project")
    try:
        uid = stocked(project, files, names)
        told["facts changed"] = timed("facts", lambda: apply_facts(project.store))
        timed("facts again", lambda: apply_facts(project.store))
        timed("names", lambda: follow_collections(project, Silent()))
        told["answers"], told["rows"] = ledger.last_row(project.store), collections.one(project.store, uid)["counts"]
        timed("names again", lambda: follow_collections(project, Silent()))
        desk = Desk(project, 20)
        told["answers taken back"] = timed("take back", lambda: imports.take_back(desk, uid))
    finally:
        project.close()
        shutil.rmtree(folder, ignore_errors=True)
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--names", type=int, default=2_000)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.files, chosen.names), indent=2))


if __name__ == "__main__":
    main()
