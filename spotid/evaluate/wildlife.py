"""Folders whose names say who is who, as LeopardID102, SpottedHyenaID109 and SpottedHyenaID415 are handed out.

Those lie as ``INDIVIDUAL/PICTURE`` or, with tags of the side, ``INDIVIDUAL/L/PICTURE``, and names of pictures hold the
camera (``CAM12``) and the moment (``2023-05-01_18-30-00`` or ``_20230501_183000_``). What the loader of
``wildlife-datasets`` makes of them is a table with the columns image_id, path, identity, camera, date and orientation,
which ``manifest`` reads as it reads any other. Where the cameras stood is told apart from both (``cameras``).
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from spotid.errors import BadRequestError
from spotid.evaluate import manifest_cells as cells
from spotid.evaluate.cameras import looks_like_cameras
from spotid.evaluate.manifest import Entry, Manifest
from spotid.picture import is_picture_name

CAMERA = re.compile(r"(?<![A-Za-z])(CAM[^_]+)")
MOMENTS = (
    re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})[_ T](\d{2}-\d{2}-\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(\d{8})[_ -](\d{6})(?!\d)"),
)
MANIFESTS = ("manifest.csv", "metadata.csv", "annotations.csv")
DEEPEST = 6  # folders below the one that was given
MOST = 500_000


def from_folder(folder: Path) -> Manifest:
    """Read who is who from the names of folders. Raises BadRequestError where no folder holds pictures.

    The first folder below ``folder`` names the individual, or the first one below that where everything lies in one.
    """
    paths = _pictures(folder)
    tops = {PurePosixPath(path).parts[0] for path in paths if "/" in path}
    inner = [path for path in paths if len(PurePosixPath(path).parts) > 2]
    level = 1 if len(tops) == 1 and len(inner) == len(paths) and not _only_sides(inner) else 0
    entries, refused = [], []
    for number, path in enumerate(paths, 1):
        parts = PurePosixPath(path).parts
        if len(parts) < level + 2:
            refused.append((0, f"“{path}” lies in no individual's folder."))
        elif parts[level].casefold() in cells.NOBODY:
            refused.append((0, f"“{path}” is of nobody known."))
        else:
            sides = [cells.SIDES.get(part.casefold(), 0) for part in parts[level + 1 : -1]]
            entries.append(_entry(number, path, parts[level], next((side for side in sides if side), 0)))
    if not entries:
        raise BadRequestError(
            f"The folders in “{folder}” do not say who is in the pictures.",
            "Put each individual's pictures into a folder with its name, or give a table with --manifest.",
        )
    made = Manifest(folder, entries, refused, columns={"path", "identity"})
    made.columns |= {name for name, told in (("datetime", "taken"), ("camera", "camera"), ("flank", "flank"))
                     if any(getattr(entry, told) for entry in entries)}  # fmt: skip
    made.notes.append(f"Who is who was read from the names of folders: {len({e.identity for e in entries}):,} of them.")
    return made


def manifest_in(folder: Path) -> Path | None:
    """The table of pictures that lies in a folder under a usual name, if one does."""
    return next((folder / name for name in MANIFESTS if (folder / name).is_file()), None)


def cameras_in(folder: Path) -> Path | None:
    """The only table in a folder, or in its one folder, that tells where cameras are; None where several do."""
    places = [folder, *(one for one in sorted(folder.iterdir()) if one.is_dir())][:3]
    found = [file for place in places for file in sorted(place.glob("*.csv")) if looks_like_cameras(file)]
    return found[0] if len(found) == 1 else None


def _pictures(folder: Path) -> list[str]:
    found: list[str] = []
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            inside = sorted(place.iterdir())
        except OSError:
            continue
        for one in inside:
            if one.name.startswith(".") or one.is_symlink():
                continue
            if one.is_dir() and depth < DEEPEST:
                waiting.append((one, depth + 1))
            elif is_picture_name(one.name) and one.is_file():
                found.append(one.relative_to(folder).as_posix())
        if len(found) > MOST:
            raise BadRequestError(f"“{folder}” holds more than {MOST:,} pictures.", "Choose a smaller folder.")
    return sorted(found)


def _only_sides(paths: list[str]) -> bool:
    """Whether the second folders are sides alone: then the first are individuals, even if there is only one."""
    return {PurePosixPath(path).parts[1].casefold() for path in paths} <= cells.SIDES.keys()


def _entry(number: int, path: str, identity: str, flank: int) -> Entry:
    stem = PurePosixPath(path).stem
    camera = CAMERA.search(stem)
    taken = None
    for pattern in MOMENTS:
        match = pattern.search(stem)
        told = cells.moment(f"{match[1]} {match[2]}" if "-" in match[1] else match[1] + match[2]) if match else None
        if told is not None:
            taken = told[0]
            break
    return Entry(number, path, identity, "", camera[1] if camera else "", None, taken, flank)
