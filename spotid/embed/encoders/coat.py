"""The built-in encoder: a coat as one vector, gathered from its SIFT points; its weights were learnt on drawn coats."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spotid import seal
from spotid.embed.parts import Crop

WEIGHTS = Path(__file__).with_name("coat.npz")
RECIPE = "coat-vlad 1"
LONG_SIDE = 512  # pixels of the animal's longer side
MOST_POINTS = 800
CONTRAST = 0.015  # SIFT's contrast threshold: coats in flash light are flat
SMALLEST_POINT = 3.5  # pixels: finer points are hair and noise


@dataclass(frozen=True)
class Codebook:
    """What training/codebook.py learns."""

    mean: np.ndarray  # (128,) of RootSIFT descriptors
    axes: np.ndarray  # (128, p) their principal directions
    words: np.ndarray  # (k, p + 2) cluster centres of descriptors with their place on the body
    place: float  # weight of the place
    centre: np.ndarray  # (k * (p + 2),) mean of the aggregated vectors
    whiten: np.ndarray  # (k * (p + 2), d) from aggregated vectors to the embedding

    @classmethod
    def read(cls, path: Path = WEIGHTS) -> Codebook:
        """The shipped codebook; ``whiten`` is stored as int8 with one scale a column."""
        with np.load(io.BytesIO(seal.content(path)), allow_pickle=False) as kept:
            whiten = kept["whiten"].astype(np.float32) * kept["scale"].astype(np.float32)
            arrays = {name: kept[name].astype(np.float32) for name in ("mean", "axes", "words", "centre")}
            return cls(**arrays, place=float(kept["place"]), whiten=whiten)


class CoatEncoder:
    """RootSIFT inside the outline (Arandjelovic and Zisserman 2012), gathered by VLAD (Jegou et al. 2010), whitened."""

    name = "coat-vlad"
    dim = 512

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._path = weights
        self._codebook: Codebook | None = None

    def identity(self) -> str:
        """A short hash of weights and recipe."""
        recipe = repr([RECIPE, LONG_SIDE, MOST_POINTS, CONTRAST, SMALLEST_POINT]).encode()
        return hashlib.sha256(recipe + self._path.read_bytes()).hexdigest()[:12]

    def load(self) -> None:
        """Read the codebook and import OpenCV."""
        import cv2

        cv2.setUseOptimized(True)
        self._codebook = Codebook.read(self._path)

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """``(len(crops), 512)`` float32 rows of unit length; a crop without any point gets one fixed vector."""
        if self._codebook is None:
            self.load()
        assert self._codebook is not None
        book = self._codebook
        rows = np.empty((len(crops), book.whiten.shape[1]), np.float32)
        for n, crop in enumerate(crops):
            rows[n] = unit((gathered(*points(crop.rgb, crop.mask), book) - book.centre) @ book.whiten)
        return rows


def points(rgb: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """RootSIFT descriptors ``(n, 128)`` and places ``(n, 2)`` (fractions of the outline's box), strongest first.

    All points are upright: animals stand on their feet. An empty mask counts as the whole crop.
    """
    import cv2

    inside = mask if mask.any() else np.ones(mask.shape, bool)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    grey, inside = cv2.cvtColor(np.ascontiguousarray(rgb[part]), cv2.COLOR_RGB2GRAY), inside[part]
    scale = LONG_SIDE / max(grey.shape)
    size = (max(16, round(grey.shape[1] * scale)), max(16, round(grey.shape[0] * scale)))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    tiles = (max(2, size[0] // 64), max(2, size[1] // 64))
    grey = cv2.createCLAHE(clipLimit=3.0, tileGridSize=tiles).apply(grey)
    where = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    sift = cv2.SIFT.create(contrastThreshold=CONTRAST, edgeThreshold=12)
    once: dict[tuple[object, float], cv2.KeyPoint] = {}
    for point in sift.detect(grey, where):
        point.angle = 0.0
        if point.size >= SMALLEST_POINT:
            once.setdefault((point.pt, point.size), point)
    found = sorted(once.values(), key=lambda point: (-point.response, point.pt, point.size))[:MOST_POINTS]
    if not found:
        return np.empty((0, 128), np.float32), np.empty((0, 2), np.float32)
    found, raw = sift.compute(grey, found)
    root = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return root, np.array([point.pt for point in found], np.float32) / np.array(size, np.float32)


def shortened(descriptors: np.ndarray, places: np.ndarray, book: Codebook) -> np.ndarray:
    """``(n, p + 2)`` float32: descriptors on the principal directions, at unit length, with their weighted places."""
    short = (descriptors - book.mean) @ book.axes
    short /= np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-6)
    return np.concatenate([short, book.place * (2.0 * places - 1.0)], axis=1).astype(np.float32)


def gathered(descriptors: np.ndarray, places: np.ndarray, book: Codebook) -> np.ndarray:
    """The aggregated vector of a crop: per word, the sum of its points' differences; signed root, unit length."""
    total = np.zeros_like(book.words)
    if len(descriptors):
        short = shortened(descriptors, places, book)
        nearest = (short @ book.words.T - 0.5 * np.square(book.words).sum(axis=1)).argmax(axis=1)
        np.add.at(total, nearest, short - book.words[nearest])
    flat = (np.sign(total) * np.sqrt(np.abs(total))).ravel()
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6), np.float32)


def unit(row: np.ndarray) -> np.ndarray:
    """``row`` at unit length; the first axis where it has no length or is no number."""
    length = float(np.linalg.norm(row))
    if not np.isfinite(length) or length < 1e-9:
        row, length = np.eye(1, len(row), dtype=np.float32)[0], 1.0
    return np.asarray(row / length, np.float32)
