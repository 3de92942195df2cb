"""What becomes of an error while one file is worked on: the file is put aside with a reason, or the run has to stop.

A run stops where the fault is not the file's: the disk is full, the memory gone, the database can't be written, the
folder of photographs is no longer there, or one file after the other fails in the same unexpected way.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from pathlib import Path

from spotid.errors import JobError, NotFoundError, PictureError, ProjectError, SpotIDError
from spotid.progress import Cancelled
from spotid.project.files import disk_error, write_whole
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import MediaState, Problem, SightingState

IN_A_ROW = 25  # so many unexpected faults one after the other are not the files' fault
PROBE_BYTES = 128 << 20  # memory that must be had for a fault to be the file's own
_log = logging.getLogger(__name__)


class FolderGoneError(NotFoundError):
    """The folder of photographs went away in the middle of the work."""

    code = "folder-gone"


def is_there(root: Path) -> bool:
    """Whether a folder of originals can be looked into. An unplugged disk may leave its empty folder behind."""
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def check_there(root: Path) -> None:
    """Raises FolderGoneError where the folder of originals has gone: not one file of it is to blame."""
    if not is_there(root):
        raise FolderGoneError(
            f"The folder of photographs “{root}” is not there any more.",
            "Plug the disk in again, then resume; everything done so far is kept, and no photograph was put aside.",
        )


def memory_left() -> bool:
    """Whether there is memory for ordinary work."""
    try:
        return len(bytearray(PROBE_BYTES)) > 0
    except MemoryError:
        return False


class Judge:
    """Says what the errors of one stage's files are; made anew for every stage."""

    def __init__(self) -> None:
        self._row = 0

    def fine(self) -> None:
        """A file came through."""
        self._row = 0

    def fault(self, error: Exception, root: Path | None = None) -> PictureError:
        """The reason to put one file aside for.

        Raises the error again, or another in words for people, where it is not this file's fault. ``root`` is the
        folder of originals that the file was read from.
        """
        if root is not None and isinstance(error, OSError | PictureError):
            check_there(root)
        if isinstance(error, PictureError):
            return error
        if isinstance(error, SpotIDError | Cancelled | sqlite3.Error):
            raise error
        if isinstance(error, MemoryError) and not memory_left():
            raise error
        if isinstance(error, OSError):
            full = disk_error(error, root or Path("."))
            if full is not error:
                raise full from error
            if error.errno is not None:
                return unreadable(error)
        _log.error("a file was put aside", exc_info=error)
        self._row += 1
        if self._row >= IN_A_ROW:
            raise JobError(
                f"{self._row} files one after the other failed in a way that was not foreseen.",
                "The newest file of the project's folder “logs” says how; they are tried again at the next run.",
            ) from error
        return unexpected(error)


def unreadable(error: OSError) -> PictureError:
    """A file that the system does not give."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        sentence, advice = "The file is no longer where it was.", "Put it back, or run again to take note of it."
    elif error.errno in (errno.EACCES, errno.EPERM):
        sentence, advice = "You may not open this file.", "Change its permissions; every run tries again."
    else:
        sentence = f"The file could not be read: {error.strerror or error}."
        advice = Problem.UNREADABLE.advice
    return PictureError(Problem.UNREADABLE, sentence, advice)


def unexpected(error: Exception) -> PictureError:
    """A file that nobody foresaw."""
    told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return PictureError(Problem.UNEXPECTED, f"{Problem.UNEXPECTED.sentence} ({told})", Problem.UNEXPECTED.advice)


def keep_file(path: Path, content: bytes) -> None:
    """``write_whole`` for a file of the project. Raises DiskFullError, and ProjectError where it can't be written."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise ProjectError(
            f"Nothing can be written into “{path.parent}”: {error.strerror or error}.",
            "Check that the project's disk is plugged in and not write-protected, then resume.",
        ) from error


def put_sighting_aside(store: Store, sighting_id: int, media_id: int, error: PictureError) -> None:
    """Put a sighting aside; a file with no other sighting left goes to the problems shelf with the same reason."""
    with store.write() as connection:
        connection.execute(
            f"UPDATE sighting SET state = ?, problem = ? WHERE id = ? AND state NOT IN {OUT_SQL}",
            (SightingState.PROBLEM, str(error), sighting_id),
        )
        connection.execute(
            "UPDATE media SET state = ?, problem = ?, problem_detail = ? WHERE id = ? AND state = ? AND NOT EXISTS"
            " (SELECT 1 FROM sighting WHERE media_id = media.id AND state NOT IN (?, ?))",
            (
                *(MediaState.PROBLEM, error.problem, str(error), media_id, MediaState.ANIMAL),
                *(SightingState.PROBLEM, SightingState.WITHDRAWN),
            ),
        )
