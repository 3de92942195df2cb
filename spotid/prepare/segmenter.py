"""A small network of our own: how likely each pixel belongs to an animal. Runs in OpenCV, without torch.

Trained on drawn pictures alone (``training/segment``). Two uses: boxes in whole frames, outlines inside a crop.
"""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np

from spotid.boxes import Box
from spotid.errors import NotFoundError

WEIGHTS = Path(__file__).with_name("weights") / "segment.onnx"
WIDE, HIGH = 256, 192  # what the network sees; its answer has half of that
SURE = 0.5  # a pixel above it is animal
SMALLEST = 0.0008  # of the picture: a smaller patch is no animal (3 % of the width by 3 % of the height)
_own = threading.local()  # a network in OpenCV serves one thread at a time


def available() -> bool:
    """Whether the weights are there."""
    return WEIGHTS.is_file()


@lru_cache(maxsize=4)
def fingerprint(path: Path = WEIGHTS) -> str:
    """A short hash of the weights; ``"none"`` where there are none."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"


def animal_map(rgb: np.ndarray, weights: Path = WEIGHTS) -> np.ndarray:
    """How likely each pixel of ``rgb`` ((h, w, 3) uint8) shows an animal: (h, w) float32, 0 to 1.

    The picture is fitted into 256 by 192 pixels with its proportions kept. Raises ``NotFoundError`` without weights.
    """
    import cv2

    height, width = rgb.shape[:2]
    scale = min(WIDE / width, HIGH / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (WIDE - wide) // 2, (HIGH - high) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.resize(np.ascontiguousarray(rgb), (wide, high), interpolation=how)
    page = np.full((HIGH, WIDE, 3), np.uint8(seen.mean()), np.uint8)
    page[top : top + high, left : left + wide] = seen
    network = _network(weights)
    network.setInput(_standardised(page))
    answer = cv2.resize(network.forward()[0, 0], (WIDE, HIGH), interpolation=cv2.INTER_LINEAR)
    part = np.ascontiguousarray(answer[top : top + high, left : left + wide])
    full = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0.0, 1.0), np.float32)


def patches(shares: np.ndarray, sure: float = SURE) -> list[tuple[Box, float, np.ndarray]]:
    """The connected patches of a map ``(h, w)``: box, score (mean share), mask ``(h, w)`` bool; largest sum first."""
    import cv2

    height, width = shares.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats((shares > sure).astype(np.uint8))
    found = []
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        if area < SMALLEST * height * width:
            continue
        mask = labels == n
        found.append((Box(x / width, y / height, w / width, h / height), float(shares[mask].mean()), mask))
    return sorted(found, key=lambda one: -one[1] * one[0].w * one[0].h)


def _standardised(page: np.ndarray) -> np.ndarray:
    """``(h, w, 3)`` uint8 to ``(1, 3, h, w)`` float32 with mean 0 and (nearly) spread 1, as in the training."""
    values = page.astype(np.float32) / 255
    values = (values - values.mean()) / (values.std() + 0.05)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def _network(weights: Path):  # type: ignore[no-untyped-def]  # OpenCV brings no types
    import cv2

    kept = getattr(_own, "networks", None)
    if kept is None:
        kept = _own.networks = {}
    if weights not in kept:
        if not weights.is_file():
            raise NotFoundError(
                "The animal network's weights are missing.", "Choose another detector or cut-out, or train them anew."
            )
        # From memory: OpenCV opens no path with letters outside the machine's code page.
        kept[weights] = cv2.dnn.readNetFromONNX(np.frombuffer(weights.read_bytes(), np.uint8))
    return kept[weights]
