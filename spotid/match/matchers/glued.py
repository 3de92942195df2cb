"""What matchers with LightGlue share: points are found once a crop and kept, LightGlue says which are the same, and
only those count that lie in one arrangement on both bodies, as with the built-in matchers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spotid.errors import ModelFileError
from spotid.match import geometry
from spotid.match.matchers import weights
from spotid.match.matchers.picture import sized
from spotid.match.matchers.recipe import identity_of, recipe_of
from spotid.match.parts import PairScore, Points
from spotid.nets.device import Device, device
from spotid.weights import shelf

if TYPE_CHECKING:
    from torch import Tensor, nn

VERSION = "glued 1"
WIDE = 128  # of the descriptors of all points that LightGlue is here used with
NONE_AGREE = PairScore(0.0, np.empty((0, 2), np.int32))


class Glued:
    """A matcher with LightGlue; a subclass finds the points."""

    kinds = 1
    votes = True
    quick = False
    oriented = False
    usual: dict[str, float] = {}  # noqa: RUF012 - a subclass has its own, nobody changes it

    def __init__(self, model: shelf.Model) -> None:
        self._model = model
        self.name = model.name
        self.recipe = recipe_of(model, **self.usual)
        self.most: int | None = self.recipe.pairs
        self._glue: nn.Module | None = None
        self._device = Device("cpu", False, 1, "")

    def identity(self) -> str:
        """A short hash of files, recipe and library. Raises MissingModelError where a file is not here."""
        return identity_of(self._model, self.recipe, f"{VERSION} {type(self).__name__}")

    def load(self) -> None:
        """Read the networks. Raises MissingModelError, WrongSumError, and ModelFileError for a file of another."""
        if self._glue is not None:
            return
        paths = shelf.files(self._model)
        self._device = device()
        glue = weights.light_glue(paths[self.name], f"LightGlue ({self.name})", self.oriented, self.recipe.least)
        self.prepare(paths)
        self._glue = glue.to(self._device.kind)

    def prepare(self, paths: dict[str, Path]) -> None:
        """Read what finds the points; ``paths`` by the weights' names."""

    def also(self, paths: dict[str, Path], name: str) -> Path:
        """The file that finds the points. Raises ModelFileError where a person's own model comes without it."""
        if name not in paths:
            raise ModelFileError(
                f"“{self.name}” needs the file {name} as well, which its own model does not name.",
                "Use a model of the list, or one that needs no file beside its own, such as SIFT with LightGlue.",
            )
        return paths[name]

    def find(self, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, ...]:
        """Points of a picture ((h, w, 3) uint8) in ``where`` ((h, w) bool), strongest first: places ``(n, 2)`` in
        pixels, sizes ``(n,)`` in pixels, angles ``(n,)`` in degrees, descriptors ``(n, 128)`` of unit length."""
        raise TypeError(f"{type(self).__name__} finds no points")

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        """The strongest points of a crop ((h, w, 3) uint8 RGB) inside its mask ((h, w) bool); possibly none."""
        self.load()
        picture, where = sized(rgb, mask, self.recipe.side)
        places, size, angle, descriptor = (one[: self.recipe.points] for one in self.find(picture, where))
        frame = np.array([picture.shape[1], picture.shape[0]], np.float32)
        return Points(
            xy=((places + 0.5) / frame).astype(np.float32),
            size=(size / frame.max()).astype(np.float32),
            angle=angle.astype(np.float32),
            descriptor=np.ascontiguousarray(descriptor, np.float16),
            frame=frame,
        )

    def compare(self, a: Points, b: Points) -> PairScore:
        """The verified agreement of two crops: the sum of the verified matches' confidences, each 0 to 1.

        The same score for ``(a, b)`` and ``(b, a)``: the pair is always worked out in one order of its own.
        """
        if min(len(a.xy), len(b.xy)) < geometry.FEWEST:
            return NONE_AGREE
        turned = (len(a.xy), a.descriptor.tobytes()) > (len(b.xy), b.descriptor.tobytes())
        first, second = (b, a) if turned else (a, b)
        pairs, confidence = self.matches(first, second)
        chosen = confidence > self.recipe.sure
        result = verified(first, second, pairs[chosen], confidence[chosen])
        pairs = np.ascontiguousarray(result.pairs[:, ::-1] if turned else result.pairs, np.int32)
        return PairScore(result.score, pairs, np.concatenate([a.xy[pairs[:, 0]], b.xy[pairs[:, 1]]], axis=1))

    def matches(self, a: Points, b: Points) -> tuple[np.ndarray, np.ndarray]:
        """What LightGlue says: pairs ``(m, 2)`` int64 and their confidences ``(m,)`` float64, 0 to 1."""
        import torch

        self.load()
        assert self._glue is not None
        with torch.inference_mode():
            found = self._glue({"image0": self._told(a), "image1": self._told(b)})
        return (
            found["matches"][0].cpu().numpy().astype(np.int64),
            found["scores"][0].float().cpu().numpy().astype(np.float64),
        )

    def _told(self, points: Points) -> dict[str, Tensor]:
        """A crop's points as LightGlue reads them."""
        import torch

        assert points.frame is not None, "points of another matcher"
        where = points.xy * points.frame - 0.5
        told: dict[str, Any] = {
            # On the border a place may be half a pixel outside, which LightGlue refuses.
            "keypoints": np.clip(where, 0.0, points.frame),
            "descriptors": points.descriptor.astype(np.float32),
            "image_size": points.frame,
        }
        if self.oriented:
            told |= {"scales": points.size * points.frame.max(), "oris": np.deg2rad(points.angle)}
        return {
            name: torch.from_numpy(np.ascontiguousarray(value, np.float32))[None].to(self._device.kind)
            for name, value in told.items()
        }


def verified(a: Points, b: Points, pairs: np.ndarray, confidence: np.ndarray) -> PairScore:
    """Of matches ``(m, 2)`` those in one arrangement on both bodies that have moved in the frame, surest first."""
    if a.at is not None and b.at is not None:
        moved = ~geometry.unmoved(a.at[pairs[:, 0]], b.at[pairs[:, 1]], len(pairs))
        pairs, confidence = pairs[moved], confidence[moved]
    kept = geometry.verified(geometry.body(a.xy)[pairs[:, 0]], geometry.body(b.xy)[pairs[:, 1]], confidence)
    best = kept[np.argsort(-confidence[kept], kind="stable")]
    return PairScore(float(confidence[kept].sum()), pairs[best].astype(np.int32))
