"""Checksums of pictures that were made: a flipped bit in one still decodes, and only looks a little different."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path

from spotid.project.layout import Layout


def of(*contents: bytes) -> str:
    """The seal of files with these contents, in this order. CRC-32 finds every damage that is not meant."""
    return "-".join(f"{zlib.crc32(content):08x}" for content in contents)


def views(layout: Layout, row: sqlite3.Row) -> tuple[Path, ...]:
    """The files that a sighting's seal covers: crop, cut-out, pattern and edges."""
    uid, recipe = row["uid"], row["recipe"]
    made = (layout.crop, layout.cutout, layout.pattern, layout.edges)
    return tuple(view(uid, recipe) for view in made)


def trouble(paths: Sequence[Path], seal: str | None) -> str:
    """What is wrong with files: nothing, “lost”, “damaged”. Without a seal they are decoded to find out."""
    contents = []
    for path in paths:
        try:
            contents.append(path.read_bytes())
        except FileNotFoundError:
            return "lost"
        except OSError:
            return "damaged"
    if seal:
        return "" if of(*contents) == seal else "damaged"
    return "" if all(map(_decodes, contents)) else "damaged"


def _decodes(content: bytes) -> bool:
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
