"""Which names an individual may have: no word that stands for nobody, and no code that SpotID gives itself."""

from __future__ import annotations

import re
import unicodedata

from spotid.codes import KNOWN, USUAL

# What stands in a cell, or over a folder, for an individual that nobody has told. A survey's spreadsheet once made one
# animal of all rows whose name was “NA”.
NOBODY = frozenset(
    (
        *(
            "na",
            "n/a",
            "n.a.",
            "n.a",
            "#n/a",
            "nan",
            "nil",
            "no",
            "none",
            "null",
            "?",
            "??",
            "-",
            "--",
            ".",
            "x",
            "unk",
        ),
        *("unknown", "unknowns", "unidentified", "unidentifiable", "undefined", "unnamed", "unsorted", "nobody"),
        *("missing", "new", "same", "different", "individual", "leopard", "animal", "tbd", "todo", "not identified"),
        *("unsure", "uncertain", "not sure", "maybe", "no id", "noid", "id?", "desconocido", "inconnu", "unbekannt"),
    )
)
LONGEST = 60  # letters; what an individual's name may have
# Of the usual code any spelling; of others only the code itself: “Tiger 12” is what people call tigers.
CODE = re.compile(rf"{USUAL}[ _-]?\d+|(?:{'|'.join(KNOWN)})_\d+")


def same(word: str) -> str:
    """What two spellings of one name have in common: no case, no spaces, underscores and hyphens."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word).casefold())


def plain(word: str) -> str:
    """A word for the lists above."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", word).casefold()).strip()


def means_nobody(word: str) -> bool:
    """Whether a word stands for an individual that nobody has told."""
    return plain(word) in NOBODY


def why_not_kept(name: str) -> str:
    """Why a name can't be given to an individual, as a sentence; nothing where it can. Its pictures stay together."""
    if len(name) > LONGEST:
        return f"“{name[:40]}…” has {len(name)} letters; a name has at most {LONGEST}."
    if CODE.fullmatch(name.casefold()):
        return f"“{name}” looks like a code that SpotID gives itself; the individual gets a code of this project."
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return f"“{name[:40]!r}” holds signs that can't be shown."
    if means_nobody(name):
        return f"“{name}” is taken for nobody's name elsewhere in SpotID; the individual goes by its code."
    return ""
