"""Shared libraries that packages bring along under terms of their own: the table ``libraries.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("libraries.toml")


@dataclass(frozen=True)
class Library:
    """One such work; ``texts`` are file names in ``licence_texts``."""

    name: str
    patterns: tuple[str, ...]
    licence: str
    texts: tuple[str, ...]


@cache
def table() -> tuple[Library, ...]:
    """All of them, in the order of the file."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))["library"]
    return tuple(
        Library(str(one["name"]), tuple(one["patterns"]), str(one["licence"]), tuple(one["texts"])) for one in read
    )


def known(name: str) -> Library | None:
    """The work that a file of this name belongs to, if the table tells."""
    return next((one for one in table() if any(fnmatch(name.lower(), p.lower()) for p in one.patterns)), None)
