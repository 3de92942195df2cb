"""Whether SpotID's own notes about this user can be written, and what a person can do where they can't."""

from __future__ import annotations

import errno
import os

from spotid.errors import DiskFullError, SpotIDError
from spotid.places import HOME_VARIABLE, user_folder, user_path

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def check() -> None:
    """Raise SpotIDError, or DiskFullError, where the user's folder can't be written."""
    try:
        probe = user_folder() / f".probe-{os.getpid()}"
        probe.write_bytes(b"SpotID\n" * 64)
        probe.unlink()
    except OSError as error:
        raise trouble_with(error) from error


def trouble_with(error: OSError) -> SpotIDError:
    """What a fault of the user's own folder means for a person."""
    folder = user_path()
    if error.errno in FULL:
        return DiskFullError(
            f"The disk is full: SpotID can't write its notes in “{folder}”.",
            "Make some room on this disk, then start SpotID again. Every answer is kept.",
        )
    return SpotIDError(
        f"SpotID can't write in its own folder “{folder}”: {error.strerror or error}.",
        f"Ask who looks after this computer to let you write there, or let {HOME_VARIABLE} name another folder.",
    )
