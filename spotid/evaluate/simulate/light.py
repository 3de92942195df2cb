"""What lights a frame: the sun through leaves, infrared lamps or a white flash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.body import Figure
from spotid.evaluate.simulate.noise import Field
from spotid.evaluate.simulate.scenes import Scene

Array = npt.NDArray[np.float64]
DAY, INFRARED, FLASH = "day", "infrared", "flash"


@dataclass(frozen=True)
class Light:
    """One frame's light. ``sun_from`` points to the sun (right, down, away); ``over`` multiplies the exposure."""

    kind: str
    sun: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ambient: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sun_from: tuple[float, float, float] = (-0.4, -0.8, -0.45)
    drift: tuple[int, int] = (0, 0)
    over: float = 1.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fall: float = 1.7


def light_at(kind: str, hour: float, overcast: float, rng: np.random.Generator) -> Light:
    """The light of a kind at an hour of the day (0 to 24); ``overcast`` 0 clear to 1 grey."""
    if kind != DAY:
        cool = rng.normal(0, 0.05)
        tint = (1.0 + cool, 1.0, 1.04 - cool) if kind == FLASH else (1.0, 1.0, 1.0)
        return Light(kind, over=float(np.exp(rng.normal(0, 0.18))), tint=tint, fall=float(rng.uniform(1.5, 1.9)))
    height = float(np.clip(np.sin(np.pi * (hour - 5.8) / 12.4), 0.03, 1))
    across = float(np.cos(np.pi * (hour - 5.8) / 12.4))
    strength = (1 - 0.85 * overcast) * height**0.5
    warm = (1.0, 0.72 + 0.24 * height, 0.48 + 0.42 * height)
    toward = np.array([-across * 0.9, -(0.25 + 0.9 * height), -0.85])
    toward /= np.linalg.norm(toward)
    blue = 0.06 * (1 - overcast)
    base = 0.42 + 0.25 * overcast
    return Light(
        DAY,
        sun=(1.9 * strength * warm[0], 1.9 * strength * warm[1], 1.9 * strength * warm[2]),
        ambient=(base - blue, base, base + 1.6 * blue),
        sun_from=(float(toward[0]), float(toward[1]), float(toward[2])),
        drift=(int(120 + 100 * across), int(120 + 40 * np.sin(hour * 1.7))),
        over=float(np.exp(rng.normal(0, 0.12))),
    )


def lit_background(scene: Scene, light: Light, window: tuple[slice, slice]) -> tuple[Field, Field]:
    """The background in linear light, ``(h, w, 3)``, and how much of the sun reaches each pixel, ``(h, w)``."""
    deep = scene.deep[window]
    if light.kind == DAY:
        dx, dy = light.drift
        height, width = scene.shadow.shape[0] - 240, scene.shadow.shape[1] - 240
        field = scene.shadow[dy : dy + height, dx : dx + width][window]
        open_sun = 1 - np.float32(scene.shade) * field
        sky = deep > 100
        lit = scene.colour[window] * (
            np.array(light.ambient, np.float32) + open_sun[..., None] * np.array(light.sun, np.float32)
        )
        lit[sky] = scene.colour[window][sky] * (0.55 + np.mean(light.sun))
        return lit, np.asarray(open_sun, np.float32)
    fall = falloff(scene, light, deep) * beam(*deep.shape)
    if light.kind == INFRARED:
        grey = scene.infrared[window] * fall
        return np.repeat(grey[..., None], 3, 2), fall
    return np.asarray(scene.colour[window] * (fall[..., None] * np.array(light.tint, np.float32)), np.float32), fall


def falloff(scene: Scene, light: Light, deep: Field) -> Field:
    """How much lamp light is left at a distance, 1 at the path; nothing comes back from the sky."""
    # The lamp sits on the camera and points at the path: the ground before its feet gets the edge of the cone.
    near = np.maximum(deep, 0.75 * scene.path) / np.float32(scene.path)
    return np.asarray(np.where(deep > 100, 0.002, near ** np.float32(-light.fall)), np.float32)


def beam(height: int, width: int) -> Field:
    """The lamp's cone: bright in the middle, dim in the corners."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] + np.float32(0.02)
    return np.asarray(0.10 + 0.95 * np.exp(-1.3 * (x**2 + 1.15 * y**2)), np.float32)


def lit_figure(figure: Figure, coat: Field, light: Light, reach: Field) -> Field:
    """The animal in linear light ``(h, w, 3)``; ``reach`` is what of the sun or lamp arrives at each of its pixels."""
    normal = figure.normal
    if light.kind == DAY:
        sun = np.array(light.sun_from, np.float32)
        wrapped = np.clip((normal @ sun + 0.22) / 1.22, 0, 1) * reach
        sky = (0.62 - 0.38 * normal[..., 1]) * figure.shade
        lamp = sky[..., None] * np.array(light.ambient, np.float32) * 1.15
        return np.asarray(
            coat
            * (lamp + wrapped[..., None] * np.array(light.sun, np.float32) * (0.4 + 0.6 * figure.shade[..., None])),
            np.float32,
        )
    facing = np.clip(-normal[..., 2], 0, 1) ** 0.7
    strength = (0.10 + 0.90 * facing) * (0.55 + 0.45 * figure.shade) * reach
    if light.kind == INFRARED:
        grey = coat @ np.array([0.50, 0.38, 0.12], np.float32)
        # Dark spots hold less contrast under infrared light than under the sun.
        grey = 0.045 + 0.95 * grey
        return np.repeat((grey * strength)[..., None], 3, 2).astype(np.float32)
    return np.asarray(coat * (strength[..., None] * np.array(light.tint, np.float32)), np.float32)
