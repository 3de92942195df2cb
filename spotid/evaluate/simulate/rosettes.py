"""The spots of one flank: where they lie, how large they are, which are rings and which are solid.

The sheet is the coat seen from the side in metres (x forward, z up; see ``flesh``). Broken rings cover the flank,
solid spots the neck, the head and the legs, large blotches the belly and the inner legs, bands the end of the tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.flesh import INNER
from spotid.evaluate.simulate.noise import Field, cloud, ramp, rng_for

Array = npt.NDArray[np.float64]

LEFT, RIGHT, BOTTOM, TOP = -1.45, 0.93, INNER - 0.09, 0.93
SCALE = 600.0
"""Pixels of the sheet per metre: a flank that fills 60 % of a 1,280-pixel frame shows about 400 per metre."""
WIDTH, HEIGHT = round((RIGHT - LEFT) * SCALE), round((TOP - BOTTOM) * SCALE)


@dataclass(frozen=True)
class Style:
    """What runs through one animal's whole coat (both flanks), as proportions of the usual."""

    spacing: float
    weight: float
    openness: float
    slant: float
    hue: float
    pale: float


def style_of(individual_seed: int) -> Style:
    """The style of an individual; neighbouring seeds are unrelated."""
    rng = rng_for(individual_seed, 11)
    return Style(
        spacing=float(np.clip(rng.normal(1.0, 0.09), 0.82, 1.2)),
        weight=float(np.clip(rng.normal(1.0, 0.12), 0.75, 1.3)),
        openness=float(np.clip(rng.normal(1.0, 0.2), 0.6, 1.5)),
        slant=float(rng.normal(0, 18)),
        hue=float(rng.uniform(-1, 1)),
        pale=float(rng.uniform(0, 1)),
    )


def to_pixels(place: Field) -> Field:
    """Sheet metres ``(..., 2)`` to sheet pixels (column, row)."""
    return np.asarray(np.stack([(place[..., 0] - LEFT) * SCALE, (TOP - place[..., 1]) * SCALE], -1), dtype=np.float32)


def _spacing(x: Array, z: Array) -> Array:
    """Distance between spots in metres, over the sheet."""
    out = np.full(x.shape, 0.053)
    out -= 0.008 * ramp(x, 0.18, 0.36) + 0.008 * ramp(x, 0.42, 0.55)
    out -= 0.014 * ramp(x, 0.57, 0.66) + 0.005 * ramp(x, 0.70, 0.76)
    out -= 0.005 * ramp(x, -0.28, -0.42)
    leg = ramp(z, 0.36, 0.26) * (x < 0.55) * (x > -0.56)
    out = out * (1 - leg) + (0.038 - 0.014 * ramp(z, 0.24, 0.05)) * leg
    inner = z < 0.0
    out = np.where(inner, 0.052 - 0.016 * ramp(z - INNER, 0.24, 0.05), out)
    tail = ramp(x, -0.52, -0.60)
    return np.asarray(out * (1 - tail) + 0.046 * tail)


def _rings(x: Array, z: Array) -> Array:
    """Share of spots that are rings: 1 on the flank, 0 on head, legs and belly."""
    flank = ramp(x, 0.44, 0.26) * ramp(x, -0.60, -0.46) * ramp(z, 0.335, 0.405)
    return np.asarray(flank)


def _scatter(rng: np.random.Generator, spacing: float) -> tuple[Array, Array, Array]:
    """Centres and local spacing by dart throwing with a distance that varies over the coat."""
    count = 14000
    x, z = rng.uniform(LEFT, RIGHT, count), rng.uniform(BOTTOM, TOP, count)
    far_up = (z > 0.2) | (x > -0.58)
    tail = (x < -0.56) & ((z < 0.50) | (z > 0.68))
    keep = far_up & ~tail & ~((x > 0.56) & (z < 0.48)) & ~((z < -0.02) & ((x < -0.6) | (x > 0.56)))
    x, z = x[keep], z[keep]
    gap = _spacing(x, z) * spacing * rng.uniform(0.86, 1.1, len(x))
    cell = 0.03
    taken: dict[tuple[int, int], list[int]] = {}
    chosen: list[int] = []
    for k in range(len(x)):
        column, row = int((x[k] - LEFT) / cell), int((z[k] - BOTTOM) / cell)
        reach = int(gap[k] / cell) + 1
        clear = True
        for c in range(column - reach, column + reach + 1):
            for r in range(row - reach, row + reach + 1):
                for other in taken.get((c, r), ()):
                    if (x[k] - x[other]) ** 2 + (z[k] - z[other]) ** 2 < (gap[k] * 0.5 + gap[other] * 0.5) ** 2 * 0.80:
                        clear = False
                        break
        if clear:
            chosen.append(k)
            taken.setdefault((column, row), []).append(k)
    return x[chosen], z[chosen], gap[chosen]


def _blob(rng: np.random.Generator, radius: float, stretch: float, angle: float) -> Array:
    """The outline of one irregular spot round the origin, ``(24, 2)``."""
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    r = radius * (1 + sum(rng.normal(0, 0.13 / k) * np.cos(k * t + rng.uniform(0, 6.3)) for k in (2, 3, 4)))
    a = np.radians(angle)
    p, q = r * np.cos(t) * stretch, r * np.sin(t) / stretch
    return np.stack([p * np.cos(a) - q * np.sin(a), p * np.sin(a) + q * np.cos(a)], 1)


def draw_spots(individual_seed: int, flank: str) -> tuple[Field, Field]:
    """The dark spots and the darker ring centres of a flank, each ``(HEIGHT, WIDTH)`` from 0 to 1."""
    import cv2

    style = style_of(individual_seed)
    rng = rng_for(individual_seed, 23, {"left": 1, "right": 2}[flank])
    x, z, gap = _scatter(rng, style.spacing)
    ring_share = _rings(x, z)
    dark, centre = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)

    def fill(sheet: npt.NDArray[np.uint8], outline: Array, x0: float, z0: float) -> None:
        places = to_pixels(np.asarray(outline + [x0, z0], np.float32))
        cv2.fillPoly(sheet, [np.round(places * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)

    for x0, z0, g, ring in zip(x.tolist(), z.tolist(), gap.tolist(), ring_share.tolist(), strict=True):
        angle = style.slant + rng.normal(0, 28)
        stretch = float(np.exp(abs(rng.normal(0, 0.11))))
        if ring > rng.uniform(0.15, 0.85):
            middle, pieces = _ring(rng, style, g * 0.45, stretch, angle)
            fill(centre, middle, x0, z0)
            for piece in pieces:
                fill(dark, piece, x0, z0)
            continue
        pale_side = z0 < 0.40 and x0 < 0.5
        size = g * (0.33 if pale_side else 0.30) * style.weight * rng.uniform(0.8, 1.15)
        if x0 > 0.60:
            size *= 0.82
        if pale_side and z0 > -0.05:
            angle, stretch = rng.normal(0, 20), stretch * 1.18
        if x0 < -0.55:
            angle, stretch = 90 + rng.normal(0, 15), stretch * (1.1 + 0.5 * max(0.0, -x0 - 0.9))
        fill(dark, _blob(rng, size, stretch, angle), x0, z0)
    _tail_bands(rng, dark)
    return _roughen(dark), _roughen(centre)


def _ring(
    rng: np.random.Generator, style: Style, radius: float, stretch: float, angle: float
) -> tuple[Array, list[Array]]:
    """One rosette round the origin: the outline of its darker centre and of the two to five pieces of its ring."""
    pieces_drawn: list[Array] = []
    pieces = int(rng.choice([2, 3, 3, 4, 4, 5]))
    start = rng.uniform(0, 2 * np.pi)
    cuts = np.sort(start + 2 * np.pi * (np.arange(pieces) + rng.uniform(-0.22, 0.22, pieces)) / pieces)
    turn = np.radians(angle)
    for k in range(pieces):
        end = cuts[(k + 1) % pieces] + (2 * np.pi if k == pieces - 1 else 0)
        gap = (end - cuts[k]) * min(0.6, rng.uniform(0.08, 0.34) * style.openness)
        t = np.linspace(cuts[k] + gap / 2, end - gap / 2, 12)
        thick = radius * rng.uniform(0.28, 0.46) * style.weight
        taper = np.sin(np.linspace(0.12, 0.88, 12) * np.pi) ** 0.5
        mid = radius * (0.86 + 0.1 * rng.normal() * np.cos(2 * t))
        outer, inner = mid + thick * taper / 2, mid - thick * taper / 2
        r, a = np.concatenate([outer, inner[::-1]]), np.concatenate([t, t[::-1]])
        p, q = r * np.cos(a) * stretch, r * np.sin(a) / stretch
        pieces_drawn.append(np.stack([p * np.cos(turn) - q * np.sin(turn), p * np.sin(turn) + q * np.cos(turn)], 1))
    return _blob(rng, radius * 0.95, stretch, angle), pieces_drawn


def _tail_bands(rng: np.random.Generator, dark: npt.NDArray[np.uint8]) -> None:
    import cv2

    x = -1.0
    while x > -1.36:
        wide = rng.uniform(0.018, 0.034)
        low, high = 0.50 + rng.uniform(0, 0.035), 0.68
        edge = [
            (x + rng.normal(0, 0.006), low),
            (x + rng.normal(0, 0.006), high),
            (x - wide, high),
            (x - wide + rng.normal(0, 0.006), low),
        ]
        places = to_pixels(np.array(edge, np.float32))
        cv2.fillPoly(dark, [np.round(places * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        x -= wide + rng.uniform(0.022, 0.04)
    tip = to_pixels(np.array([(-1.355, 0.4), (-1.355, 0.8), (-1.45, 0.8), (-1.45, 0.4)], np.float32))
    cv2.fillPoly(dark, [np.round(tip).astype(np.int32)], 255)


@lru_cache(maxsize=1)
def _shaken() -> tuple[Field, Field]:
    """Where each pixel of the sheet takes its ink from: the column and row, moved by a fine and a coarse field."""
    rng = rng_for(29)
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    column += 2.2 * cloud(rng, HEIGHT, WIDTH, 9, 3) + 2.0 * cloud(rng, HEIGHT, WIDTH, 40, 1)
    row += 1.6 * cloud(rng, HEIGHT, WIDTH, 9, 3) + 2.0 * cloud(rng, HEIGHT, WIDTH, 40, 1)
    return column, row


def _roughen(sheet: npt.NDArray[np.uint8]) -> Field:
    """Hair at the edges: the drawing is shaken and softened a little."""
    import cv2

    shaken = cv2.remap(sheet, *_shaken(), cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(shaken, (0, 0), 0.8), np.float32) / np.float32(255)
