"""Write files so that they are either whole or not there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

from spotid.errors import DiskFullError


def write_whole(path: Path, content: bytes) -> None:
    """Write to a ``.part`` beside the target, flush to the disk, rename.

    Raises DiskFullError when there is no room; the target is untouched then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise disk_error(error, path) from error


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file with its times to a ``.part`` beside the target, then rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copy2(source, part)
        part.chmod(0o644)  # a read-only original must not make a copy that can't be moved or deleted
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise disk_error(error, target) from error


def disk_error(error: OSError, path: Path) -> Exception:
    """A full disk in words for a person; any other error as it is."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"The disk that holds “{path.parent}” is full.", "Free some space, then run again; it goes on from here."
        )
    return error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def free_bytes(folder: Path) -> int:
    """Free space on the disk that holds ``folder``."""
    return shutil.disk_usage(folder).free
