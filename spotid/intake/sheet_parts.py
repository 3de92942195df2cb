"""What reading a sheet of metadata gives: plain data that a page can show and a person can confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# The columns by their plain names; all but the first may be missing.
PATH, CATEGORY, NAME, LOCALITY = "original_path", "predicted_category", "unique_name", "locality name"
LATITUDE, LONGITUDE, TIME = "latitude", "longitude", "datetime"
FLANK, BOX = "flank", "box"
COLUMNS = (
    (PATH, "where the photograph or clip lies, from the folder of the sheet on; the one column that has to be there"),
    (CATEGORY, "the species, or “empty”, “person” and the like"),
    (NAME, "which individual it is; empty where nobody knows"),
    (LOCALITY, "the name of the station"),
    (LATITUDE, "in degrees, north is positive"),
    (LONGITUDE, "in degrees, east is positive"),
    (TIME, "when it was taken, by the camera's clock"),
    (FLANK, "the side of the animal that is seen: left, right, front or rear"),
    (BOX, "where the animal is, if there are several: left, top, width and height as fractions of the picture"),
)
EXAMPLES = 3  # in a sentence

Example = tuple[str, str]  # as it is written, as it was understood
Answers = Mapping[str, str]  # what a person said: the key of an Understood → the key of one of its readings


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a part of the sheet."""

    key: str
    sentence: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """How a part of the sheet was understood. ``asks``: a person has to look at it before anything is written.

    ``chosen`` is the key of the reading that was used; ``readings`` are all that can be chosen, that one among them;
    empty where there is nothing to choose.
    """

    key: str
    sentence: str
    chosen: str = ""
    examples: tuple[Example, ...] = ()
    readings: tuple[Reading, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of the sheet, as a spreadsheet numbers it, that is not used, and why. Line 0 is no line of its own."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """What the sheet says of one file. Empty or None where it says nothing.

    ``taken`` is ISO local time, or a day alone. ``also``: further lines that say the same of this file. ``remarks``:
    cells of the line that could not be used, as sentences. ``file``: the file that is meant, once it was looked for.
    """

    line: int
    path: str
    category: str = ""
    name: str = ""
    locality: str = ""
    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None
    also: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()
    file: str | None = None
    flank: str = ""
    box: str = ""  # four fractions, parted by spaces

    def says(self) -> dict[str, str | float | None]:
        """The values by the plain names of their columns, without the path."""
        values = (self.category, self.name, self.locality, self.latitude, self.longitude, self.taken)
        return dict(zip((column for column, _ in COLUMNS[1:]), (*values, self.flank, self.box), strict=True))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was understood: every line below the heads that holds anything is in a row or refused."""

    interpretation: list[Understood] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def lines(self) -> list[int]:
        """The numbers of all lines that are accounted for, in order."""
        used = [number for row in self.rows for number in (row.line, *row.also)]
        return sorted(used + [one.line for one in self.refused])

    def asks(self) -> bool:
        """Whether a person has to say how something is meant."""
        return any(one.asks for one in self.interpretation)


def settle_doubles(rows: list[SheetRow], refused: list[Refused]) -> list[SheetRow]:
    """One row for each file: lines that agree become one, lines that contradict one another are refused, all of them.

    A line that says nothing of a column agrees with one that does. The same file is the same ``file``, or ``path``
    where no file was looked for.
    """
    by_file: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_file.setdefault(row.file or row.path, []).append(row)
    settled = []
    for same in by_file.values():
        if len(same) == 1:
            settled.append(same[0])
            continue
        against = _against(same)
        if against:
            numbers = ", ".join(str(row.line) for row in same)
            for row in same:
                also = [Refused(line, f"It says the same as line {row.line}, which is not used.") for line in row.also]
                refused += [Refused(row.line, f"Lines {numbers} are about “{same[0].path}” and {against}"), *also]
        else:
            settled.append(_one(same))
    return settled


def _against(same: list[SheetRow]) -> str:
    for column in same[0].says():
        values = list(dict.fromkeys(value for row in same if (value := row.says()[column]) not in ("", None)))
        if len(values) > 1:
            told = " and ".join(f"“{value}”" for value in values[:EXAMPLES])
            advice = " If two animals are in it, name each of them in SpotID." if column == NAME else ""
            return f"contradict one another ({column}: {told}); none of them is used.{advice}"
    return ""


def _one(same: list[SheetRow]) -> SheetRow:
    first, *others = same
    for row in others:
        first = replace(
            first,
            category=first.category or row.category,
            name=first.name or row.name,
            locality=first.locality or row.locality,
            latitude=row.latitude if first.latitude is None else first.latitude,
            longitude=row.longitude if first.longitude is None else first.longitude,
            taken=first.taken or row.taken,
            flank=first.flank or row.flank,
            box=first.box or row.box,
            also=tuple(sorted({*first.also, row.line, *row.also})),
            remarks=first.remarks + row.remarks,
        )
    return first


def settled(understood: list[Understood], answers: Answers) -> list[Understood]:
    """What a person has answered, or said to have seen where there is nothing to choose, is not asked again."""
    return [
        replace(one, asks=False) if one.key in answers and (not one.readings or answers[one.key] == one.chosen) else one
        for one in understood
    ]


def counted(number: int, thing: str) -> str:
    """1 line, 2 lines, 1,000 lines."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def quoted(values: list[str], more: str = "more") -> str:
    """“a”, “b”, “c” and 4 more."""
    shown = ", ".join(f"“{value[:60]}”" for value in values[:EXAMPLES])
    return shown + (f" and {len(values) - EXAMPLES:,} {more}" if len(values) > EXAMPLES else "")
