"""The columns of every table that the program writes or reads."""

from __future__ import annotations

from spotid.export import places, tables
from spotid.export.agreement import AGREEMENT
from spotid.intake.sheet_parts import COLUMNS as SHEET
from spotid.intake.station_table import COLUMNS as STATIONS
from spotid.project.frame_table import MEANINGS as BOXES
from spotid.reference import marks

LEAD = """\
Tables are CSV files in UTF-8. Those of an export begin with a byte order mark, so that Excel reads accents right, and
lie in the match directory with a `README.txt` that says the same as this page."""
READING = """\
Every cell is text, and an empty cell stands for what is not known. A station may be called NA, 0, 1e5 or TRUE, which
most programs take for something else unless they are told; [the export, and into R](../guide/exports_r.md) shows how. A
cell that would begin like a formula (`=`, `+`, `-`, `@`) has an apostrophe in front: take it away before you compare
names. Bytes of a file name that are no UTF-8 are written as letters U+F700 to U+F7FF."""
TABLES = (
    ("leopard_matches.csv", "One line for each photograph of an individual. Written by the export.", tables.MATCHES),
    (
        "sightings.csv",
        "One line for each animal in each photograph, and one for each photograph without. Written by the export and by"
        " `spotid sightings`.",
        tables.SIGHTINGS,
    ),
    ("individuals.csv", "One line for each individual. Written by the export.", tables.INDIVIDUALS),
    (
        "agreement.csv",
        "One line for each figure of how well reviewers agree. Written by the export, where any pair was judged twice,"
        " and by `spotid agreement`.",
        AGREEMENT,
    ),
    ("ranks.csv", "The look-alikes of every sighting, best first. Written by `spotid rank`.", tables.RANKS),
    (
        "boxes.csv",
        "One line for each box that a person drew. Written and read by `spotid boxes`.",
        BOXES,
    ),
    (
        "stations.csv",
        "It lies beside the photographs and says where the stations are. Columns in any order and case; only the first"
        " is needed. It may be a workbook, `stations.xlsx`. The export and `spotid stations` write it, too: without"
        " coordinates of sensitive stations, unless asked for, and without the columns for other maps.",
        STATIONS,
    ),
    (
        "metadata.csv",
        "The sheet of a collection: it lies beside the photographs and says what each is. Columns in any order and"
        " case; only the first is needed. It may be a workbook, `metadata.xlsx`. Read by `spotid import` and"
        " `spotid update-metadata`. The export writes one, too, with which its folder can be imported elsewhere.",
        SHEET,
    ),
    (
        "deployments.csv",
        "One line for each camera at a station. Written by the export.",
        places.DEPLOYMENTS,
    ),
    (
        "effort.csv",
        "One line for each survey, occasion and station. Written by the export, where there are surveys.",
        places.EFFORT,
    ),
)


def page() -> str:
    """The page, as Markdown."""
    parts = [
        marks.chapter(
            name, lead, marks.table(("column", "meaning"), [(marks.code(one), marks.plain(said)) for one, said in rows])
        )
        for name, lead, rows in TABLES
    ]
    return marks.page("Columns of the tables", LEAD, *parts, marks.chapter("Reading the tables", "", f"{READING}\n"))
