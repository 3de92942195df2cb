"""Grounds without animals for training pictures: drawn frames, overlapping shapes, pieces of photographs."""

from __future__ import annotations

import numpy as np
from spoil import HIGH, WIDE
from stock import Stock


def background(stock: Stock, rng: np.random.Generator, close: bool) -> tuple[np.ndarray, np.ndarray]:
    """A frame without animals, overlapping shapes, or a mixture of both."""
    import cv2

    out, outline = piece(stock, rng, close), np.zeros((HIGH, WIDE), np.uint8)
    if rng.random() < 0.25:
        other = piece(stock, rng, close)
        line = HIGH * rng.uniform(0.2, 0.8) + rng.uniform(-40, 40) * np.linspace(-1, 1, WIDE)[None]
        cover = np.clip((np.arange(HIGH)[:, None] - line) / rng.uniform(1, 20) + 0.5, 0, 1)[..., None]
        out = (out * (1 - cover) + other * cover).astype(np.uint8)
    if rng.random() < 0.15:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.8, 3)))
    return out, outline


def piece(stock: Stock, rng: np.random.Generator, close: bool) -> np.ndarray:
    """Real ground, a drawn frame without animals, or overlapping shapes."""
    pick = rng.random()
    if stock.grounds and pick < 0.6:
        return _real(stock.grounds[int(rng.integers(len(stock.grounds)))], rng)
    return _drawn(stock.empty if pick < 0.85 else stock.textures, rng, close)


def _real(full: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A piece of real ground, scaled a little and mirrored at its edges until it fills the picture."""
    import cv2

    high, wide = full.shape[:2]
    w, h = int(wide * rng.uniform(0.7, 1)), int(high * rng.uniform(0.7, 1))
    x, y = int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1))
    scale = float(np.exp(rng.uniform(np.log(0.45), np.log(1.5))))
    size = (int(np.clip(w * scale, 40, WIDE)), int(np.clip(h * scale, 40, HIGH)))
    part = cv2.resize(np.ascontiguousarray(full[y : y + h, x : x + w]), size, interpolation=cv2.INTER_AREA)
    before, above = int(rng.integers(0, WIDE - size[0] + 1)), int(rng.integers(0, HIGH - size[1] + 1))
    after, below = WIDE - size[0] - before, HIGH - size[1] - above
    out = cv2.copyMakeBorder(part, above, below, before, after, cv2.BORDER_REFLECT)
    return np.ascontiguousarray(out[:, ::-1] if rng.random() < 0.5 else out)


def _drawn(pool: list[np.ndarray], rng: np.random.Generator, close: bool) -> np.ndarray:
    import cv2

    full = pool[int(rng.integers(len(pool)))][..., :3]
    share = float(rng.uniform(0.2, 0.7) if close else rng.uniform(0.45, 1))
    high, wide = full.shape[:2]
    w, h = int(share * wide), int(np.clip(share * high * np.exp(rng.normal(0, 0.15)), 48, high))
    x, y = int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1))
    part = cv2.resize(full[y : y + h, x : x + w], (WIDE, HIGH), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)
