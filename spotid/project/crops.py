"""Read back the crops and masks that were written; they can be made again when lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from spotid.project.layout import Layout
from spotid.project.store import Store
from spotid.words import SightingState

if TYPE_CHECKING:
    import numpy as np


def load(layout: Layout, row: sqlite3.Row) -> tuple[np.ndarray, np.ndarray] | None:
    """A sighting's crop ((h, w, 3) uint8 RGB) and mask ((h, w) bool), or None where a file is lost or damaged."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(layout.crop(row["uid"], row["recipe"])) as crop:
            rgb = np.asarray(crop.convert("RGB"))
        with Image.open(layout.cutout(row["uid"], row["recipe"])) as cutout:
            mask = np.asarray(cutout.getchannel("A")) > 127
    except (OSError, ValueError, TypeError):
        return None
    return (rgb, mask) if rgb.shape[:2] == mask.shape else None


def make_again(store: Store, sighting_id: int) -> None:
    """Queue a sighting whose crop was lost for cropping at the next run."""
    with store.write() as connection:
        connection.execute(
            "UPDATE sighting SET state = ? WHERE id = ? AND state != ?",
            (SightingState.DETECTED, sighting_id, SightingState.WITHDRAWN),
        )
