"""What all networks of the Segment Anything family have in common here: a crop and a box in it, outlines out of it."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spotid.boxes import Box
from spotid.nets.device import device
from spotid.prepare.cutouts import outline
from spotid.prepare.cutouts.grabcut import GrabCut
from spotid.prepare.parts import CutOut
from spotid.prepare.room import card_full, check_room, without_room
from spotid.weights import shelf

if TYPE_CHECKING:
    from torch import Tensor, nn

    from spotid.nets.device import Device
    from spotid.weights.shelf import Model

RECIPE = "prompted 1"
SIDE = 1024  # pixels that the networks work at
GRID = SIDE // 4  # pixels of the outlines that come out of them
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)  # of ImageNet, in grey levels


class Prompted(ABC):
    """A network that is asked with a box. ``how`` says its name, or what GrabCut says where it had to help: where no
    outline of the network is plausible (see ``outline.best``)."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model
        self._other = GrabCut()
        self._network: Any = None
        self._device: Device | None = None

    def identity(self) -> str:
        """A short hash of the file's sum and of the recipe, GrabCut's included.

        The library is not part of it: it only arranges the file's own numbers, and a newer one must not make all crops
        of a project anew.
        """
        rules = [getattr(outline, word) for word in sorted(dir(outline)) if word.isupper()]
        text = f"{RECIPE} {rules} {shelf.sums(without_room(self._model))} {self._other.identity()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def load(self) -> None:
        """Compare the file with its sum, then read it into exactly the network that it belongs to.

        Raises MissingModelError, WrongSumError, ModelFileError, and JobError where there is too little memory.
        """
        if self._network is not None:
            return
        path = shelf.files(self._model)[self._model.weights[0].name]
        self._other.load()
        self._device = device()
        check_room(self._model, self._device)
        network = self._built(path)
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        self._network = network.eval().to(self._device.kind)

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        """The outline in ``crop`` ((h, w, 3) uint8 RGB) of the animal in ``inner``; ``hint`` serves GrabCut alone."""
        masks, scores = self.proposals(crop, inner)
        found = outline.best(masks, scores, inner)
        if found is None:
            return self._other.cut(crop, inner, hint)
        return CutOut(found.mask, found.worth, self.name)

    def proposals(self, crop: np.ndarray, inner: Box) -> tuple[np.ndarray, np.ndarray]:
        """All outlines that the network proposes for a box: (n, h, w) bool, and (n) what it thinks of each."""
        import torch

        self.load()
        assert self._device is not None
        height, width = crop.shape[:2]
        try:
            with torch.inference_mode(), self._device.counting():
                grids, scores = self._asked(crop, inner.clipped().pixels(width, height))
                large = self._enlarged(grids[None].float(), height, width)[0]
            return (large > 0.0).cpu().numpy(), scores.float().cpu().numpy()
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise card_full(self.name) from error

    @abstractmethod
    def _built(self, path: Path) -> nn.Module:
        """The network with the file's numbers. Raises ModelFileError."""

    @abstractmethod
    def _asked(self, crop: np.ndarray, edges: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Outlines as (n, ``GRID``, ``GRID``), positive on the animal, and their scores (n); ``edges`` in pixels."""

    @abstractmethod
    def _enlarged(self, grids: Tensor, height: int, width: int) -> Tensor:
        """Outlines (1, n, ``GRID``, ``GRID``) at the crop's size."""


def fitted(height: int, width: int) -> tuple[int, int]:
    """Height and width of a picture whose longer side is ``SIDE``, rounded as Segment Anything does it."""
    scale = SIDE / max(height, width)
    return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))


def prepared(crop: np.ndarray, height: int, width: int) -> np.ndarray:
    """The crop at ``height`` by ``width`` by Pillow's bilinear resizing, normalised, in the upper left of a square of
    zeros: (3, ``SIDE``, ``SIDE``) float32."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(crop)).resize((width, height), Image.Resampling.BILINEAR)
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    square[:height, :width] = (np.asarray(picture, np.float32) - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(square.transpose(2, 0, 1))
