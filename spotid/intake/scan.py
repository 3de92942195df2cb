"""Walk a folder tree of originals, reading names, sizes and dates only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from spotid.errors import NotFoundError
from spotid.picture import is_picture_name
from spotid.project.layout import PROJECT_FILE
from spotid.project.media import Found

# Folders that operating systems and other programs make, and never hold originals.
SYSTEM_FOLDERS = frozenset({"$recycle.bin", "system volume information", "@eadir", "__macosx", "lost+found"})

# A folder that holds this file asks galleries to leave it out; so do SpotID's own surveys for their masks.
NO_MEDIA = ".nomedia"


def is_system_name(name: str) -> bool:
    """Hidden and system files: ``.DS_Store``, ``._IMG_0001.JPG``, ``Thumbs.db`` and their like."""
    return name.startswith(".") or name.lower() in SYSTEM_FOLDERS


def walk(root: Path, unreadable: Callable[[str], None] | None = None) -> Iterator[Found]:
    """Every picture below ``root``, folder by folder in the order of names.

    Links to folders are not followed (a loop would never end); SpotID projects and folders with a ``.nomedia`` are left
    out. ``unreadable`` is told each folder that can't be opened. Raises NotFoundError where ``root`` is no folder.
    """
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
            if unreadable is not None:
                unreadable(f"{folder or root}: {error.strerror or error}")
            continue
        if folder and any(entry.name in (PROJECT_FILE, NO_MEDIA) for entry in entries):
            continue
        below = []
        for entry in entries:
            if is_system_name(entry.name):
                continue
            relpath = f"{folder}/{entry.name}" if folder else entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    below.append(relpath)
                elif is_picture_name(entry.name) and entry.is_file():
                    about = entry.stat()
                    yield Found(relpath, about.st_size, about.st_mtime_ns)
            except OSError as error:
                if unreadable is not None:
                    unreadable(f"{relpath}: {error.strerror or error}")
        pending.extend(reversed(below))


def count_pictures(folder: Path, limit: int = 1000) -> int:
    """How many pictures lie directly in ``folder``, counted up to ``limit``."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not is_system_name(entry.name) and is_picture_name(entry.name):
                    total += 1
                    if total >= limit:
                        break
    except OSError:
        return 0
    return total
