"""Photographs that a project knows already, met in another place: on a disk with another letter, renamed, or copied.

Taken for new ones they would stand in the project twice, and every animal with them. Where they are is one row.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from spotid.errors import BadRequestError
from spotid.project import aside
from spotid.project.filenames import kept, on_disk
from spotid.project.files import sha256_of
from spotid.project.folder import Project, check_apart
from spotid.project.inside import inside
from spotid.project.media import root_folder
from spotid.project.store import Store
from spotid.words import MediaState

A_FEW = 20  # files of which one must be there
LOOKED_AT = 200  # files of a folder that are compared
ALIKE = 0.9  # of these; some may have been sorted out since
HASHED = 24  # files whose content is compared; their uids are hashes, so that these are a fair sample
LARGEST = 200_000_000  # bytes of a file that is still read whole for this
ENOUGH = 3  # contents compared, fewer where fewer photographs are known


@dataclass(frozen=True, slots=True)
class Gone:
    """A folder of originals, as a rule one that is not where it was. ``files``: how many the project knows of it."""

    root: int
    folder: Path
    files: int


@dataclass(slots=True)
class Comparison:
    """A folder held against what the project knows of a folder of originals.

    ``there`` of ``files`` lie in it by place, name and size; the contents of ``compared`` were read, and those of
    ``agree`` are the same ones. ``others``: places of some that differ. ``missing``: inner folder → (how many of its
    files are not there, how many it had); "" stands for files that lie in no inner folder. ``renamed``: inner folder →
    the name under which all its files lie there now.
    """

    folder: Path
    files: int = 0
    there: int = 0
    compared: int = 0
    agree: int = 0
    others: list[str] = field(default_factory=list)
    missing: dict[str, tuple[int, int]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether contents were compared and, but for damage to single files, agree."""
        return self.agree >= min(ENOUGH, self.files) and self.agree > 0 and self.agree >= ALIKE * self.compared

    @property
    def whole(self) -> bool:
        """Whether as good as all files are there."""
        return self.there >= ALIKE * self.files


def gone(store: Store) -> list[Gone]:
    """The folders of originals that are not there now, or hold none of their files any more.

    Those in the project itself move with it.
    """
    return [one for one in kept_elsewhere(store) if one.files and not _is_where_it_was(store, one)]


def kept_elsewhere(store: Store) -> list[Gone]:
    """All folders of originals outside of the project, there or not."""
    rows = store.all(
        "SELECT root.id, path, (SELECT COUNT(*) FROM media WHERE root_id = root.id) AS files FROM root ORDER BY root.id"
    )
    places = [Gone(row["id"], _where(store, row["path"]), row["files"]) for row in rows]
    return [one for one in places if not one.folder.is_relative_to(store.path.parent)]


def _where(store: Store, path: str) -> Path:
    """The folder of a root; of one with a drive letter or of a Windows server, elsewhere too, its name as it is."""
    return Path(path) if re.match(r"[A-Za-z]:[\\/]|\\\\", path) else root_folder(store, path)


def _is_where_it_was(store: Store, one: Gone) -> bool:
    if not aside.is_there(one.folder):
        return False
    rows = sample(store, one.root, A_FEW)
    return not rows or share(rows, one.folder) > 0


def sample(store: Store, root: int, most: int = LOOKED_AT) -> list[sqlite3.Row]:
    """A fair sample of the files that the project knows of a folder of originals."""
    return store.all(
        "SELECT relpath, bytes, sha256 FROM media WHERE root_id = ? AND bytes > 0 AND kind != 'still'"
        " ORDER BY uid LIMIT ?",
        *(root, most),
    )


def share(rows: list[sqlite3.Row], folder: Path) -> float:
    """The share of these files that lie in ``folder``, by place, name and size."""
    return sum(_size(folder / on_disk(row["relpath"])) == row["bytes"] for row in rows) / max(1, len(rows))


def same_photographs(store: Store, root: int, folder: Path) -> bool:
    """Whether ``folder`` holds the files of a folder of originals, by their places and sizes, proven by their contents.

    Cameras call their files alike, and two cards may even hold pictures of the same sizes under the same names.
    """
    rows = store.all(
        "SELECT relpath, bytes, sha256 FROM media WHERE root_id = ? AND state != ? AND bytes > 0 ORDER BY uid LIMIT ?",
        *(root, MediaState.MISSING, LOOKED_AT),
    )
    if not rows or share(rows, folder) < ALIKE:
        return False
    compared, agree, _ = _contents(rows, folder)
    return agree >= ALIKE * compared  # what was never read can't be proven, and nothing hangs on it


def compare(store: Store, root: int, folder: Path) -> Comparison:
    """Hold ``folder`` against everything that the project knows of a folder of originals; reads folders, and a sample
    of the files."""
    told = Comparison(folder)
    known: dict[str, dict[str, int]] = defaultdict(dict)
    for row in store.all("SELECT relpath, bytes FROM media WHERE root_id = ? AND bytes > 0 AND kind != 'still'", root):
        inner, _, name = row["relpath"].rpartition("/")
        known[inner][name] = row["bytes"]
    found: dict[str, list[str]] = {}
    lost: Counter[str] = Counter()
    had: Counter[str] = Counter()
    for inner, files in known.items():
        sizes = _sizes(folder / on_disk(inner))
        found[inner] = [name for name, size in files.items() if sizes.get(name) == size]
        told.files += len(files)
        told.there += len(found[inner])
        top = inner.split("/")[0]
        had[top] += len(files)
        lost[top] += len(files) - len(found[inner])
    told.missing = {top: (count, had[top]) for top, count in sorted(lost.items()) if count}
    told.renamed = _renamed(folder, known, {top for top, (count, of) in told.missing.items() if top and count == of})
    rows = [
        row
        for row in sample(store, root, told.files)
        if row["relpath"].rpartition("/")[2] in found[row["relpath"].rpartition("/")[0]]
    ]
    told.compared, told.agree, told.others = _contents(rows, folder)
    return told


def link(project: Project, root: int, folder: Path) -> None:
    """From now on the photographs of a folder of originals lie in ``folder``: one row changes.

    Raises BadRequestError where the project has this folder already, or lies in it.
    """
    check_apart(project.path, folder)
    store, name = project.store, kept(str(folder))
    other = store.one("SELECT id FROM root WHERE path = ? AND id != ?", name, root)
    if other is not None:
        raise BadRequestError(
            f"“{folder}” is a folder of photographs of this project already.",
            "Choose the folder that holds the photographs that are looked for.",
        )
    move_root(store, root, folder)


def move_root(store: Store, root: int, folder: Path) -> None:
    """Change the row of a folder of originals."""
    with store.write() as connection:
        connection.execute("UPDATE root SET path = ? WHERE id = ?", (kept(str(folder)), root))


def _contents(rows: list[sqlite3.Row], folder: Path) -> tuple[int, int, list[str]]:
    """How many files were read, how many of these are the ones that the project knows, and some that are not."""
    compared, agree, others = 0, 0, []
    for row in rows:
        if compared == HASHED:
            break
        if row["sha256"] is None or row["bytes"] > LARGEST:
            continue
        try:
            digest = sha256_of(inside(folder / on_disk(row["relpath"]), folder))
        except Exception:  # it leads elsewhere, or can't be read: no proof either way
            continue
        compared += 1
        agree += digest == row["sha256"]
        others += [] if digest == row["sha256"] else [row["relpath"]]
    return compared, agree, others


def _renamed(folder: Path, known: dict[str, dict[str, int]], lost: set[str]) -> dict[str, str]:
    """Inner folders of which nothing is there, and the folder beside their place that holds all their files now."""
    if not lost:
        return {}
    tops = {inner.split("/")[0] for inner in known}
    try:
        with os.scandir(folder) as entries:
            strangers = sorted(e.name for e in entries if e.name not in tops and e.is_dir(follow_symlinks=False))
    except OSError:
        return {}
    found: dict[str, str] = {}
    for top in sorted(lost):
        inners = [inner for inner in known if inner.split("/")[0] == top]
        for name in strangers:
            if name not in found.values() and all(
                _holds(folder / on_disk(name + inner[len(top) :]), known[inner]) for inner in inners
            ):
                found[top] = name
                break
    return found


def _holds(folder: Path, files: dict[str, int]) -> bool:
    sizes = _sizes(folder)
    return all(sizes.get(name) == size for name, size in files.items())


def _sizes(folder: Path) -> dict[str, int]:
    """Name → bytes of the files that lie in a folder, none where it can't be looked into."""
    sizes: dict[str, int] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    sizes[kept(entry.name)] = entry.stat().st_size
    except OSError:
        pass
    return sizes


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
