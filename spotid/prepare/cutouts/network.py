"""The cut-out by our own small network, with GrabCut where the network sees no plausible animal."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from spotid.boxes import Box
from spotid.prepare import segmenter
from spotid.prepare.cutouts import outline
from spotid.prepare.cutouts.grabcut import GrabCut
from spotid.prepare.parts import CutOut

RECIPE = "network 1"
AROUND = 0.12  # of the box on every side: the network needs surroundings to tell an animal from them
BEYOND = 0.04  # of the box on every side: boxes are rarely exact, and fur at their edge belongs to the animal
ANIMAL = 0.4  # a pixel above it is animal: inside a box there is one, so less proof is asked for than in a frame
# The network's outline is believed where its own box is the box that was asked for, where it fills a usual share of it
# and where the map says yes or no rather than perhaps. On 107 photographs of pets, horses and other animals that it
# was not made for, these three leave 105 to GrabCut; of 17 leopards one. A leopard with its tail fills 0.24 to 0.33.
SAME_BOX = 0.7  # intersection over union
SMALLEST_SHARE, LARGEST_SHARE = 0.2, 0.97  # of the box
CERTAIN = 0.8  # mean of |2 p - 1|
CRUMBS = 0.1  # of the largest piece: smaller pieces are leaves and stones; part of RECIPE, no hash sees it
HOLES = 0.04  # of the outline: smaller holes are patches of coat, larger ones gaps between legs


class NetworkCut:
    """Every pixel judged by the network; ``how`` says "network", or what GrabCut says where it had to help."""

    name = "network"

    def __init__(self, weights: Path = segmenter.OUTLINES) -> None:
        self._weights = weights
        self._other = GrabCut()

    def identity(self) -> str:
        """A short hash of weights and recipe, GrabCut's included."""
        recipe = [RECIPE, AROUND, BEYOND, SMALLEST_SHARE, LARGEST_SHARE, SAME_BOX, CERTAIN, ANIMAL, HOLES]
        content = f"{recipe} {segmenter.fingerprint(self._weights)} {self._other.identity()}"
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def load(self) -> None:
        """Read the weights once; without them every crop goes to GrabCut."""
        self._other.load()
        if self._weights.is_file():
            segmenter.one_look(np.zeros((48, 64, 3), np.uint8), self._weights)

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        """The outline in ``crop`` ((h, w, 3) uint8 RGB) of the animal in ``inner``; ``hint`` serves GrabCut alone."""
        if not self._weights.is_file():
            return self._other.cut(crop, inner, hint)
        height, width = crop.shape[:2]
        left, top, right, bottom = inner.clipped().padded(AROUND).pixels(width, height)
        shares = np.zeros((height, width), np.float32)
        shares[top:bottom, left:right] = segmenter.one_look(crop[top:bottom, left:right], self._weights)
        within = np.zeros((height, width), bool)
        x0, y0, x1, y1 = inner.clipped().padded(BEYOND).pixels(width, height)
        within[y0:y1, x0:x1] = True
        mask = outline.cleaned((shares > ANIMAL) & within, CRUMBS, HOLES)
        share = float(mask.sum() / within.sum())
        certain = float(np.abs(2.0 * shares[within] - 1.0).mean())
        same = outline.box_round(mask).iou(inner.clipped()) if mask.any() else 0.0
        if same >= SAME_BOX and SMALLEST_SHARE <= share <= LARGEST_SHARE and certain >= CERTAIN:
            return CutOut(mask, float(np.clip(certain, 0.0, 1.0)), self.name)
        return self._other.cut(crop, inner, hint)
