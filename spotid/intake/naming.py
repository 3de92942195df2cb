"""What a word that should name an individual or a folder may mean instead: nobody, nothing, a side, a camera's card."""

from __future__ import annotations

import unicodedata

from spotid.project.names_kept import NOBODY, means_nobody, plain, same, why_not_kept

__all__ = ["EMPTY", "FLANKS", "NOBODY", "means_nobody", "plain", "same", "spelt", "why_not_kept"]

EMPTY = frozenset(
    (
        *("empty", "blank", "blanks", "nothing", "no animal", "no animals", "noanimal", "false trigger", "ghost"),
        *("false triggers", "misfire", "misfires", "vacio", "vide", "leer", "human", "humans", "person", "people"),
        *("vehicle", "vehicles", "staff", "setup", "set up", "other", "others", "other species", "trash", "delete"),
    )
)
FLANKS = {
    **dict.fromkeys(("left", "l", "lf", "ls", "lhs", "left flank", "left side", "leftflank", "links"), "left"),
    **dict.fromkeys(("right", "r", "rf", "rs", "rhs", "right flank", "right side", "rightflank", "rechts"), "right"),
    **dict.fromkeys(("front", "face", "head", "frontal"), "front"),
    **dict.fromkeys(("rear", "back", "tail", "behind"), "rear"),
}


def spelt(word: str) -> str:
    """A name as it is kept: Unicode composed, spaces single."""
    return " ".join(unicodedata.normalize("NFC", word).split())
