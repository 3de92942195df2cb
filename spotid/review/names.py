"""Which names an individual may have: one animal, one name, and no word that means nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from spotid.errors import BadRequestError
from spotid.project.names_kept import LONGEST, why_not_kept
from spotid.review.facts import NAME
from spotid.review.standing import Standing

LONGEST_NOTE = 2000
CHOICES = {"sex": ("", "female", "male"), "age": ("", "adult", "subadult", "juvenile", "cub")}
PORTRAIT = "portrait_"


def checked(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts as they are kept. Raises BadRequestError for what can't be one."""
    said: dict[str, str] = {}
    for key, value in facts.items():
        if not isinstance(value, str):
            raise BadRequestError("What was said of the individual can't be read.", "Reload the page.")
        word = unicodedata.normalize("NFC", value).strip()
        if key == NAME:
            word = _name(word) if word else ""
        elif not _fits(key, word):
            raise BadRequestError(f"“{word[:80]}” can't be kept as {key[:20]} of an individual.", "Choose another.")
        said[key] = word
    if not said:
        raise BadRequestError("Nothing was said of the individual.", "Fill something in.")
    return said


def check_free(name: str, number: int, known: Standing) -> None:
    """Raise BadRequestError where another individual has this name."""
    other = known.number_named(name)
    if other is not None and other != number:
        raise BadRequestError(
            f"Another individual is called “{name}” already.",
            "If the two are one animal, merge them; otherwise choose another name.",
        )


def _fits(key: str, word: str) -> bool:
    if key in CHOICES:
        return word in CHOICES[key]
    if key == "notes":
        return len(word) <= LONGEST_NOTE and "\0" not in word
    return key.startswith(PORTRAIT) and len(key) < 24 and bool(re.fullmatch(r"([0-9a-f]{16})?", word))


def _name(word: str) -> str:
    name = " ".join(word.split())
    if len(name) > LONGEST or any(unicodedata.category(letter).startswith("C") for letter in name):
        raise BadRequestError("This name can't be used.", f"Choose one of at most {LONGEST} letters.")
    if why_not_kept(name):
        raise BadRequestError(
            f"“{name}” can't be the name of one animal.",
            "Words such as NA or unknown mean nobody, and codes are given by the program. Choose another name.",
        )
    return name
