"""Read a large JSON file piece by piece: one entry of a long list at a time, whatever the size of the file.

The files meant here are one object whose longest member is a list (``images``, ``predictions``), or that list alone.
Python's own decoder reads each entry as it comes by; nothing but the entry in hand is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, TextIO

from spotid.errors import BadRequestError

PIECE = 1 << 18  # letters read at once; 64 kB and 1 MB were slower
LARGEST = 1 << 26  # letters of a single entry or of a member that is not streamed
ALONE = ""  # the name of the list where the whole file is one
CUT = "\0cut"  # told in place of a member's name, as the last of all, where the file ends in the middle
LONGEST_WORD = 8  # letters of "-Infinity" less one
_SPACE = " \t\r\n"
_AFTER = frozenset(",:]}" + _SPACE)


def members(path: Path, streamed: Collection[str]) -> Iterator[tuple[str, Any]]:
    """The members of the object in ``path`` as (name, value); of the lists in ``streamed`` each entry by itself.

    A list of those that is empty is told once, as ``[]``. A file that is a list gives its entries under the name
    ``ALONE``. A file that ends in the middle gives what was whole and then (``CUT``, None). Raises BadRequestError
    where it is no JSON, OSError where it can't be read.
    """
    with path.open(encoding=_encoding(path), errors="replace") as file:
        yield from _Reader(file, path.name).members(frozenset(streamed))


def _encoding(path: Path) -> str:
    """UTF-8 with or without its mark; what PowerShell writes through ">" is UTF-16."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


class _EndError(Exception):
    """The file has ended where more was to come."""


class _Reader:
    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at, self._ended = "", 0, False
        self._decode = json.JSONDecoder().raw_decode

    def members(self, streamed: frozenset[str]) -> Iterator[tuple[str, Any]]:
        try:
            first = self._next()
        except _EndError:
            raise BadRequestError(
                f"“{self._name}” is empty.", "Choose the file that the other program wrote."
            ) from None
        try:
            if first == "[":
                yield from self._entries(ALONE)
            elif first == "{":
                yield from self._object(streamed)
            else:
                raise self._no_json()
        except _EndError:
            yield CUT, None

    def _object(self, streamed: frozenset[str]) -> Iterator[tuple[str, Any]]:
        self._at += 1
        while True:
            if self._next() == "}":
                return
            name = self._value()
            if not isinstance(name, str) or self._next() != ":":
                raise self._no_json()
            self._at += 1
            if name in streamed and self._next() == "[":
                yield from self._entries(name)
            else:
                yield name, self._value()
            self._comma("}")

    def _entries(self, name: str) -> Iterator[tuple[str, Any]]:
        found = False
        for entry in self._list():
            found = True
            yield name, entry
        if not found:
            yield name, []

    def _list(self) -> Iterator[Any]:
        self._at += 1
        while True:
            if self._next() == "]":
                self._at += 1
                return
            yield self._value()
            self._comma("]")

    def _comma(self, closing: str) -> None:
        mark = self._next()
        if mark == ",":
            self._at += 1
        elif mark != closing:
            raise self._no_json()

    def _next(self) -> str:
        """The next letter that is no space; it is not taken. Raises _EndError."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            self._more()

    def _value(self) -> Any:
        """Take one value. Raises _EndError where the file ends within it, BadRequestError where it is none."""
        self._next()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError:
                # Cut by the end of the piece, or wrong: what is wrong stays wrong however much is read. The piece
                # doubles, so that a long entry is decoded few times.
                if self._ended:
                    raise self._cut_or_wrong() from None
            except RecursionError:
                raise self._no_json() from None
            else:
                # "12" at the end of a piece may go on, and so may the 12 of "12."
                if self._text[end : end + 1] in _AFTER if end < len(self._text) else self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > LARGEST:
                raise self._no_json()
            if self._ended:
                raise self._no_json()
            try:
                self._more(len(self._text) - self._at)
            except _EndError:
                continue

    def _more(self, least: int = 0) -> None:
        piece = self._file.read(max(PIECE, least))
        if not piece:
            self._ended = True
            raise _EndError
        self._text, self._at = self._text[self._at :] + piece, 0

    def _cut_or_wrong(self) -> Exception:
        """At the end of the file: whether the last value was cut off or is wrong."""
        rest = self._text[self._at :].rstrip()
        try:
            json.loads(rest)
        except json.JSONDecodeError as error:
            # Of what is cut off the decoder complains at its end, or where a string or a word without its end begins.
            if error.pos >= len(rest) - LONGEST_WORD or error.msg.startswith("Unterminated"):
                return _EndError()
        except RecursionError:
            pass
        return self._no_json()

    def _no_json(self) -> BadRequestError:
        return BadRequestError(
            f"“{self._name}” is no JSON that can be read.",
            "Choose the .json file that the other program wrote, or let it write the file again.",
        )
