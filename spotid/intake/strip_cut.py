"""Where a picture carries a strip of writing, and the single letters in it: bars, lines, fields, letters."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Ink = NDArray[np.float32]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom lie outside

ZONE = 0.15  # share of the height that a bar may take at the top or the bottom
NEAR = 28  # levels by which a bar's own pixels differ after the camera's compression
SMALLEST = 7  # pixels: lower writing is not read


@dataclass(frozen=True, slots=True)
class Line:
    """One field of writing: its letters from left to right and whether a space stands before each."""

    box: Box
    letters: tuple[Box, ...]
    spaced: tuple[bool, ...]
    top: float
    bottom: float


def bars(pixels: Pixels) -> list[Ink]:
    """The inked bars of a picture (rows × columns × 3): how far each pixel is from the bar's colour, 0 to 1.

    A bar starts at the picture's edge, is mostly of one colour there, and ends where the rows stop being so.
    """
    above, below = _bars(pixels)
    return ([above] if above is not None else []) + ([below[::-1]] if below is not None else [])


def heights(pixels: Pixels) -> tuple[int, int]:
    """How many rows the inked bars at the top and at the bottom of a picture take; 0 where there is none."""
    above, below = _bars(pixels)
    return len(above) if above is not None else 0, len(below) if below is not None else 0


def _bars(pixels: Pixels) -> tuple[Ink | None, Ink | None]:
    zone = max(int(pixels.shape[0] * ZONE), SMALLEST + 2)
    return _bar(pixels[:zone]), _bar(pixels[::-1][:zone])


def _bar(rows: Pixels) -> Ink | None:
    edge = np.median(rows[: max(3, rows.shape[0] // 30)].reshape(-1, 3), axis=0)
    far = np.abs(rows.astype(np.int16) - edge.astype(np.int16)).max(axis=2)
    flat = (far <= NEAR).mean(axis=1)
    if np.median(flat[:3]) < 0.6:
        return None
    end, misses = 0, 0
    for row, share in enumerate(flat):
        misses = misses + 1 if share < 0.35 else 0
        if misses > 1:
            break
        if share >= 0.35:
            end = row + 1
    if end < SMALLEST:
        return None
    ink = far[:end].astype(np.float32)
    ink[ink <= NEAR] = 0
    peak = float(np.percentile(ink[ink > 0], 90)) if (ink > 0).any() else 0.0
    return np.clip(ink / peak, 0, 1) if peak > 60 else None


def lines(ink: Ink, level: float) -> list[Line]:
    """All fields of writing in a bar, from top to bottom and left to right, letters cut where ink falls below level."""
    mask = ink > level
    blocks: list[Box] = []
    for top, bottom in _runs(np.any(mask, axis=1), 1):
        if bottom - top < SMALLEST:
            continue
        gap = max(8, round(1.6 * (bottom - top)))
        for left, right in _runs(mask[top:bottom].any(axis=0), gap):
            part = mask[top:bottom, left:right]
            for upper, lower in _runs(part.any(axis=1), 2):
                if lower - upper >= SMALLEST:
                    blocks.append((left, top + upper, right, top + lower))
    return [line for line in (_line(mask, block) for block in blocks) if line is not None]


def _runs(filled: Any, gap: int) -> list[tuple[int, int]]:
    """Stretches that are filled, joined over holes smaller than ``gap``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], filled, [False])).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] < gap:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs


def _line(mask: NDArray[np.bool_], block: Box) -> Line | None:
    left, top, right, bottom = block
    part = mask[top:bottom, left:right]
    letters: list[Box] = []
    for start, stop in _runs(part.any(axis=0), 1):
        rows = np.flatnonzero(part[:, start:stop].any(axis=1))
        letters.append((left + start, top + int(rows[0]), left + stop, top + int(rows[-1]) + 1))
    tallest = max(box[3] - box[1] for box in letters)
    tall = [box for box in letters if box[3] - box[1] >= 0.75 * tallest]
    upper, lower = float(np.median([box[1] for box in tall])), float(np.median([box[3] for box in tall]))
    letters = [box for box in letters if (box[2] - box[0]) * (box[3] - box[1]) > 2 and box[2] - box[0] < 6 * tallest]
    if not letters or lower - upper < SMALLEST - 1:
        return None
    return Line(block, tuple(letters), _spaces(letters, lower - upper), upper, lower)


def _spaces(letters: list[Box], height: float) -> tuple[bool, ...]:
    """Whether a space stands before each letter: by the pitch in even writing, else by the gap itself."""
    middles = np.array([(box[0] + box[2]) / 2 for box in letters])
    steps = np.diff(middles)
    if len(steps) >= 6:
        pitch = float(np.median(steps))
        exact = steps[steps < 1.5 * pitch].mean()
        cells = steps / exact
        if (np.abs(cells - np.round(cells)) < 0.17).mean() > 0.85 and exact > 0.6 * height:
            return (False, *(bool(cell > 1.5) for cell in cells))
    gaps = [after[0] - before[2] for before, after in itertools.pairwise(letters)]
    # a 1 is narrow in its cell: between two of them stands a wide gap that is no space
    whole = steps[steps > 0.7 * height]
    usual = 1.1 * float(np.median(whole)) if len(whole) else 0.0
    return (False, *(gap > 0.4 * height and step > usual for gap, step in zip(gaps, steps.tolist(), strict=True)))
