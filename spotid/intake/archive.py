"""Unpack a ZIP of photographs, trusting nothing that it says about itself.

Names may lead out of the folder, sizes may be lies, and a file of a few kilobytes may hold terabytes of zeros. What is
refused becomes a line with a reason; the rest is unpacked. The method follows the published advice on zip bombs
(D. Fifield, "A better zip bomb", WOOT 2019): count what really comes out, and refuse members that share bytes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from spotid.errors import ArchiveError
from spotid.intake.ziplist import Counted, opened
from spotid.progress import Progress
from spotid.project.files import disk_error, free_bytes
from spotid.settings import DEFAULTS

MOST_ENTRIES = 200_000
MOST_RATIO = 200  # photographs come out at 1 to 1.1 times their size, text at 10, zeros at 1,000
FREE_OF_RATIO = 1 << 20  # a small member may be anything
PIECE = 1 << 16  # so much is read at once; a piece of zeros may come out as 1,030 times as much, in pieces again
LONGEST_NAME, LONGEST_PATH, DEEPEST = 200, 1000, 40  # bytes; every disk takes 255 and every system 1,024
KEPT_FREE = 1 << 28  # so much room is left on the disk
_WINDOWS = frozenset('<>:"|?*')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
# bzip2 and LZMA are left out: Python unpacks a piece of them all at once, and a megabyte of them may hold gigabytes.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
FOREIGN_SYSTEM = os.name == "nt"  # where many names that other systems take can't be used


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that was left out: its name as the archive gives it, and the reason as a sentence."""

    name: str
    sentence: str


@dataclass(slots=True)
class Unpacked:
    """What came of an archive: the files written, the entries left out, and the bytes written."""

    files: list[Path] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    bytes: int = 0


class _RefusedError(Exception):
    """One entry can't be unpacked; the sentence says why."""


def unpack(
    archive: Path,
    target: Path,
    progress: Progress,
    *,
    most_bytes: int | None = None,
    most_entries: int = MOST_ENTRIES,
    most_ratio: int = MOST_RATIO,
) -> Unpacked:
    """Unpack ``archive`` into the new folder ``target``; flat in memory, one step of ``progress`` for each entry.

    ``most_bytes`` limits what is written in all (the setting ``unpack_mb`` unless given); it is never more than the
    free room on the disk. While it works, all lies in ``target`` with the ending ``.part``, which is gone again when it
    is cancelled or fails. Raises ArchiveError for what is no ZIP or does harm as a whole, DiskFullError,
    and Cancelled when a person has asked to stop.
    """
    if target.exists():
        raise ArchiveError(f"There is a folder “{target.name}” already.", "Choose a new folder for the photographs.")
    part, done = target.with_name(target.name + ".part"), Unpacked()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        room = DEFAULTS["unpack_mb"] * 1_000_000 if most_bytes is None else most_bytes
        room = min(room, max(0, free_bytes(target.parent) - KEPT_FREE))
        shutil.rmtree(part, ignore_errors=True)
        with opened(archive, most_entries) as (zipped, source):
            part.mkdir()
            progress.expect(len(zipped.infolist()))
            taken: dict[str, bool] = {}
            for entry in zipped.infolist():
                try:
                    path = _place(entry, part, taken)
                    if path is not None:
                        done.bytes += _write(zipped, source, entry, path, room - done.bytes, most_ratio)
                        done.files.append(target / path.relative_to(part))
                except _RefusedError as refusal:
                    done.refused.append(Refused(_shown(entry), str(refusal)))
                progress.step()
        part.rename(target)
    except OSError as error:
        full = disk_error(error, target)
        if full is not error:
            raise full from error
        raise ArchiveError(
            f"“{archive.name}” can't be unpacked into “{target}”: {error.strerror or error}.", "Choose another folder."
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)  # nothing is left of it where all went well
    return done


def _place(entry: zipfile.ZipInfo, part: Path, taken: dict[str, bool]) -> Path | None:
    """Where an entry goes, None for a folder. ``taken``: the names in use, True for files. Raises _RefusedError."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _RefusedError("This is a link or a device and no photograph.")
    folder = entry.orig_filename.endswith("/") or kind == stat.S_IFDIR
    parts = _parts(unicodedata.normalize("NFC", entry.orig_filename))  # zipfile cuts ``filename`` at a zero byte
    if entry.flag_bits & 0x1:
        raise _RefusedError("It is locked with a password. Unpack it with another program first.")
    if entry.flag_bits & 0x20 or entry.compress_type not in _METHODS:
        raise _RefusedError("It is packed in a way that SpotID does not know. Unpack it with another program first.")
    keys = ["/".join(parts[:end]).casefold() for end in range(1, len(parts) + 1)]
    kinds = [False] * (len(parts) - 1) + [not folder]
    if any(key in taken and (taken[key] or is_file) for key, is_file in zip(keys, kinds, strict=True)):
        raise _RefusedError("Another entry has the same name, or one that differs only by capitals.")
    taken.update(zip(keys, kinds, strict=True))
    path = part.joinpath(*parts)
    (path if folder else path.parent).mkdir(parents=True, exist_ok=True)
    return None if folder else path


def _parts(name: str) -> tuple[str, ...]:
    """The folders and the name of an entry. Raises _RefusedError for all that might mean another place somewhere."""
    if not name or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        raise _RefusedError("Its name holds signs that no file name has.")
    parts = PurePosixPath(name).parts
    drive = name[1:2] == ":" and name[0].isalpha()
    if drive or not parts or "\\" in name or name.startswith("/") or {"..", "."} & set(name.split("/")):
        raise _RefusedError("Its name leads to a place outside of the folder.")
    if FOREIGN_SYSTEM and any(_foreign(part) for part in parts):
        raise _RefusedError("Its name can't be used on this computer.")
    lengths = [len(part.encode()) for part in parts]
    if max(lengths) > LONGEST_NAME or sum(lengths) > LONGEST_PATH or len(parts) > DEEPEST:
        raise _RefusedError("Its name is too long.")
    return parts


def _foreign(part: str) -> bool:
    return bool(set(part) & _WINDOWS) or part[-1] in " ." or part.split(".")[0].strip().lower() in _RESERVED


def _write(
    zipped: zipfile.ZipFile, source: Counted, entry: zipfile.ZipInfo, path: Path, room: int, most_ratio: int
) -> int:
    """Write one member; gives its size. What comes out is held against what went in, not against what the list says."""
    written, before = 0, source.bytes
    try:
        if entry.file_size > room:  # zipfile gives nothing beyond it
            raise _RefusedError("There is no room for it.")
        with zipped.open(entry) as member, path.open("xb") as file:
            for piece in _pieces(member):
                written += len(piece)
                if written > FREE_OF_RATIO and written > most_ratio * (source.bytes - before):
                    raise _RefusedError(f"It grows to more than {most_ratio} times its size, as no photograph does.")
                if written > room:
                    raise _RefusedError("There is no room for it.")
                file.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        path.unlink(missing_ok=True)
        raise _RefusedError(f"It is damaged and can't be unpacked ({error}).") from None
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and disk_error(error, path) is error:
            raise _RefusedError(f"It can't be unpacked ({error.strerror or error}).") from None
        raise
    with contextlib.suppress(OSError, ValueError, OverflowError):
        when = time.mktime((*entry.date_time, 0, 0, -1))  # ZIP keeps the local time without a zone
        os.utime(path, (when, when))
    return written


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(PIECE):
        yield piece


def _shown(entry: zipfile.ZipInfo) -> str:
    """A name that can be shown: no signs that steer a terminal or turn the writing round, and not endless."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in entry.orig_filename)
    return plain if len(plain) <= 200 else f"{plain[:199]}…"
