"""The tables of an export and the words that explain their columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spotid.project.cells import written

MATCHES = (
    ("Image Path", "the copy of the photograph, seen from this folder"),
    ("Leopard ID", "the permanent code of the individual; it is never given to another animal"),
    ("Original Path", "where the photograph was when it was copied; of a still picture taken out of a clip, the clip"),
    ("Station", "the camera station; empty where it is not known"),
    ("Camera", "the camera at that station, where there are several"),
    ("Time", "when it was taken: local time by the camera's clock, put right where people said how"),
    ("Flank", "the side of the animal that is visible: left, right, front, rear or unknown"),
    ("Sighting", "the program's own name for this animal's box in this photograph"),
    ("Box", "left, top, width and height of the box, as fractions of the upright photograph"),
    ("Decision Row", "the number of the newest answer in the ledger that joined this sighting to the individual"),
    ("Conflict", "yes where answers contradict one another about this individual: look at it before you count"),
    ("Name", "the name that people gave the individual; empty where it has none"),
    ("Clip Second", "of a still picture, its moment in the clip: seconds since the clip's beginning"),
)

SIGHTINGS = (
    ("path", "the photograph or clip, as found below the folder of originals"),
    ("x", "left edge of the animal's box, as a fraction of the upright photograph"),
    ("y", "top edge of the box"),
    ("w", "width of the box"),
    ("h", "height of the box"),
    ("score", "how sure the detector was, 0 to 1; empty where there is no box"),
    ("species", "the species as it was told; an animal of another species has the state “other” and no individual"),
    ("flank", "the side of the animal that is visible"),
    ("quality", "sharpness, size and exposure together, 0 to 1"),
    ("station", "the camera station"),
    ("time", "when the photograph was taken: by the camera's clock, put right where people said how"),
    ("individual", "the individual's code; empty while nobody has said"),
    ("state", "where the photograph or the sighting stands, problems with their reason"),
    ("clip_second", "of a still picture taken out of a clip, its moment: seconds since the clip's beginning"),
)

INDIVIDUALS = (
    ("individual", "the permanent code of the individual"),
    ("name", "the name that people gave it"),
    ("sex", "female or male; empty where nobody has said"),
    ("age", "adult, subadult, juvenile or cub; empty where nobody has said"),
    ("sightings", "how many sightings it has"),
    ("left", "how many of them show its left side"),
    ("right", "how many of them show its right side"),
    ("flanks", "the flanks seen: left, right, both, or none that is known; count by one flank unless both are linked"),
    ("linked", "who said that its left and its right side belong together, with the row of that answer"),
    ("first", "when it was first seen, clocks put right"),
    ("last", "when it was last seen"),
    ("stations", "the stations at which it was seen, parted by semicolons"),
    ("notes", "what people wrote about it"),
    ("conflict", "yes where answers contradict one another about it"),
)

# What a SpotID elsewhere imports from an export: its table of a collection (see the sheets of the intake).
METADATA = (
    ("original_path", "the copy of the photograph, seen from this folder"),
    ("unique_name", "the individual: its name, or its code where it has none"),
    ("locality name", "the camera station"),
    ("datetime", "when it was taken"),
    ("flank", "the side of the animal that is visible; empty where it is not known"),
    ("box", "left, top, width and height of the animal's box, as fractions of the upright photograph"),
)

RANKS = (
    ("anchor", "the photograph whose look-alikes these are, as found below the folder of originals"),
    ("rank", "1 for the best look-alike"),
    ("candidate", "the photograph of the look-alike"),
    ("score", "what lists are ordered by; higher is more alike, and comparable within one project only"),
)

READING = """\
  Every cell is text, and an empty cell stands for what is not known. A station may be called NA, 0, 1e5 or TRUE, which
  most programs take for something else unless they are told:
    R       read.csv("sightings.csv", colClasses = "character", na.strings = "", fileEncoding = "UTF-8-BOM")
    Python  pandas.read_csv("sightings.csv", dtype=str, keep_default_na=False)
    Excel   Data > From Text/CSV, and “Do not detect data types”
  A cell that would begin like a formula (= + - @) has an apostrophe in front: take it away before you compare names.
  Bytes of a file name that are no UTF-8 are written as letters U+F700 to U+F7FF.
"""


def text_of(columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV table as UTF-8 with a byte order mark, so that Excel reads accents right."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    names = [name for name, _ in columns]
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if row[name] is None else written(row[name]) for name in names])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def explained(columns: Sequence[tuple[str, str]]) -> str:
    """The columns, one a line, with their meaning."""
    width = max(len(name) for name, _ in columns)
    return "\n".join(f"  {name.ljust(width)}  {meaning}" for name, meaning in columns)
