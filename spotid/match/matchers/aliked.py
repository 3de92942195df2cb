"""ALIKED's points with LightGlue."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spotid.match.matchers import weights
from spotid.match.matchers.glued import Glued
from spotid.match.matchers.picture import inside

LOOKED_AT = 2048  # strongest points of the whole picture, from which those on the animal are taken


class AlikedLightGlue(Glued):
    """ALIKED-n16 (Zhao et al. 2023) and LightGlue (Lindenberger, Sarlin, Pollefeys 2023)."""

    def prepare(self, paths: dict[str, Path]) -> None:
        """Read ALIKED."""
        self._net = weights.aliked(self.also(paths, "aliked-n16"), LOOKED_AT).to(self._device.kind)

    def find(self, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, ...]:
        """As of any other: the network sees the whole crop, the points on the animal are kept."""
        import torch

        net = self._net
        with torch.inference_mode():
            shown = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].to(self._device.kind)
            features, scores = net.extract_dense_map(shown.float() / 255.0)
            places, strength, _ = net.dkd(scores)
            high, wide = where.shape
            pixels = (places[0] + 1) / 2 * torch.tensor([wide - 1, high - 1], device=places[0].device)
            order = np.argsort(-strength[0].cpu().numpy(), kind="stable")
            on_it = order[inside(pixels.cpu().numpy()[order], where)][: self.recipe.points]
            chosen = torch.from_numpy(on_it).to(places[0].device)
            described, _ = net.desc_head(features, [places[0][chosen]])
        count = np.zeros(len(on_it), np.float32)
        return pixels[chosen].cpu().numpy(), count, count, described[0].float().cpu().numpy()
