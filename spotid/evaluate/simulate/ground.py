"""Level ground in perspective: soil, litter and pebbles drawn on a tile, laid out to the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.canvas import Canvas
from spotid.evaluate.simulate.noise import Field, ramp, tile

Colour = tuple[float, float, float]
SIZE = 1536
METRES = 3.2
"""The tile's side in pixels and in metres."""


@dataclass(frozen=True)
class Soil:
    """What lies on the ground; colours 0 to 255 (square root of linear light)."""

    base: Colour
    patch: Colour
    path: Colour
    litter: tuple[Colour, ...]
    pieces: int
    piece_size: float
    round_pieces: bool


def _tile(rng: np.random.Generator, soil: Soil) -> npt.NDArray[np.uint8]:
    import cv2

    coarse, fine, grit = tile(rng, SIZE, 300, 5), tile(rng, SIZE, 40, 4), tile(rng, SIZE, 6, 2)
    mix = ramp(coarse, -0.4, 1.0)[..., None]
    colour = np.array(soil.base, np.float32) * (1 - mix) + np.array(soil.patch, np.float32) * mix
    relief = np.roll(fine, 3, 0) - np.roll(fine, -3, 0)
    colour *= (1 + 0.07 * coarse + 0.05 * fine + 0.07 * grit + 0.22 * relief)[..., None]
    out = np.clip(colour, 0, 255).astype(np.uint8)
    ring = np.array([(-1, 0), (-0.4, 0.4), (0.35, 0.42), (1, 0.05), (0.35, -0.36), (-0.4, -0.4)])
    per_metre = SIZE / METRES
    for _ in range(soil.pieces):
        size = soil.piece_size * per_metre * rng.lognormal(0, 0.5) / 2
        thin = rng.uniform(0.7, 1.0) if soil.round_pieces else rng.uniform(0.25, 0.9)
        angle, (x, y) = rng.uniform(0, np.pi), rng.uniform(0, SIZE, 2)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        shape = (ring * (1 + rng.normal(0, 0.12, ring.shape)) * [size, size * thin]) @ turn
        tint = np.array(soil.litter[int(rng.integers(len(soil.litter)))]) * rng.uniform(0.8, 1.14)
        for dx in (0, SIZE) if x < 60 else (0, -SIZE) if x > SIZE - 60 else (0,):
            for dy in (0, SIZE) if y < 60 else (0, -SIZE) if y > SIZE - 60 else (0,):
                at = shape + [x + dx, y + dy]
                drop = np.round((at + [size * 0.10, size * 0.28]) * 16).astype(np.int32)
                cv2.fillPoly(out, [drop], tuple(0.42 * c for c in soil.base), cv2.LINE_AA, 4)
                cv2.fillPoly(
                    out, [np.round(at * 16).astype(np.int32)], tuple(float(min(c, 255)) for c in tint), cv2.LINE_AA, 4
                )
                if soil.round_pieces:
                    light = np.round((at * 0.55 + 0.45 * np.array([x + dx, y + dy]) - size * 0.15) * 16).astype(
                        np.int32
                    )
                    cv2.fillPoly(out, [light], tuple(float(min(c * 1.16, 255)) for c in tint), cv2.LINE_AA, 4)
    return out


def lay(
    canvas: Canvas, rng: np.random.Generator, soil: Soil, path_north: float, path_wide: float, haze: Colour
) -> None:
    """Paint the ground below the horizon, with a worn path across the view at ``path_north`` metres."""
    import cv2

    view = canvas.view
    first = max(0, int(np.ceil(view.horizon)) + 2)
    row, column = np.mgrid[first : view.height, 0 : view.width].astype(np.float32)
    tilt = np.radians(view.tilt)
    up = (row - view.height / 2) / view.focal
    down = np.sin(tilt) + up * np.cos(tilt)
    reach = view.above_ground / np.maximum(down, 1e-4)
    north = np.minimum(reach * (np.cos(tilt) - up * np.sin(tilt)), 120).astype(np.float32)
    east = (reach * (column - view.width / 2) / view.focal).astype(np.float32)
    wave = tile(rng, 512, 200, 4)
    broad = cv2.remap(
        wave, np.asarray((east * 22) % 511, np.float32), np.asarray((north * 22) % 511, np.float32), cv2.INTER_LINEAR
    )
    sheet = _tile(rng, soil)
    turn = rng.uniform(0, 6.28)
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    ex, no = east * cos - north * sin, east * sin + north * cos
    per_row = np.sqrt((view.focal / reach[:, 0]) * (view.focal * view.above_ground / reach[:, 0] ** 2))
    want = np.clip(np.log2(SIZE / METRES / np.maximum(per_row, 1e-3)) - 0.4, 0, 6)
    out = np.zeros((*row.shape, 3), np.float32)
    for level in range(7):
        weight = np.clip(1 - np.abs(want - level), 0, 1)
        rows = np.flatnonzero(weight > 0)
        if len(rows):
            span = slice(int(rows[0]), int(rows[-1]) + 1)
            side = sheet.shape[0]
            u, v = ((ex[span] / METRES) % 1) * side, ((no[span] / METRES) % 1) * side
            padded = np.pad(sheet, ((0, 1), (0, 1), (0, 0)), mode="wrap")
            out[span] += cv2.remap(padded, u, v, cv2.INTER_LINEAR) * weight[span, None, None].astype(np.float32)
        sheet = np.asarray(cv2.pyrDown(sheet), np.uint8)
    worn = ramp(np.abs(north - path_north - 0.25 * broad + 0.05 * east), path_wide * 0.75, path_wide * 0.3)
    bare = np.array(soil.path, np.float32) * (out.mean(2, keepdims=True) / max(float(out.mean()), 1))
    out += (bare - out) * (worn * 0.72)[..., None]
    out *= (1 + 0.08 * broad)[..., None]
    far = ramp(north, 15, 90)[..., None] * 0.75
    out += (np.array(haze, np.float32) - out) * far
    canvas.colour[first:] = np.clip(out, 0, 255).astype(np.uint8)
    canvas.deep[first:] = north
    canvas.stands[first:] = np.inf


def north_of(canvas: Canvas, row: Field) -> Field:
    """Metres to the ground seen at a row."""
    tilt = np.radians(canvas.view.tilt)
    up = (np.asarray(row, np.float32) - canvas.view.height / 2) / canvas.view.focal
    down = np.maximum(np.sin(tilt) + up * np.cos(tilt), 1e-3)
    return np.asarray(canvas.view.above_ground / down * (np.cos(tilt) - up * np.sin(tilt)), np.float32)
