"""Put a backup in the database's place, so that a power cut at any moment leaves the old one or the new one.

The new database is made whole under another name first. Giving it the name ``project.sqlite.restoring`` is the moment
that counts: before it nothing has changed, after it every opening of the project ends the work (``swap.finish``).
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from spotid.errors import NotFoundError, ProjectError
from spotid.project import backup, salvage, schema, swap
from spotid.project.candidates import Candidates
from spotid.project.files import disk_error
from spotid.project.folder import check_own
from spotid.project.layout import Layout
from spotid.project.lock import IN_USE, Lock
from spotid.project.look import SIDES, side
from spotid.project.store import translated

REASON = "before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    backup: Path  # what was put in place
    kept: Path | None  # what was there before: a backup, or the damaged file as it was
    damaged: bool  # whether what was there before could not be used
    answers: int  # in the project now
    brought: int  # readable answers of a damaged database that follow the backup's and were added
    lost: int  # answers that were there before and are not now
    tables: tuple[Path, ...]  # where those are written down


def restore(folder: Path, source: Path | None = None) -> Restored:
    """Put ``source``, or the newest good backup, in the place of the database of a project that nobody has open.

    Raises ProjectLockedError while a program or a run is at work in it, NotFoundError where there is no good backup,
    ProjectError for a damaged or foreign source, NewerProjectError, DiskFullError. Nothing has changed then.
    """
    layout = Layout(folder.expanduser().absolute())
    check_own(layout)
    with _alone(layout):
        swap.finish(layout)
        chosen = source if source is not None else _newest(layout)
        if not chosen.is_file():
            raise NotFoundError(f"There is no file “{chosen}”.", "Choose one of the backups listed.")
        backup.check(chosen)
        try:
            present = salvage.read(layout.database)
        except ProjectError:
            present = salvage.Ledger()  # another program's file: it is set aside like a damaged one
        kept = set_aside(layout, present)
        brought = _prepare(layout, chosen, present)
        answers, lost, tables = _compare(layout, present)
        _forget_strangers(layout, present)
        swap.begin(layout)
        try:
            swap.finish(layout)
        except OSError as error:  # on Windows another program holds the file: as before, then
            layout.pending.unlink(missing_ok=True)
            raise ProjectError(
                f"The database could not be replaced: {error.strerror or error}.",
                "Close other programs that have this project open, and try again.",
            ) from error
    return Restored(chosen, kept, not present.whole, answers, brought, lost, tuple(tables))


@contextlib.contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    lock = Lock(layout.lock, IN_USE)
    try:
        worker = Lock(layout.worker_lock, "A run is at work in this project")
        try:
            yield
        except sqlite3.OperationalError as error:
            raise translated(error) from error
        except OSError as error:
            raise disk_error(error, layout.database) from error
        finally:
            worker.release()
            with contextlib.suppress(OSError):
                swap.part(layout).unlink(missing_ok=True)
    finally:
        lock.release()


def _newest(layout: Layout) -> Path:
    newest = backup.newest_good(layout)
    if newest is None:
        raise NotFoundError(
            f"There is no whole backup in “{layout.backups}”.", "Choose a file that was kept elsewhere, with --from."
        )
    return newest.path


def set_aside(layout: Layout, present: salvage.Ledger) -> Path | None:
    """Keep what is there now: as a backup, or, where it is damaged, as it lies there with all that belongs to it."""
    if present.whole:
        return backup.write(layout, REASON)
    files = [layout.database, *(side(layout.database, ending) for ending in SIDES)]
    layout.backups.mkdir(parents=True, exist_ok=True)
    kept = layout.backups / f"{datetime.now().strftime(backup.STAMP)} {REASON} damaged.sqlite"
    for file in files:
        if file.is_file():
            target = kept.with_name(kept.name + file.name.removeprefix(layout.database.name))
            shutil.copyfile(file, target)
            backup.flush(target)
    backup.flush(layout.backups)
    return kept if kept.is_file() else None


def _prepare(layout: Layout, chosen: Path, present: salvage.Ledger) -> int:
    """Make the new database beside the old one; how many readable answers of a damaged one were added to it."""
    part = swap.part(layout)
    part.unlink(missing_ok=True)
    shutil.copyfile(chosen, part)
    brought = 0
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        if schema.version(connection) < schema.known():
            schema.migrate(connection)
        if not present.whole and present.answers:
            connection.execute("BEGIN")
            brought = salvage.bring_along(connection, present)
            connection.execute("COMMIT")
    backup.check(part)
    backup.flush(part)
    return brought


def _compare(layout: Layout, present: salvage.Ledger) -> tuple[int, int, list[Path]]:
    """Write down what was said before and is not in the new database: its answers, how many lost, the tables."""
    new = salvage.read(swap.part(layout))
    known = {row["uid"] for row in (*new.answers, *new.frames)}
    answers = [row for row in present.answers if row["uid"] not in known]
    frames = [row for row in present.frames if row["uid"] not in known]
    tables = salvage.write_tables(layout, answers, frames, {**new.paths, **present.paths})
    return len(new.answers), len(answers) + len(frames), tables


def _forget_strangers(layout: Layout, present: salvage.Ledger) -> None:
    """Look-alikes are kept by row: forget the rows that mean another sighting in the new database, or none."""
    if not layout.candidates.is_file():
        return
    new = salvage.read(swap.part(layout)).uids
    if present.whole and present.uids == new:
        return
    try:
        candidates = Candidates(layout)
        try:
            candidates.keep_only({row for row, uid in present.uids.items() if new.get(row) == uid})
        finally:
            candidates.close()
    except sqlite3.DatabaseError:
        for ending in ("", *SIDES):
            side(layout.candidates, ending).unlink(missing_ok=True)
