"""Room on the disk: how much there is, and which errors say that there is none."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from spotid.errors import DiskFullError
from spotid.project.files import free_bytes

ENOUGH = 1.1  # times the least: a run that goes on at the very limit would pause again at once


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or what this user may fill of it, is full."""
    if isinstance(error, DiskFullError):
        return True
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, sqlite3.OperationalError) and "full" in str(error).lower()


class Room:
    """The room on one disk: ``folder`` lies on it, ``least`` megabytes must stay free."""

    def __init__(self, folder: Path, least: float, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder, self._least, self._free = folder, least, free

    def short_of(self) -> str:
        """A sentence where less than the least is free, else nothing."""
        free = self._megabytes()
        return "" if free >= self._least else f"Only {free:,.0f} MB are free on the disk of this project."

    def enough(self) -> bool:
        """Whether a run that waited may go on."""
        return self._megabytes() >= self._least * ENOUGH

    @property
    def advice(self) -> str:
        """What to do about it."""
        return (
            f"Make room until {self._least * ENOUGH:,.0f} MB are free; the work then goes on by itself."
            " Everything done so far is kept."
        )

    def _megabytes(self) -> float:
        folder = self._folder
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent  # an export's folder may not be made yet
        try:
            return self._free(folder) / 1_000_000
        except OSError:  # a disk that does not say: errors on writing tell instead
            return float("inf")
