"""Encoders by name. A new one is a new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spotid.lookup import made

if TYPE_CHECKING:
    from spotid.embed.parts import Encoder

ENCODERS = {
    "coat-vlad": "spotid.embed.encoders.coat:CoatEncoder",
}


def encoder(name: str) -> Encoder:
    """The encoder called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Encoder", made(ENCODERS, name, "encoder", "embedder"))
