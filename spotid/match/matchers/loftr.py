"""LoFTR: two crops are compared as a whole, without points found before; the slowest of all."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from spotid.match import geometry
from spotid.match.matchers import weights
from spotid.match.matchers.picture import inside, sized
from spotid.match.matchers.recipe import identity_of, recipe_of
from spotid.match.parts import PairScore, Points
from spotid.nets.device import Device, device
from spotid.weights import shelf

if TYPE_CHECKING:
    from torch import nn

VERSION = "loftr 1"
EIGHTH = 8  # its coarse grid
KEPT = 6  # crops whose features stay in memory: those of an anchor are used again and again
CORNERS = np.array([[0.0, 0.0], [1.0, 1.0]], np.float32)
NOTHING = PairScore(0.0, np.empty((0, 2), np.int32), np.empty((0, 4), np.float32))


class LoFTR:
    """LoFTR (Sun et al. 2021), trained outdoors.

    What is kept of a crop is its grey picture and outline: "points" are its two corners, which say where the crop lies
    in the frame, and the "descriptor" is ``(2, h, w)`` uint8.
    """

    kinds = 1
    votes = False
    quick = False

    def __init__(self, model: shelf.Model) -> None:
        self._model = model
        self.name = model.name
        self.recipe = recipe_of(model, side=512, least=0.2, pairs=8)
        self.most: int | None = self.recipe.pairs
        self._net: nn.Module | None = None
        self._device = Device("cpu", False, 1, "")
        self._features: OrderedDict[bytes, Any] = OrderedDict()

    def identity(self) -> str:
        """A short hash of files, recipe and library. Raises MissingModelError where a file is not here."""
        return identity_of(self._model, self.recipe, VERSION)

    def load(self) -> None:
        """Read the network. Raises MissingModelError, WrongSumError, and ModelFileError for a file of another."""
        if self._net is None:
            paths = shelf.files(self._model)
            self._device = device()
            self._net = weights.loftr(paths[self.name]).to(self._device.kind)

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        """The grey picture of a crop ((h, w, 3) uint8 RGB) and its mask ((h, w) bool), as the network takes them."""
        import cv2

        picture, where = sized(rgb, mask, self.recipe.side, EIGHTH)
        both = np.stack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), where.astype(np.uint8)])
        nothing = np.zeros(2, np.float32)
        frame = np.array([picture.shape[1], picture.shape[0]], np.float32)
        return Points(CORNERS, nothing, nothing, both, frame=frame)

    def compare(self, a: Points, b: Points) -> PairScore:
        """The verified agreement of two crops, as of matchers with points; the same for ``(a, b)`` and ``(b, a)``."""
        turned = (a.descriptor.shape, a.descriptor.tobytes()) > (b.descriptor.shape, b.descriptor.tobytes())
        first, second = (b, a) if turned else (a, b)
        here, there, confidence = self.matches(first, second)
        chosen = confidence > self.recipe.sure
        for places, points in ((here, first), (there, second)):
            chosen &= inside(places * points.descriptor.shape[:0:-1] - 0.5, points.descriptor[1] > 0)
        if first.at is not None and second.at is not None:
            chosen &= ~geometry.unmoved(_in_frame(here, first), _in_frame(there, second), len(here))
        here, there, confidence = here[chosen], there[chosen], confidence[chosen]
        if len(here) < geometry.FEWEST:
            return NOTHING
        kept = geometry.verified(geometry.body(here), geometry.body(there), confidence)
        best = kept[np.argsort(-confidence[kept], kind="stable")]
        sides = (there[best], here[best]) if turned else (here[best], there[best])
        places = np.concatenate(sides, axis=1).astype(np.float32)
        return PairScore(float(confidence[kept].sum()), np.empty((0, 2), np.int32), places)

    def matches(self, a: Points, b: Points) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the network says: places on both crops ``(m, 2)`` as fractions, and confidences ``(m,)`` float64."""
        import torch

        self.load()
        assert self._net is not None
        with torch.inference_mode():
            found = self._net({"features0": self._seen(a), "features1": self._seen(b)})
        # Places have 0 on the first pixel's edge, as fractions of the crop have.
        here, there = (found[name].float().cpu().numpy() for name in ("keypoints0", "keypoints1"))
        sizes = (np.array(points.descriptor.shape[:0:-1], np.float32) for points in (a, b))
        here, there = (np.clip(one / size, 0.0, 1.0) for one, size in zip((here, there), sizes, strict=True))
        confidence = found["confidence"].float().cpu().numpy().astype(np.float64)
        chosen = confidence >= self.recipe.least
        return here[chosen], there[chosen], confidence[chosen]

    def _seen(self, points: Points) -> Any:
        """The features of a crop, which do not depend on the other one."""
        import torch

        assert self._net is not None
        key = hashlib.sha256(points.descriptor.tobytes() + repr(points.descriptor.shape).encode()).digest()
        if key not in self._features:
            grey = torch.from_numpy(points.descriptor[0].astype(np.float32) / 255.0)[None, None]
            self._features[key] = self._net.extract_features(grey.to(self._device.kind))
            while len(self._features) > KEPT:
                self._features.popitem(last=False)
        self._features.move_to_end(key)
        return self._features[key]


def _in_frame(places: np.ndarray, points: Points) -> np.ndarray:
    """Places of a crop ``(m, 2)`` as places of the whole frame, by the crop's two corners."""
    assert points.at is not None
    return np.asarray(points.at[0] + places * (points.at[1] - points.at[0]))
