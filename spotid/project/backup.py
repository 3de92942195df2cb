"""Copies of the irreplaceable file, each with its reason in its name, and each looked at before it counts."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from spotid.errors import BadRequestError, NotFoundError, ProjectError, SpotIDError
from spotid.project import schema
from spotid.project.files import disk_error
from spotid.project.layout import Layout
from spotid.project.store import translated

KEPT_DAILY = 14
KEPT_ANSWERS = 6  # of those made after every so many answers
EVERY_ANSWERS = 500
THINNED = {"daily": KEPT_DAILY, "answers": KEPT_ANSWERS}  # all others are kept until a person deletes them
STAMP = "%Y-%m-%dT%H-%M-%S"
NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d) (.+?)(?: \((\d+)\))?\.sqlite")
REASON = re.compile(r"[\w][\w .,'-]{0,59}")
_naming = threading.Lock()
COUNTED = {
    "decision": "COUNT(*) FROM decision",
    # Those with sightings, as everywhere else: codes that a merge or an undo has vacated stay in the table.
    "individual": "COUNT(DISTINCT individual_id) FROM identity",
    "sighting": "COUNT(*) FROM sighting",
    "media": "COUNT(*) FROM media",
}


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy. The counts are None where ``trouble`` says why the file can't be read."""

    path: Path
    made_at: str  # local time, as in the file's name
    reason: str
    bytes: int
    answers: int | None = None
    individuals: int | None = None
    sightings: int | None = None
    trouble: str = ""


def write(layout: Layout, reason: str) -> Path:
    """Copy the database, consistently even while it is in use, look the copy over, and return its path.

    Raises DiskFullError where there is no room, ProjectError where the copy is not whole; nothing is left behind then.
    Uses a connection of its own: SQLite's backup never returns on a connection with an open write transaction.
    """
    if not REASON.fullmatch(reason):
        raise BadRequestError("The reason of a backup is a few plain words.", "Use letters, digits and spaces.")
    part = layout.backups / f"{datetime.now().strftime(STAMP)} {secrets.token_hex(4)}.sqlite.part"
    try:
        layout.backups.mkdir(parents=True, exist_ok=True)
        counted = _copy(layout.database, part)
        check(part, counted)
        flush(part)
        with _naming:
            target = _free_name(layout, reason)
            part.replace(target)
        flush(layout.backups)
    except sqlite3.OperationalError as error:
        raise translated(error) from error
    except sqlite3.DatabaseError as error:
        raise ProjectError(f"The backup could not be made: {error}.", "Check the project.") from error
    except OSError as error:
        raise disk_error(error, part) from error
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    return target


def _copy(database: Path, part: Path) -> dict[str, int]:
    """Copy the database as it is at one moment; how many rows its tables have then."""
    with (
        contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(part)) as copy,
    ):
        source.execute("BEGIN")  # reading: the counts and the copy are of the same moment
        counted = counts(source)
        source.backup(copy)
        # A backup is one plain file: without this it would need a -wal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    return counted


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How much there is of what matters, by name."""
    return {name: int(connection.execute(f"SELECT {what}").fetchone()[0]) for name, what in COUNTED.items()}


def check(path: Path, counted: dict[str, int] | None = None) -> dict[str, int]:
    """Look a plain copy over; its counts. Raises ProjectError where it is damaged, not ours, or has other counts."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            schema.check(copy, path)
            whole = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
            if schema.version(copy) == 0:
                raise ProjectError(f"“{path.name}” is empty.", "Choose another backup.")
            found = counts(copy)
    except sqlite3.DatabaseError as error:
        raise ProjectError(f"“{path.name}” is damaged ({error}).", "Choose another backup.") from None
    if whole != ["ok"] or (counted is not None and found != counted):
        raise ProjectError(f"“{path.name}” is damaged.", "Choose another backup.")
    return found


def flush(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, before going on."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call for folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(layout: Layout, reason: str) -> Path:
    """A name that no backup has: two in one second, or a clock that was set back, replace none."""
    stem = f"{datetime.now().strftime(STAMP)} {reason}"
    path, number = layout.backups / f"{stem}.sqlite", 2
    while path.exists():
        path, number = layout.backups / f"{stem} ({number}).sqlite", number + 1
    return path


def daily(layout: Layout) -> Path | None:
    """Today's backup, if there is none yet; the oldest of the daily ones go."""
    today = datetime.now().strftime("%Y-%m-%d")
    if any(layout.backups.glob(f"{today}T* daily*.sqlite")):
        return None
    made = write(layout, "daily")
    thin(layout)
    return made


def thin(layout: Layout) -> None:
    """Let the oldest go of the kinds that are made by themselves.

    A backup dated after tomorrow was made while the clock was wrong, or the clock is wrong now: it neither counts nor
    goes, so that a clock set forward or back takes no good one along.
    """
    limit = (datetime.now() + timedelta(days=1)).strftime(STAMP)
    for reason, kept in THINNED.items():
        past = [one for one in names(layout) if one.reason == reason and one.path.name < limit]
        for old in past[kept:]:
            old.path.unlink(missing_ok=True)


def names(layout: Layout) -> list[Backup]:
    """All backups, newest first, by their names alone."""
    found = []
    for path in layout.backups.glob("*.sqlite"):
        match = NAME.fullmatch(path.name)
        if match is None:
            continue
        made = datetime.strptime(match[1], STAMP).isoformat(sep=" ") if _is_moment(match[1]) else match[1]
        found.append(Backup(path, made, match[2], path.stat().st_size))
    return sorted(found, key=lambda one: (one.made_at, one.path.stat().st_mtime_ns), reverse=True)


def _is_moment(text: str) -> bool:
    try:
        datetime.strptime(text, STAMP)
    except ValueError:
        return False
    return True


def listed(layout: Layout) -> list[Backup]:
    """All backups, newest first, each opened and looked over."""
    return [looked_over(one) for one in names(layout)]


def looked_over(backup: Backup) -> Backup:
    """A backup with its counts, or with what is wrong with it."""
    about = (backup.path, backup.made_at, backup.reason, backup.bytes)
    try:
        found = check(backup.path)
    except ProjectError as error:
        return Backup(*about, trouble=error.sentence)
    return Backup(*about, found["decision"], found["individual"], found["sighting"])


def newest_good(layout: Layout) -> Backup | None:
    """The newest backup that can be read whole."""
    for one in names(layout):
        seen = looked_over(one)
        if not seen.trouble:
            return seen
    return None


def named(layout: Layout, name: str) -> Path:
    """The backup with this file name. Raises NotFoundError; a name never leads out of the folder."""
    for one in names(layout):
        if one.path.name == name:
            return one.path
    raise NotFoundError(f"There is no backup “{name}”.", "Load the page again.")


def of_answers(layout: Layout, rows: int, before: int) -> bool:
    """Make a backup where ``EVERY_ANSWERS`` answers have come since ``before``; whether one was made.

    Where that fails the answers are kept all the same, and the next opening says that no backup could be made.
    """
    if rows - before < EVERY_ANSWERS:
        return False
    try:
        write(layout, "answers")
        thin(layout)
    except (SpotIDError, OSError):
        return False
    return True
