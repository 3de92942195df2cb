"""A small network of our own: how likely each pixel belongs to an animal. Runs in OpenCV, without torch.

Trained on drawn pictures and on some photographs under licences that allow it (``training/segment``, and the model card
in ``docs``). Two uses: boxes in whole frames (``animal_map``, ``patches``), outlines inside a crop (``one_look``).
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from spotid import seal
from spotid.boxes import Box
from spotid.errors import NotFoundError

WEIGHTS = Path(__file__).with_name("weights") / "segment.onnx"  # whole frames: trained with photographs
OUTLINES = Path(__file__).with_name("weights") / "outline.onnx"  # crops of leopards: trained on drawn pictures alone
WIDE, HIGH = 256, 192  # what the network was trained on; its answer has half of that
LOOKS = (1, 2)  # a frame is looked at in this many times that size: 12 and 40 ms on one core
SURE = 0.5  # a pixel above it is animal
SMALLEST = 0.0008  # of the picture: a smaller patch is no animal (3 % of the width by 3 % of the height)
_own = threading.local()  # a network in OpenCV serves one thread at a time


@dataclass(frozen=True)
class Patch:
    """A connected patch of a map: the box round it, what was measured on it, and its pixels ``(h, w)`` bool."""

    box: Box
    mean: float  # of the shares on it
    peak: float  # mean of the fifth of its pixels with the largest shares
    area: float  # of the picture
    mask: np.ndarray


def available() -> bool:
    """Whether the weights are there."""
    return WEIGHTS.is_file()


@lru_cache(maxsize=4)
def fingerprint(path: Path = WEIGHTS) -> str:
    """A short hash of the weights; ``"none"`` where there are none."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"


def animal_map(small_rgb: np.ndarray, weights: Path = WEIGHTS, looks: tuple[int, ...] = LOOKS) -> np.ndarray:
    """How likely each pixel of a whole frame ((h, w, 3) uint8 RGB) shows an animal: (h, w) float32, 0 to 1.

    The frame is looked at in several sizes; the answers' log-odds are averaged, so that one look alone that sees an
    animal does not make one. The same frame gives the same map whatever was asked before; nothing is kept between
    calls but the weights. About 55 ms on one core. Raises ``NotFoundError`` without weights.
    """
    odds = np.zeros(small_rgb.shape[:2], np.float32)
    for times in looks:
        shares = np.clip(one_look(small_rgb, weights, times), 0.002, 0.998)
        odds += np.log(shares / (1 - shares))
    return np.asarray(1 / (1 + np.exp(-odds / len(looks))), np.float32)


def one_look(rgb: np.ndarray, weights: Path = WEIGHTS, times: int = 1) -> np.ndarray:
    """As ``animal_map``, in one size: the picture is fitted into 256 by 192 pixels, or a multiple of that, with its
    proportions kept. What a crop needs, where the animal is large."""
    import cv2

    height, width = rgb.shape[:2]
    across, down = WIDE * times, HIGH * times
    scale = min(across / width, down / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (across - wide) // 2, (down - high) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.resize(np.ascontiguousarray(rgb), (wide, high), interpolation=how)
    page = np.full((down, across, 3), np.uint8(seen.mean()), np.uint8)
    page[top : top + high, left : left + wide] = seen
    network = _network(weights)
    network.setInput(_standardised(page))
    answer = cv2.resize(network.forward()[0, 0], (across, down), interpolation=cv2.INTER_LINEAR)
    part = np.ascontiguousarray(answer[top : top + high, left : left + wide])
    full = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0.0, 1.0), np.float32)


def patches(shares: np.ndarray, sure: float = SURE, smallest: float = SMALLEST) -> list[Patch]:
    """The connected patches of a map ``(h, w)`` above ``sure``, largest sum of shares first; crumbs left out."""
    import cv2

    height, width = shares.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats((shares > sure).astype(np.uint8))
    found = []
    for n in range(1, count):
        x, y, w, h, pixels = (int(v) for v in stats[n])
        if pixels < smallest * height * width:
            continue
        mask = labels == n
        values = np.sort(shares[mask])
        peak = float(values[-max(1, pixels // 5) :].mean())
        box = Box(x / width, y / height, w / width, h / height)
        found.append(Patch(box, float(values.mean()), peak, pixels / (height * width), mask))
    return sorted(found, key=lambda one: -one.mean * one.area)


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
        kept[weights] = cv2.dnn.readNetFromONNX(np.frombuffer(seal.content(weights), np.uint8))
    return kept[weights]
