"""Taking a collection in: looked at and shown first; written once a person has confirmed how it is meant.

Looking writes nothing. Taking in refuses while anything is asked, or where the collection is not as it was shown.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from spotid.errors import ArchiveError, BadRequestError, NotFoundError
from spotid.intake import layout, listing, source, stations, stations_seen
from spotid.intake.collect import STATION_LEVEL
from spotid.intake.layout import SHEET, SORTED, UNSORTED, Layout
from spotid.intake.listing import Listing
from spotid.intake.naming import same
from spotid.intake.plan import Plan, plan
from spotid.intake.plan_choices import Planned
from spotid.intake.sheet import NO_ANSWERS
from spotid.intake.sheet_found import found_sheet
from spotid.intake.sheet_parts import Reading, Understood, counted, quoted, settled
from spotid.progress import Progress, Silent
from spotid.project import collections, notes
from spotid.project.collections import FROM_FOLDERS, Row, RowState
from spotid.project.folder import Project

FOLDER, ZIP = "folder", "zip"
KNOWN, SAME, OTHER = "known", "same", "other"  # individuals of the project with the same names


class ChangedError(BadRequestError):
    """The collection is not as it was shown to the person who has confirmed it."""

    code = "collection-changed"

    def __init__(self) -> None:
        super().__init__("The collection has changed since it was shown.", "Look at it once more, then import it.")


@dataclass(frozen=True, slots=True)
class Looked:
    """A collection as it was looked at; ``shown`` is what a page gets.

    ``mark`` changes with the files, the sheet and the answers: who confirms what was shown gives it back. ``trouble``:
    the sentence and the advice why the sheet can't be read; another layout helps then, or another sheet. ``files`` may
    be given to the next look, so that a large folder is walked through once.
    """

    source: Path
    kind: str
    base: str
    sheet: str
    mark: str
    plan: Plan
    files: Listing
    trouble: tuple[str, str] = ("", "")
    known: dict[str, int] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether a person has to answer something before anything is written."""
        return self.plan.asks or bool(self.trouble[0])

    def shown(self) -> dict[str, Any]:
        """The look as plain data: all of the plan but its single files, and what stands here."""
        return {
            **self.plan.shown(),
            **{"path": str(self.source), "kind": self.kind, "base": self.base, "sheet": self.sheet},
            **{"mark": self.mark, "asks": self.asks, "known": dict(self.known)},
            "trouble": {"sentence": self.trouble[0], "advice": self.trouble[1]} if self.trouble[0] else None,
        }


def look(
    images: Path,
    answers: Mapping[str, str] = NO_ANSWERS,
    project: Project | None = None,
    *,
    files: Listing | None = None,
    progress: Progress | None = None,
) -> Looked:
    """Look at a folder or a ZIP as a collection; nothing is written and no photograph is opened.

    ``answers``: key of an ``Understood`` → key of one of its ``Reading``s. ``project``: the one that it would be taken
    into, where there is one already. ``files``: of an earlier look. Raises NotFoundError, BadRequestError,
    ArchiveError.
    """
    images = images.expanduser().absolute()
    kind = FOLDER if images.is_dir() else ZIP
    root = source.root_of(project, images) if project is not None else None
    if files is None:
        files = _listed(images, progress or Silent())
    if not files.originals():
        raise NotFoundError(
            f"No photographs and no clips were found in “{images}”.",
            "SpotID reads JPEG, PNG, TIFF, WebP, BMP, GIF and HEIC pictures, and MP4, MOV, AVI, MTS and WebM clips.",
        )
    station_names = collections.stations_told(project.store) if project is not None else ()
    lay = layout.tell(files, station_names, answers)
    found = found_sheet(images, files, lay, answers)
    made = plan(files, lay, found.placed, answers)
    if lay.kind == UNSORTED:
        made = replace(made, stations=stations_seen.seen(images, files, station_names))
    understood = [*made.understood, *found.understood]
    known = {"files": 0, "imported": 0}
    if project is not None:
        paths = [_below(lay, one.path) for one in made.files]
        known["files"] = collections.files_known(project.store, root, lambda: paths)
        known["imported"] = int(
            collections.standing(project.store, lay.kind, rows_of(made, lay.base), root) is not None
        )
        understood += [] if known["imported"] else _same_names(made, project, answers)
    made = replace(made, understood=understood, asks=any(one.asks for one in understood))
    mark = _mark(files, found.content, answers)
    return Looked(images, kind, lay.base, lay.sheet, mark, made, files, found.trouble, known)


def _listed(images: Path, progress: Progress) -> Listing:
    if images.is_dir():
        return listing.of_folder(images, progress)
    if not images.is_file():
        raise NotFoundError(
            f"There is no folder and no ZIP “{images}”.", "Check the path; is the memory card or the disk plugged in?"
        )
    if not zipfile.is_zipfile(images):
        raise ArchiveError(
            f"“{images.name}” is no folder and no ZIP.", "Choose the folder that holds the photographs, or a ZIP of it."
        )
    return listing.of_zip(images)


def _below(lay: Layout, path: str) -> str:
    return f"{lay.base}/{path}" if lay.base else path


def _mark(files: Listing, sheet: bytes, answers: Mapping[str, str]) -> str:
    said = [[one.path, one.bytes, one.digest] for one in files.files]
    text = json.dumps([said, hashlib.sha256(sheet).hexdigest(), sorted(answers.items())])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _same_names(made: Plan, project: Project, answers: Mapping[str, str]) -> list[Understood]:
    """The question whether individuals of the project that go by the same names are the same animals."""
    known = collections.individuals_known(project.store)
    both = [one.name for one in made.individuals if one.name.casefold() in known]
    if not both:
        return []
    chosen = OTHER if answers.get(KNOWN) == OTHER else SAME
    examples = tuple((name, known[name.casefold()]) for name in both[:3])
    readings = (
        Reading(SAME, "they are the same animals, and the pictures join them", examples),
        Reading(OTHER, "they are other animals, and go by codes of their own"),
    )
    sentence = f"This project has individuals of the same names already ({len(both):,}): {quoted(both)}."
    return settled([Understood(KNOWN, sentence, chosen, examples, readings, asks=True)], answers)


def take_in(
    project: Project,
    images: Path,
    answers: Mapping[str, str] = NO_ANSWERS,
    reviewer: str = "",
    *,
    mark: str = "",
    level: str | None = None,
) -> str:
    """Take a collection into a project: its folder is read by the next run, and what it says is kept; the uid of the
    collection. Doing it again, after a crash too, changes nothing and gives the same uid.

    ``mark``: of the look that was confirmed. ``reviewer``: who confirmed it. ``level``: which folder names the station,
    as it was where it is not said. Raises BadRequestError while something is asked, ChangedError where the collection
    is not as it was shown any more.
    """
    level = notes.get(project.store, STATION_LEVEL, stations.AUTO) if level is None else level
    images = source.checked(images, project.path, level)
    looked = look(images, answers, project)
    if mark and mark != looked.mark:
        raise ChangedError
    if looked.trouble[0]:
        raise BadRequestError(*looked.trouble)
    asked = [one for one in looked.plan.understood if one.asks]
    if asked:
        raise BadRequestError(
            f"Nothing was imported: {counted(len(asked), 'question')} about the collection not answered yet.",
            f"Say how it is meant: {' '.join(one.sentence for one in asked[:3])}",
        )
    root = source.take(project, images, level)
    said = rows_of(looked.plan, looked.base)
    uid, _ = collections.keep(
        *(project.store, looked.plan.layout, images, [(root, row) for row in said]),
        root=root,
        answers=answers,
        report={**_report(looked), FROM_FOLDERS: _folders_are_stations(looked)},
        reviewer=reviewer,
    )
    return uid


def _report(looked: Looked) -> dict[str, Any]:
    made = looked.plan
    numbers = {"pictures": made.pictures, "clips": made.clips, "named": made.named}
    return {
        **numbers,
        **{"sentence": made.sentence, "individuals": len(made.individuals), "sheet": looked.sheet},
        "oddities": [asdict(one) for one in made.oddities],
    }


def rows_of(made: Plan, base: str) -> list[Row]:
    """What is kept of a collection: a row for each file of which anything is said, and for each refused line."""
    if made.layout == UNSORTED:
        return []  # stations are told by the folders, as reading does by itself
    below = f"{base}/" if base else ""
    found = [_row(one, below) for one in made.files]
    refused = [Row("", str(one.line), state=RowState.REFUSED, why=one.sentence) for one in made.refused]
    return [one for one in found if one is not None] + refused


def _row(one: Planned, below: str) -> Row | None:
    species = one.category
    if one.shelf == "nothing" and "/" in one.path:
        species = one.path.rsplit("/", 2)[-2]  # “Empty”, “Human”: the folder says what is in the picture
    row = Row(
        *(below + one.path, ",".join(map(str, one.lines)), one.name, one.flank, species, one.station),
        *(one.latitude, one.longitude, one.taken, one.box),
        why=" ".join(one.remarks),
    )
    said = (row.lines, row.name, row.flank, row.species, row.station)
    return row if any(said) else None


def _folders_are_stations(looked: Looked) -> bool:
    """Whether a folder's name may still be taken for a station's, where the collection itself names none."""
    made = looked.plan
    if made.layout == SORTED:
        return False
    if made.layout != SHEET:
        return True
    if any(one.station for one in made.files):
        return False
    names = {same(one.name) for one in made.individuals}
    return not any(same(part) in names for one in made.files for part in one.path.split("/")[:-1])
