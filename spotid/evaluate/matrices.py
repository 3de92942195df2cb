"""A similarity matrix as a picture: sightings in the order of their individuals, so that matches lie in blocks."""

from __future__ import annotations

import io

import numpy as np

MOST = 560  # pixels a side
LEVELS = 48  # shades: more make the file bigger and look the same
DARK, BRIGHT = 1.0, 99.5  # percentiles that become the darkest and the brightest colour
# Dark blue over green to yellow, evenly brighter; close to viridis (Smith and van der Walt 2015, in the public domain).
COLOURS: tuple[tuple[int, int, int], ...] = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 74, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
)
COLOURS += ((110, 206, 88), (181, 222, 43), (253, 231, 37))
NOTHING = (150, 150, 150)  # no opinion


def picture(matrix: np.ndarray, most: int = MOST) -> bytes:
    """``matrix`` (n, n) as a PNG, bright where alike, grey where nothing is known. Bigger ones are averaged down to
    ``most`` pixels; small ones are drawn with several pixels a cell."""
    from PIL import Image

    small = _averaged(np.asarray(matrix, np.float32), most)
    known = ~np.isnan(small)
    off = known & ~np.eye(len(small), dtype=bool)
    low, high = np.percentile(small[off], (DARK, BRIGHT)) if off.any() else (0.0, 1.0)
    level = np.clip((np.nan_to_num(small) - low) / max(float(high - low), 1e-9), 0, 1)
    table = np.array(COLOURS, np.float64)
    knots = np.linspace(0, 1, len(table))
    shades = [np.interp(np.linspace(0, 1, LEVELS), knots, table[:, channel]) for channel in range(3)]
    palette = np.vstack([np.stack(shades, axis=-1), NOTHING]).astype(np.uint8)
    cells = np.where(known, np.round(level * (LEVELS - 1)), LEVELS).astype(np.uint8)
    times = max(1, most // max(1, len(small)))
    drawn = Image.fromarray(cells.repeat(times, axis=0).repeat(times, axis=1))
    drawn.putpalette(palette.tobytes())
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def _averaged(matrix: np.ndarray, most: int) -> np.ndarray:
    """At most ``most`` rows and columns, each the mean of what it stands for as far as that is known."""
    n = len(matrix)
    if n <= most:
        return matrix
    edges = np.linspace(0, n, most + 1).astype(np.int64)[:-1]
    known = ~np.isnan(matrix)
    total, count = (
        np.add.reduceat(np.add.reduceat(part.astype(np.float32), edges, axis=0), edges, axis=1)
        for part in (np.where(known, matrix, 0), known)
    )
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
