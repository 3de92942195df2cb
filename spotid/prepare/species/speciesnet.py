"""SpeciesNet's classifier of some 2,000 animals of the whole world, in the variant that looks at crops.

Read from the files of its published folder (``info.json`` of google/cameratrapai names them): the network, the labels
in the order of its outputs, the list of all taxa, and the rules of countries. What is done with a picture is what
classifier.py does there: the box without anything around it, straight to 480 × 480, cast to 8 bits, divided by 255,
channels last, softmax, the five likeliest labels; then ``rollup`` goes the way of its ensemble.

The network is a whole pickled module (onnx2torch): reading it runs what is in the file. It is read only where its
SHA-256 is beyond doubt: published and confirmed, or compared by a person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.errors import ModelFileError
from spotid.prepare.parts import About, Named
from spotid.prepare.species import crops, labels, published, rollup
from spotid.prepare.species import recipe as recipes
from spotid.prepare.species.labels import Label
from spotid.prepare.species.published import Published
from spotid.weights import keep, shelf
from spotid.weights.shelf import Model
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from spotid.nets.device import Device

SIDE = 480
# Of the ensemble: a species, or a sum of its relatives, counts from there on where a detector saw an animal.
SURE = 0.65
KNOWN = {"side", "country"}
WHOLE_PICTURE = "full_image"
AGAIN = "Take the whole folder of SpeciesNet again, as it was published."


class SpeciesNet(Published):
    """SpeciesNet from its folder."""

    LIBRARIES = ("onnx2torch",)

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        name, said = self.name, model.recipe
        self.least, self.at_once = recipes.begun(name, said, KNOWN, SURE)
        self.side = recipes.whole(name, said, "side", SIDE)
        self.country = _country(name, recipes.text(name, said, "country", ""))
        self._words: tuple[str, ...] = ()
        self._labels: tuple[Label, ...] = ()
        self._taxa: dict[str, Label] = {}
        self._rules: rollup.Rules = {}
        self._ours: frozenset[str] = frozenset()
        self._network: nn.Module | None = None
        self._device: Device | None = None

    def suit(self, about: About) -> None:
        """Take note of the project's animals and its country; a country in the recipe goes before."""
        self._words = tuple(about.words)
        self.country = self.country or _country(self.name, about.country)

    def suited(self) -> str:
        """The country and the project's animals."""
        return " ".join((self.country, *sorted({word.casefold() for word in self._words})))

    def load(self) -> None:
        """Read the folder. Raises MissingModelError, WrongSumError, and ModelFileError where it is not SpeciesNet's, or
        where nobody has vouched for the network's file."""
        if self._network is not None:
            return
        places = _Places(self.name, list(shelf.files(self.model).values()))
        self._labels = tuple(_label(line, places.labels) for line in _lines(places.labels))
        if len(self._labels) < 2:
            raise ModelFileError(f"“{places.labels.name}” names no animals.", AGAIN)
        taxa = [_label(line, places.taxa) for line in _lines(places.taxa)] if places.taxa else []
        self._taxa = {one.key: one for one in (*self._labels, *taxa) if one.latin}
        self._rules = _rules(places.rules) if places.rules else {}
        self._ours = labels.groups(self._taxa.values(), self._words)
        self._vouched(places.network)
        self._device = self.ready()
        self._network = _module(places.network).eval().to(self._device.kind)

    def classify(self, animals: Sequence[tuple[np.ndarray, Box]]) -> list[list[Named]]:
        """The names of each animal as SpeciesNet's ensemble would give them, surest rank first."""
        if self._network is None:
            self.load()
        assert self._network is not None and self._device is not None
        pictures = [crops.straight(crops.boxed(rgb, box), self.side).numpy() for rgb, box in animals]
        if not pictures:
            return []
        rows = published.scored(self._device, pictures, self._forward, self.at_once)
        if rows.shape[1] != len(self._labels):
            raise ModelFileError(
                f"SpeciesNet's network has {rows.shape[1]} outputs, and its labels are {len(self._labels)}.", AGAIN
            )
        found = []
        for row in published.softmax(rows):
            likeliest = [(self._labels[place], score) for place, score in published.first(row)]
            found.append(rollup.names(likeliest, self._taxa, self._rules, self.country, self.least, self._ours))
        return found

    def _forward(self, pictures: Tensor) -> Tensor:
        """8 bits to floats on the device: (n, side, side, 3), channels last."""
        assert self._network is not None
        made: Tensor = self._network(pictures.float() / 255.0)
        return made

    def _vouched(self, path: Path) -> None:
        """Raises ModelFileError where nobody has vouched for the network's file, reading which runs its code."""
        weight = next(one for one in self.model.weights if one.file == path.name)
        if not (weight.certain or keep.read_json(keep.note_of(path)).get("how") == "given"):
            raise ModelFileError(
                f"Reading “{path.name}” runs code that is in it, and its SHA-256 is not confirmed by anybody.",
                "Compare the SHA-256 on the page “Models” with the one that its makers give; then add the model again"
                " with this sum, as “sha256” in its TOML or when you import it.",
            )


class _Places:
    """Which file of the folder is which: by info.json where it is there, else by their names."""

    def __init__(self, name: str, files: Sequence[Path]) -> None:
        there = {path.name: path for path in files}
        said = _info(there["info.json"]) if "info.json" in there else {}
        if said.get("type") == WHOLE_PICTURE:
            raise ModelFileError(
                "This SpeciesNet looks at whole pictures, and SpotID asks about single animals.",
                "Take the variant that looks at crops (always_crop, such as v4.0.3a).",
            )
        self.network = self._one(name, there, said, "classifier", ".pt")
        self.labels = self._one(name, there, said, "classifier_labels", ".txt", "labels")
        self.taxa = self._any(there, said, "taxonomy", ".txt", "taxonomy")
        self.rules = self._any(there, said, "geofence", ".json", "geofence")

    def _one(self, name: str, there: dict[str, Path], said: dict[str, Any], *what: str) -> Path:
        if (found := self._any(there, said, *what)) is None:
            named = said.get(what[0]) or f"*{what[-1]}"
            raise ModelFileError(f"The folder of “{name}” lacks “{named}”.", AGAIN)
        return found

    @staticmethod
    def _any(there: dict[str, Path], said: dict[str, Any], key: str, ending: str, part: str = "") -> Path | None:
        if isinstance(said.get(key), str):
            return there.get(said[key])
        fit = [path for name, path in sorted(there.items()) if name.endswith(ending) and part in name.lower()]
        fit = [path for path in fit if path.name != "info.json"]
        return fit[0] if len(fit) == 1 else None


def _module(path: Path) -> nn.Module:
    """The pickled module. Runs what is in the file: only for files that somebody has vouched for."""
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=False)
    except Exception as error:  # a pickle raises anything: what it names may not be installed
        told = str(error).strip().split("\n")[0][:160]
        raise ModelFileError(
            f"“{path.name}” can't be read ({told}).",
            "It needs the package onnx2torch in the version it was made with; else take the file again.",
        ) from error
    if not isinstance(found, torch.nn.Module):
        raise ModelFileError(f"“{path.name}” holds no network.", AGAIN)
    return found


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeError) as error:
        raise ModelFileError(f"“{path.name}” can't be read: {error}.", AGAIN) from error


def _label(line: str, path: Path) -> Label:
    try:
        return labels.parsed(line)
    except ValueError as error:
        raise ModelFileError(f"“{path.name}” is no list of SpeciesNet's labels: {error}.", AGAIN) from error


def _info(path: Path) -> dict[str, Any]:
    said = _json(path)
    for key in ("classifier", "classifier_labels", "taxonomy", "geofence"):
        if key in said and (not isinstance(said[key], str) or Path(said[key]).name != said[key]):
            raise ModelFileError(f"“{path.name}” names no plain file as its “{key}”.", AGAIN)
    return said


def _rules(path: Path) -> rollup.Rules:
    """Key of a taxon → "allow" or "block" → country → its regions; what is of another shape is refused."""
    found = _json(path)
    for rule in found.values():
        if not isinstance(rule, dict) or not all(isinstance(one, dict) for one in rule.values()):
            raise ModelFileError(f"“{path.name}” is no list of where animals live.", AGAIN)
    return found


def _json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(f"“{path.name}” can't be read: {error}.", AGAIN) from error
    if not isinstance(said, dict):
        raise ModelFileError(f"“{path.name}” is not SpeciesNet's.", AGAIN)
    return said


def _country(name: str, said: str) -> str:
    code = said.strip().upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise CatalogueError(f"“{name}”: “{said}” is no country code.", "Give three letters of ISO 3166, such as KEN.")
    return code
