"""A labelled folder as a project of its own: which pictures were not described yet, and those without a box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spotid.boxes import WHOLE, Box
from spotid.errors import BadRequestError, NotFoundError
from spotid.evaluate.manifest import Entry, Manifest
from spotid.evaluate.matching import endings, found_path, fractions
from spotid.project import frames, media, notes
from spotid.project.folder import Project, check_apart, create_project
from spotid.project.sightings import OUT_SQL, NewSighting
from spotid.words import MediaState

BY_MANIFEST = "manifest"  # who boxed it: nothing was found, and the manifest says that there is an animal
FOLDERS_SAY_WHO = 0.5  # share of lines in which a folder has the individual's name
LEVEL_NOTE = "station_level"  # which folder names the station; the first stage of the line reads it


@dataclass(frozen=True)
class Whole:
    """What became of listed pictures without a box."""

    boxed: int  # pictures that have the manifest's boxes now, or are one box
    missing: int  # not in the folder, or not readable


def begin(folder: Path, keep: Path, manifest: Manifest, level: str | None = None) -> Project:
    """The project of a labelled folder, made at ``keep`` or opened again; the line has to run next.

    Where folders are named after individuals, none of them names a station: who is who would be told to the program
    that is measured. Raises NotFoundError, BadRequestError, ProjectError.
    """
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder “{folder}”.", "Check the path to the labelled photographs.")
    check_apart(keep, folder)
    project = create_project(keep)
    try:
        others = [path for path in media.roots(project.store).values() if path.resolve() != folder.resolve()]
        if others:
            raise BadRequestError(
                f"The project in “{project.path}” is of other photographs, in “{others[0]}”.",
                "Choose another folder with --keep, or evaluate that project with --project.",
            )
        media.root_id(project.store, folder)
        level = level or ("none" if folders_say_who(manifest.entries) else "auto")
        notes.put(project.store, LEVEL_NOTE, level)
    except BaseException:
        project.close()
        raise
    return project


def folders_say_who(entries: Iterable[Entry]) -> bool:
    """Whether the folders of the pictures are named after the individuals in them."""
    said = Counter(
        entry.identity.casefold() in {part.casefold() for part in Path(entry.path).parts[:-1]} for entry in entries
    )
    return said[True] > FOLDERS_SAY_WHO * said.total()


def box_whole(project: Project, manifest: Manifest) -> Whole:
    """Make the whole picture the animal's box where a listed picture was read and nothing was found in it.

    Loose crops are like that: the animal fills them. Boxes that the lines tell are used as they are. Run again after.
    """
    rows = project.store.all(
        "SELECT id, uid, relpath, state, width, height FROM media WHERE id NOT IN"
        f" (SELECT media_id FROM sighting WHERE state NOT IN {OUT_SQL})"
    )
    states = (MediaState.READ, MediaState.NO_ANIMAL, MediaState.ANIMAL)
    empty = {row["relpath"]: row for row in rows if row["state"] in states}
    known = {row["relpath"] for row in project.store.all("SELECT relpath FROM media WHERE state IN (?, ?, ?)", *states)}
    ends = endings(known)
    wanted: dict[str, list[Box]] = {}
    missing = 0
    for entry in manifest.entries:
        path, _ = found_path(entry.path, dict.fromkeys(known), ends)
        missing += path is None
        if path is not None and path in empty:
            wanted.setdefault(path, []).append(WHOLE if entry.box is None else fractions(entry.box, empty[path]))
    with project.store.write() as connection:
        for path, boxes in sorted(wanted.items()):
            row, new = empty[path], [NewSighting(box, 0.0, BY_MANIFEST) for box in boxes]
            frames.replace(connection, row["id"], row["uid"], new, BY_MANIFEST)
    return Whole(len(wanted), missing)
