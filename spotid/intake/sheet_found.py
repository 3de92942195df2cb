"""The sheet of a collection, wherever it lies: in the folder itself, or packed in a ZIP with it."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spotid.errors import BadRequestError, SpotIDError
from spotid.intake.archive import MOST_ENTRIES
from spotid.intake.layout import SHEET, Layout
from spotid.intake.listing import Listing
from spotid.intake.sheet import read_sheet
from spotid.intake.sheet_cells import LARGEST_BYTES
from spotid.intake.sheet_heads import NoPathColumnError
from spotid.intake.sheet_parts import PATH, Reading, Understood
from spotid.intake.sheet_paths import Placed, place
from spotid.intake.ziplist import opened
from spotid.project.inside import inside


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """A sheet whose rows know their files, its bytes, or why it can't be read; ``understood``: what would help then."""

    placed: Placed | None = None
    content: bytes = b""
    trouble: tuple[str, str] = ("", "")
    understood: tuple[Understood, ...] = ()


def found_sheet(images: Path, files: Listing, lay: Layout, answers: Mapping[str, str]) -> FoundSheet:
    """Read the sheet that a layout names, and find its files; nothing where it names none."""
    if lay.kind != SHEET or not lay.sheet:
        return FoundSheet()
    inner = [one.path for one in (files.inside(lay.base) if lay.base else files).originals()]
    name = f"{lay.base}/{lay.sheet}" if lay.base else lay.sheet
    content = b""
    try:
        with tempfile.TemporaryDirectory(prefix="spotid-sheet-") as folder:
            path = inside(images / name, images) if images.is_dir() else _unpacked(images, name, Path(folder))
            with path.open("rb") as file:
                content = file.read(LARGEST_BYTES)
            return FoundSheet(place(read_sheet(path, answers), inner, answers), content)
    except NoPathColumnError as error:
        return FoundSheet(None, content, (error.sentence, error.advice), (column_question(error),))
    except SpotIDError as error:
        return FoundSheet(None, content, (error.sentence, error.advice))
    except OSError as error:
        said = f"“{lay.sheet}” can't be read: {error.strerror or error}."
        return FoundSheet(None, content, (said, "Check that you may open it, and close it in other programs."))


def column_question(error: NoPathColumnError) -> Understood:
    """Which column says where the photographs lie."""
    readings = tuple(Reading(head, f"the column “{head}”") for head in error.heads)
    sentence = f"No column is called “{PATH}”. Which one says where each photograph lies?"
    return Understood(f"column {PATH}", sentence, "", readings=readings, asks=True)


def _unpacked(archive: Path, name: str, folder: Path) -> Path:
    """The sheet alone, out of the ZIP. Raises BadRequestError and ArchiveError."""
    target = folder / Path(name).name
    with opened(archive, MOST_ENTRIES) as (zipped, _):
        entries = (one for one in zipped.infolist() if unicodedata.normalize("NFC", one.filename) == name)
        entry = next(entries, None)
        if entry is None or entry.file_size > LARGEST_BYTES or entry.flag_bits & 0x1:
            raise BadRequestError(
                f"“{target.name}” can't be taken out of “{archive.name}”.", "Unpack the ZIP and choose the folder."
            )
        try:
            with zipped.open(entry) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 16)  # zipfile gives no more than the size that it names
        except (
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            EOFError,
            zlib.error,
            zipfile.BadZipFile,
        ) as error:
            raise BadRequestError(
                f"“{target.name}” can't be taken out of “{archive.name}” ({error}).", "Unpack the ZIP elsewhere first."
            ) from None
    return target
