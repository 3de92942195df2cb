"""Read a database that this program may not write, without making any file beside it.

A database in WAL mode is more than its file: newer pages lie in ``-wal``, and readers of a living one need ``-shm``.
SQLite would make both where they are missing, which a write-protected disk refuses and a look should never do. So:

* *live*: both are there, since another program has the database open: an ordinary read-only connection follows it;
* *still*: there is no ``-wal``, or an empty one: the file alone is the database (``immutable=1``);
* *copy*: a ``-wal`` was left behind by a program that is gone, or the schema is older: a copy is looked at.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

SIDES = ("-wal", "-shm")


def side(path: Path, ending: str) -> Path:
    """The file that SQLite keeps beside a database; ``ending`` is ``-wal`` or ``-shm``."""
    return path.with_name(path.name + ending)


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class Look:
    """How one database is looked at, and whether it has changed since."""

    def __init__(self, path: Path, *, copied: bool = False) -> None:
        self.path, self._always_copied = path, copied
        self._copies: list[Path] = []

    def state(self) -> tuple[object, ...]:
        """Changes whenever a connection made before may show what is no longer there."""
        try:
            about = self.path.stat()
        except OSError:
            return ("missing",)
        if self._way() == "live":
            return ("live", about.st_ino, about.st_dev)  # such a connection follows by itself
        return (self._way(), about.st_ino, about.st_size, about.st_mtime_ns, size_of(side(self.path, "-wal")))

    def _way(self) -> str:
        if self._always_copied:
            return "copy"
        wal, shm = (side(self.path, ending) for ending in SIDES)
        if wal.is_file() and shm.is_file():
            return "live"
        return "copy" if size_of(wal) else "still"

    def connect(self, seconds: float) -> sqlite3.Connection:
        """A read-only connection. Raises sqlite3.Error where the file is no database."""
        way = self._way()
        if way == "live":
            connection = self._open(self.path, "mode=ro", seconds)
            try:
                connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
                return connection
            except sqlite3.OperationalError:  # left behind on a medium where SQLite can't lock them
                connection.close()
                way = "copy"
        if way == "still":
            return self._open(self.path, "mode=ro&immutable=1", seconds)
        return self._open(self._copy(), "mode=rw", seconds)

    @staticmethod
    def _open(path: Path, how: str, seconds: float) -> sqlite3.Connection:
        address = f"{path.resolve().as_uri()}?{how}"
        return sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None, check_same_thread=False)

    def _copy(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="spotid-look-"))
        self._copies.append(folder)
        copy = folder / self.path.name
        shutil.copyfile(self.path, copy)
        if size_of(side(self.path, "-wal")):
            shutil.copyfile(side(self.path, "-wal"), side(copy, "-wal"))
        return copy

    def close(self) -> None:
        """Take the copies away."""
        for folder in self._copies:
            shutil.rmtree(folder, ignore_errors=True)
        self._copies.clear()
