"""Make a project of what the original SpotID left: its crops, their vectors, and who was matched with whom.

Its crops become the photographs, each with one sighting that is the whole picture: where in its photograph a crop lay
was never written down. Its vectors are kept as those of an encoder of their own, and the look-alikes follow from them,
so that the review opens at once. A later run describes the same sightings by SpotID's own parts; the answers stay.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from spotid.boxes import WHOLE
from spotid.errors import PicturesMissingError, ProjectError
from spotid.intake import original, original_files
from spotid.intake.original import Original
from spotid.intake.original_files import Crops
from spotid.progress import Silent
from spotid.project import collections, ledger, media, shards, sightings
from spotid.project.candidates import Candidates
from spotid.project.collections import SPACE, Row, RowState
from spotid.project.filenames import kept
from spotid.project.files import sha256_of
from spotid.project.folder import Project, create_project
from spotid.project.layout import looks_like_project, original_in
from spotid.project.rebuild import UNKNOWN_ROOT
from spotid.words import MediaState, SightingState, Verdict

ENCODER, KIND, BY = "original", "original", sightings.ORIGINAL
AT_ONCE = 200  # answers of one transaction
LOST = "The crop was not found; who it shows is kept."


@dataclass
class Converted:
    """What a conversion made. ``left_out``: sentences on what could not be converted."""

    folder: Path
    crops: int = 0
    there: int = 0
    same: int = 0
    different: int = 0
    left_out: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """All of it for people."""
        told = [f"{self.crops:,} crops of the original SpotID are in the project “{self.folder}”."]
        if self.there < self.crops:
            told.append(f"The pictures of {self.crops - self.there:,} of them were not found; they can't be compared.")
        told.append(f"{self.same:,} matches and {self.different:,} refusals were kept as answers.")
        return told + self.left_out


def target_of(folder: Path) -> Path:
    """Where the project is made: beside the folder of embeddings, called like it with ``.spotid`` at its end."""
    inner = (original_in(folder) or folder).expanduser().absolute()
    return inner.with_name(f"{inner.name}.spotid")


def convert(
    folder: Path,
    target: Path | None = None,
    crops: Path | None = None,
    matches: Path | None = None,
    *,
    sure: bool = False,
    settings: Mapping[str, Any],
) -> Converted:
    """Make the project; ``crops``: the folder of crops where it is not where the list says, ``matches``: the database.

    Raises PicturesMissingError where crops are not found and nobody is ``sure`` that it shall be done without them,
    BadRequestError where the folder can't be read, ProjectError where there is a project already or none can be made.
    """
    inner = (original_in(folder.expanduser().absolute()) or folder).expanduser().absolute()
    place = (target or target_of(inner)).expanduser().absolute()
    if looks_like_project(place):
        raise ProjectError(f"“{place}” is a project already.", "Open it; or choose another folder for a new one.")
    found = original.read(inner, matches)
    files = original_files.find(found, crops)
    if files.lost and not sure:
        raise PicturesMissingError(
            f"{len(files.lost):,} of {len(found.pictures):,} crops are not where the list says, such as"
            f" “{next(iter(files.lost.values()))}”.",
            "Say in which folder they are now. Without their pictures nobody can compare them.",
        )
    done = Converted(place, len(found.pictures), len(files.there), left_out=found.remarks)
    there = place.exists()
    project = create_project(place)
    try:
        uids = _keep_crops(project, found, files, place)
        _keep_vectors(project, found, uids, settings)
        _keep_answers(project, found, files, uids, done, inner)
    except BaseException:
        project.close()
        if not there:  # half a project would be taken for a whole one
            shutil.rmtree(place, ignore_errors=True)
        raise
    project.close()
    return done


def _keep_crops(project: Project, found: Original, files: Crops, place: Path) -> dict[int, str]:
    """Files and sightings of all crops: row of the vector → sighting uid."""
    relpaths: dict[int, tuple[int, str]] = {}
    folders = original_files.roots(found, files, place)
    for root in folders:
        number = media.root_id(project.store, root)
        inside = {row: file for row, file in files.there.items() if file.is_relative_to(root)}
        relpaths |= {row: (number, kept(file.relative_to(root).as_posix())) for row, file in inside.items()}
        media.add_found(project.store, number, [_found(relpaths[row][1], file) for row, file in inside.items()])
    for row, (root_path, below) in original_files.places_of_lost(found, files, folders).items():
        number = media.root_id(project.store, Path(root_path or f"/{UNKNOWN_ROOT}"))
        relpaths[row] = number, kept(below)
        media.add_found(project.store, number, [media.Found(relpaths[row][1], 0, 0)])
    uids: dict[int, str] = {}
    with project.store.write() as connection:
        for row, (number, relpath) in relpaths.items():
            known = connection.execute(
                "SELECT id, uid FROM media WHERE root_id = ? AND relpath = ?", (number, relpath)
            ).fetchone()
            new = sightings.NewSighting(WHOLE, 1.0, "whole picture")
            uids[row] = sightings.insert(connection, known["id"], known["uid"], new, BY)
            if row in files.lost:
                connection.execute("UPDATE media SET state = ? WHERE id = ?", (MediaState.MISSING, known["id"]))
                connection.execute(
                    "UPDATE sighting SET state = ?, problem = ? WHERE uid = ?", (SightingState.PROBLEM, LOST, uids[row])
                )
            else:
                size = _size(files.there[row])
                connection.execute("UPDATE media SET width = ?, height = ? WHERE id = ?", (*size, known["id"]))
    return uids


def _found(relpath: str, file: Path) -> media.Found:
    about = file.stat()
    return media.Found(relpath, about.st_size, about.st_mtime_ns)


def _size(file: Path) -> tuple[int | None, int | None]:
    """Width and height, without decoding; what can't be opened is for the run to say."""
    from spotid.picture import open_file, upright_size

    try:
        with open_file(file) as picture:
            return upright_size(picture)
    except Exception:
        return None, None


def _keep_vectors(project: Project, found: Original, uids: dict[int, str], settings: Mapping[str, Any]) -> None:
    """Vectors of the crops that are there, as shards of an encoder of their own, and the look-alikes they give."""
    import numpy as np

    from spotid.match.lists import list_lookalikes

    identity = sha256_of(found.folder / original.VECTORS)[:16]
    encoder = shards.encoder_row(project.store, f"{ENCODER} {identity}", ENCODER, found.dim)
    known = sightings.many(project.store, list(uids.values()))
    for rows, vectors in found.vectors():
        places = [at for at, row in enumerate(rows) if known[uids[row]]["state"] == SightingState.DETECTED]
        if places:
            shards.append(
                project.layout,
                *(project.store, encoder, [known[uids[rows[at]]] for at in places], vectors[np.array(places)]),
            )
    list_lookalikes(project, encoder, dict(settings), Silent())
    candidates = Candidates(project.layout)
    try:
        for one in candidates.have_lists():  # in the order of their likeness; the run compares them spot by spot
            candidates.keep_checked(ENCODER, one, [], [])
    finally:
        candidates.close()


def _keep_answers(
    project: Project, found: Original, files: Crops, uids: dict[int, str], done: Converted, folder: Path
) -> None:
    """The matches as answers by "original", in a collection, so that they can be looked at and taken back in one."""
    from spotid.review.following import Pen

    rows = [_row(project, uids[one.row], one.path, one.row in files.lost) for one in found.pictures]
    uid, _ = collections.keep(project.store, KIND, folder, rows, report={"sentences": done.left_out}, reviewer=BY)
    pen = Pen.of(project.store)
    answers = list({answer.uid: answer for answer in _answers(found, uids, uid)}.values())
    for start in range(0, len(answers), AT_ONCE):
        pen.write(partial(_part, answers, start))
    done.same = sum(answer.kind is Verdict.SAME for answer in answers)
    done.different = len(answers) - done.same


def _part(answers: list[ledger.Answer], start: int) -> list[ledger.Answer]:
    return answers[start : start + AT_ONCE]


def _row(project: Project, sighting: str, path: str, lost: bool) -> tuple[int, Row]:
    known = project.store.one(
        "SELECT root_id, relpath FROM media JOIN sighting ON media_id = media.id WHERE sighting.uid = ?", sighting
    )
    assert known is not None, "it was made just now"
    if lost:
        return known["root_id"], Row(known["relpath"], state=RowState.REFUSED, why=LOST)
    return known["root_id"], Row(known["relpath"], state=RowState.USED)


def _answers(found: Original, uids: dict[int, str], collection: str) -> Iterator[ledger.Answer]:
    for one in found.decisions:
        kind = Verdict.SAME if one.same else Verdict.DIFFERENT
        a, b = sorted((uids[one.a], uids[one.b]))
        if a == b:  # the list has one file under two names
            continue
        number = uuid.uuid5(SPACE, f"{KIND} {collection} {kind} {a} {b}")
        evidence = {"anchor": a, "import": collection, "from": "the original SpotID"}
        yield ledger.Answer(f"{ledger.IMPORTED}{number}", kind, a, b, None, BY, None, evidence)
