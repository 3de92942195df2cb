"""The coat of an individual: colours and pattern of one flank; and pictures of the animal alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate import rosettes
from spotid.evaluate.simulate.noise import Field, cloud, ramp, rng_for, tile

LEVELS = 4


@dataclass(frozen=True)
class Coat:
    """One flank's colours (linear light, uint8 at ``levels[k]`` of size 1 / 2**k, three channels, red first)."""

    levels: tuple[npt.NDArray[np.uint8], ...]

    def sample(self, place: Field, pixels_per_metre: float, rng: np.random.Generator) -> Field:
        """Colours ``(h, w, 3)``, linear 0 to 1, at coat places ``(h, w, 2)`` in metres, smoothed to the scale.

        Hair and the slack of the skin are drawn anew for every picture: the spots stay, what lies between them never
        looks the same twice, and spots move a few millimetres against each other.
        """
        import cv2

        height, width = place.shape[:2]
        slack = [SLACK * cloud(rng, height, width, max(0.16 * pixels_per_metre, 8.0), 2) for _ in range(2)]
        moved = place + np.stack(slack, -1)
        level = int(np.clip(np.floor(0.3 + np.log2(rosettes.SCALE / max(pixels_per_metre, 1.0))), 0, LEVELS - 1))
        at = rosettes.to_pixels(moved) / np.float32(2**level)
        picked = cv2.remap(
            self.levels[level], at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        linear = (picked.astype(np.float32) / 255) ** 2
        x0, y0 = rng.uniform(0, HAIR, 2)
        tufts = hair(level)
        mask = np.float32(tufts.shape[0] - 1)
        u = np.mod(at[..., 0] + np.float32(x0), mask)
        v = np.mod(at[..., 1] + np.float32(y0), mask)
        linear *= (1 + cv2.remap(tufts, u, v, cv2.INTER_LINEAR))[..., None]
        return np.asarray(linear, dtype=np.float32)


SLACK = 0.0035
"""Metres by which skin slides, as a spread."""
HAIR = 512


@lru_cache(maxsize=LEVELS)
def hair(level: int) -> Field:
    """Short strokes that lie backwards, as a factor's deviation from 1, seamless, at a level of the sheet."""
    import cv2

    rng = rng_for(3, level)
    size = HAIR >> level
    fine = tile(rng, HAIR, 3, 2)
    strokes = cv2.blur(np.pad(fine, 16, mode="wrap"), (13, 1))[16:-16, 16:-16] * 2.2
    whole = 0.07 * strokes + 0.05 * tile(rng, HAIR, 24, 3)
    return np.asarray(cv2.resize(whole, (size, size), interpolation=cv2.INTER_AREA), dtype=np.float32)


@lru_cache(maxsize=1)
def _shades() -> tuple[Field, Field, Field]:
    """What all coats share, each over the sheet: how far down the flank, how white, how mottled."""
    rng = rng_for(37)
    x, z = _places()
    height, width = x.shape
    low = 0.045 * cloud(rng, height, width, 120, 3)
    return ramp(z + low, 0.68, 0.44), _paleness(x, z + low), 1 + np.float32(0.05) * cloud(rng, height, width, 60, 2)


def _places() -> tuple[Field, Field]:
    """The sheet's x and z in metres for every pixel."""
    row, column = np.mgrid[0 : rosettes.HEIGHT, 0 : rosettes.WIDTH].astype(np.float32)
    return rosettes.LEFT + column / rosettes.SCALE, rosettes.TOP - row / rosettes.SCALE


@lru_cache(maxsize=24)
def coat_of(individual_seed: int, flank: str) -> Coat:
    """The coat of one flank (``"left"`` or ``"right"``); the same seed and flank always give the same coat."""
    import cv2

    style = rosettes.style_of(individual_seed)
    dark, centre = rosettes.draw_spots(individual_seed, flank)
    down, pale, mottle = _shades()
    back = (0.46 + 0.03 * style.hue, 0.290, 0.130 - 0.02 * style.hue)
    side = (0.57 + 0.02 * style.hue, 0.405, 0.215 + 0.05 * style.pale)
    belly, ink = (0.76, 0.70, 0.60), (0.026, 0.020, 0.017)
    tan = mottle * (1 - np.float32(0.22 + 0.06 * style.hue) * centre * (1 - pale)) * (1 - np.float32(0.97) * dark)
    colour = np.empty((*dark.shape, 3), np.float32)
    for k in range(3):
        upper = np.float32(back[k]) + np.float32(side[k] - back[k]) * down
        colour[..., k] = (upper + (np.float32(belly[k]) - upper) * pale) * tan + np.float32(0.97 * ink[k]) * dark
    head = (slice(0, 460), slice(int((0.57 - rosettes.LEFT) * rosettes.SCALE), None))
    x, z = _places()
    _face(colour[head], x[head], z[head])
    levels = [np.asarray(cv2.convertScaleAbs(cv2.sqrt(np.clip(colour, 0, 1)), alpha=255), dtype=np.uint8)]
    for _ in range(LEVELS - 1):
        levels.append(np.asarray(cv2.pyrDown(levels[-1]), dtype=np.uint8))
    return Coat(tuple(levels))


def render_crop(
    individual_seed: int, flank: str, pose_seed: int, width: int = 640, kind: str | None = None, yaw: float = 14.0
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A cropped picture of one animal and its outline, ``(rgb uint8 (h, w, 3), mask bool (h, w))``.

    The pose, the light (``kind``: ``"day"``, ``"infrared"``, ``"flash"``, or by chance), what is behind and how it was
    exposed follow from ``pose_seed``; ``yaw`` is the spread in degrees of how obliquely the animal walks past.
    """
    from spotid.evaluate.simulate.crops import crop

    return crop(individual_seed, flank, pose_seed, width, kind, yaw)


def _paleness(x: Field, z: Field) -> Field:
    """Where the coat is white: belly, throat, inner legs, chin, underside of the tail's end; 0 to 1."""
    line = 0.385 + 0.02 * np.sin(9 * x) + 0.09 * ramp(x, 0.40, 0.62) + 0.06 * ramp(x, 0.62, 0.80)
    # Thighs and shoulders carry the flank's colour further down.
    line = line - 0.07 * np.exp(-(((x + 0.38) / 0.11) ** 2)) - 0.05 * np.exp(-(((x - 0.29) / 0.09) ** 2))
    pale = ramp(z, 0.0, -0.03)
    torso = ramp(z - line, 0.045, -0.085)
    # The outer sides of the legs keep some of the flank's colour.
    leg = ramp(z, 0.37, 0.30) * (np.abs(x + 0.02) > 0.16) * (x < 0.55)
    pale = np.maximum(pale, torso * (1 - 0.66 * leg))
    tail = ramp(x, -0.8, -1.2) * ramp(z, 0.60, 0.53)
    return np.asarray(np.maximum(pale * 0.92, tail), dtype=np.float32)


def _face(colour: Field, x: Field, z: Field) -> None:
    """Muzzle, nose, mouth line, eye rims and the dark backs of the ears, painted onto the sheet in place."""

    def paint(mask: Field, rgb: tuple[float, float, float], strength: float = 1.0) -> None:
        m = (mask * strength)[..., None]
        colour[...] = colour + (np.array(rgb, np.float32) - colour) * m

    def spot(x0: float, z0: float, rx: float, rz: float, soft: float = 0.35) -> Field:
        r = np.sqrt(((x - x0) / rx) ** 2 + ((z - z0) / rz) ** 2)
        return ramp(r, 1 + soft, 1 - soft)

    paint(spot(0.815, 0.600, 0.055, 0.028), (0.74, 0.67, 0.56), 0.7)
    paint(spot(0.745, 0.698, 0.028, 0.011), (0.70, 0.60, 0.45), 0.45)
    paint(spot(0.862, 0.640, 0.024, 0.020, 0.2), (0.10, 0.055, 0.05))
    mouth = np.abs(z - (0.585 + 0.10 * (x - 0.80))) < 0.0045
    paint(np.asarray(mouth & (x > 0.75) & (x < 0.86), np.float32), (0.03, 0.02, 0.02), 0.85)
    for k, (x0, z0) in enumerate(((0.79, 0.612), (0.805, 0.604), (0.782, 0.598), (0.812, 0.618))):
        paint(spot(x0, z0, 0.0055, 0.0045), (0.05, 0.04, 0.03), 0.6 - 0.05 * k)
    paint(spot(0.748, 0.678, 0.017, 0.0105), (0.02, 0.015, 0.015))
    paint(spot(0.749, 0.679, 0.0085, 0.0062, 0.2), (0.42, 0.33, 0.10), 0.8)
    paint(spot(0.618, 0.775, 0.030, 0.030), (0.03, 0.025, 0.02), 0.75)
    paint(spot(0.612, 0.782, 0.011, 0.011), (0.75, 0.7, 0.6), 0.6)
