"""How a published network is fed, as its entry in the list or a person's own TOML says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spotid.embed.parts import Crop
from spotid.nets import images
from spotid.weights.troubles import CatalogueError

RESIZE = ("nearest", "bilinear", "bicubic", "area", "bilinear-antialias", "bicubic-antialias", "lanczos-antialias")
BACKGROUNDS = ("kept", "removed")
LARGEST = 2048  # pixels of a side: beyond, one crop's intermediate maps fill the memory of a small laptop


@dataclass(frozen=True, slots=True)
class Recipe:
    """``height`` and ``width`` in pixels, ``mean`` and ``std`` of RGB in 0 … 1, ``fill`` (0 … 255) for a background
    that is removed, ``dim`` of the embedding (0: the network tells), ``at_once`` crops in one pass on a graphics card.
    """

    height: int
    width: int
    resize: str = "bilinear"
    mean: tuple[float, float, float] = images.IMAGENET[0]
    std: tuple[float, float, float] = images.IMAGENET[1]
    background: str = "kept"
    fill: tuple[int, int, int] = (0, 0, 0)
    dim: int = 0
    at_once: int = 16
    arch: str = ""
    prefix: str = ""
    may_run_code: bool = False

    def picture(self, crop: Crop) -> np.ndarray:
        """The crop as RGB uint8 of its own size, its background removed where the recipe says so."""
        if self.background == "kept":
            return crop.rgb
        return images.without_background(crop.rgb, crop.mask, self.fill)

    def prepared(self, crop: Crop) -> np.ndarray:
        """The crop as (3, height, width) float32."""
        squashed = images.squash(self.picture(crop), self.height, self.width, self.resize)
        return images.normalised(squashed, self.mean, self.std)


def read(name: str, said: Mapping[str, Any], defaults: Mapping[str, Any]) -> Recipe:
    """The recipe of the model ``name``: what is ``said`` over the ``defaults`` of its class.

    ``side`` is a number, or [height, width]. Raises CatalogueError with a sentence that names the wrong key.
    """
    whole = {**defaults, **said}
    known = {"side", *Recipe.__dataclass_fields__} - {"height", "width"}
    if extra := sorted(set(whole) - known):
        raise CatalogueError(f"“{name}”: its recipe has unknown {', '.join(extra)}.", f"Known: {sorted(known)}.")
    side = whole.pop("side", None)
    sides = [side, side] if isinstance(side, int) else side
    if not (isinstance(sides, list | tuple) and len(sides) == 2 and all(_whole(one, 16, LARGEST) for one in sides)):
        raise CatalogueError(f"“{name}”: “side” must be pixels (16 to {LARGEST}), or [height, width].")
    for word, choices in (("resize", RESIZE), ("background", BACKGROUNDS)):
        if whole.get(word, choices[0]) not in choices:
            raise CatalogueError(f"“{name}”: “{word}” must be one of {', '.join(choices)}.")
    for word, low, high in (("mean", 0.0, 1.0), ("std", 0.001, 1.0), ("fill", 0, 255)):
        if word in whole:
            whole[word] = _three(name, word, whole[word], low, high)
    for word, most in (("dim", 65_536), ("at_once", 1024)):
        if not _whole(whole.get(word, 1), int(word == "at_once"), most):
            raise CatalogueError(f"“{name}”: “{word}” must be a whole number.")
    for word, kind in (("arch", str), ("prefix", str), ("may_run_code", bool)):
        if not isinstance(whole.get(word, kind()), kind):
            raise CatalogueError(f"“{name}”: “{word}” must be {'a text' if kind is str else 'true or false'}.")
    return Recipe(height=sides[0], width=sides[1], **whole)


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _three(name: str, word: str, value: object, low: float, high: float) -> tuple[Any, ...]:
    good = isinstance(value, list | tuple) and len(value) == 3
    if not good or not all(isinstance(one, int | float) and low <= one <= high for one in value):  # type: ignore[attr-defined]
        raise CatalogueError(f"“{name}”: “{word}” must be three numbers from {low} to {high}, for red, green, blue.")
    return tuple(value)  # type: ignore[arg-type]
