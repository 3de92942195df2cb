"""A camera's background: drawn once from the camera's seed, then lit anew for every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotid.evaluate.simulate import ground, plants, rocks
from spotid.evaluate.simulate.body import View
from spotid.evaluate.simulate.canvas import SKY, Canvas
from spotid.evaluate.simulate.noise import Field, cloud, ramp, rng_for, waves

MARGIN = 12
"""Pixels drawn beyond every edge of the frame, so that a knocked camera has something to see."""
KINDS = ("forest", "rocky", "savanna", "riverbed", "thicket", "track")


@dataclass(frozen=True)
class Scene:
    """A station's background, drawn ``MARGIN`` larger on every side.

    ``colour`` (h, w, 3) linear reflectance; ``infrared`` (h, w) the same for infrared light; ``deep`` and ``stands``
    (h, w) metres (see ``Canvas``); ``front`` (h, w, 4) near grass, colour times cover and cover; ``shadow`` a larger
    field of leaf shadow, 0 to 1; ``path`` the distance in metres at which animals pass; ``shade`` how much of the sun
    the place loses to leaves.
    """

    view: View
    kind: str
    colour: Field
    infrared: Field
    deep: Field
    stands: Field
    front: Field
    shadow: Field
    path: float
    shade: float


SOILS = {
    "forest": ground.Soil(
        (92, 72, 54),
        (110, 88, 64),
        (122, 98, 74),
        ((128, 96, 62), (104, 74, 48), (150, 120, 82), (88, 84, 48)),
        7000,
        0.034,
        False,
    ),
    "thicket": ground.Soil(
        (96, 80, 58), (92, 94, 58), (128, 106, 80), ((112, 104, 62), (88, 98, 54), (132, 110, 72)), 5200, 0.03, False
    ),
    "savanna": ground.Soil(
        (150, 118, 82),
        (166, 136, 96),
        (176, 140, 104),
        ((176, 152, 108), (140, 110, 76), (188, 168, 124)),
        3000,
        0.022,
        False,
    ),
    "rocky": ground.Soil(
        (134, 122, 106),
        (118, 108, 94),
        (146, 132, 112),
        ((150, 140, 126), (120, 112, 102), (164, 150, 130)),
        4200,
        0.026,
        True,
    ),
    "riverbed": ground.Soil(
        (158, 146, 124),
        (142, 130, 110),
        (168, 154, 130),
        ((150, 144, 134), (176, 168, 152), (120, 114, 106)),
        4600,
        0.028,
        True,
    ),
    "track": ground.Soil(
        (132, 98, 70),
        (120, 92, 62),
        (158, 118, 86),
        ((146, 116, 80), (112, 84, 58), (170, 142, 100)),
        2600,
        0.02,
        False,
    ),
}
GREEN, DRY, DARK_GREEN, OLIVE = (98, 112, 70), (170, 150, 106), (66, 82, 52), (106, 110, 76)


def make_scene(seed: int, kind: str, width: int, height: int) -> Scene:
    """Draw the background of one camera; the same arguments always give the same scene (about two seconds)."""
    import cv2

    rng = rng_for(seed, 41)
    view = View(
        width + 2 * MARGIN,
        height + 2 * MARGIN,
        width * rng.uniform(1.02, 1.2),
        rng.uniform(0.55, 0.8),
        rng.uniform(3.5, 7.5),
    )
    canvas = Canvas(view)
    path = float(rng.uniform(3.3, 4.3))
    haze = _backdrop(canvas, rng, kind)
    ground.lay(canvas, rng, SOILS[kind], path, 1.5 if kind == "track" else rng.uniform(0.6, 1.0), haze)
    _wall(canvas, rng, kind)
    canvas.colour[...] = cv2.GaussianBlur(canvas.colour, (0, 0), 0.7)
    _furnish(canvas, rng, kind, path)
    front = Canvas(view, bare=True)
    _foreground(front, rng, kind)
    colour = np.asarray((canvas.colour.astype(np.float32) / 255) ** 2, np.float32)
    assert front.cover is not None
    cover = cv2.GaussianBlur(front.cover, (0, 0), 1.6).astype(np.float32) / 255
    near = cv2.GaussianBlur(((front.colour.astype(np.float32) / 255) ** 2) * (front.cover > 0)[..., None], (0, 0), 1.6)
    big = cloud(rng, view.height + 240, view.width + 240, view.width / 14, 5, 0.66)
    shade = {"forest": 0.8, "thicket": 0.6, "track": 0.45, "rocky": 0.2, "savanna": 0.25, "riverbed": 0.3}[kind]
    return Scene(
        view,
        kind,
        colour,
        _infrared(colour),
        canvas.deep,
        canvas.stands,
        np.dstack([near, cover]).astype(np.float32),
        ramp(big, 0.35, -0.25),
        path,
        shade,
    )


def _infrared(colour: Field) -> Field:
    """Reflectance to infrared light: leaves, dark to the eye, are bright to it."""
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    leafy = np.maximum(green - np.maximum(red, blue), 0)
    return np.asarray(np.clip(0.55 * red + 0.35 * green + 0.10 * blue + 2.2 * leafy, 0, 1), dtype=np.float32)


def _backdrop(canvas: Canvas, rng: np.random.Generator, kind: str) -> tuple[float, float, float]:
    """Sky and far ridges above the horizon; returns the colour of the haze."""
    view = canvas.view
    height = max(8, min(view.height, int(view.horizon) + 8))
    row = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, low = np.array([168, 192, 222], np.float32), np.array([222, 226, 228], np.float32)
    sky = top + (low - top) * row**0.8 + np.zeros((height, view.width, 1), np.float32)
    clouds = ramp(cloud(rng, height, view.width, view.width / 4, 5), 0.1, 1.4)[..., None]
    sky += (np.array([240, 240, 238], np.float32) - sky) * clouds * 0.8
    canvas.colour[:height] = np.clip(sky, 0, 255).astype(np.uint8)
    haze = (176.0, 178.0, 172.0)
    tint = np.array({"rocky": (136, 124, 110), "savanna": (132, 128, 104)}.get(kind, (86, 96, 78)), np.float32)
    for k in range(3):
        far = (1 - k / 3) * 0.75
        rise = view.height * (0.22 - 0.055 * k) * (1.6 if kind == "rocky" else 1.0)
        line = view.horizon + 8 - rise * (0.5 + 0.4 * cloud(rng, 1, view.width, view.width / (2.5 + 2 * k), 5)[0])
        below = np.arange(height)[:, None] > line[None, :]
        grain = 1 + 0.05 * cloud(rng, height, view.width, 60, 5, 0.8) + 0.05 * waves(rng, height, view.width, 3, 9)
        shade = (tint + (np.array(haze, np.float32) - tint) * far) * grain[..., None]
        part = canvas.colour[:height]
        part[below] = np.clip(shade[below], 0, 255).astype(np.uint8)
        canvas.deep[:height][below] = 120 - 30 * k
    return haze


def _wall(canvas: Canvas, rng: np.random.Generator, kind: str) -> None:
    """What closes the view beyond the path: dense leaves, far trees, or a face of rock."""
    view = canvas.view
    half = view.width / 2 / view.focal
    if kind in ("forest", "thicket"):
        rows = int(view.horizon) + 40
        field = cloud(rng, rows, view.width, 70, 6, 0.75)
        gaps = ramp(field, 1.1, 1.7)
        light = (0.34 + 0.10 * field)[..., None]
        leaf = np.clip(np.array([88, 104, 62], np.float32) * 1.25 * light + gaps[..., None] * 110, 0, 235)
        fade = ramp(np.arange(rows, dtype=np.float32)[:, None], rows, rows - 34) * np.ones((1, view.width), np.float32)
        canvas.paste(0, 0, np.asarray(leaf, np.float32), fade, 22.0)
        for _ in range(26 if kind == "forest" else 10):
            north = rng.uniform(10, 20)
            plants.trunk(
                canvas, rng, (rng.uniform(-half, half) * north * 1.1, north), rng.uniform(0.05, 0.2), (96, 88, 74), 0.62
            )
    if kind == "rocky":
        for north in (16, 12.5, 10):
            for _ in range(3):
                size = rng.uniform(3.0, 6.0)
                east = rng.choice([-1, 1]) * rng.uniform(0.35, 1.1) * half * north
                rocks.rock(
                    canvas, rng, (east, north), size, size * rng.uniform(0.7, 1.1), (172, 138, 104), 0.95, 46, 0.25
                )
    count = {"forest": 10, "thicket": 16, "savanna": 12, "riverbed": 13, "track": 12, "rocky": 4}[kind]
    for north in np.sort(rng.uniform(8.5, 22, count))[::-1]:
        colour = OLIVE if kind in ("savanna", "rocky", "riverbed") else GREEN
        wide = rng.uniform(1.2, 3.2)
        plants.bush(
            canvas,
            rng,
            (rng.uniform(-half, half) * north * 1.1, float(north)),
            wide,
            wide * rng.uniform(0.5, 0.95),
            colour,
            int(900 * wide * 10 / north),
            0.055,
            rng.uniform(0.6, 0.95),
        )


def _furnish(canvas: Canvas, rng: np.random.Generator, kind: str, path: float) -> None:
    """Things that stand between the far wall and the camera, painted from the far to the near."""
    half = canvas.view.width / 2 / canvas.view.focal
    things: list[tuple[float, int, float]] = []
    numbers = {
        "forest": (90, 3, 3, 2),
        "thicket": (170, 2, 1, 5),
        "savanna": (230, 2, 1, 2),
        "rocky": (80, 16, 0, 2),
        "riverbed": (70, 18, 0, 2),
        "track": (190, 3, 1, 3),
    }[kind]
    for what, number in enumerate(numbers):
        for _ in range(number):
            north = rng.uniform(2.4, 9.5) if what < 2 else rng.uniform(6.2, 10)
            east = rng.uniform(-1.05, 1.05) * half * north
            if abs(north - path) < (1.0 if what else 0.55) and what != 0:
                north = path + rng.choice([-1, 1.6]) * rng.uniform(1.1, 1.8)
            if what == 0 and abs(north - path) < (1.1 if kind == "track" else 0.5) and rng.random() < 0.85:
                continue
            things.append((max(north, 2.3), what, east))
    if kind in ("forest", "thicket", "track") and rng.random() < 0.6:
        things.append((rng.uniform(2.8, 3.4), 4, rng.choice([-1, 1]) * rng.uniform(0.75, 0.95)))
    for north, what, east in sorted(things, reverse=True):
        if what == 0:
            dry = kind in ("savanna", "track", "rocky") or rng.random() < 0.3
            tall = rng.uniform(0.08, 0.36) * (1.2 if kind == "savanna" else 0.75) * (0.6 if north < path else 1.0)
            plants.tuft(
                canvas,
                rng,
                (east, north),
                tall,
                int(rng.uniform(22, 46)),
                DRY if dry else GREEN,
                rng.uniform(0.75, 1.0),
            )
        elif what == 1:
            wide = rng.lognormal(-1.2, 0.5)
            tint = (134, 126, 114) if kind != "rocky" else (166, 136, 106)
            rocks.rock(canvas, rng, (east, north), wide, wide * rng.uniform(0.5, 0.85), tint)
        elif what == 2:
            plants.trunk(canvas, rng, (east, north), rng.uniform(0.07, 0.24), (118, 104, 86), 0.85)
        elif what == 3:
            wide = rng.uniform(0.5, 1.3)
            plants.bush(
                canvas,
                rng,
                (east, north),
                wide,
                wide * 0.8,
                DARK_GREEN if kind == "forest" else OLIVE,
                int(700 * wide),
                0.034,
            )
        else:
            plants.trunk(canvas, rng, (east * half * north, north), rng.uniform(0.10, 0.17), (112, 100, 84), 0.8)


def _foreground(front: Canvas, rng: np.random.Generator, kind: str) -> None:
    """Grass close to the lens, which hides a little of every animal that passes."""
    half = front.view.width / 2 / front.view.focal
    count = {"forest": 3, "thicket": 9, "savanna": 10, "rocky": 3, "riverbed": 1, "track": 5}[kind]
    side = rng.choice([-1.0, 1.0])
    for _ in range(count):
        north = rng.uniform(1.4, 2.3)
        east = float(np.clip(side * rng.normal(0.65, 0.4), -1.05, 1.05)) * half * north
        colour = DRY if kind in ("savanna", "track", "rocky") else GREEN
        plants.tuft(front, rng, (east, north), rng.uniform(0.2, 0.5), int(rng.uniform(12, 26)), colour, 0.9)


__all__ = ["KINDS", "MARGIN", "SKY", "Scene", "make_scene"]
