"""Find a folder of originals again that was moved or renamed, prove that it is the one, and change its row."""

from __future__ import annotations

import os
import re
import sqlite3
import string
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake.scan import is_system_name
from spotid.project import moved
from spotid.project.filenames import shown
from spotid.project.folder import Project
from spotid.project.moved import Comparison, Gone

DEEP = 3  # folders below a place that are looked into
MOST = 4000  # folders looked into, in all
SECONDS = 25.0  # spent on looking
PROBE = 12  # files by which a folder is passed over
NAMED = 6  # folders in a list


@dataclass(slots=True)
class Relinked:
    """What came of it. ``linked``: the row was changed; ``partly``: a person may still want what is there."""

    old: Path
    folder: Path | None = None
    linked: bool = False
    partly: bool = False
    seen: Comparison | None = None
    sentences: list[str] = field(default_factory=list)


def relink(
    project: Project, folder: Path | None = None, root: int | None = None, *, partly: bool = False
) -> list[Relinked]:
    """Look for every folder of originals that is gone, or for ``root`` alone, in ``folder`` or where it may be.

    ``partly``: also where only a part of its files is there; what is not stays known as missing. Raises NotFoundError
    where ``folder`` is none or there is no such root, BadRequestError.
    """
    folder = folder.expanduser().absolute() if folder is not None else None
    if folder is not None and not folder.is_dir():
        raise NotFoundError(f"There is no folder “{folder}”.", "Check the path, or look for it with Browse….")
    wanted = moved.gone(project.store)
    if root is not None or (folder is not None and not wanted):
        wanted = [one for one in moved.kept_elsewhere(project.store) if root in (None, one.root) and one.files]
        if root is not None and not wanted:
            raise NotFoundError("The project has no such folder of photographs.", "Load the page again.")
    return [_one(project, gone, folder, partly) for gone in wanted]


def _one(project: Project, gone: Gone, folder: Path | None, partly: bool) -> Relinked:
    told = Relinked(gone.folder)
    rows = moved.sample(project.store, gone.root)
    if not rows:
        told.sentences = [
            "Nothing is known of these files by which they could be told from others: they were never read.",
            "Put them where they were looked for first, then run again.",
        ]
        return told
    places = _around(folder) if folder else likely(project.path, gone.folder)
    seen = _best(project, gone.root, rows, places)
    if seen is None:
        where = f"in “{shown(str(folder))}”" if folder else "in the likely places"
        told.sentences = [f"The photographs were not found {where}."]
        return told
    place = seen.folder
    told.folder, told.seen = place, seen
    told.sentences = list(_sentences(seen))
    if place == gone.folder:
        told.sentences.append("This is where the project looks for them already.")
    elif not seen.proven:
        told.sentences.append("Nothing was changed: these are other photographs with the same names.")
        if not seen.compared:
            told.sentences[-1] = "Nothing was changed: none of these files was ever read, so that nothing proves them."
    elif not (seen.whole or partly):
        told.partly = True
        told.sentences.append("Nothing was changed: a large part of the photographs is not there.")
    else:
        try:
            moved.link(project, gone.root, place)
        except BadRequestError as error:
            told.sentences.append(str(error))
            return told
        told.linked = True
        told.sentences.append(f"From now on they are read from “{shown(str(place))}”.")
    return told


def _sentences(seen: Comparison) -> Iterator[str]:
    """What was compared, what is not there, and what it may be called now."""
    yield f"{seen.there:,} of {seen.files:,} files are in “{shown(str(seen.folder))}”, by name and size."
    if seen.compared:
        yield f"The contents of {seen.compared} of them were compared; {seen.agree} are the same."
    if seen.others and seen.proven:
        yield f"Not the same as when it was read: {', '.join(shown(one) for one in seen.others[:NAMED])}."
    whole = [top for top, (count, of) in seen.missing.items() if top and count == of and top not in seen.renamed]
    if whole:
        more = f" and {len(whole) - NAMED:,} more" if len(whole) > NAMED else ""
        yield f"Folders of which nothing is there: {', '.join(shown(top) for top in whole[:NAMED])}{more}."
    for top, (count, of) in list(seen.missing.items())[:NAMED]:
        if top not in whole and top not in seen.renamed:
            yield f"In “{shown(top) or '.'}” {count:,} of {of:,} files are not there."
    for top, name in seen.renamed.items():
        yield (
            f"The folder “{shown(top)}” seems to be called “{shown(name)}” now. Give it back its name before the next"
            " run, or its photographs count as new ones."
        )


def likely(project: Path, old: Path) -> Iterator[Path]:
    """Where a folder may have gone: renamed or moved beside its place, on other disks, beside the project."""
    seen: set[Path] = set()
    for place in _likely(project, old):
        if place not in seen:
            seen.add(place)
            yield place


def _likely(project: Path, old: Path) -> Iterator[Path]:
    parts = [part for part in re.split(r"[\\/]+", str(old)) if part and not re.fullmatch(r"[A-Za-z]:", part)]
    disks = list(_disks())
    for start in range(len(parts)):  # the same path on another disk, or below what stands for the disk here
        for disk in disks:
            yield disk.joinpath(*parts[start:])
    near = next((one for one in old.parents if one.is_dir()), None)
    for place in (near, near.parent) if near is not None else ():
        if place != Path(place.anchor):
            yield from _below([place], DEEP)
    yield from _below([project.parent], DEEP - 1)
    yield from _below([disk for disk in disks if disk != Path(disk.anchor) or sys.platform == "win32"], DEEP - 1)


def _disks() -> Iterator[Path]:
    """Every disk of this computer, and the user's own folders."""
    import psutil

    if sys.platform == "win32":
        for letter in string.ascii_uppercase[2:]:
            yield Path(f"{letter}:\\")
    else:
        for disk in psutil.disk_partitions(all=False):
            if disk.mountpoint != "/" and not disk.mountpoint.startswith(("/boot", "/snap", "/etc", "/System")):
                yield Path(disk.mountpoint)
        yield Path("/")
    yield Path.home()


def _around(folder: Path) -> Iterator[Path]:
    """A folder that a person named, what lies in it, and the folders around it, where an inner one was chosen."""
    yield folder
    yield from list(folder.parents)[:2]
    yield from _below([folder], DEEP)


def _below(places: list[Path], deep: int) -> Iterator[Path]:
    """Folders below some places, the nearest first."""
    level = places
    for _ in range(deep):
        deeper: list[Path] = []
        for place in level:
            try:
                with os.scandir(place) as entries:
                    names = sorted(
                        e.name for e in entries if not is_system_name(e.name) and e.is_dir(follow_symlinks=False)
                    )
            except OSError:
                continue
            deeper += [place / name for name in names]
        yield from deeper
        level = deeper


def _best(project: Project, root: int, rows: list[sqlite3.Row], places: Iterator[Path]) -> Comparison | None:
    """The first place where as good as all files are, proven; else the one with most of them, proven where one is."""
    until = time.monotonic() + SECONDS
    less: list[tuple[float, Path]] = []
    other: Comparison | None = None
    for number, place in enumerate(places):
        if number >= MOST or time.monotonic() > until:
            break
        if not moved.share(rows[:PROBE], place):
            continue
        share = moved.share(rows, place)
        if share < moved.ALIKE:
            less.append((share, place))
            continue
        seen = moved.compare(project.store, root, place)
        if seen.proven:
            return seen
        other = other or seen
    for _, place in sorted(less, key=lambda one: -one[0])[:NAMED]:
        seen = moved.compare(project.store, root, place)
        if seen.proven:
            return seen
        other = other or seen
    return other
