"""The heads of a sheet's columns: found in whatever line, case, order and spelling; told where they were guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotid.errors import BadRequestError
from spotid.intake.sheet_parts import (
    CATEGORY,
    COLUMNS,
    LATITUDE,
    LOCALITY,
    LONGITUDE,
    NAME,
    PATH,
    TIME,
    Answers,
    Reading,
    Understood,
    quoted,
)

if TYPE_CHECKING:
    from spotid.intake.sheet_cells import Line

WITHIN = 10  # lines from the top in which the heads are looked for
# Other words that people and programs use; taken only where the plain one is missing, and asked about.
OTHERS = {
    PATH: ("path", "filepath", "file", "filename", "relativepath", "imagepath", "image", "photo", "picture"),
    CATEGORY: ("category", "species", "class", "label", "prediction"),
    NAME: ("individual", "individualid", "individualname", "animalid", "identity", "name", "animal", "catid"),
    LOCALITY: ("locality", "location", "locationid", "station", "stationid", "site", "place", "deployment"),
    LATITUDE: ("lat", "decimallatitude", "ycoord"),
    LONGITUDE: ("lon", "lng", "long", "decimallongitude", "xcoord"),
    TIME: ("date", "timestamp", "captured", "capturedat", "datetimeoriginal", "eventdate", "time"),
}


def plain(head: object) -> str:
    """A head without case, spaces, underscores and other signs."""
    text = unicodedata.normalize("NFKC", str(head)).casefold()
    return "".join(letter for letter in text if letter.isalnum())


_OWN = {plain(column): column for column, _ in COLUMNS}
_GUESSED = {word: column for column, words in OTHERS.items() for word in words}


def known_heads(line: Iterable[object]) -> int:
    """How many heads of a line are known; a plain one counts twice, the one that has to be there ten times."""
    words = {plain(cell) for cell in line}
    columns = {_OWN[word] for word in words if word in _OWN}
    guessed = {_GUESSED[word] for word in words if word in _GUESSED} - columns
    return 2 * len(columns) + len(guessed) + 8 * (PATH in columns)


@dataclass(frozen=True, slots=True)
class Heads:
    """Which line holds the heads (its place among the lines), and column → places of the cells that tell it."""

    at: int
    places: dict[str, tuple[int, ...]]
    width: int


def find_heads(lines: Sequence[Line], name: str, answers: Answers, understood: list[Understood]) -> Heads:
    """Find the heads. Raises BadRequestError where there is no column for the paths."""
    if not lines:
        raise BadRequestError(f"“{name}” is empty.", "Write one line for each photograph, below a line of heads.")
    at = max(range(min(WITHIN, len(lines))), key=lambda place: (known_heads(lines[place].cells), -place))
    heads = [str(cell) for cell in lines[at].cells]
    words = [plain(head) for head in heads]
    places: dict[str, tuple[int, ...]] = {}
    for column, _ in COLUMNS:
        own = tuple(place for place, word in enumerate(words) if _OWN.get(word) == column)
        if own:
            places[column] = own
            if len(own) > 1:
                said = f"{len(own)} columns are called “{column}”. Lines in which they differ are not used."
                understood.append(Understood(f"columns {column}", said, asks=True))
            continue
        key = f"column {column}"
        guesses = [place for word in OTHERS[column] for place, here in enumerate(words) if here == word]
        if not guesses or answers.get(key) == "none":
            continue
        chosen = next((place for place in guesses if heads[place] == answers.get(key)), guesses[0])
        places[column] = (chosen,)
        readings = tuple(Reading(heads[place], f"the column “{heads[place]}”") for place in guesses)
        understood.append(
            Understood(
                *(key, f"There is no column “{column}”; “{heads[chosen]}” was taken for it.", heads[chosen]),
                readings=(*readings, Reading("none", "no column: the sheet does not say it")),
                asks=True,
            )
        )
    _check(heads, places, name)
    used = {place for several in places.values() for place in several}
    found = [f"{column} (from “{heads[own[0]]}”)" for column, own in places.items()]
    understood.append(Understood("columns", f"Columns that are used: {', '.join(found)}."))
    rest = [head or f"the {place + 1}th, without a head" for place, head in enumerate(heads) if place not in used]
    if rest:
        understood.append(Understood("left out", f"Columns that are not used: {quoted(rest)}."))
    return Heads(at, places, len(heads))


def _check(heads: list[str], places: dict[str, tuple[int, ...]], name: str) -> None:
    if PATH in places:
        return
    if len([head for head in heads if head]) == 1 and "originalpath" in plain(heads[0]):
        raise BadRequestError(
            f"In “{name}” whole lines stand in one cell (“{heads[0][:60]}”).",
            "Part them into columns (in Excel: Data, Text to Columns) and save the sheet again.",
        )
    raise BadRequestError(
        f"“{name}” has no column “{PATH}”; its heads are {quoted(heads)}.",
        f"Name the column that says where each photograph lies “{PATH}” and try again.",
    )
