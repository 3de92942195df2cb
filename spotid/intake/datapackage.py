"""Open a data package (a folder or a ZIP with datapackage.json and tables) and read its tables line by line.

The layout is the Frictionless Data Package's (https://specs.frictionlessdata.io/data-package/). Nothing outside the
folder or ZIP is opened, whatever the package says, and nothing is fetched.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from spotid.errors import ArchiveError, BadRequestError
from spotid.intake.ziplist import opened

DESCRIPTION = "datapackage.json"
MOST_ENTRIES = 1_000_000  # a package may carry its photographs
LARGEST_DESCRIPTION = 50_000_000  # bytes
LARGEST_TABLE = 4_000_000_000  # bytes, unpacked
LONGEST_CELL = 1_000_000  # letters; EXIF data stand in a cell of some tables


class Place:
    """Where a package's files lie: a folder, or a folder within a ZIP."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = contextlib.ExitStack()
        self._members: dict[str, str] | None = None

    def __enter__(self) -> Place:
        if self._path.is_file() and self._path.suffix.lower() == ".zip":
            self._zip, _ = self._stack.enter_context(opened(self._path, MOST_ENTRIES))
            names = [name for name in self._zip.namelist() if not name.endswith("/")]
            tops = sorted(
                (name for name in names if PurePosixPath(name).name in (DESCRIPTION, "deployments.csv")),
                key=lambda name: name.count("/"),
            )
            top = tops[0].rpartition("/")[0] if tops else ""
            start = f"{top}/" if top else ""
            self._members = {name[len(start) :]: name for name in names if name.startswith(start)}
        elif self._path.is_file():
            self._path = self._path.parent
        elif not self._path.is_dir():
            raise BadRequestError(f"“{self._path}” is not there.", "Choose the folder or ZIP of the package.")
        return self

    def __exit__(self, *told: object) -> None:
        self._stack.close()

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        if self._members is not None:
            return name in self._members
        return (self._path / name).is_file()

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file of the package. Raises BadRequestError where it is not there or lies outside."""
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if not parts or ".." in parts or name.startswith("/") or ":" in name:
            raise BadRequestError(f"“{name[:80]}” lies outside the package and was not opened.")
        if not self.has(name):
            raise BadRequestError(f"The package has no file “{name}”.", "Ask for the whole package again.")
        if self._members is None:
            with (self._path / name).open("rb") as file:
                yield file
            return
        try:
            with self._zip.open(self._members[name]) as file:
                yield file
        except (RuntimeError, NotImplementedError) as error:  # a password, or an unusual kind of packing
            raise ArchiveError(f"“{name}” can't be unpacked ({error}).", "Unpack the ZIP elsewhere first.") from None


def description(place: Place) -> dict[str, Any]:
    """What datapackage.json says; nothing where there is none. Raises BadRequestError where it can't be read."""
    if not place.has(DESCRIPTION):
        return {}
    with place.open(DESCRIPTION) as file:
        content = file.read(LARGEST_DESCRIPTION + 1)
    try:
        found = json.loads(content.decode("utf-8-sig")) if len(content) <= LARGEST_DESCRIPTION else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequestError(f"“{DESCRIPTION}” can't be read as JSON.", "Ask for the package again.")
    return found


def resources(described: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name of each table → the files that hold it, in order, as the package says."""
    found: dict[str, list[str]] = {}
    listed = described.get("resources")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            path = one.get("path")
            paths = path if isinstance(path, list) else [path]
            found[one["name"].strip().lower()] = [name for name in paths if isinstance(name, str)]
    return found


def rows(place: Place, name: str) -> Iterator[dict[str, str]]:
    """The lines of a table by the names of its columns, cells without spaces around; NA and NaN are empty.

    Raises BadRequestError where it is no table.
    """
    with place.open(name) as packed, _unpacked(packed, name) as file:
        yield from _rows(file, name)


@contextlib.contextmanager
def _unpacked(packed: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if not name.lower().endswith(".gz"):
        yield packed
        return
    with gzip.open(packed, "rb") as file:
        yield cast("IO[bytes]", file)


def _rows(file: IO[bytes], name: str) -> Iterator[dict[str, str]]:
    text = io.TextIOWrapper(io.BufferedReader(_Counted(file)), encoding="utf-8-sig", errors="replace", newline="")
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        head = text.readline(LONGEST_CELL)
        mark = max(",;\t", key=head.count)
        columns = [column.strip() for column in next(csv.reader([head], delimiter=mark), [])]
        if not columns or "\0" in head:
            raise BadRequestError(f"“{name}” is empty or no table.", "Ask for the package again.")
        for line in csv.reader(text, delimiter=mark):
            cells = [cell.strip() for cell in line]
            if any(cells):
                yield {
                    column: "" if cell.lower() in ("na", "nan", "null") else cell
                    for column, cell in zip(columns, cells, strict=False)
                }
    except (csv.Error, EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
        raise BadRequestError(f"“{name}” is no whole table ({error}).", "Ask for the package again.") from None
    finally:
        csv.field_size_limit(before)


class _Counted(io.RawIOBase):
    """A file of which no more than ``LARGEST_TABLE`` is read: a few kilobytes of a ZIP may unpack without an end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, LARGEST_TABLE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0:
            raise OSError("it is far too large")
        buffer[: len(piece)] = piece
        return len(piece)
