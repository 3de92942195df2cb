"""Names of files as the database keeps them: any name that a disk can hold, as text that can always be written.

A name with bytes that are no UTF-8 (files of an old archive, unpacked on Linux) is no text that SQLite, JSON or a page
take. Each such byte is kept as one character of Unicode's private use area, from U+F700 on, and turned back where the
file is opened.
"""

from __future__ import annotations

import re
import sys

BASE = 0xF700
# How Python spells what is no text: POSIX has names of any bytes, Windows lone halves of pairs.
_ODDITY = "surrogatepass" if sys.platform == "win32" else "surrogateescape"
_ODD = re.compile("[\ud800-\udfff\uf700-\uf7ff]")
_KEPT = re.compile("[\uf700-\uf7ff]+")


def kept(name: str) -> str:
    """A name from the disk as text that can be stored; the usual name is returned as it is."""
    return _ODD.sub(_spelt, name)


def on_disk(name: str) -> str:
    """The name on the disk of a kept name: the inverse of ``kept``."""
    return _KEPT.sub(_told, name)


def shown(name: str) -> str:
    """A name for people: on one line, with a mark for every character that can't be shown or would turn text around."""
    return "".join(letter if letter.isprintable() or letter == " " else "\N{REPLACEMENT CHARACTER}" for letter in name)


def _spelt(match: re.Match[str]) -> str:
    letter = match.group()
    return "".join(chr(BASE + byte) for byte in letter.encode("utf-8", _ODDITY))


def _told(match: re.Match[str]) -> str:
    return bytes(ord(letter) - BASE for letter in match.group()).decode("utf-8", _ODDITY)
