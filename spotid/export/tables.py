"""The tables of an export and the words that explain their columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MATCHES = (
    ("Image Path", "the copy of the photograph, seen from this folder"),
    ("Leopard ID", "the permanent code of the individual; it is never given to another animal"),
    ("Original Path", "where the photograph was when it was copied"),
    ("Station", "the camera station; empty where it is not known"),
    ("Camera", "the camera at that station, where there are several"),
    ("Time", "when it was taken, by the camera's own clock (local time, not corrected)"),
    ("Flank", "the side of the animal that is visible: left, right, front, rear or unknown"),
    ("Sighting", "the program's own name for this animal's box in this photograph"),
    ("Box", "left, top, width and height of the box, as fractions of the upright photograph"),
    ("Decision Row", "the number of the newest answer in the ledger that joined this sighting to the individual"),
    ("Conflict", "yes where answers contradict one another about this individual: look at it before you count"),
)

SIGHTINGS = (
    ("path", "the photograph, as found below the folder of originals"),
    ("x", "left edge of the animal's box, as a fraction of the upright photograph"),
    ("y", "top edge of the box"),
    ("w", "width of the box"),
    ("h", "height of the box"),
    ("score", "how sure the detector was, 0 to 1; empty where there is no box"),
    ("species", "the species, where it is known"),
    ("flank", "the side of the animal that is visible"),
    ("quality", "sharpness, size and exposure together, 0 to 1"),
    ("station", "the camera station"),
    ("time", "when the photograph was taken, by the camera's own clock"),
    ("individual", "the individual's code; empty while nobody has said"),
    ("state", "where the photograph or the sighting stands, problems with their reason"),
)

# A spreadsheet takes a cell that begins so for a formula and may run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> Any:
    """A value that no spreadsheet will run: text that looks like a formula gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value


def text_of(columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV table as UTF-8 with a byte order mark, so that Excel reads accents right."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    names = [name for name, _ in columns]
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if row[name] is None else cell(row[name]) for name in names])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def explained(columns: Sequence[tuple[str, str]]) -> str:
    """The columns, one a line, with their meaning."""
    width = max(len(name) for name, _ in columns)
    return "\n".join(f"  {name.ljust(width)}  {meaning}" for name, meaning in columns)
