"""Where the crops lie that a folder of the original SpotID names: where its list says, beside it, or in a folder that a
person gives."""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from spotid.errors import NotFoundError
from spotid.intake import path_match, scan
from spotid.intake.original import Original
from spotid.picture import is_picture_name
from spotid.project.filenames import on_disk

LISTED = 500_000  # pictures of a folder that are compared with the list
DEEP = 3  # parts of a path, the disk included, that a folder common to several crops must have at least


@dataclass(slots=True)
class Crops:
    """``there``: row of the vector → the crop's file; ``lost``: row → its path as the list has it, forward slashes."""

    there: dict[int, Path] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)


def find(found: Original, folder: Path | None = None) -> Crops:
    """Look for every crop of the list; ``folder`` is where a person says that they are."""
    crops = Crops()
    left: dict[str, int] = {}
    for picture in found.pictures:
        # A path of another system is no path here, and one that is not whole could be anywhere.
        if is_picture_name(picture.path) and os.path.isabs(picture.path) and os.path.isfile(picture.path):
            file = Path(os.path.normpath(picture.path))
            if _narrow(file.parent, 2):
                crops.there[picture.row] = file
                continue
        left[picture.path] = picture.row
    place = folder if folder is not None else found.folder.parent
    if left:
        for path, name in path_match.match(left, _pictures(place)).photographs.items():
            crops.there[left.pop(path)] = place / name
    crops.lost = {row: path.replace("\\", "/") for path, row in left.items()}
    return crops


def roots(found: Original, crops: Crops, project: Path) -> list[Path]:
    """The folders of originals that hold the crops: one that is common to all where nothing else lies in it, that is
    neither the project nor the pictures of edges; else the folders of the crops themselves."""
    parents = sorted({file.parent for file in crops.there.values()})
    try:
        common = Path(os.path.commonpath(parents))
    except ValueError:  # several disks, or none at all
        return _outermost(parents)
    edges = [Path(one.edges) for one in found.pictures if one.edges]
    foreign = any(one.is_relative_to(common) for one in (project, found.folder, *edges))
    if foreign or not _narrow(common, DEEP):
        return _outermost(parents)
    return [common]


def places_of_lost(found: Original, crops: Crops, folders: list[Path]) -> dict[int, tuple[str, str]]:
    """Where lost crops would lie: row → (root, path below it), among those that are there where the list has them so.

    Then they join in when they come back. The others get the folder that their paths have in common, "" where none is.
    """
    begins: Counter[tuple[str, Path]] = Counter()
    for picture in found.pictures:
        file = crops.there.get(picture.row)
        root = next((one for one in folders if file is not None and file.is_relative_to(one)), None)
        if file is not None and root is not None:
            below = file.relative_to(root).as_posix()
            listed = picture.path.replace("\\", "/")
            if listed.endswith(f"/{below}"):
                begins[listed.removesuffix(below), root] += 1
    placed: dict[int, tuple[str, str]] = {}
    for row, path in crops.lost.items():
        for (begin, root), _ in begins.most_common():
            if path.startswith(begin):
                placed[row] = str(root), path.removeprefix(begin)
                break
    rest = {row: path for row, path in crops.lost.items() if row not in placed}
    common = _common(list(rest.values()))
    return placed | {row: (common, path.removeprefix(common).lstrip("/")) for row, path in rest.items()}


def _common(paths: list[str]) -> str:
    """The folder that paths have in common; "" where they have none."""
    if not paths or not all(re.match(r"/|[A-Za-z]:/", path) for path in paths):
        return ""
    try:
        common = posixpath.commonpath([posixpath.dirname(path) for path in paths])
    except ValueError:  # some of one system, some of another
        return ""
    return common if _narrow(Path(common), DEEP) else ""


def _narrow(folder: Path, parts: int) -> bool:
    """Whether a folder may be one of originals: no whole disk or home, since all that lies in it is looked through."""
    return len(folder.parts) >= parts and folder != Path.home()


def _outermost(parents: list[Path]) -> list[Path]:
    chosen: list[Path] = []
    for one in parents:
        if not any(one.is_relative_to(other) for other in chosen):
            chosen.append(one)
    return chosen


def _pictures(folder: Path) -> list[str]:
    try:
        return [on_disk(one.relpath) for one in islice(scan.walk(folder), LISTED)]
    except (OSError, NotFoundError):
        return []
