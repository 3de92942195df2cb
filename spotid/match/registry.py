"""Local matchers by name. A new one is a new file and one line here; nothing heavy is imported to look a name up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from spotid.errors import NotFoundError

if TYPE_CHECKING:
    from spotid.match.parts import Matcher

MATCHERS = {
    "coat-points": "spotid.match.points:CoatPoints",
    "coat-spots": "spotid.match.spots:CoatSpots",
}


def matcher(name: str) -> Matcher:
    """The matcher called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    if name not in MATCHERS:
        raise NotFoundError(f"There is no matcher called {name}.", f"Choose one of: {', '.join(sorted(MATCHERS))}.")
    module, made = MATCHERS[name].split(":")
    return cast("Matcher", getattr(import_module(module), made)())
