"""What a published matcher is told to do, as the list or a person's own TOML says it, checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from spotid.errors import ModelFileError
from spotid.match import geometry
from spotid.weights import shelf

BOUNDS: dict[str, tuple[float, float]] = {
    "side": (64, 2048),
    "points": (16, 4096),
    "least": (0.0, 1.0),
    "sure": (0.0, 1.0),
    "pairs": (1, 1000),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Numbers of a matcher; tables named ``recipe`` may change each of them."""

    side: int = 512  # pixels of the crop's longer side
    points: int = 256  # kept of a crop, strongest first; WildFusion's number, there of the whole picture
    least: float = 0.1  # confidence below which LightGlue calls nothing a match
    sure: float = 0.5  # confidence from which on a match counts as evidence, as in WildFusion
    pairs: int = 20  # of a sighting that are compared at most: each takes a third of a second on one core


def recipe_of(model: shelf.Model, **usual: float) -> Recipe:
    """The recipe of a model: its own table over ``usual`` over the numbers above. Raises ModelFileError."""
    said: dict[str, Any] = {**usual, **dict(model.recipe)}
    known = {one.name: one.type for one in fields(Recipe)}
    for name, value in said.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = name in known and (known[name] == "float" or (number and float(value).is_integer()))
        if name not in known or not number or not whole or not BOUNDS[name][0] <= value <= BOUNDS[name][1]:
            raise ModelFileError(
                f"The recipe of “{model.name}” can't be used: {name} = {value!r}.",
                f"A matcher's recipe may hold {', '.join(known)}, each a number within its bounds.",
            )
    numbers: dict[str, Any] = {
        name: int(value) if known[name] == "int" else float(value) for name, value in said.items()
    }
    return Recipe(**numbers)


def identity_of(model: shelf.Model, recipe: Recipe, word: str) -> str:
    """16 hexadecimal digits that change with the files, the numbers, ``word`` (the code's own version) and kornia."""
    try:
        library = version("kornia")
    except PackageNotFoundError:
        library = ""
    checks = [getattr(geometry, name) for name in sorted(dir(geometry)) if name.isupper()]
    told = repr([word, shelf.sums(model), recipe, library, checks])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
