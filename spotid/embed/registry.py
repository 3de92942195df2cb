"""Encoders by name. A new one is a new file and one line here; nothing heavy is imported to look a name up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from spotid.errors import NotFoundError

if TYPE_CHECKING:
    from spotid.embed.parts import Encoder

ENCODERS = {
    "coat-vlad": "spotid.embed.encoders.coat:CoatEncoder",
}


def encoder(name: str) -> Encoder:
    """The encoder called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    if name not in ENCODERS:
        raise NotFoundError(f"There is no encoder called {name}.", f"Choose one of: {', '.join(sorted(ENCODERS))}.")
    module, made = ENCODERS[name].split(":")
    return cast("Encoder", getattr(import_module(module), made)())
