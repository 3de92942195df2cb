"""Grass, bushes and trunks, drawn blade by blade and leaf by leaf."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.canvas import Canvas
from spotid.evaluate.simulate.noise import cloud, ramp

Colour = tuple[float, float, float]
Array = npt.NDArray[np.float64]


def _mixed(rng: np.random.Generator, base: Colour, spread: float, light: float) -> Colour:
    jitter = rng.normal(0, spread * 0.45, 3) + rng.normal(0, spread * 1.6)
    r, g, b = (float(np.clip((c + j) * light, 0, 255)) for c, j in zip(base, jitter, strict=True))
    return r, g, b


def tuft(
    canvas: Canvas,
    rng: np.random.Generator,
    at: tuple[float, float],
    height: float,
    blades: int,
    colour: Colour,
    light: float = 1.0,
) -> None:
    """A tuft of grass at ``at`` (east, north, metres): single blades that rise, lean and bend over."""
    east, north = at
    x, y, scale = canvas.spot(east, north)
    spread = height * 0.28
    t = np.linspace(0, 1, 6)
    base_x = x + rng.normal(0, spread * 0.5, blades) * scale
    base_y = y + np.abs(rng.normal(0, 0.02, blades)) * scale
    lean = rng.normal(0, 0.45, blades) + (base_x - x) / max(spread * scale, 1) * 0.35
    tall = height * scale * rng.uniform(0.45, 1.1, blades)
    width = np.maximum(rng.uniform(0.0022, 0.0050, blades) * scale * (0.6 + height), 0.5)
    order = rng.permutation(blades)
    for rank, k in enumerate(order.tolist()):
        cx = base_x[k] + lean[k] * tall[k] * (0.35 * t + 0.65 * t**2.2)
        cy = base_y[k] - tall[k] * (t - 0.28 * abs(lean[k]) * t**3)
        half = width[k] * (1 - t**1.7) + 0.15
        outline = np.concatenate([np.stack([cx - half, cy], 1), np.stack([cx + half, cy], 1)[::-1]])
        shade = light * (0.55 + 0.5 * rank / blades) * rng.uniform(0.85, 1.12)
        canvas.polygon(outline, _mixed(rng, colour, 7, shade), north)


def bush(
    canvas: Canvas,
    rng: np.random.Generator,
    at: tuple[float, float],
    wide: float,
    tall: float,
    colour: Colour,
    leaves: int,
    leaf: float = 0.045,
    light: float = 1.0,
) -> None:
    """A bush: dark stems and clusters of leaves, darker below and inside."""
    east, north = at
    x, y, scale = canvas.spot(east, north)
    canvas.darken(east, north, wide * 0.6, 0.5, 0.5)
    for _ in range(int(6 + 5 * wide)):
        top = rng.normal(0, wide * 0.22), tall * rng.uniform(0.4, 0.8)
        t = np.linspace(0, 1, 5)
        cx = x + (rng.normal(0, 0.06 * wide) + top[0] * t**1.3) * scale
        cy = y - top[1] * t * scale
        half = np.maximum(0.012 * scale * (1 - 0.8 * t), 0.5)
        outline = np.concatenate([np.stack([cx - half, cy], 1), np.stack([cx + half, cy], 1)[::-1]])
        canvas.polygon(outline, _mixed(rng, (58, 50, 42), 6, light), north)
    clusters = max(7, int(13 * wide))
    across = np.clip(rng.normal(0, wide * 0.27, clusters), -0.55 * wide, 0.55 * wide)
    dome = np.sqrt(np.clip(1.05 - (across / (0.62 * wide)) ** 2, 0.1, 1))
    centre = np.stack([across, tall * rng.uniform(0.18, 0.9, clusters) * dome], 1)
    which = rng.integers(0, clusters, leaves)
    away = rng.normal(0, 1, (leaves, 2))
    away *= np.minimum(1, 1.5 / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6))
    place = centre[which] + away * [wide * 0.15, tall * 0.14]
    inside = rng.random(leaves)
    angle = rng.uniform(0, np.pi, leaves)
    size = leaf * scale * rng.uniform(0.5, 1.2, leaves)
    ring = np.array([(-1, 0), (-0.35, 0.36), (0.4, 0.3), (1, 0), (0.4, -0.3), (-0.35, -0.36)])
    for k in np.argsort(inside, kind="stable").tolist():
        if place[k, 1] < 0.02:
            continue
        c, s = np.cos(angle[k]), np.sin(angle[k])
        turned = ring @ np.array([[c, s], [-s, c]]) * size[k] * [1.0, 0.8]
        shade = light * (0.30 + 0.5 * inside[k] + 0.32 * min(place[k, 1] / tall, 1.0) * inside[k])
        canvas.polygon(
            turned + [x + place[k, 0] * scale, y - place[k, 1] * scale], _mixed(rng, colour, 8, shade), north
        )


def trunk(
    canvas: Canvas, rng: np.random.Generator, at: tuple[float, float], radius: float, colour: Colour, light: float = 1.0
) -> None:
    """A tree trunk from its flared foot to the top of the picture, with ridged bark."""
    east, north = at
    x, y, scale = canvas.spot(east, north)
    r = radius * scale
    foot = int(y + 0.03 * scale)
    tall = min(foot, canvas.view.height) + 4
    if tall < 8 or r < 0.8:
        return
    lean = rng.normal(0, 0.05)
    top = foot - tall
    half_window = int(r * 2.3 + abs(lean) * tall) + 4
    left = int(x) - half_window
    row, column = np.mgrid[0:tall, 0 : 2 * half_window].astype(np.float32)
    above = (foot - (row + top)) / max(scale, 1)
    wiggle = np.interp(np.arange(tall), np.linspace(0, tall, 6), rng.normal(0, 0.12, 6)).astype(np.float32)[:, None]
    middle = (x - left) + lean * above * scale + wiggle * r
    flare = 1 + 0.75 * np.exp(-above / 0.13) + 0.05 * cloud(rng, tall, 1, 60, 2)
    s = (column - middle) / (r * flare)
    edge = 0.06 * cloud(rng, tall, 2 * half_window, max(r * 0.35, 2), 2)
    alpha = ramp(np.abs(s) + edge, 1.03, 0.97)
    # The foot meets the ground in a curve, roots reaching out on both sides.
    alpha = alpha * ramp(above - 0.035 * s**2 - 0.02 * edge / 0.06, -0.025, 0.0)
    around = np.arcsin(np.clip(s, -1, 1))
    fine = cloud(rng, 512, 256, 26, 4)
    import cv2

    bark = cv2.remap(
        fine,
        np.asarray(128 + around * 62 + 6 * wiggle, np.float32),
        np.asarray(np.abs((row * (34 / max(scale, 60))) % 1022 - 511), np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    ridge = 1 - 0.5 * ramp(bark, -0.2, -0.9) - 0.18 * ramp(np.abs(bark - 0.4), 0.2, 0.02)
    shade = (0.42 + 0.62 * np.sqrt(np.clip(1 - (0.85 * s - 0.25) ** 2, 0, 1))) * ridge * (0.94 + 0.16 * bark) * light
    canvas.darken(east, north, radius * 3.2, 0.5, 0.55)
    tint = np.array(colour, np.float32) * np.float32(rng.uniform(0.85, 1.1)) + np.float32(rng.normal(0, 3))
    canvas.paste(left, top, np.asarray(shade[..., None] * tint, np.float32), alpha, north)
