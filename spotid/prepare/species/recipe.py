"""How a classifier is fed and read, as its entry in the list of models or a person's own TOML says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spotid.nets import images
from spotid.prepare.species import crops, labels
from spotid.prepare.species.labels import Label
from spotid.weights.troubles import CatalogueError

RESIZE = ("bilinear", "bicubic", "area", "bilinear-antialias", "bicubic-antialias", "lanczos-antialias")
SCORES = ("softmax", "sigmoid", "as given")
LARGEST = 1024  # pixels of a side
POOLS = ("", "token", "avg", "map", "avgmax", "max")


@dataclass(frozen=True, slots=True)
class Recipe:
    """``labels`` in the order of the network's outputs; ``side`` in pixels; ``mean`` and ``std`` of RGB in 0 … 1;
    ``least`` is the score from which on a name counts; ``margin`` the share of the box added on every side.

    ``cut``: box, or square (its shorter side grown). ``shape``: squash, or centre (the middle of the resized crop).
    ``scores``: what the outputs are turned into. ``arch``, ``pool`` and ``dynamic`` are timm's; ``prefix`` is taken off
    the keys. ``last``: channels come last. ``ours`` in ``memory_mb``: what the network needs of memory.
    ``may_run_code``: a person trusts whoever made a file that is a program (see ``embed/encoders/torchscript``).
    """

    labels: tuple[Label, ...]
    side: int = 224
    mean: tuple[float, float, float] = images.IMAGENET[0]
    std: tuple[float, float, float] = images.IMAGENET[1]
    resize: str = "bicubic-antialias"
    shape: str = "squash"
    cut: str = "square"
    margin: float = 0.0
    scores: str = "softmax"
    least: float = 0.8
    arch: str = ""
    pool: str = ""
    dynamic: bool = False
    prefix: str = ""
    last: bool = False
    memory_mb: float = 0.0
    at_once: int = 16
    may_run_code: bool = False


CHOICES = {"resize": RESIZE, "shape": crops.SHAPES, "cut": crops.CUTS, "scores": SCORES, "pool": POOLS}
TEXTS, FLAGS = ("arch", "prefix"), ("dynamic", "last", "may_run_code")
NUMBERS = {"margin": (0.0, 1.0), "least": (0.0, 1.0), "memory_mb": (0.0, 1e6)}
WHOLE = {"side": (16, LARGEST), "at_once": (1, 1024)}


def read(name: str, said: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of the model ``name``. Raises CatalogueError with a sentence that names the wrong key.

    ``pool`` is asked for with care: a network with another pooling takes the same file without a word, and names
    other animals.
    """
    whole = {**(defaults or {}), **said}
    known = set(Recipe.__dataclass_fields__)
    if extra := sorted(set(whole) - known):
        raise CatalogueError(
            f"“{name}”: its recipe has unknown {', '.join(extra)}.", f"Known are: {', '.join(sorted(known))}."
        )
    for word, choices in CHOICES.items():
        if whole.get(word, choices[0]) not in choices:
            told = ", ".join(filter(None, choices))
            raise CatalogueError(f"“{name}”: “{word}” must be one of {told}.")
    for word in TEXTS:
        if not isinstance(whole.get(word, ""), str):
            raise CatalogueError(f"“{name}”: “{word}” must be a text.")
    for word in FLAGS:
        if not isinstance(whole.get(word, False), bool):
            raise CatalogueError(f"“{name}”: “{word}” must be true or false.")
    for word, (low, high) in NUMBERS.items():
        if not is_number(whole.get(word, low), low, high):
            raise CatalogueError(f"“{name}”: “{word}” must be a number from {low:g} to {high:g}.")
    for word, (fewest, most) in WHOLE.items():
        value = whole.get(word, fewest)
        if not isinstance(value, int) or not is_number(value, fewest, most):
            raise CatalogueError(f"“{name}”: “{word}” must be a whole number from {fewest} to {most}.")
    for word, lowest in (("mean", 0.0), ("std", 0.001)):
        if word in whole:
            whole[word] = three(name, word, whole[word], lowest)
    whole["labels"] = _labels(name, whole.get("labels"))
    return Recipe(**whole)


def least_of(name: str, said: Mapping[str, Any], usual: float) -> float:
    """The score from which on a name counts. Raises CatalogueError."""
    value = said.get("least", usual)
    if not is_number(value, 0.0, 1.0):
        raise CatalogueError(f"“{name}”: “least” must be a number from 0 to 1.")
    return float(value)


def three(name: str, word: str, value: object, lowest: float) -> tuple[float, float, float]:
    """Three numbers up to 1, for red, green and blue. Raises CatalogueError."""
    if isinstance(value, list | tuple) and len(value) == 3 and all(is_number(one, lowest, 1.0) for one in value):
        return (float(value[0]), float(value[1]), float(value[2]))
    raise CatalogueError(f"“{name}”: “{word}” must be three numbers from {lowest:g} to 1, for red, green and blue.")


def is_number(value: object, low: float, high: float) -> bool:
    """Whether ``value`` is a number within these bounds; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _labels(name: str, said: object) -> tuple[Label, ...]:
    if not isinstance(said, list | tuple) or len(said) < 2 or not all(isinstance(one, str) for one in said):
        raise CatalogueError(f"“{name}”: “labels” must be the list of its classes, in the order of its outputs.")
    try:
        return tuple(labels.parsed(one) for one in said)
    except ValueError as error:
        raise CatalogueError(f"“{name}”: {error}.") from error
