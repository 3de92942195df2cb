"""Smooth random fields: the raw material of soil, bark, fur and light."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]


def rng_for(*keys: int) -> np.random.Generator:
    """A generator that depends on the keys only, so that parts can be drawn in any order."""
    return np.random.default_rng([int(key) & 0xFFFFFFFF for key in keys])


def waves(rng: np.random.Generator, height: int, width: int, cell: float, cell_x: float | None = None) -> Field:
    """One octave of value noise, ``(height, width)``, mean about 0, about -1 to 1; ``cell`` is the grain in pixels."""
    import cv2

    rows = max(2, int(np.ceil(height / cell)) + 1)
    columns = max(2, int(np.ceil(width / (cell_x or cell))) + 1)
    coarse = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def cloud(
    rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 4, fall: float = 0.55
) -> Field:
    """Layered value noise (each octave ``fall`` as strong as the one before), scaled to a spread of about 1."""
    out = np.zeros((height, width), np.float32)
    strength, total = 1.0, 0.0
    for _ in range(octaves):
        out += strength * waves(rng, height, width, max(cell, 1.0))
        total += strength**2
        strength *= fall
        cell /= 2.0
        if cell < 1.0:
            break
    return out / np.float32(np.sqrt(total) * 0.55)


def tile(rng: np.random.Generator, size: int, cell: float, octaves: int = 4, fall: float = 0.6) -> Field:
    """Layered noise that repeats without a seam, ``(size, size)``, spread about 1."""
    import cv2

    out = np.zeros((size, size), np.float32)
    strength, total = 1.0, 0.0
    for _ in range(octaves):
        count = max(2, round(size / max(cell, 1.0)))
        coarse = rng.uniform(-1, 1, (count, count)).astype(np.float32)
        around = np.pad(coarse, 2, mode="wrap")
        scale = size / count
        big = cv2.resize(around, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        edge = round(2 * scale)
        out += strength * big[edge : edge + size, edge : edge + size]
        total += strength**2
        strength *= fall
        cell /= 2.0
        if cell < 1.0:
            break
    return out / np.float32(np.sqrt(total) * 0.55)


def ramp(value: npt.NDArray[np.floating[Any]] | float, low: float, high: float) -> Field:
    """0 below ``low``, 1 above ``high``, smooth between (``low`` may be the larger one)."""
    t = np.clip((np.asarray(value, np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
