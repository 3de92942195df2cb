"""The codes of individuals, such as leopard_7: a word for the kind of animal, and a number that counts a whole project.

The word is that of the animal's first sighting, by the profile that it belonged to when the individual was born. It is
kept with the answer that the individual is born of (``TOLD``), so that a code follows from the answers alone and stays
when a species or a profile changes. Codes are names of folders, on every system: lower case, ASCII, no digits in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

USUAL = "leopard"  # also of every code that was given before there were other words
ANY = "individual"  # of a profile that serves several species, where nobody told which
KNOWN = (
    *(USUAL, ANY, "bear", "bobcat", "bongo", "cheetah", "giraffe", "hyena", "jaguar", "kudu", "leopard_shark", "lynx"),
    *("manta_ray", "newt", "nyala", "ragged_tooth_shark", "salamander", "salmon", "seal", "snow_leopard", "tiger"),
    *("trout", "turtle", "whale_shark", "zebra"),
)
WORD = re.compile(r"[a-z]+(_[a-z]+)*")
LONGEST = 30  # letters of a word
TOLD = "word"  # in an answer's evidence: a word for all its sightings, or sighting → word; nothing: the usual one
_TYPED = re.compile(r"(?:([a-z]+(?:_[a-z]+)*)_)?([1-9][0-9]{0,8})", re.ASCII | re.I)


def code(word: str, number: int) -> str:
    """The permanent code of an individual."""
    return f"{word}_{number}"


def number_in(typed: str) -> int | None:
    """The number in a code, or a number by itself; None where it is neither."""
    match = _TYPED.fullmatch(typed)
    return None if match is None else int(match[2])


def means(typed: str, code: str) -> bool:
    """Whether a code or its number was typed: 1 and LEOPARD_1 mean leopard_1, tiger_1 does not."""
    return typed.casefold() in (code, code.rpartition("_")[2])


def good(word: object) -> bool:
    """Whether this can be the word of a code."""
    return isinstance(word, str) and len(word) <= LONGEST and WORD.fullmatch(word) is not None


def readable(told: object) -> bool:
    """Whether what an answer has under ``TOLD`` is of the right shape."""
    return all(map(good, told.values())) if isinstance(told, dict) else good(told)


def note(words: Mapping[str, str]) -> dict[str, Any]:
    """What an answer keeps of its sightings' words (sighting → word), as shortly as can be."""
    kinds = set(words.values()) or {USUAL}
    if kinds == {USUAL}:
        return {}
    return {TOLD: kinds.pop() if len(kinds) == 1 else dict(words)}


def word_of(more: Mapping[str, Any] | None, sightings: Iterable[str]) -> str:
    """The word of an individual that was born of an answer: that of the first of its ``sightings`` that has one."""
    told = (more or {}).get(TOLD, USUAL)
    if isinstance(told, Mapping):
        told = next((told[one] for one in sightings if one in told), USUAL)
    return str(told) if good(told) else USUAL
