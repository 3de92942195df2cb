"""How a classifier is fed and read, as its entry in the list of models or a person's own TOML says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
AT_ONCE = 16  # animals, on a graphics card
Three = tuple[float, float, float]


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
    mean: Three = images.IMAGENET[0]
    std: Three = images.IMAGENET[1]
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
    at_once: int = AT_ONCE
    may_run_code: bool = False


CHOICES = {"resize": RESIZE, "shape": crops.SHAPES, "cut": crops.CUTS, "scores": SCORES, "pool": POOLS}
TEXTS, FLAGS = ("arch", "prefix"), ("dynamic", "last", "may_run_code")
NUMBERS = {"margin": (0.0, 1.0), "least": (0.0, 1.0), "memory_mb": (0.0, 1e6)}
WHOLE = {"side": (16, LARGEST), "at_once": (1, 1024)}
LOWEST = {"mean": 0.0, "std": 0.001}
SHARED = ("least", "at_once", "memory_mb")  # words that every recipe of a classifier may have


def read(name: str, said: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of the model ``name``. Raises CatalogueError with a sentence that names the wrong key.

    ``pool`` is asked for with care: a network with another pooling takes the same file without a word, and names
    other animals.
    """
    table = {**(defaults or {}), **said}
    only(name, table, Recipe.__dataclass_fields__)
    for word in CHOICES:
        choice(name, table, word, CHOICES[word][0])
    for word in TEXTS:
        text(name, table, word, "")
    for word in FLAGS:
        if not isinstance(table.get(word, False), bool):
            raise CatalogueError(f"“{name}”: “{word}” must be true or false.")
    for word, (low, _) in NUMBERS.items():
        number(name, table, word, low)
    for word, (fewest, _) in WHOLE.items():
        whole(name, table, word, fewest)
    for word in ("mean", "std"):
        if word in table:
            table[word] = three(name, table, word, (1.0, 1.0, 1.0))
    table["labels"] = _labels(name, table.get("labels"))
    return Recipe(**table)


def begun(name: str, said: Mapping[str, Any], known: Collection[str], sure: float) -> tuple[float, int]:
    """``least`` (else ``sure``) and ``at_once`` of a recipe with no words but ``known`` and ``SHARED``.

    Raises CatalogueError.
    """
    only(name, said, {*known, *SHARED})
    number(name, said, "memory_mb", 0.0)
    return number(name, said, "least", sure), whole(name, said, "at_once", AT_ONCE)


def only(name: str, said: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise CatalogueError where the recipe ``said`` has another word than ``known``."""
    if extra := sorted(set(said) - set(known)):
        raise CatalogueError(
            f"“{name}”: its recipe has unknown {', '.join(extra)}.", f"Known are: {', '.join(sorted(known))}."
        )


def text(name: str, said: Mapping[str, Any], word: str, usual: str) -> str:
    """What ``word`` says, else ``usual``. Raises CatalogueError where it is no text."""
    value = said.get(word, usual)
    if not isinstance(value, str):
        raise CatalogueError(f"“{name}”: “{word}” must be a text.")
    return value


def choice(name: str, said: Mapping[str, Any], word: str, usual: str) -> str:
    """One of ``CHOICES``, else ``usual``. Raises CatalogueError."""
    value = said.get(word, usual)
    if value not in CHOICES[word]:
        told = ", ".join(filter(None, CHOICES[word]))
        raise CatalogueError(f"“{name}”: “{word}” must be one of {told}.")
    return str(value)


def number(name: str, said: Mapping[str, Any], word: str, usual: float) -> float:
    """A number within the bounds of ``NUMBERS``, else ``usual``. Raises CatalogueError."""
    value, (low, high) = said.get(word, usual), NUMBERS[word]
    if not is_number(value, low, high):
        raise CatalogueError(f"“{name}”: “{word}” must be a number from {low:g} to {high:g}.")
    return float(value)


def whole(name: str, said: Mapping[str, Any], word: str, usual: int) -> int:
    """A whole number within the bounds of ``WHOLE``, else ``usual``. Raises CatalogueError."""
    value, (fewest, most) = said.get(word, usual), WHOLE[word]
    if not isinstance(value, int) or not is_number(value, fewest, most):
        raise CatalogueError(f"“{name}”: “{word}” must be a whole number from {fewest} to {most}.")
    return value


def three(name: str, said: Mapping[str, Any], word: str, usual: Three) -> Three:
    """Three numbers up to 1, for red, green and blue, else ``usual``. Raises CatalogueError."""
    value, lowest = said.get(word, usual), LOWEST[word]
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
