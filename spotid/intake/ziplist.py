"""Open a ZIP, or a workbook, which is one, and judge its list of entries before anything is unpacked."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from spotid.errors import ArchiveError

_LIST_END, _LONG_END, _LONG_PLACE, _ENTRY = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2"


class Counted(io.BufferedReader):
    """A file that counts what is read of it, so that what comes out can be held against what went in."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self.bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As of every file."""
        piece = super().read(size)
        self.bytes += len(piece)
        return piece


@contextlib.contextmanager
def opened(archive: Path, most_entries: int) -> Iterator[tuple[zipfile.ZipFile, Counted]]:
    """A ZIP whose list can be read, holds something, is not too long, and does not name the same bytes twice.

    Raises ArchiveError.
    """
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(Counted(archive))
            if _entries_at_most(source) > most_entries:  # before the list is read: it may fill the memory
                raise ArchiveError(f"“{archive.name}” holds more than {most_entries:,} files.", "Divide it.")
            zipped = stack.enter_context(zipfile.ZipFile(source))
            _check_overlap(zipped, archive)
        except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, ValueError, OverflowError) as error:
            raise ArchiveError(
                f"“{archive.name}” can't be read as a ZIP ({error}).", "Copy it again, or unpack it elsewhere."
            ) from None
        except OSError as error:
            raise ArchiveError(
                f"“{archive}” can't be opened: {error.strerror or error}.", "Check the path, or copy the file again."
            ) from None
        yield zipped, source


def _entries_at_most(source: Counted) -> int:
    """No ZIP has more entries than its list has beginnings of entries; counted piece by piece, nothing is kept."""
    size = source.seek(0, os.SEEK_END)
    tail_at = max(0, size - 66_000)  # a ZIP ends with at most 65,557 bytes that tell where the list is
    source.seek(tail_at)
    tail = source.read()
    end = len(tail) - 22 if tail[-22:-18] == _LIST_END and tail[-2:] == b"\0\0" else tail.rfind(_LIST_END)
    if end < 0 or end + 22 > len(tail):
        return 0  # zipfile will say that it is no ZIP
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    if tail[end - 20 : end - 16] == _LONG_PLACE and tail[end - 76 : end - 72] == _LONG_END:
        length = int.from_bytes(tail[end - 36 : end - 28], "little")
    source.seek(max(0, tail_at + end - 76 - length))
    found, rest = 0, b""
    while piece := source.read(1 << 20):
        found += (rest + piece).count(_ENTRY)
        rest = piece[-3:]
    return found


def _check_overlap(zipped: zipfile.ZipFile, archive: Path) -> None:
    """Refuse an archive whose members share bytes: no honest program writes one. Raises ArchiveError."""
    entries = sorted(zipped.infolist(), key=lambda entry: entry.header_offset)
    if not entries:
        raise ArchiveError(f"“{archive.name}” is empty.", "Choose the ZIP that holds the photographs.")
    ends = 0
    for entry in entries:
        if entry.header_offset < ends:
            break
        # 30 bytes of head and the name at least, then what is said to be compressed.
        ends = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size
    else:
        if ends <= zipped.start_dir:
            return
    raise ArchiveError(
        f"The parts of “{archive.name}” lie upon one another: it is damaged, or made to fill the disk (a “zip bomb”).",
        "Delete it, and ask for the photographs in a folder.",
    )
