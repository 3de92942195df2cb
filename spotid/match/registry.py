"""Local matchers by name. A new one is a new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spotid.lookup import made
from spotid.match.several import TOGETHER, Several

if TYPE_CHECKING:
    from spotid.match.parts import Matcher

MATCHERS = {
    "coat-points": "spotid.match.points:CoatPoints",
    "coat-spots": "spotid.match.spots:CoatSpots",
}


def matcher(name: str) -> Matcher | Several:
    """The matcher called ``name``, or several with a plus between their names, not loaded yet.

    Raises ``NotFoundError`` for an unknown name, ``BadRequestError`` for one that is named twice.
    """
    if TOGETHER in name:
        return Several([_one(part.strip()) for part in name.split(TOGETHER)])
    return _one(name)


def _one(name: str) -> Matcher:
    return cast("Matcher", made(MATCHERS, name, "matcher", "local matcher"))
