"""Where photographs come from: a folder, read where it lies, or a ZIP, unpacked into the project."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from spotid.errors import BadRequestError, NotFoundError, SpotIDError
from spotid.intake import listing, received
from spotid.intake.archive import Unpacked, unpack
from spotid.intake.collect import STATION_LEVEL
from spotid.intake.stations import check_level
from spotid.progress import Progress
from spotid.project import cells, media, moved, notes
from spotid.project.files import write_whole
from spotid.project.folder import Project, check_apart

ARCHIVES = "archives"  # a note: the folder of originals, as its row names it → the ZIP that it is unpacked from
NAMED = 3


def checked(images: Path, project: Path, level: str) -> Path:
    """The folder or ZIP that a person named, absolute. Raises NotFoundError and BadRequestError; writes nothing."""
    check_level(level)
    images = images.expanduser().absolute()
    if images.is_file() and zipfile.is_zipfile(images):
        return images
    if not images.is_dir():
        raise NotFoundError(
            f"There is no folder and no ZIP “{images}”.",
            "Check the path to the photographs, or look for it with Browse….",
        )
    check_apart(project, images)
    return images


def take(project: Project, images: Path, level: str) -> int:
    """Let the next run read the photographs of a folder or ZIP that was ``checked``; the row of its root.

    Photographs that the project knows from a place that is gone are looked for in the new one from now on. Raises
    BadRequestError where they would stand in the project twice.
    """
    root = root_of(project, images)
    if images.is_dir():
        if root is None:
            root = media.root_id(project.store, images)
        elif not _is_there(project, root, images):
            moved.move_root(project.store, root, images)
        notes.put(project.store, STATION_LEVEL, level)
        return root
    notes.put(project.store, STATION_LEVEL, level)
    archives, place = _archives(project), _place_of(project, images)
    root = media.root_id(project.store, Path(place))
    notes.put(project.store, ARCHIVES, json.dumps(archives | {place: str(images)}))
    return root


def _place_of(project: Project, archive: Path) -> str:
    """Where a ZIP is unpacked, or will be."""
    archives, number, name = _archives(project), 1, archive.stem
    while archives.get(place := f"{media.INNER}/{name}", str(archive)) != str(archive):
        number += 1
        name = f"{archive.stem} {number}"
    return place


def _is_there(project: Project, root: int, folder: Path) -> bool:
    return media.roots(project.store)[root].resolve() == folder.resolve()


def root_of(project: Project, images: Path) -> int | None:
    """The root whose photographs a folder or ZIP holds; None where they are new. Writes nothing.

    Raises BadRequestError where they would stand in the project twice.
    """
    if not images.is_dir():
        place = media.root_folder(project.store, _place_of(project, images))
        root = next((root for root, folder in media.roots(project.store).items() if folder == place), None)
        if root is None and (archive := _packed_before(project, images)):
            raise BadRequestError(
                f"The photographs of “{images.name}” are in the project already, unpacked from “{Path(archive).name}”.",
                "To say more of them, use “Update metadata” with a sheet.",
            )
        return root
    here = images.resolve()
    for root, folder in media.roots(project.store).items():
        there = folder.resolve()
        if here == there:
            return root
        if folder.is_dir() and (here in there.parents or there in here.parents):
            raise BadRequestError(
                f"Photographs of this folder are in the project already, from “{folder}”.",
                "New ones are found from its overview, with “Look for new photographs”. For a larger folder start a new"
                " project.",
            )
        if moved.same_photographs(project.store, root, images):
            if folder.is_dir():
                raise BadRequestError(
                    f"These photographs are in the project already, from “{folder}”.",
                    "Use them where they are, or take that folder away first: then they are looked for here.",
                )
            return root
    return None


def _packed_before(project: Project, archive: Path) -> str:
    """The ZIP that the very same files, by names and sizes, were unpacked from before; empty where there is none."""
    sizes: dict[str, int] = {}
    for place, other in _archives(project).items():
        folder = media.root_folder(project.store, place)
        root = next((one for one, there in media.roots(project.store).items() if there == folder), None)
        rows = moved.sample(project.store, root) if root is not None else []
        if not rows:
            continue
        sizes = sizes or {one.path: one.bytes for one in listing.of_zip(archive).files}
        if sum(sizes.get(row["relpath"]) == row["bytes"] for row in rows) >= moved.ALIKE * len(rows):
            return other
    return ""


def unpack_pending(project: Project, progress: Progress, megabytes: int) -> None:
    """Unpack what was not unpacked yet. What can't be is told of, and the run goes on with the rest."""
    for place, archive in _archives(project).items():
        target = project.path / place
        if target.exists():
            _forget_sent(project, Path(archive))  # where the program was killed right after unpacking it
            continue
        progress.step(0, f"Unpacking {archive}.")
        try:
            done = unpack(Path(archive), target, progress, most_bytes=megabytes * 1_000_000)
        except SpotIDError as error:
            if error.code == "disk-full":
                raise
            progress.step(0, str(error))
            continue
        if done.refused:
            table = _table(target, done)
            some = "; ".join(f"{one.name}: {one.sentence}" for one in done.refused[:NAMED])
            progress.step(
                0, f"{len(done.refused):,} entries of the ZIP were left out, all named in “{table.name}”. {some}"
            )
        _forget_sent(project, Path(archive))


def _forget_sent(project: Project, archive: Path) -> None:
    """A ZIP that the page has sent lies in the project only until it is unpacked; anybody else's stays where it is."""
    if received.own(project.path, archive):
        received.forget(archive)


def _table(target: Path, done: Unpacked) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["Entry", "Why it was left out"])
    writer.writerows([cells.written(one.name), one.sentence] for one in done.refused)
    table = target.with_name(f"{target.name} left out.csv")
    write_whole(table, text.getvalue().encode("utf-8-sig", "replace"))
    return table


def _archives(project: Project) -> dict[str, str]:
    try:
        return dict(json.loads(notes.get(project.store, ARCHIVES) or "{}"))
    except ValueError:
        return {}
