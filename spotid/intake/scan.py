"""Walk a folder tree of originals, reading names, sizes and dates only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from spotid.errors import NotFoundError
from spotid.picture import is_clip_name, is_original_name, is_picture_name
from spotid.project.aside import check_there
from spotid.project.filenames import kept
from spotid.project.layout import PROJECT_FILE
from spotid.project.media import Found

# Folders that operating systems and other programs make, and never hold originals.
SYSTEM_FOLDERS = frozenset({"$recycle.bin", "system volume information", "@eadir", "__macosx", "lost+found"})

# A folder that holds this file asks galleries to leave it out; so do SpotID's own surveys for their masks.
NO_MEDIA = ".nomedia"
PROJECT, LINK = "a SpotID project", "a link to a folder"  # why else a folder is left out


def is_system_name(name: str) -> bool:
    """Hidden and system files: ``.DS_Store``, ``._IMG_0001.JPG``, ``Thumbs.db`` and their like."""
    return name.startswith(".") or name.lower() in SYSTEM_FOLDERS


class Told:
    """What a walk tells beside the pictures it finds; this one listens to nothing."""

    def closed(self, relpath: str, error: OSError) -> None:
        """A folder can't be looked into."""

    def left_out(self, relpath: str, why: str) -> None:
        """A folder, or a link to one, is left out on purpose."""


def walk(root: Path, told: Told | None = None) -> Iterator[Found]:
    """Everything below ``root`` that is named like a picture or a clip, folder by folder in the order of names.

    Links to folders are not followed (a loop would never end); SpotID projects and folders with a ``.nomedia`` are left
    out. Nothing is opened: what is neither after all, a dead link or a pipe, is for the reader to say. Raises
    NotFoundError where ``root`` is no folder, FolderGoneError where it goes away meanwhile.
    """
    told = told or Told()
    if not root.is_dir():
        raise NotFoundError(
            f"There is no folder “{root}”.", "Check the path; is the memory card or the disk plugged in?"
        )
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            check_there(root)
            told.closed(kept(folder), error)
            continue
        if folder and (why := _why_not(entries)):
            told.left_out(kept(folder), why)
            continue
        below = []
        for entry in entries:
            if is_system_name(entry.name):
                continue
            relpath = f"{folder}/{entry.name}" if folder else entry.name
            if _is_folder(entry, follow=False):
                below.append(relpath)
            elif _is_folder(entry, follow=True):
                told.left_out(kept(relpath), LINK)
            elif is_picture_name(entry.name):
                yield Found(kept(relpath), *_size_and_time(entry))
            elif is_clip_name(entry.name):
                yield Found(kept(relpath), *_size_and_time(entry), "clip")
        pending.extend(reversed(below))


def _why_not(entries: list[os.DirEntry[str]]) -> str | None:
    names = {entry.name for entry in entries}
    return PROJECT if PROJECT_FILE in names else NO_MEDIA if NO_MEDIA in names else None


def _is_folder(entry: os.DirEntry[str], *, follow: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow)
    except OSError:
        return False


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    """Bytes and modification time; of a link that leads nowhere its own, zeros where nothing can be known."""
    for follow in (True, False):
        try:
            about = entry.stat(follow_symlinks=follow)
            return about.st_size, about.st_mtime_ns
        except OSError:
            continue
    return 0, 0


def count_pictures(folder: Path, limit: int = 1000) -> int:
    """How many pictures and clips lie directly in ``folder``, counted up to ``limit``."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not is_system_name(entry.name) and is_original_name(entry.name):
                    total += 1
                    if total >= limit:
                        break
    except OSError:
        return 0
    return total
