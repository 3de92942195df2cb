"""Which published models there are, which of them can be used here, and where their files lie.

A model is a part made of one or more weight files. The list of SpotID names most; a person adds others, each by a small
TOML (``spotid.weights.own``). Nothing here loads a library or reaches the network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spotid.errors import NotFoundError
from spotid.places import program_folder
from spotid.weights import catalogue, keep, wishes
from spotid.weights.catalogue import Weight
from spotid.weights.troubles import MissingModelError

# What comes with the full flavour and with “launch.py models”; other packages are extras that a person installs.
USUAL = frozenset({"torch", "torchvision", "ultralytics", "segment_anything", "timm", "kornia", "safetensors"})


@dataclass(frozen=True)
class Model:
    """A part made of weight files. ``made_by`` is "module:Class"; ``needs`` are the Python packages it loads with.

    ``recipe`` holds what its class reads (sides, means …); ``own`` tells a person's own models from those of the list.
    """

    name: str
    role: str
    about: str
    made_by: str
    weights: tuple[Weight, ...]
    recipe: Mapping[str, Any] = field(default_factory=dict, hash=False)
    needs: tuple[str, ...] = ()
    own: bool = False


def folder() -> Path:
    """Where weight files are kept: the user's, unless a wish or ``SPOTID_MODELS`` moves it. It need not exist."""
    return wishes.folder()


def bundled() -> Path:
    """The files that the full flavour carries; read-only, and missing in the core flavour."""
    return program_folder() / "weights"


@lru_cache(maxsize=4)
def _listed(path: Path, changed_ns: int) -> dict[str, Model]:
    weights = catalogue.read(path)
    return {one.name: of(one, *(weights[name] for name in one.also)) for one in weights.values() if one.part}


def of(first: Weight, *more: Weight, own: bool = False) -> Model:
    """The model that these files make; the first says what it is."""
    files = (first, *more)
    return Model(first.name, first.role, first.about, first.part, files, first.recipe, first.needs, own)


def models() -> dict[str, Model]:
    """The models of the list in its order, then the user's own by name. Raises CatalogueError."""
    from spotid.weights import own

    found = _of_list(catalogue.listed())
    for name, files in sorted(own.read(folder()).items()):
        found.setdefault(name, of(*files, own=True))
    return found


def shipped() -> dict[str, Model]:
    """The models of SpotID's own list, whichever list holds on this computer."""
    return _of_list(catalogue.LIST)


def _of_list(path: Path) -> dict[str, Model]:
    return dict(_listed(path, path.stat().st_mtime_ns if path.is_file() else 0))


def model(name: str) -> Model:
    """The model of this name. Raises NotFoundError, naming those that there are."""
    known = models()
    if name not in known:
        raise NotFoundError(f"There is no model “{name}”.", f"There are: {', '.join(known)}.")
    return known[name]


def home_of(weight: Weight) -> Path | None:
    """The folder of weights that holds this file with its note, or None; the user's own goes before the bundle's."""
    for place in (folder(), bundled()):
        path = keep.place(weight, place)
        if path.is_file() and keep.read_json(keep.note_of(path)).get("sha256"):
            return place
    return None


def lacking(model: Model) -> tuple[str, ...]:
    """The packages that this model needs and this SpotID came without."""
    return tuple(name for name in model.needs if not _found(name))


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ValueError, ImportError):  # a name such as “__main__” in a person's TOML
        return False


def missing(model: Model) -> tuple[Weight, ...]:
    """The weight files of this model that are not here."""
    return tuple(one for one in model.weights if home_of(one) is None)


def here(model: Model) -> bool:
    """Whether the model can be used: its files lie here with their notes, its packages can be found. Opens nothing."""
    return not missing(model) and not lacking(model)


def why_not(model: Model) -> str:
    """The sentence for people where ``here`` is False; empty where it is True."""
    said = []
    if files := missing(model):
        names = ", ".join(one.file for one in files)
        said.append(
            f"The model “{model.name}” is not on this computer: {names} is missing."
            if len(files) == 1
            else f"The model “{model.name}” is not on this computer: {names} are missing."
        )
    if packages := lacking(model):
        said.append(f"The model “{model.name}” needs {', '.join(packages)}, which this SpotID came without.")
    return " ".join(said)


def how_to_get(model: Model) -> str:
    """What a person does where the model can't be used."""
    said = []
    if missing(model):
        get = f"Fetch it on the page “Models” or with: spotid models get {model.name}."
        said.append(f"Add it again: spotid models add {model.name}.toml." if model.own else get)
        said.append("Or take it from a stick: spotid models import FOLDER.")
    packages = lacking(model)
    if USUAL & set(packages):
        said.append("Use the full SpotID, or run “launch.py models” once where there is a connection.")
    if extras := [name for name in packages if name not in USUAL]:
        said.append(f"Install {', '.join(extras)} beside SpotID: the manual's page “Models” says how.")
    return " ".join(said)


def missing_error(model: Model) -> MissingModelError:
    """The error to raise where ``here`` is False."""
    return MissingModelError(why_not(model), how_to_get(model))


def sums(model: Model) -> str:
    """The SHA-256 of all its files as noted when they came, and its recipe: what the identity of a part hashes.

    Raises MissingModelError where a file is not here.
    """
    if missing(model):
        raise missing_error(model)
    said = [f"{one.name} {one.file} {_noted(one)}" for one in model.weights]
    return "\n".join([*said, json.dumps(dict(model.recipe), sort_keys=True, ensure_ascii=False, default=str)])


def _noted(weight: Weight) -> str:
    path = keep.place(weight, home_of(weight) or folder())
    return str(keep.read_json(keep.note_of(path)).get("sha256", ""))


def files(model: Model) -> dict[str, Path]:
    """Path by weight name, every byte compared with the list and with the note; to be called before one is opened.

    The further files of an own model stand under their file names.
    Raises MissingModelError for files or packages that are not here, WrongSumError for a file that has changed.
    """
    if not here(model):
        raise missing_error(model)
    paths = [keep.verify(one, home_of(one) or folder()).path for one in model.weights]
    taken: dict[str, Path] = {}
    for one, path in zip(model.weights, paths, strict=True):
        taken[one.file if one.name in taken else one.name] = path
    return taken
