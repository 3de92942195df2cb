"""Preparing pictures for networks: as each was trained, to the last rounding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and std of RGB in 0 … 1
HALVES = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

SMOOTHED = "-antialias"  # ending of ``how``: Pillow's resizing, which averages when it shrinks, as torchvision does


def squash(rgb: np.ndarray, height: int, width: int, how: str = "bilinear") -> np.ndarray:
    """``rgb`` (h, w) or (h, w, c) uint8 at exactly (height, width), its shape not kept.

    ``how``: nearest, bilinear, bicubic or area by OpenCV, which does not average where it shrinks; bilinear-antialias,
    bicubic-antialias or lanczos-antialias by Pillow, as torchvision resizes pictures. Raises ValueError for others.
    """
    if how.endswith(SMOOTHED):
        from PIL import Image

        smooth = {
            "bilinear": Image.Resampling.BILINEAR,
            "bicubic": Image.Resampling.BICUBIC,
            "lanczos": Image.Resampling.LANCZOS,
        }
        chosen = smooth.get(how.removesuffix(SMOOTHED))
        if chosen is None:
            raise ValueError(f"no way to resize: {how}")
        return np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).resize((width, height), chosen))
    import cv2

    ways = {
        "nearest": cv2.INTER_NEAREST,
        "bilinear": cv2.INTER_LINEAR,
        "bicubic": cv2.INTER_CUBIC,
        "area": cv2.INTER_AREA,
    }
    if how not in ways:
        raise ValueError(f"no way to resize: {how}")
    return np.asarray(cv2.resize(np.ascontiguousarray(rgb), (width, height), interpolation=ways[how]))


def letterbox(
    rgb: np.ndarray, side: int, stride: int, fill: int = 114
) -> tuple[np.ndarray, float, tuple[int, int, int, int]]:
    """``rgb`` with its shape kept, its longer side ``side`` pixels, grey around it: as ultralytics does it.

    ``stride`` 0: padded to a square; else to the next multiples of ``stride``. Returns the picture, the scale, and the
    pads (left, top, right, bottom): a place ``x`` of the result is ``(x - left) / scale`` in ``rgb``.
    """
    import cv2

    height, width = rgb.shape[:2]
    scale = min(side / height, side / width)
    new = max(1, round(width * scale)), max(1, round(height * scale))
    across, down = side - new[0], side - new[1]
    if stride:
        across, down = across % stride, down % stride
    left, right = round(across / 2 - 0.1), round(across / 2 + 0.1)
    top, bottom = round(down / 2 - 0.1), round(down / 2 + 0.1)
    picture = np.ascontiguousarray(rgb)
    if new != (width, height):
        picture = cv2.resize(picture, new, interpolation=cv2.INTER_LINEAR)
    framed = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(fill,) * 3)
    return np.asarray(framed), scale, (left, top, right, bottom)


def normalised(rgb: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """``rgb`` (h, w, c) uint8 as float32 (c, h, w): divided by 255, less ``mean``, divided by ``std``."""
    scaled: np.ndarray = rgb.astype(np.float32) / np.float32(255.0)
    scaled = (scaled - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def without_background(rgb: np.ndarray, mask: np.ndarray, fill: int | Sequence[int] = 0) -> np.ndarray:
    """``rgb`` (h, w, 3) with ``fill`` outside ``mask`` (h, w); an empty mask keeps the whole picture."""
    if not mask.any():
        return rgb
    kept = np.empty_like(rgb)
    kept[...] = np.asarray(fill, np.uint8)
    kept[mask] = rgb[mask]
    return kept
