"""Photographs that a project knows already, met in another place: on a disk with another letter, or copied.

Taken for new ones they would stand in the project twice, and every animal with them.
"""

from __future__ import annotations

from pathlib import Path

from spotid.project.filenames import kept, on_disk
from spotid.project.store import Store
from spotid.words import MediaState

LOOKED_AT = 200  # files of a folder that are compared
ALIKE = 0.9  # of these; some may have been sorted out since


def same_photographs(store: Store, root: int, folder: Path) -> bool:
    """Whether ``folder`` holds the files of a folder of originals, by their places and sizes.

    Cameras call their files alike, but two cards with pictures of the same sizes under the same names are one.
    """
    rows = store.all(
        "SELECT relpath, bytes FROM media WHERE root_id = ? AND state != ? AND bytes > 0 ORDER BY uid LIMIT ?",
        *(root, MediaState.MISSING, LOOKED_AT),
    )
    found = sum(_size(folder / on_disk(row["relpath"])) == row["bytes"] for row in rows)
    return bool(rows) and found >= ALIKE * len(rows)


def move_root(store: Store, root: int, folder: Path) -> None:
    """From now on the photographs of a folder of originals lie in ``folder``."""
    with store.write() as connection:
        connection.execute("UPDATE root SET path = ? WHERE id = ?", (kept(str(folder)), root))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
