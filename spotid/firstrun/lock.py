"""One set-up at a time: a lock that the operating system frees even when its holder is killed."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from types import TracebackType

BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK))


class SetupLock:
    """Held while the environment is changed; ``waiting`` is called once if another start holds it.

    A file system without locks (some network drives) is used without one rather than not at all.
    """

    def __init__(self, path: str, waiting: Callable[[], None], pause: float = 0.2) -> None:
        self.path = path
        self.waiting = waiting
        self.pause = pause
        self.handle = -1

    def __enter__(self) -> SetupLock:
        self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        told = False
        try:
            while not try_lock(self.handle):
                if not told:
                    self.waiting()
                    told = True
                time.sleep(self.pause)
        except BaseException:
            os.close(self.handle)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing frees the lock, unless a child that is still installing holds the same handle (see pip.py).
        os.close(self.handle)
        self.handle = -1


def try_lock(handle: int) -> bool:
    """Whether the lock could be had; True as well where the file system knows no locks."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in BUSY
    return True
