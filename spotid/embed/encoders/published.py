"""A published network as an encoder: what all of them share. Each kind says how its network is built and fed."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spotid.embed.encoders import recipe
from spotid.embed.encoders.coat import unit
from spotid.embed.parts import Crop
from spotid.errors import JobError
from spotid.nets.device import Device, device
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from spotid.weights.shelf import Model


NOT_IN_IDENTITY = ("at_once", "may_run_code")  # no row depends on them


class Published(ABC):
    """Runs a network on crops and gives unit rows.

    On the processor one crop at a time: batches of four were at most a tenth faster there (Swin-T, one thread), a row
    would depend on its neighbours in the last digits, and a small laptop's memory would bound the batch anyway.
    """

    version: ClassVar[int] = 1  # goes up when the same file and recipe give other numbers
    defaults: ClassVar[Mapping[str, Any]] = {}  # of the recipe

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.model = model
        self.recipe = recipe.read(model.name, model.recipe, self.defaults)  # raises CatalogueError
        self.dim = self.recipe.dim  # where it is 0, ``load`` tells
        self._device: Device
        self._network: nn.Module | None = None

    def identity(self) -> str:
        """A short hash of the files, of the recipe, and of how this class reads them. Raises MissingModelError."""
        if not shelf.here(self.model):
            raise shelf.missing_error(self.model)
        said = {word: value for word, value in self.model.recipe.items() if word not in NOT_IN_IDENTITY}
        sums = shelf.sums(replace(self.model, recipe=said))
        whole = f"{type(self).__name__} {self.version} {self._libraries()}\n{sums}"
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def _libraries(self) -> str:
        """Versions of libraries by which rows differ by more than rounding: none, unless a kind says otherwise.

        PyTorch, OpenCV and Pillow are left out on purpose: another version of them changes a row by 1e-6, and every
        survey would be described anew for it.
        """
        return ""

    def load(self) -> None:
        """Check the files, build the network, put it where it runs.

        Raises MissingModelError, WrongSumError and ModelFileError with a sentence for what is wrong with a file,
        CatalogueError for a recipe that does not fit the network.
        """
        files = shelf.files(self.model)
        self._device = device()
        network, dim = self._built(files)
        if self.recipe.dim and dim != self.recipe.dim:
            raise CatalogueError(f"“{self.name}” gives {dim} numbers; its recipe says {self.recipe.dim}.")
        self._network, self.dim = self._placed(network), dim

    @abstractmethod
    def _built(self, files: Mapping[str, Path]) -> tuple[nn.Module, int]:
        """The network on the processor with its weights, and the length of its rows."""

    def _prepared(self, crop: Crop) -> np.ndarray:
        """The crop as the network takes it, (channels, height, width) float32."""
        return self.recipe.prepared(crop)

    def _placed(self, network: nn.Module) -> nn.Module:
        import torch

        # Channels last: MiewID 0.90 s a crop instead of 1.06, on one thread; the same numbers but for rounding.
        # Not on a Mac's graphics unit, which could not be tried.
        self._order = torch.contiguous_format if self._device.kind == "mps" else torch.channels_last
        return network.eval().to(device=self._device.kind, memory_format=self._order)

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """``(len(crops), dim)`` float32 rows of unit length.

        Raises ValueError for a crop for which the network gives no numbers, JobError where a graphics card fails.
        """
        if self._network is None:
            self.load()
        at_once = 1 if self._device.kind == "cpu" else self.recipe.at_once
        rows = np.empty((len(crops), self.dim), np.float32)
        start = 0
        while start < len(crops):
            part = np.stack([self._prepared(crop) for crop in crops[start : start + at_once]])
            try:
                made = self._rows(part)
            except RuntimeError as error:  # torch has no other kind; OutOfMemoryError is one
                at_once = self._smaller(len(part), error)
                continue
            for row in made:
                rows[start] = unit(row)
                start += 1
        return rows

    def _rows(self, batch: np.ndarray) -> np.ndarray:
        """The network's rows as float32, all of them numbers; what half precision can't hold is computed in full."""
        import torch

        assert self._network is not None
        given = torch.from_numpy(batch).to(self._device.kind).contiguous(memory_format=self._order)
        with torch.inference_mode():
            with self._device.counting():
                made = self._forward(self._network, given).float()
            if self._device.half and not bool(torch.isfinite(made).all()):
                made = self._forward(self._network, given).float()
        rows = made.cpu().numpy()
        if rows.ndim != 2 or len(rows) != len(batch):
            raise ValueError(f"the network gave numbers of the shape {rows.shape} instead of one row a crop")
        if not np.isfinite(rows).all():
            raise ValueError("the network gave no numbers for this crop")
        return rows

    def _forward(self, network: nn.Module, batch: Tensor) -> Tensor:
        return network(batch)

    def _smaller(self, tried: int, error: RuntimeError) -> int:
        """How many crops to try now that there is no memory for ``tried``; raises where that is not the trouble."""
        told = str(error)
        if "out of memory" not in told and "allocate memory" not in told:
            if type(error).__name__ == "AcceleratorError" or "CUDA error" in told or "MPS" in told:
                raise JobError(
                    "The graphics card stopped working in the middle of the run.",
                    "Start SpotID again; with SPOTID_DEVICE=cpu in the environment it does without the card.",
                ) from error
            raise error
        if self._device.kind == "cpu":
            raise MemoryError("not enough memory for one crop") from error
        if tried == 1:
            raise JobError(
                f"The graphics card has not enough memory for “{self.name}”.",
                "Close other programs; with SPOTID_DEVICE=cpu in the environment SpotID does without the card.",
            ) from error
        import torch

        if self._device.kind == "cuda":
            torch.cuda.empty_cache()
        return tried // 2
