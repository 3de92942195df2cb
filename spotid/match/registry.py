"""Local matchers by name. A new one is a new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spotid.lookup import made

if TYPE_CHECKING:
    from spotid.match.parts import Matcher

MATCHERS = {
    "coat-points": "spotid.match.points:CoatPoints",
    "coat-spots": "spotid.match.spots:CoatSpots",
}


def matcher(name: str) -> Matcher:
    """The matcher called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Matcher", made(MATCHERS, name, "matcher"))
