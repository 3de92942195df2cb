"""Where photographs come from: a folder, read where it lies, or a ZIP, unpacked into the project."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from spotid.errors import BadRequestError, NotFoundError, SpotIDError
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


def take(project: Project, images: Path, level: str) -> None:
    """Let the next run read the photographs of a folder or ZIP that was ``checked``.

    Photographs that the project knows from a place that is gone are looked for in the new one from now on. Raises
    BadRequestError where they would stand in the project twice.
    """
    if images.is_dir():
        _take_folder(project, images)
        notes.put(project.store, STATION_LEVEL, level)
        return
    notes.put(project.store, STATION_LEVEL, level)
    archives = _archives(project)
    number, name = 1, images.stem
    while archives.get(place := f"{media.INNER}/{name}", str(images)) != str(images):
        number += 1
        name = f"{images.stem} {number}"
    media.root_id(project.store, Path(place))
    notes.put(project.store, ARCHIVES, json.dumps(archives | {place: str(images)}))


def _take_folder(project: Project, images: Path) -> None:
    here = images.resolve()
    for root, folder in media.roots(project.store).items():
        there = folder.resolve()
        if here == there:
            return
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
            moved.move_root(project.store, root, images)
            return
    media.root_id(project.store, images)


def unpack_pending(project: Project, progress: Progress, megabytes: int) -> None:
    """Unpack what was not unpacked yet. What can't be is told of, and the run goes on with the rest."""
    for place, archive in _archives(project).items():
        target = project.path / place
        if target.exists():
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
