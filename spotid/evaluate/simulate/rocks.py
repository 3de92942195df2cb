"""Rocks: each a block cut by random planes, so that facets meet at edges and catch the light differently."""

from __future__ import annotations

import numpy as np

from spotid.evaluate.simulate.canvas import Canvas
from spotid.evaluate.simulate.noise import cloud, ramp

Colour = tuple[float, float, float]


def rock(
    canvas: Canvas,
    rng: np.random.Generator,
    at: tuple[float, float],
    wide: float,
    tall: float,
    colour: Colour,
    light: float = 1.0,
    planes: int = 22,
    sunk: float = 0.3,
) -> None:
    """A boulder at ``at`` (east, north), ``wide`` by ``tall`` metres, sunk into the ground by a share of its height."""
    east, north = at
    x, y, scale = canvas.spot(east, north)
    w, h = wide * scale / 2, tall * scale / 2
    if w < 1.5 or w > 3000:
        return
    middle_y = y - h * (1 - 2 * sunk)
    left, top = int(x - w * 1.1), int(middle_y - h * 1.1)
    step = max(1, int(max(w, h) / 420))
    columns, rows = max(4, int(w * 2.2 / step)), max(4, int(h * 2.2 / step))
    row, column = np.mgrid[0:rows, 0:columns].astype(np.float32)
    px, py = (column * step + left - x) / w, (row * step + top - middle_y) / h
    normal = rng.normal(0, 1, (planes, 3))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    normal[:, 2] = -np.abs(normal[:, 2])
    offset = rng.uniform(0.72, 0.98, planes)
    front = np.full(px.shape, -9.0, np.float32)
    facet = np.zeros(px.shape, np.int32)
    bump = 0.05 * cloud(rng, rows, columns, max(rows / 5, 3), 4)
    for k in range(planes):
        nx, ny, nz = normal[k]
        hit = (offset[k] - nx * px - ny * py) / min(nz, -0.08) + bump * 0.5
        facet = np.where(hit > front, k, facet)
        front = np.maximum(front, hit)
    # Planes bound the near side only; the outline comes from the ellipse, roughened.
    outline = px**2 + py**2 + 0.10 * cloud(rng, rows, columns, max(rows / 4, 3), 3) + 0.25 * np.maximum(front + 0.2, 0)
    alpha = ramp(outline, 1.0, 0.93) * ramp(row * step + top, y + 0.10 * h, y - 0.02 * h)
    sun = np.array([-0.35, -0.8, -0.5])
    lit = np.clip(normal @ sun, 0, 1)[facet].astype(np.float32)
    grain = cloud(rng, rows, columns, max(4.0, rows / 14), 5, 0.7)
    crack = ramp(np.abs(cloud(rng, rows, columns, max(rows / 3, 4), 4)), 0.0, 0.09)
    round_off = np.sqrt(np.clip(1.08 - outline, 0.05, 1))
    shade = (0.50 + 0.52 * lit) * (0.55 + 0.5 * round_off) * (1 + 0.13 * grain) * (0.62 + 0.38 * crack) * light
    tint = np.array(colour, np.float32) * rng.uniform(0.88, 1.1)
    patch = ramp(cloud(rng, rows, columns, max(rows / 6, 3), 4), 0.9, 1.5)[..., None] * 0.3
    block = shade[..., None] * (tint + (np.array([150, 150, 128], np.float32) - tint) * patch)
    if step > 1:
        import cv2

        size = (columns * step, rows * step)
        block, alpha = cv2.resize(block, size), cv2.resize(alpha, size)
    canvas.darken(east, north, wide * 0.62, wide * 0.9, 0.55)
    canvas.paste(left, top, np.asarray(block, np.float32), np.asarray(alpha, np.float32), north)
