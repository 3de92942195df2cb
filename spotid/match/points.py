"""The built-in local matcher: which spots of two coats look alike and lie in the same arrangement."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from spotid.match import geometry
from spotid.match.parts import PairScore, Points

RECIPE = "coat points 1"
LONG_SIDE = 800  # pixels of the crop's longer side; smaller crops are enlarged up to MOST_ENLARGED times
MOST_ENLARGED = 1.6
MOST_POINTS = 800
CONTRAST = 0.02  # SIFT's contrast threshold, half of the usual: coats in flash light are flat
SMALLEST_POINT = 4.0  # pixels: finer points are hair and noise
STEP = 512.0  # descriptors are kept as whole numbers: a value of 0.5 and more is 255
RATIO = 0.9  # a match must be this much closer than the best place elsewhere on either animal
ELSEWHERE = 0.03  # of the crop: spots nearer than this are the same place
NO_POINTS = PairScore(0.0, np.empty((0, 2), np.int32))


class CoatPoints:
    """SIFT points (Lowe 2004) in RootSIFT form (Arandjelovic and Zisserman 2012), matched both ways and verified."""

    name = "coat-points"
    kinds = 1
    votes = True
    quick = True
    most: int | None = None

    def identity(self) -> str:
        """A short hash of the recipe (there are no weights)."""
        recipe = [RECIPE, LONG_SIDE, MOST_ENLARGED, MOST_POINTS, CONTRAST, SMALLEST_POINT, RATIO, ELSEWHERE]
        recipe += [getattr(geometry, name) for name in sorted(dir(geometry)) if name.isupper()]
        return hashlib.sha256(repr(recipe).encode()).hexdigest()[:12]

    def load(self) -> None:
        """Import OpenCV once, so that the first crop is not slower than the others."""
        import cv2

        cv2.setUseOptimized(True)

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        """The strongest points of a crop ((h, w, 3) uint8 RGB) inside its mask ((h, w) bool); possibly none."""
        import cv2

        height, width = mask.shape
        scale = min(MOST_ENLARGED, LONG_SIDE / max(height, width))
        size = (max(16, round(width * scale)), max(16, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), size, interpolation=way)
        tiles = (max(2, size[0] // 64), max(2, size[1] // 64))
        grey = cv2.createCLAHE(clipLimit=3.0, tileGridSize=tiles).apply(grey)
        where = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        sift = cv2.SIFT.create(contrastThreshold=CONTRAST, edgeThreshold=12)
        found = [p for p in sift.detect(grey, cv2.dilate(where, np.ones((7, 7), np.uint8))) if p.size >= SMALLEST_POINT]
        found = _upright(found)
        found.sort(key=lambda p: (-p.response, p.pt, p.size))
        found = found[:MOST_POINTS]
        if not found:
            nothing = np.empty(0, np.float32)
            return Points(np.empty((0, 2), np.float32), nothing, nothing, np.empty((0, 128), np.uint8))
        found, raw = sift.compute(grey, found)
        root = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6))
        return Points(
            xy=(np.array([p.pt for p in found], np.float32) + 0.5) / np.array(size, np.float32),
            size=np.array([p.size for p in found], np.float32) / max(size),
            angle=np.array([p.angle for p in found], np.float32),
            descriptor=np.clip(np.round(STEP * root), 0, 255).astype(np.uint8),
        )

    def compare(self, a: Points, b: Points) -> PairScore:
        """The verified agreement of two crops: the sum of the verified matches' distinctiveness, each 0 to 1.

        The same score for ``(a, b)`` and ``(b, a)``: the pair is always worked out in one order of its own.
        """
        if min(len(a.xy), len(b.xy)) < geometry.FEWEST:
            return NO_POINTS
        turned = (len(a.xy), a.descriptor.tobytes()) > (len(b.xy), b.descriptor.tobytes())
        first, second = (b, a) if turned else (a, b)
        pairs, weights = _matches(first, second)
        if first.at is not None and second.at is not None:
            moved = ~geometry.unmoved(first.at[pairs[:, 0]], second.at[pairs[:, 1]], len(pairs))
            pairs, weights = pairs[moved], weights[moved]
        places = geometry.body(first.xy)[pairs[:, 0]], geometry.body(second.xy)[pairs[:, 1]]
        kept = geometry.verified(*places, weights)
        order = np.argsort(-weights[kept], kind="stable")
        best = pairs[kept][order]
        return PairScore(float(weights[kept].sum()), np.ascontiguousarray(best[:, ::-1] if turned else best, np.int32))


def _upright(found: list[Any]) -> list[Any]:
    """One point per place and size, all with the same angle: animals stand on their feet."""
    once: dict[tuple[object, float], Any] = {}
    for point in found:
        point.angle = 0.0
        once.setdefault((point.pt, point.size), point)
    return list(once.values())


def _unit(descriptor: np.ndarray) -> np.ndarray:
    values = descriptor.astype(np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6), np.float32)


def _matches(a: Points, b: Points) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that are each other's nearest: ``(m, 2)`` int64 and weights ``(m,)``, each 0 to 1.

    The weight is 1 minus the ratio of a match's distance to that of the best other place on either animal, the nearer
    of the two: a spot that could be anywhere says little.
    """
    apart = np.sqrt(np.maximum(2.0 - 2.0 * (_unit(a.descriptor) @ _unit(b.descriptor).T), 0.0))
    there = apart.argmin(axis=1)
    here = np.arange(len(there))
    mutual = apart.argmin(axis=0)[there] == here
    i, j = here[mutual], there[mutual]
    best = apart[i, j]
    rival_b = np.where(_elsewhere(b.xy[j], b.xy), apart[i], np.float32(9.0)).min(axis=1, initial=9.0)
    rival_a = np.where(_elsewhere(a.xy[i], a.xy), apart[:, j].T, np.float32(9.0)).min(axis=1, initial=9.0)
    ratio = best / np.maximum(np.minimum(rival_a, rival_b), 1e-6)
    good = ratio < RATIO
    return np.stack([i[good], j[good]], axis=1), (1.0 - ratio[good]).astype(np.float64)


def _elsewhere(places: np.ndarray, xy: np.ndarray) -> np.ndarray:
    gap = np.square(places[:, None, 0] - xy[None, :, 0]) + np.square(places[:, None, 1] - xy[None, :, 1])
    return np.asarray(gap > ELSEWHERE**2)
