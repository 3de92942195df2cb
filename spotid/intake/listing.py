"""What lies in a folder or a ZIP, by names and sizes alone; nothing is unpacked and nothing opened."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from spotid.errors import NotFoundError
from spotid.intake import scan
from spotid.intake.archive import MOST_ENTRIES
from spotid.intake.sheet import is_sheet_name
from spotid.intake.ziplist import opened
from spotid.picture import is_clip_name, is_picture_name
from spotid.progress import Progress, Silent
from spotid.project.filenames import kept

PICTURE, CLIP, SHEET, OTHER = "picture", "clip", "sheet", "other"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file: its path with forward slashes, its bytes, its kind, and a checksum where one is known for nothing."""

    path: str
    bytes: int
    kind: str
    digest: str = ""


class Entry(Protocol):
    """What a ZIP tells of a file in it."""

    filename: str
    file_size: int
    CRC: int


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of a folder or ZIP, in the order of their paths, hidden ones and those of the system left out."""

    name: str
    files: list[Listed] = field(default_factory=list)

    def originals(self) -> list[Listed]:
        """The pictures and clips."""
        return [one for one in self.files if one.kind in (PICTURE, CLIP)]

    def inside(self, folder: str) -> Listing:
        """What lies below a folder, with paths from there on."""
        start = f"{folder}/"
        files = [
            Listed(one.path.removeprefix(start), one.bytes, kind_of(one.path.removeprefix(start)), one.digest)
            for one in self.files
            if one.path.startswith(start)
        ]
        return Listing(self.name, files)


def kind_of(path: str) -> str:
    """Picture, clip, sheet (in the root alone) or other, by the name."""
    name = PurePosixPath(path).name
    if is_picture_name(name):
        return PICTURE
    if is_clip_name(name):
        return CLIP
    return SHEET if is_sheet_name(name) and "/" not in path else OTHER


def listing(name: str, files: Iterable[tuple[str, int, str]]) -> Listing:
    """A listing of (path, bytes, checksum or nothing)."""
    shown = sorted(one for one in files if not any(scan.is_system_name(part) for part in one[0].split("/")))
    return Listing(name, [Listed(path, size, kind_of(path), digest) for path, size, digest in shown])


def of_entries(name: str, entries: Iterable[Entry]) -> Listing:
    """The listing of a ZIP's entries; their checksums come with them. Names are composed, as unpacking writes them."""
    files = [entry for entry in entries if not entry.filename.endswith("/")]
    found = [
        (unicodedata.normalize("NFC", one.filename), one.file_size, f"{one.CRC:08x}" if one.file_size else "")
        for one in files
    ]
    return listing(name, found)


def of_zip(archive: Path) -> Listing:
    """What a ZIP says that it holds. Raises ArchiveError."""
    with opened(archive, MOST_ENTRIES) as (zipped, _):
        return of_entries(archive.name, zipped.infolist())


def of_folder(root: Path, progress: Progress | None = None) -> Listing:
    """What lies below a folder; links to folders, SpotID projects and what galleries leave out are left out here too.

    One step of ``progress`` for each file. Raises NotFoundError where there is no folder.
    """
    progress = progress or Silent()
    if not root.is_dir():
        raise NotFoundError(f"There is no folder “{root}”.", "Check the path; is the disk plugged in?")
    found: list[tuple[str, int, str]] = []
    for folder, below, names in os.walk(root):
        here = Path(folder)
        if here != root and (scan.NO_MEDIA in names or scan.PROJECT_FILE in names):
            below.clear()
            continue
        below[:] = sorted(name for name in below if not scan.is_system_name(name))
        progress.step(0)
        for name in names:
            progress.step()
            try:
                found.append((kept((here / name).relative_to(root).as_posix()), (here / name).stat().st_size, ""))
            except OSError:
                found.append((kept((here / name).relative_to(root).as_posix()), 0, ""))
    return listing(root.name, found)
