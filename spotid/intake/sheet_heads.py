"""The heads of a sheet's columns: found in whatever line, case, order and spelling; told where they were guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotid.errors import BadRequestError
from spotid.intake.sheet_parts import (
    BOX,
    CATEGORY,
    COLUMNS,
    FLANK,
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
    FLANK: ("side", "viewpoint"),
    BOX: ("bbox", "boundingbox"),
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


class NoPathColumnError(BadRequestError):
    """No column says where the photographs lie; ``heads`` are those that a person may choose from."""

    def __init__(self, sentence: str, advice: str, heads: Sequence[str] = ()) -> None:
        self.heads = tuple(heads)
        super().__init__(sentence, advice)


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
        guesses = [place for word in OTHERS[column] for place, here in enumerate(words) if here == word]
        said = answers.get(f"column {column}", "")
        if said in heads and said:
            places[column] = (heads.index(said),)
        elif guesses and said != "none":
            places[column] = (guesses[0],)
    understood += _chosen(heads, words, places)
    _check(heads, places, name)
    used = {place for several in places.values() for place in several}
    found = [f"{column} (from “{heads[own[0]]}”)" for column, own in places.items()]
    understood.append(Understood("columns", f"Columns that are used: {', '.join(found)}."))
    rest = [head or f"the {place + 1}th, without a head" for place, head in enumerate(heads) if place not in used]
    if rest:
        understood.append(Understood("left out", f"Columns that are not used: {quoted(rest)}."))
    return Heads(at, places, len(heads))


def _chosen(heads: list[str], words: list[str], places: dict[str, tuple[int, ...]]) -> list[Understood]:
    """What was taken for each column that is not called by its plain name, and what else could be."""
    own = {place for several in places.values() for place in several}
    free = [head for place, head in enumerate(heads) if head and place not in own]
    found = []
    for column, _ in COLUMNS:
        taken = places.get(column, ())
        if any(_OWN.get(words[place]) == column for place in taken) or (not taken and not free):
            continue
        chosen = heads[taken[0]] if taken else "none"
        guessed = [heads[place] for word in OTHERS[column] for place, here in enumerate(words) if here == word]
        others = dict.fromkeys(([chosen] if taken else []) + [head for head in guessed if head in free] + free)
        sentence = f"There is no column “{column}”" + (f"; “{chosen}” was taken for it." if taken else ".")
        readings = tuple(Reading(head, f"the column “{head}”") for head in others)
        readings += (Reading("none", "no column: the sheet does not say it"),)
        # What nobody has guessed is offered and not asked: most sheets do not say everything.
        found.append(Understood(f"column {column}", sentence, chosen, readings=readings, asks=bool(taken or guessed)))
    return found


def _check(heads: list[str], places: dict[str, tuple[int, ...]], name: str) -> None:
    if PATH in places:
        return
    if len([head for head in heads if head]) == 1 and "originalpath" in plain(heads[0]):
        raise BadRequestError(
            f"In “{name}” whole lines stand in one cell (“{heads[0][:60]}”).",
            "Part them into columns (in Excel: Data, Text to Columns) and save the sheet again.",
        )
    raise NoPathColumnError(
        f"“{name}” has no column “{PATH}”; its heads are {quoted(heads)}.",
        f"Name the column that says where each photograph lies “{PATH}” and try again.",
        [head for head in heads if head],
    )
