"""What a frame of a clip looks like in little: what moved against the clip's own median, and how sharp it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

SMALL = 160  # width of the small grey picture
FINE = 4  # sharpness is measured on a picture that many times as wide
CELL = 8  # small pixels along each side of the cells that sharpness is kept for
MARGIN = 0.05  # of the height at the top and at the bottom, where information strips lie: never counts as movement
LEAST_STEP = 14.0  # grey values by which something must differ
SWAYS = 4.0  # and as many times what this pixel usually varies by (grass, noise, the digits of a clock)
LEAST_SHARE = 0.0015  # of the pixels: 20 of them, an animal of 5 x 4 in a picture 160 wide
MEDIAN_OF = 101  # frames that the median is taken of, spread evenly
SAME_MEAN, SAME_BLOCK = 1.5, 6.0  # grey values: two frames whose blocks differ less, on average and at most, are one


@dataclass(frozen=True, slots=True)
class Look:
    """A frame in little: ``small`` ``(h, 160)`` uint8 grey, ``edges`` ``(h / 8, 20)`` float32, squared Laplacians."""

    ms: int
    stamp: int | None
    small: np.ndarray
    edges: np.ndarray


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved in a frame: share of the pixels, sharpness there, the region (x, y, w, h as shares, not turned)."""

    share: float
    sharpness: float
    region: tuple[float, float, float, float] | None


def look(ms: int, frame: VideoFrame) -> Look:
    """A frame in little. Shape is bounded whatever the frame's is."""
    high = int(np.clip(round(SMALL * frame.height / max(frame.width, 1) / CELL), 2, 40)) * CELL
    grey = frame.reformat(width=SMALL * FINE, height=high * FINE, format="gray").to_ndarray()
    small = grey.reshape(high, FINE, SMALL, FINE).mean(axis=(1, 3)).round().astype(np.uint8)
    fine = grey.astype(np.int16)
    laplacian = np.zeros(fine.shape, np.float32)
    laplacian[1:-1, 1:-1] = 4 * fine[1:-1, 1:-1] - fine[:-2, 1:-1] - fine[2:, 1:-1] - fine[1:-1, :-2] - fine[1:-1, 2:]
    side = CELL * FINE
    cells = np.square(laplacian).reshape(high // CELL, side, SMALL // CELL, side).mean(axis=(1, 3))
    return Look(ms, frame.pts, small, cells.astype(np.float32))


def background(looks: list[Look]) -> tuple[np.ndarray, np.ndarray]:
    """The clip's median ``(h, 160)`` and how much each pixel usually varies (1.48 times the median deviation)."""
    chosen = [
        looks[i] for i in np.unique(np.linspace(0, len(looks) - 1, min(len(looks), MEDIAN_OF)).round().astype(int))
    ]
    stack = np.stack([one.small for one in chosen]).astype(np.float32)
    stack += (np.median(stack) - np.median(stack, axis=(1, 2)))[:, None, None]  # exposure
    still = np.median(stack, axis=0)
    return still, 1.4826 * np.median(np.abs(stack - still), axis=0)


def movement(one: Look, still: np.ndarray, sway: np.ndarray) -> Movement:
    """What differs from the median in a frame."""
    mask = _moved(one.small, still, sway)
    share = float(mask.mean())
    high, wide = mask.shape
    weight = mask.reshape(high // CELL, CELL, wide // CELL, CELL).mean(axis=(1, 3))
    if share < LEAST_SHARE:
        return Movement(share, float(one.edges.mean()), None)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, top = float(columns[0]) / wide, float(rows[0]) / high
    region = (left, top, float(columns[-1] + 1) / wide - left, float(rows[-1] + 1) / high - top)
    return Movement(share, float((one.edges * weight).sum() / weight.sum()), region)


def _moved(small: np.ndarray, still: np.ndarray, sway: np.ndarray) -> np.ndarray:
    apart = small.astype(np.float32) - still
    apart -= np.median(apart)
    mask = np.abs(apart) > np.maximum(LEAST_STEP, SWAYS * sway)
    mask[_edges(mask)] = False
    # A pixel counts with at least four of its eight neighbours: noise is thrown out.
    padded = np.pad(mask.astype(np.uint8), 1)
    high, wide = mask.shape
    around = sum(padded[y : y + high, x : x + wide] for y in range(3) for x in range(3))
    return np.asarray(mask & (around >= 5))


def _edges(picture: np.ndarray) -> np.ndarray:
    """The rows in which an information strip may lie, with a clock that ticks."""
    edge = max(1, round(MARGIN * picture.shape[0]))
    rows = np.arange(picture.shape[0])
    return (rows < edge) | (rows >= picture.shape[0] - edge)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two small pictures show one and the same: no block of 8 x 8 differs visibly, strips left out."""
    if a.shape != b.shape:
        return False
    apart = a.astype(np.float32) - b.astype(np.float32)
    apart[_edges(a)] = 0
    high, wide = a.shape
    # The mean of a block is taken before its size: noise, which differs from frame to frame, averages out.
    blocks = np.abs(apart.reshape(high // CELL, CELL, wide // CELL, CELL).mean(axis=(1, 3)))
    return bool(blocks.mean() < SAME_MEAN and blocks.max() < SAME_BLOCK)
