"""One check for every file that is opened: what a name leads to must lie in the folder that it belongs to.

A project folder or a card of photographs may come from a stranger: with links that lead elsewhere, or with names in the
database such as ``../../secret.jpg``.
"""

from __future__ import annotations

from pathlib import Path

from spotid.errors import OutsideError, PictureError
from spotid.picture import is_original_name
from spotid.words import Problem


def inside(path: Path, folder: Path) -> Path:
    """``path`` itself, where what it leads to (links followed, ``..`` resolved) lies in ``folder``.

    The path need not exist. Raises OutsideError.
    """
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return path
    except (OSError, RuntimeError, ValueError):
        pass  # links in a circle, a name that no file can have
    raise OutsideError()


def original(folder: Path, relpath: str) -> Path:
    """Where a photograph or clip of a folder of originals lies.

    A link to one in the same folder is fine. Raises OutsideError for one that leads out of it and for names of other
    files (an export must not copy somebody's keys because a project from elsewhere names them), and PictureError for
    what is no plain file (a device, a pipe: reading one may never end).
    """
    if not is_original_name(relpath):
        raise OutsideError()
    path = inside(folder / relpath, folder)
    try:
        if path.exists() and not path.is_file():
            raise PictureError(Problem.NOT_A_FILE, Problem.NOT_A_FILE.sentence, Problem.NOT_A_FILE.advice)
    except OSError as error:
        raise PictureError(Problem.UNREADABLE, f"The file can't be looked at: {error.strerror}.") from None
    return path
