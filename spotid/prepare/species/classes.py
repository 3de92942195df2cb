"""Classifiers with one output per class: any network of timm by a recipe, DeepFaune among them, or a TorchScript file.

DeepFaune 1.5 (classifTools.py of the DeepFaune software, CeCILL): a square crop, 224 pixels by Pillow's bicubic, mean
and std of ImageNet, a ViT-L/16 of DINOv3 whose class token is classified. Its file is a checkpoint with ``args``,
``state_dict`` (keys begin with ``base_model.``) and ``transform``, a pickled list of torchvision's transforms.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.errors import ModelFileError
from spotid.nets import images
from spotid.prepare.parts import About, Named
from spotid.prepare.species import crops, labels, published, recipe
from spotid.prepare.species.published import Published
from spotid.weights import shelf
from spotid.weights.shelf import Model
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from spotid.nets.device import Device


class Classes(Published):
    """A network of timm with a head of one output per label."""

    LIBRARIES: tuple[str, ...] = ("timm",)

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.recipe = recipe.read(model.name, model.recipe)
        self.least = self.recipe.least
        self._groups: frozenset[str] = frozenset()
        self._network: nn.Module | None = None
        self._device: Device | None = None

    def suit(self, about: About) -> None:
        """Take note of the project's animals: a group that one of them belongs to rules none of them out."""
        self._groups = labels.groups(self.recipe.labels, about.words)

    def suited(self) -> str:
        """The groups of the project's animals."""
        return " ".join(sorted(self._groups))

    def load(self) -> None:
        """Read the network. Raises MissingModelError, WrongSumError, ModelFileError, JobError."""
        if self._network is None:
            path = next(iter(shelf.files(self.model).values()))
            self._device = self.ready()
            self._network = self._read(path).eval().to(self._device.kind)

    def _read(self, path: Path) -> nn.Module:
        import timm

        from spotid.nets import state

        asked = self.recipe
        if not asked.arch:
            raise CatalogueError(f"“{self.name}”: “arch” must name its network in timm.")
        options: dict[str, Any] = {"global_pool": asked.pool} if asked.pool else {}
        if asked.dynamic:
            options["dynamic_img_size"] = True
        try:
            if not timm.is_model(asked.arch):  # an address of a hub, such as “hf-hub:…”, would be fetched
                raise ValueError("it has no network of that name")
            network: nn.Module = timm.create_model(
                asked.arch, pretrained=False, num_classes=len(asked.labels), **options
            )
        except Exception as error:  # timm raises almost anything for a name or an option that it does not know
            told = str(error).split("\n")[0][:160]
            raise CatalogueError(f"“{self.name}”: timm can't build “{asked.arch}” ({told}).") from error
        with _transforms_allowed():
            tensors = state.state_dict(path)
        if asked.prefix:
            if wrong := [key for key in tensors if not key.startswith(asked.prefix)]:
                raise ModelFileError(
                    f"This is not the file of “{self.name}”: “{wrong[0]}” does not begin with “{asked.prefix}”.",
                    state.AGAIN,
                )
            tensors = {key.removeprefix(asked.prefix): value for key, value in tensors.items()}
        state.load_strictly(network, tensors, f"“{self.name}”")
        return network

    def classify(self, animals: Sequence[tuple[np.ndarray, Box]]) -> list[list[Named]]:
        """The likeliest labels of each animal, best first."""
        if self._network is None:
            self.load()
        assert self._network is not None and self._device is not None
        pictures = [self._prepared(rgb, box) for rgb, box in animals]
        if not pictures:
            return []
        rows = published.scored(self._device, pictures, self._network, self.recipe.at_once)
        if rows.shape[1] != len(self.recipe.labels):
            raise ModelFileError(
                f"“{self.name}” has {rows.shape[1]} outputs, and its recipe names {len(self.recipe.labels)} labels.",
                "Name every class in “labels”, in the order of the outputs.",
            )
        return [[self._named(place, score) for place, score in published.first(row)] for row in self._scores(rows)]

    def _prepared(self, rgb: np.ndarray, box: Box) -> np.ndarray:
        """The animal as the network takes it: (3, side, side) float32, or (side, side, 3) where channels come last."""
        import numpy as np

        asked = self.recipe
        cut = crops.square if asked.cut == "square" else crops.boxed
        small = crops.sized(cut(rgb, box, asked.margin), asked.side, asked.shape, asked.resize)
        floats = images.normalised(small, asked.mean, asked.std)
        return np.ascontiguousarray(floats.transpose(1, 2, 0)) if asked.last else floats

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        import numpy as np

        if self.recipe.scores == "softmax":
            return published.softmax(rows)
        if self.recipe.scores == "sigmoid":
            return np.asarray(1.0 / (1.0 + np.exp(-rows.astype(np.float64))))
        return np.clip(rows, 0.0, 1.0)

    def _named(self, place: int, score: float) -> Named:
        label = self.recipe.labels[place]
        ranks = label.key if label.latin else ""
        return Named(label.name, score, ranks, label.key in self._groups)


class TorchScriptClasses(Classes):
    """A network with its own program inside the file: nothing has to be known of how it is built."""

    LIBRARIES = ()

    def _read(self, path: Path) -> nn.Module:
        import torch

        if not self.recipe.may_run_code:
            raise ModelFileError(
                f"“{path.name}” is a TorchScript file: to load it is to run a program that somebody wrote.",
                f"If you trust whoever made it, write may_run_code = true under [recipe] in {self.name}.toml.",
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # torch would rather have another kind of file
                network = torch.jit.load(str(path), map_location="cpu")
        except Exception as error:  # RuntimeError with pages of text, ValueError: no TorchScript, cut off, damaged
            told = str(error).strip().split("\n")[0][:160]
            raise ModelFileError(
                f"“{path.name}” is no TorchScript file, or is damaged ({told}).", "Save it with torch.jit.save."
            ) from error
        module: nn.Module = network
        return module


def _transforms_allowed() -> AbstractContextManager[Any]:
    """torchvision's plain transforms, which DeepFaune's checkpoints hold beside the weights; none of them runs code."""
    import torch

    try:
        from torchvision.transforms import functional, transforms
    except (ImportError, RuntimeError):  # RuntimeError: a torchvision that does not fit torch
        return torch.serialization.safe_globals([])
    allowed: list[Any] = [transforms.Compose, transforms.Resize, transforms.CenterCrop, transforms.ToTensor]
    allowed += [transforms.Normalize, functional.InterpolationMode, torch.Size]
    return torch.serialization.safe_globals(allowed)
