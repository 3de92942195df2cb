"""Which side of the animal a crop shows, by a tiny network of our own; runs in OpenCV, without torch.

Trained on drawn pictures alone (``training/flank``). The network gives three numbers for a picture: for *the left side
is seen*, *front* and *rear*. The one for the right side is that of the mirrored picture's left side, and front and rear
are averaged over both, so that a mirrored picture gets the mirrored answer, exactly.
"""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np

from spotid import seal
from spotid.boxes import Box
from spotid.errors import NotFoundError
from spotid.words import Flank

WEIGHTS = Path(__file__).with_name("weights") / "flank.onnx"
NAME = "flank-1"
WIDE, HIGH = 112, 80  # what the network sees
AROUND = 0.08  # of the box, on every side: the surroundings tell what belongs to the animal
ORDER = (Flank.LEFT, Flank.RIGHT, Flank.FRONT, Flank.REAR)
SURE = 0.8  # below it the answer is "unknown"
WARMTH = 0.95  # logits are divided by it: scores are then shares of right answers on drawn pictures held back
_own = threading.local()  # a network in OpenCV serves one thread at a time


def available() -> bool:
    """Whether the weights are there."""
    return WEIGHTS.is_file()


@lru_cache(maxsize=2)
def identity(path: Path = WEIGHTS) -> str:
    """Name and a short hash of the weights and limits: what ``sighting.flank_by`` says of a machine's answer."""
    content = path.read_bytes() if path.is_file() else b"none"
    return f"{NAME} {hashlib.sha256(content + repr((SURE, WARMTH, AROUND)).encode()).hexdigest()[:8]}"


def flank_of(rgb: np.ndarray, inner: Box) -> tuple[Flank, float]:
    """The side that a crop ((h, w, 3) uint8 RGB) shows and how sure that is, 0 to 1.

    ``inner`` is the animal's box within the crop (fractions). Below ``SURE`` the side is UNKNOWN; the score is then
    that of the best guess. Raises NotFoundError without weights.
    """
    return most_likely(chances(rgb, inner))


def most_likely(shares: np.ndarray) -> tuple[Flank, float]:
    """The side with the largest of ``chances`` and how sure it is; UNKNOWN below ``SURE``."""
    best = int(np.argmax(shares))
    score = float(shares[best])
    return (ORDER[best] if score >= SURE else Flank.UNKNOWN), score


def chances(rgb: np.ndarray, inner: Box, weights: Path = WEIGHTS) -> np.ndarray:
    """How likely left, right, front and rear are, ``(4,)`` adding up to 1."""
    height, width = rgb.shape[:2]
    left, top, right, bottom = inner.clipped().padded(AROUND).pixels(width, height)
    values = logits(fitted(rgb[top:bottom, left:right]), weights) / WARMTH
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())


def logits(page: np.ndarray, weights: Path = WEIGHTS) -> np.ndarray:
    """The four unscaled answers for a fitted page ``(80, 112)`` uint8, ``(4,)`` float64 in the order of ``ORDER``."""
    ours, theirs = _raw(page, weights), _raw(np.ascontiguousarray(page[:, ::-1]), weights)
    return np.array([ours[0], theirs[0], (ours[1] + theirs[1]) / 2, (ours[2] + theirs[2]) / 2])


def fitted(part: np.ndarray) -> np.ndarray:
    """A picture ((h, w, 3) uint8 RGB) in grey, fitted with its proportions kept into ``(80, 112)`` uint8.

    The rest is the picture's mean. Mirroring the picture mirrors the page exactly: both margins are equal.
    """
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    scale = min(WIDE / width, HIGH / height)
    wide, high = 2 * max(1, round(width * scale / 2)), 2 * max(1, round(height * scale / 2))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    # OpenCV's resizing is not quite the same from left and from right; the mean of both ways is.
    one = cv2.resize(grey, (wide, high), interpolation=how)
    other = cv2.resize(np.ascontiguousarray(grey[:, ::-1]), (wide, high), interpolation=how)[:, ::-1]
    small = ((one.astype(np.uint16) + other + 1) // 2).astype(np.uint8)
    page = np.full((HIGH, WIDE), np.uint8(small.mean()), np.uint8)
    top, left = (HIGH - high) // 2, (WIDE - wide) // 2
    page[top : top + high, left : left + wide] = small
    return page


def _raw(page: np.ndarray, weights: Path) -> np.ndarray:
    values = page.astype(np.float32) / 255
    values = (values - values.mean()) / (values.std() + 0.05)
    network = _network(weights)
    network.setInput(values[None, None])
    return np.array(network.forward()[0], np.float64)


def _network(weights: Path):  # type: ignore[no-untyped-def]  # OpenCV brings no types
    import cv2

    kept = getattr(_own, "networks", None)
    if kept is None:
        kept = _own.networks = {}
    if weights not in kept:
        if not weights.is_file():
            raise NotFoundError("The flank network's weights are missing.", "Train them anew (training/flank).")
        # From memory: OpenCV opens no path with letters outside the machine's code page.
        kept[weights] = cv2.dnn.readNetFromONNX(np.frombuffer(seal.content(weights), np.uint8))
    return kept[weights]
