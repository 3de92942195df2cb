"""A later sheet about files that are in the project already: looked at, shown as changes, then taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError, NotFoundError, SpotIDError
from spotid.intake.sheet import NO_ANSWERS, read_sheet
from spotid.intake.sheet_cells import LARGEST_BYTES
from spotid.intake.sheet_changes import Changes, changes
from spotid.intake.sheet_found import column_question
from spotid.intake.sheet_heads import NoPathColumnError
from spotid.intake.sheet_parts import (
    CATEGORY,
    FLANK,
    LATITUDE,
    LOCALITY,
    LONGITUDE,
    NAME,
    TIME,
    Refused,
    SheetRow,
    Understood,
    counted,
)
from spotid.intake.sheet_paths import place
from spotid.intake.taking import ChangedError
from spotid.project import clips, clocks, collection_facts, collection_known, collections
from spotid.project.collection_known import Known
from spotid.project.collections import Row, RowState
from spotid.project.folder import Project
from spotid.project.store import Store

KIND = "update"


@dataclass(frozen=True, slots=True)
class LookedSheet:
    """A sheet held against a project; ``shown`` is what a page gets. ``mark`` and ``trouble`` as ``taking.Looked``."""

    source: Path
    mark: str
    understood: list[Understood] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)
    changes: Changes = Changes([], 0)  # noqa: RUF009
    files: Mapping[str, Known] = field(default_factory=dict)
    trouble: tuple[str, str] = ("", "")

    @property
    def asks(self) -> bool:
        """Whether a person has to answer something before anything is written."""
        return bool(self.trouble[0]) or any(one.asks for one in self.understood)

    @property
    def sentence(self) -> str:
        """What would come of it."""
        files = len({one.file for one in self.changes.changes})
        overruled = sum(one.overrules for one in self.changes.changes)
        return (
            f"{counted(len(self.changes.changes), 'value')} of {counted(files, 'file')} would change, {overruled:,} of"
            f" them something that was known before; {counted(self.changes.nothing_new, 'row')} with nothing new."
        )

    def shown(self) -> dict[str, Any]:
        """The look as plain data."""
        return {
            **{"path": str(self.source), "sheet": self.source.name, "mark": self.mark, "asks": self.asks},
            **{"sentence": self.sentence, "rows": len(self.rows), "nothing_new": self.changes.nothing_new},
            "understood": [asdict(one) for one in self.understood],
            "refused": [asdict(one) for one in self.refused],
            "changes": [{**asdict(one), "overrules": one.overrules} for one in self.changes.changes],
            "trouble": {"sentence": self.trouble[0], "advice": self.trouble[1]} if self.trouble[0] else None,
        }


def look_at(project: Project, sheet: Path, answers: Mapping[str, str] = NO_ANSWERS) -> LookedSheet:
    """Hold a sheet against what is known of the files of a project; nothing is written.

    A sheet that can't be read gives ``trouble``. Raises NotFoundError where there is no file, BadRequestError where the
    project has no photographs yet.
    """
    sheet = sheet.expanduser().absolute()
    if not sheet.is_file():
        raise NotFoundError(f"There is no sheet “{sheet}”.", "Check the path, or look for it with Browse….")
    known = collection_known.files(project.store)
    if not known:
        raise BadRequestError("This project has no photographs yet.", "Import a folder or a ZIP first.")
    mark = _mark(sheet, answers, known)
    try:
        placed = place(read_sheet(sheet, answers), list(known), answers)
    except NoPathColumnError as error:
        return LookedSheet(sheet, mark, [column_question(error)], trouble=(error.sentence, error.advice))
    except SpotIDError as error:
        return LookedSheet(sheet, mark, trouble=(error.sentence, error.advice))
    except OSError as error:
        said = f"“{sheet.name}” can't be read: {error.strerror or error}."
        return LookedSheet(sheet, mark, trouble=(said, "Close it in other programs, and check that you may open it."))
    rows = placed.sheet.rows
    found = changes(rows, {row.file: _columns(known[row.file]) for row in rows if row.file})
    return LookedSheet(sheet, mark, placed.sheet.interpretation, placed.sheet.refused, rows, found, known)


def _mark(sheet: Path, answers: Mapping[str, str], known: Mapping[str, Known]) -> str:
    with sheet.open("rb") as file:
        digest = hashlib.sha256(file.read(LARGEST_BYTES + 1)).hexdigest()
    text = json.dumps([digest, sorted(answers.items()), [[path, asdict(one)] for path, one in known.items()]])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _columns(one: Known) -> dict[str, str | float | None]:
    return {
        **{CATEGORY: one.category, NAME: one.name, LOCALITY: one.locality, FLANK: one.flank},
        **{LATITUDE: one.latitude, LONGITUDE: one.longitude, TIME: one.taken},
    }


def take(
    project: Project, sheet: Path, answers: Mapping[str, str] = NO_ANSWERS, reviewer: str = "", *, mark: str = ""
) -> str:
    """Take a sheet: stations, times and species count at once, names and flanks with the next run; the uid of what was
    taken. Doing it again changes nothing. Raises as ``taking.take_in`` does."""
    looked = look_at(project, sheet, answers)
    if mark and mark != looked.mark:
        raise ChangedError
    if looked.trouble[0]:
        raise BadRequestError(*looked.trouble)
    asked = [one.sentence for one in looked.understood if one.asks]
    if asked:
        raise BadRequestError(
            f"Nothing was changed: {counted(len(asked), 'question')} about the sheet not answered yet.",
            f"Say how it is meant: {' '.join(asked[:3])}",
        )
    rows = [(looked.files[row.file].root, _row(row, looked.files[row.file].relpath)) for row in looked.rows if row.file]
    some_root = next(iter(looked.files.values())).root
    rows += [(some_root, Row("", str(one.line), state=RowState.REFUSED, why=one.sentence)) for one in looked.refused]
    report = {"sentence": looked.sentence, "sheet": sheet.name}
    uid, known = collections.keep(
        project.store, KIND, looked.source, rows, answers=answers, report=report, reviewer=reviewer
    )
    if not known:
        settle(project.store)
    return uid


def settle(store: Store) -> None:
    """What collections say of places and times goes into the files, and all that is derived of it follows."""
    if collection_facts.apply_facts(store):
        clips.follow(store)
        clocks.settle(store)


def _row(row: SheetRow, relpath: str) -> Row:
    return Row(
        *(relpath, ",".join(map(str, (row.line, *row.also))), row.name, row.flank, row.category, row.locality),
        *(row.latitude, row.longitude, row.taken, row.box),
        why=" ".join(row.remarks),
    )
