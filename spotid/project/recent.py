"""Which projects this user opened lately."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from spotid.places import user_folder
from spotid.project.files import write_whole
from spotid.project.folder import Project
from spotid.project.layout import Layout
from spotid.project.look import Look
from spotid.project.sightings import OUT_SQL
from spotid.project.store import BUSY_SECONDS, now

KEPT = 20


def _file() -> Path:
    return user_folder() / "recent.json"


def _read() -> list[dict[str, Any]]:
    try:
        entries = json.loads(_file().read_text(encoding="utf-8"))
        return [entry for entry in entries if isinstance(entry, dict) and "path" in entry]
    except (OSError, ValueError, TypeError):
        return []


def remember(project: Project) -> None:
    """Put a project first in the list."""
    entry = {"id": project.id, "title": project.title, "path": str(project.path), "opened_at": now()}
    entries = [entry, *(old for old in _read() if old["path"] != entry["path"])]
    write_whole(_file(), json.dumps(entries[:KEPT], indent=2, ensure_ascii=False).encode())


def recents() -> list[dict[str, Any]]:
    """The projects opened lately, newest first, with their counts where they can be read."""
    return [{**entry, **_counts(Path(entry["path"]))} for entry in _read()]


def _counts(folder: Path) -> dict[str, Any]:
    database = Layout(folder).database
    if not database.is_file():
        return {"exists": False, "sightings": 0, "individuals": 0}
    try:
        look = Look(database)  # nothing is made beside it, whatever disk it lies on
        connection = look.connect(BUSY_SECONDS)
        try:
            sightings = connection.execute(f"SELECT COUNT(*) FROM sighting WHERE state NOT IN {OUT_SQL}").fetchone()[0]
            individuals = connection.execute("SELECT COUNT(DISTINCT individual_id) FROM identity").fetchone()[0]
        finally:
            connection.close()
            look.close()
    except (sqlite3.Error, OSError):
        return {"exists": True, "sightings": 0, "individuals": 0}
    return {"exists": True, "sightings": sightings, "individuals": individuals}
