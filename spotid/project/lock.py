"""One program at a time may write into a project."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from filelock import FileLock, Timeout

from spotid.errors import ProjectError, ProjectLockedError, ProjectReadOnlyError

IN_USE = "This project is already open in another SpotID"
NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)


class Lock:
    """A lock file that the operating system frees even when the program is killed."""

    def __init__(self, path: Path, sentence: str, *, wait: float = 0.0) -> None:
        self._lock = FileLock(str(path), timeout=wait)
        self._note = path.with_name(path.name + ".pid")
        try:
            self._lock.acquire()
        except Timeout:
            raise ProjectLockedError(
                f"{sentence}{self._holder()}", "Use that one, or close it first and try again."
            ) from None
        except OSError as error:
            if error.errno in NOT_WRITABLE:
                raise ProjectReadOnlyError(
                    f"Nothing can be written into “{path.parent}”.",
                    "Open it for looking only, or copy the folder to a disk that you may write to.",
                ) from None
            raise ProjectError(
                f"Nothing can be written into “{path.parent}”: {error.strerror or error}.",
                "Choose a folder that you may write to, on a disk with space left.",
            ) from None
        self._note.write_text(str(os.getpid()), encoding="ascii")

    def _holder(self) -> str:
        try:
            return f" (process {int(self._note.read_text(encoding='ascii'))})."
        except (OSError, ValueError):
            return "."

    def release(self) -> None:
        """Let the next program in."""
        self._note.unlink(missing_ok=True)
        self._lock.release()
