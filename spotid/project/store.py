"""The one way into a project's database: a single writer, many readers, every write a committed transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spotid.errors import DiskFullError, ProjectError, ProjectReadOnlyError
from spotid.project.look import Look

BUSY_SECONDS = 30.0
LOOKING = "This project is open for looking only."
LOOKING_ADVICE = "Nothing was changed. Close it and open it for work on a disk, and in a program, that may write to it."


def now() -> str:
    """The present moment in UTC, to the millisecond, as stored everywhere."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection with the house's pragmas; transactions are always begun by hand.

    ``synchronous=FULL`` because in WAL mode the cheaper NORMAL may lose the last commits, that is answers already
    acknowledged, when the power goes. ``trusted_schema`` off: a project from a stranger runs no functions of its own.
    """
    address = f"{path.resolve().as_uri()}?mode={'ro' if readonly else 'rwc'}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    if not readonly:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def connect_in_memory() -> sqlite3.Connection:
    """An empty database that is on no disk."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


class _Reader:
    """A thread's connection for reading. It is closed by whoever closes the project, never in the middle of a query:
    SQLite brings the whole program down then, for instance when it is ended while a page hears how far a run is."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.asked = threading.Lock()

    def close(self) -> None:
        self.connection.interrupt()
        with self.asked:
            self.connection.close()


class Store:
    """Readers and the writer of one database file."""

    def __init__(self, path: Path, *, readonly: bool = False, older: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self._look = Look(path, copied=older) if readonly else None
        self._older = older  # a copy is brought to this program's schema, and that is looked at
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[_Reader] = []
        self._writer = None if readonly else connect(path)
        # What takes long to work out, by name: what it was made of, and what came of it. Gone when the project closes.
        self.memory: dict[str, tuple[Any, Any]] = {}

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's own connection for reading."""
        return self._of_thread().connection

    def _of_thread(self) -> _Reader:
        reader: _Reader | None = getattr(self._local, "reader", None)
        state = self._look.state() if self._look is not None else None
        if reader is not None and state != self._local.state:
            self._forget(reader)  # the other program, or a restore, has put something else there
            reader = None
        if reader is None:
            reader = _Reader(self._looked() if self._look is not None else connect(self.path, readonly=True))
            self._local.reader, self._local.state = reader, state
            with self._lock:
                self._readers.append(reader)
        return reader

    def _looked(self) -> sqlite3.Connection:
        assert self._look is not None
        connection = self._look.connect(BUSY_SECONDS)
        if self._older:
            from spotid.project import schema

            schema.migrate(connection)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _forget(self, reader: _Reader) -> None:
        with self._lock:
            if reader in self._readers:
                self._readers.remove(reader)
        reader.connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises DiskFullError when there is no room, ProjectError when the file can't be written.
        """
        if self._writer is None:
            raise ProjectReadOnlyError(LOOKING, LOOKING_ADVICE)
        with self._lock:
            connection = self._writer
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise translated(error) from error

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        reader = self._of_thread()
        with reader.asked:
            return reader.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        reader = self._of_thread()
        with reader.asked:
            row: sqlite3.Row | None = reader.connection.execute(sql, values).fetchone()
            return row

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded into the file."""
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._local = threading.local()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            if self._look is not None:
                self._look.close()


def translated(error: sqlite3.OperationalError) -> Exception:
    """The error of SQLite in words for a person."""
    text = str(error).lower()
    if "full" in text:
        return DiskFullError("The disk is full.", "Free some space; nothing that was kept before is lost.")
    if "locked" in text or "busy" in text:
        return ProjectError(
            "The project's database was held by another program for too long.",
            "Close other programs that use this folder (a backup or cloud-sync program, for instance) and try again.",
        )
    if "readonly" in text or "unable to open" in text or "disk i/o" in text:
        return ProjectError(
            "The project's database can't be written.", "Check that the disk is plugged in and not write-protected."
        )
    return error
