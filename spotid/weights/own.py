"""Models that a person adds: a small TOML says what a file is and how it is used.

    part = "yolo"
    file = "our_leopards.pt"
    about = "Trained on our own photographs."
    [recipe]
    side = 640

The TOML is kept as ``FOLDER/own/NAME.toml`` and the file, like every other, as ``FOLDER/NAME/FILE`` with a note of its
SHA-256. ``part`` is a short name of ``KINDS``, or a class of SpotID as module:Class, with its ``role``. ``files`` names
further files that belong to it; they lie beside the first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from spotid.weights.catalogue import NAME, ROLES, Sum, Weight, part_of
from spotid.weights.troubles import CatalogueError

# Short name: role, class, packages.
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "yolo": ("detector", "spotid.prepare.detectors.yolo:Yolo", ("torch", "ultralytics")),
    "sam": ("cut-out", "spotid.prepare.cutouts.sam:Sam", ("torch", "torchvision", "segment_anything")),
    "timm": ("embedder", "spotid.embed.encoders.timm_file:TimmFile", ("torch", "timm")),
    "miewid": ("embedder", "spotid.embed.encoders.miewid:MiewId", ("torch", "timm", "safetensors")),
    "torchscript": ("embedder", "spotid.embed.encoders.torchscript:TorchScript", ("torch",)),
    "classes": ("species", "spotid.prepare.species.classes:Classes", ("torch", "timm")),
    "torchscript-classes": ("species", "spotid.prepare.species.classes:TorchScriptClasses", ("torch",)),
    "speciesnet": ("species", "spotid.prepare.species.speciesnet:SpeciesNet", ("torch", "onnx2torch")),
    "words": ("species", "spotid.prepare.species.words:Words", ("torch", "open_clip")),
}
TEXTS = ("file", "about", "licence", "source", "cite")
ALLOWED = {"role", "part", "needs", "recipe", "sha256", "name", "files", *TEXTS}
FILE = re.compile(r"[A-Za-z0-9][\w .+-]*")


def read(folder: Path) -> dict[str, tuple[Weight, ...]]:
    """The files of the own models under a folder of weights, by name; a TOML that can't be meant is in ``faults``."""
    return dict(_all(folder)[0])


def faults(folder: Path) -> dict[str, CatalogueError]:
    """What is wrong with the TOMLs that ``read`` leaves out, by file name."""
    return dict(_all(folder)[1])


def _all(folder: Path) -> tuple[dict[str, tuple[Weight, ...]], dict[str, CatalogueError]]:
    place = folder / "own"
    found = sorted(place.glob("*.toml")) if place.is_dir() else []
    weights: dict[str, tuple[Weight, ...]] = {}
    wrong: dict[str, CatalogueError] = {}
    for path in found:
        try:
            weights[path.stem] = _one(path, path.stat().st_mtime_ns)
        except (CatalogueError, OSError) as error:
            wrong[path.name] = error if isinstance(error, CatalogueError) else CatalogueError(str(error))
    return weights, wrong


@lru_cache(maxsize=64)
def _one(path: Path, changed_ns: int) -> tuple[Weight, ...]:
    return parsed(path, path.stem)


def parsed(path: Path, name: str = "") -> tuple[Weight, ...]:
    """The files of the model that this TOML describes, the one that makes it first; its name is its own ``name``, or
    the TOML's. Raises CatalogueError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogueError(f"“{path.name}” can't be read: {error}.", "It must be a text file in TOML.") from error
    first = _weight(name or str(table.get("name", path.stem)), table)
    more = table.get("files", [])
    if not isinstance(more, list) or not all(isinstance(one, str) and FILE.fullmatch(one) for one in more):
        raise CatalogueError(f"“{first.name}”: “files” must be a list of plain file names.")
    names = [first.file.casefold(), *(one.casefold() for one in more)]
    if any(one.startswith(f"{other}.") for one in names for other in names):
        raise CatalogueError(  # “net.pt.json” would be the note of “net.pt”
            f"“{first.name}”: each of “files” must have a name of its own, none the beginning of another.",
            "Rename one of them.",
        )
    plain: dict[str, Any] = {"sums": (), "part": "", "needs": (), "recipe": {}}
    return (first, *(replace(first, file=one, **plain) for one in dict.fromkeys(more) if one != first.file))


def _weight(name: str, table: Mapping[str, Any]) -> Weight:
    if not NAME.fullmatch(name):
        raise CatalogueError(f"“{name}” is no name for a model: small letters, digits and hyphens only.")
    if extra := set(table) - ALLOWED:
        known = ", ".join(sorted(ALLOWED))
        raise CatalogueError(f"“{name}” has unknown: {', '.join(sorted(extra))}.", f"Known are: {known}.")
    for word in TEXTS:
        if not isinstance(table.get(word, ""), str):
            raise CatalogueError(f"“{name}”: “{word}” must be a text.")
    file = str(table.get("file", ""))
    if not FILE.fullmatch(file):
        raise CatalogueError(f"“{name}”: “file” must be the plain name of the file beside the TOML.")
    said = dict(table)
    short = KINDS.get(str(table.get("part", "")))
    if short:
        said = {"role": short[0], "needs": list(short[2]), **said, "part": short[1]}
    if "part" not in said:
        raise CatalogueError(f"“{name}” lacks “part”.", f"Choose one of: {', '.join(KINDS)}.")
    part = part_of(name, said)
    if said.get("role") not in ROLES:
        raise CatalogueError(f"“{name}”: “role” must be one of {', '.join(ROLES)}.")
    value = table.get("sha256", "")
    if value and (not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value)):
        raise CatalogueError(f"“{name}”: sha256 must be 64 hexadecimal digits.")
    return Weight(
        name=name,
        role=said["role"],
        file=file,
        about=str(table.get("about", "")) or "A model of your own.",
        url="",
        licence=str(table.get("licence", "")) or "LicenseRef-own",
        licence_page="",
        travels=False,
        source=str(table.get("source", "")),
        cite=str(table.get("cite", "")),
        sums=(Sum("sha256", value.lower(), 2),) if value else (),
        **part,
    )
