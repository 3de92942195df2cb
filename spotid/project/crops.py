"""Read back the crops and masks that were written; they can be made again when lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from spotid.errors import PictureError
from spotid.project import media
from spotid.project.layout import Layout
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import MediaState, SightingState

if TYPE_CHECKING:
    import numpy as np

KINDS = ("JPEG", "WEBP", "PNG")  # the last one for crops made without loss


def load(layout: Layout, row: sqlite3.Row) -> tuple[np.ndarray, np.ndarray] | None:
    """A sighting's crop ((h, w, 3) uint8 RGB) and mask ((h, w) bool), or None where a file is lost or damaged."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(layout.crop(row["uid"], row["recipe"]), formats=KINDS) as crop:
            rgb = np.asarray(crop.convert("RGB"))
        with Image.open(layout.cutout(row["uid"], row["recipe"]), formats=KINDS) as cutout:
            # WebP leaves out an alpha channel that hides nothing: the outline is the whole crop then.
            alpha = cutout.getchannel("A") if "A" in cutout.getbands() else None
            mask = np.ones((cutout.height, cutout.width), bool) if alpha is None else np.asarray(alpha) > 127
    except MemoryError:
        raise
    except Exception:  # Pillow raises almost anything on damaged files
        return None
    return (rgb, mask) if rgb.shape[:2] == mask.shape else None


def has_original(store: Store, sighting_id: int) -> bool:
    """Whether the original of a sighting can be reached."""
    row = store.one("SELECT media_id FROM sighting WHERE id = ?", sighting_id)
    try:
        return row is not None and media.source_path(store, row["media_id"]).is_file()
    except PictureError:  # a pipe, or a link that leads out of the folder, lies in its place
        return False


def make_again(store: Store, sighting_id: int) -> None:
    """Queue a sighting whose crop was lost for cropping at the next run.

    Nothing happens while its original can't be reached: the sighting would be put aside, though its embedding is whole.
    """
    if not has_original(store, sighting_id):
        return
    with store.write() as connection:
        connection.execute(
            f"UPDATE sighting SET state = ? WHERE id = ? AND state NOT IN {OUT_SQL}",
            (SightingState.DETECTED, sighting_id),
        )


def made_otherwise(store: Store, recipe: str, roots: Iterable[int]) -> list[int]:
    """Row ids of cropped animals whose crop is of another recipe, and whose pictures can be used and lie in one of
    these folders."""
    known = sorted(roots)
    rows = store.all(
        "SELECT sighting.id FROM sighting JOIN media ON media.id = media_id WHERE sighting.state IN (?, ?)"
        f" AND recipe IS NOT NULL AND recipe != ? AND media.state = ? AND root_id IN ({','.join('?' * len(known))})"
        " ORDER BY sighting.id",
        *(SightingState.CROPPED, SightingState.EMBEDDED, recipe, MediaState.ANIMAL, *known),
    )
    return [row["id"] for row in rows]


def queue_again(store: Store, ids: Sequence[int]) -> None:
    """Crop these once more at the next run. Each keeps the crop that it has until the new one is there."""
    with store.write() as connection:
        connection.executemany(
            "UPDATE sighting SET state = ? WHERE id = ? AND state IN (?, ?)",
            [(SightingState.DETECTED, one, SightingState.CROPPED, SightingState.EMBEDDED) for one in ids],
        )
