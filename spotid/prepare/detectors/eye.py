"""A taught eye: how likely each place of a frame shows this project's animals, from boxes that people drew.

Per place of a coarse grid: what the station's memory and the network say, and how it looks (brightness, its variation
at three scales, edges, colour), weighed by a logistic regression. A few drawn boxes are thousands of places, enough for
twenty weights; the network's say and the memory's are two of many: one that fails on these cameras is outvoted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spotid.boxes import Box
from spotid.prepare.detectors.chance import logistic, newton
from spotid.prepare.detectors.proposals import Evidence

GRID = (64, 48)  # places across and down
LOOK = (256, 192)  # pixels that a frame's looks are measured at
WIDEST = 4.0
CORE = 0.7  # of a drawn box's ellipse: surely animal; the box's corners are mostly ground and count little
DOUBT = 0.15
STRENGTH = 3.0
EVERY = 3  # of so many places one is learnt from: neighbours say nearly the same
EACH = 100.0  # how much one frame counts beside the pull back to nothing


@dataclass(frozen=True)
class Eye:
    """``weights`` (n + 1,) on numbers standardised by ``centre`` and ``spread`` (n,)."""

    weights: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def map(self, looks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """The chance of an animal, ``shape`` (h, w) float32, from ``looks`` of a frame."""
        import cv2

        chances = logistic(_seen(looks, self.centre, self.spread) @ self.weights).reshape(GRID[1], GRID[0])
        return np.asarray(
            cv2.resize(chances.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
        )

    def stacked(self) -> np.ndarray:
        """All numbers as one float64 array ``(3, n + 1)``, for a file."""
        return np.stack([self.weights, np.append(self.centre, 0.0), np.append(self.spread, 0.0)])

    @staticmethod
    def of(table: np.ndarray) -> Eye:
        """The eye that ``stacked`` wrote."""
        return Eye(table[0].copy(), table[1, :-1].copy(), table[2, :-1].copy())

    def identity(self) -> str:
        """A short hash of the numbers."""
        return hashlib.sha256(np.ascontiguousarray(self.stacked()).tobytes()).hexdigest()[:12]


def looks(small: np.ndarray, evidence: Evidence) -> np.ndarray:
    """What is known of each place of a frame ((h, w, 3) uint8 RGB): ``(places, numbers)`` float32.

    Places of a missing layer get 0.
    """
    import cv2

    tiny = cv2.resize(small, LOOK, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(tiny, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = np.log(lab[..., 0] + 12.0)
    usual, layers = float(np.median(light)), []
    for sigma in (1, 3, 8):
        mean = cv2.GaussianBlur(light, (0, 0), sigma)
        varies = np.sqrt(np.maximum(cv2.GaussianBlur(light * light, (0, 0), sigma) - mean * mean, 0.0))
        layers += [mean - usual, np.log(varies + 0.02)]
    for slope in (cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)):
        layers.append(np.log(cv2.GaussianBlur(np.abs(slope), (0, 0), 3) + 0.02))
    for channel in (1, 2):
        tint = lab[..., channel] - np.median(lab[..., channel])
        layers += [cv2.GaussianBlur(tint, (0, 0), 2) / 10, cv2.GaussianBlur(np.abs(tint), (0, 0), 4) / 10]
    nothing = np.zeros((8, 8), np.float32)
    odds = nothing
    if evidence.animal is not None:
        shares = np.clip(evidence.animal, 0.01, 0.99)
        odds = np.log(shares / (1 - shares))
    layers += [odds, cv2.GaussianBlur(odds, (0, 0), 8)]
    for unlike in (evidence.few, evidence.many):
        gap = nothing if unlike is None else np.log(unlike + 0.3)
        layers += [gap, gap if unlike is None else np.log(cv2.GaussianBlur(unlike, (0, 0), 3) + 0.3)]
    small_layers = [cv2.resize(layer, GRID, interpolation=cv2.INTER_AREA) for layer in layers]
    return np.stack(small_layers, axis=-1).reshape(GRID[0] * GRID[1], -1).astype(np.float32)


def fitted(frames: Sequence[tuple[np.ndarray, Sequence[Box]]]) -> Eye:
    """An eye from ``looks`` of frames and the boxes drawn there (none: surely no animal); at least one box."""
    values = np.concatenate([numbers[::EVERY] for numbers, _ in frames]).astype(float)
    told = [_wanted(boxes) for _, boxes in frames]
    wanted = np.concatenate([animal[::EVERY] for animal, _ in told])
    counts = np.concatenate([count[::EVERY] for _, count in told])
    # Animals and ground have the same say.
    animal, ground = float((counts * wanted).sum()), float((counts * (1 - wanted)).sum())
    counts = counts * np.where(wanted > 0, 0.5 / max(animal, 1e-9), 0.5 / max(ground, 1e-9)) * len(frames) * EACH
    centre, spread = values.mean(axis=0), values.std(axis=0) + 1e-3
    seen = _seen(values, centre, spread)
    pull = np.full(seen.shape[1], STRENGTH)
    pull[-1] = 1e-3
    return Eye(newton(seen, wanted, np.zeros(seen.shape[1]), pull, counts), centre, spread)


def _wanted(boxes: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    """For every place whether it is animal (0 or 1) and how much that counts."""
    ys, xs = np.mgrid[0 : GRID[1], 0 : GRID[0]]
    xs, ys = (xs + 0.5) / GRID[0], (ys + 0.5) / GRID[1]
    animal, counts = np.zeros(xs.shape), np.ones(xs.shape)
    for box in boxes:
        inside = (xs > box.x) & (xs < box.x + box.w) & (ys > box.y) & (ys < box.y + box.h)
        far = ((xs - box.x - box.w / 2) / (box.w / 2)) ** 2 + ((ys - box.y - box.h / 2) / (box.h / 2)) ** 2
        counts[inside] = DOUBT
        counts[inside & (far < CORE)] = 1.0
        animal[inside & (far < 1.0)] = 1.0
    return animal.ravel(), counts.ravel()


def _seen(values: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    cut = np.clip((values.astype(float) - centre) / spread, -WIDEST, WIDEST)
    return np.hstack([cut, np.ones((len(values), 1))])
