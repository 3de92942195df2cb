"""DISK's points with LightGlue."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spotid.match.matchers import weights
from spotid.match.matchers.glued import Glued
from spotid.match.matchers.picture import inside


class DiskLightGlue(Glued):
    """DISK (Tyszkiewicz, Fua, Trulls 2020) and LightGlue (Lindenberger, Sarlin, Pollefeys 2023)."""

    def prepare(self, paths: dict[str, Path]) -> None:
        """Read DISK."""
        self._net = weights.disk(self.also(paths, "disk")).to(self._device.kind)

    def find(self, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, ...]:
        """As of any other: the network sees the whole crop, the points on the animal are kept."""
        import torch

        with torch.inference_mode():
            shown = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].to(self._device.kind)
            found = self._net(shown.float() / 255.0, pad_if_not_divisible=True)[0]
        places = found.keypoints.float().cpu().numpy()
        order = np.argsort(-found.detection_scores.float().cpu().numpy(), kind="stable")
        chosen = order[inside(places[order], where)][: self.recipe.points]
        count = np.zeros(len(chosen), np.float32)
        return places[chosen], count, count, found.descriptors.float().cpu().numpy()[chosen]
