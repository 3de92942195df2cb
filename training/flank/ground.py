"""What lies behind and before the animals in training pictures, and how camera traps spoil them.

Pictures are composed at 256 by 192 pixels from the scenes and textures that ``training/segment/draw.py`` draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

WIDE, HIGH = 256, 192


@dataclass(frozen=True)
class Scenery:
    """Drawn frames without animals ``(288, 384, 4)`` and textures ``(288, 384, 3)``, uint8."""

    empty: list[np.ndarray]
    textures: list[np.ndarray]


def scenery(folder: Path) -> Scenery:
    """What was drawn into ``folder``; stops with a sentence where there is nothing."""
    found = Scenery([s for s in _all(folder, "scenes") if not s[..., 3].any()], _all(folder, "textures"))
    if not (found.empty and found.textures):
        raise SystemExit(f"Nothing drawn in {folder}: run draw_all first.")
    return found


def _all(folder: Path, kind: str) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for path in sorted(folder.glob(f"{kind}_?????.npz")):
        with np.load(path, allow_pickle=False) as kept:
            found += [kept[name] for name in kept.files]
    return found


def background(stock: Scenery, rng: np.random.Generator, close: bool) -> np.ndarray:
    """A frame without animals, overlapping shapes, or a mixture of both."""
    import cv2

    pools = (stock.empty, stock.textures)
    pick = rng.random()
    pool = pools[0] if pick < 0.55 else pools[1]
    out = _scrap(pool, rng, close)
    if pick > 0.9 or pick < 0.1:
        other = _scrap(pools[int(rng.integers(2))], rng, close)
        line = HIGH * rng.uniform(0.2, 0.8) + rng.uniform(-40, 40) * np.linspace(-1, 1, WIDE)[None]
        cover = np.clip((np.arange(HIGH)[:, None] - line) / rng.uniform(1, 20) + 0.5, 0, 1)[..., None]
        out = (out * (1 - cover) + other * cover).astype(np.uint8)
    if rng.random() < 0.15:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.8, 3)))
    return out


def _scrap(pool: list[np.ndarray], rng: np.random.Generator, close: bool) -> np.ndarray:
    import cv2

    full = pool[int(rng.integers(len(pool)))][..., :3]
    share = float(rng.uniform(0.2, 0.7) if close else rng.uniform(0.45, 1))
    high, wide = full.shape[:2]
    w, h = int(share * wide), int(np.clip(share * high * np.exp(rng.normal(0, 0.15)), 48, high))
    x, y = int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1))
    part = cv2.resize(full[y : y + h, x : x + w], (WIDE, HIGH), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def foreign_shape(picture: np.ndarray, stock: Scenery, rng: np.random.Generator) -> None:
    """A rock, post, trunk or patch cut from another picture, with the edges a laid-in animal has: no animal."""
    import cv2

    source = _scrap(stock.textures if rng.random() < 0.5 else stock.empty, rng, True).astype(np.float32)
    source = source * np.float32(np.exp(rng.normal(0, 0.35)))
    cover = np.zeros((HIGH, WIDE), np.uint8)
    centre, size = rng.uniform(0, (WIDE, HIGH)), float(np.exp(rng.uniform(np.log(5), np.log(90))))
    kind = rng.random()
    if kind < 0.3:  # round or long
        axes = (max(2, int(size)), max(2, int(size * rng.uniform(0.15, 1))))
        cv2.ellipse(cover, centre.astype(int).tolist(), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    elif kind < 0.55:  # trunk or post
        end = centre + rng.normal(0, 1, 2) * (0.5, 3) * size
        cv2.line(cover, centre.astype(int).tolist(), end.astype(int).tolist(), 255, max(2, int(size / 4)), cv2.LINE_AA)
    else:  # lumpy
        angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 14))))
        radius = size * rng.uniform(0.35, 1, len(angle))
        corners = centre + np.stack([np.cos(angle) * radius * rng.uniform(0.6, 1.8), np.sin(angle) * radius], 1)
        cv2.fillPoly(cover, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    a = cover.astype(np.float32)[..., None] / 255
    picture[...] = np.clip(picture + (source - picture) * a, 0, 255).astype(np.uint8)


def grass(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Blades, twigs and leaves in front of everything."""
    import cv2

    tone = picture.reshape(-1, 3).mean(0) * np.exp(rng.normal(0.1, 0.4))
    thick = int(rng.integers(1, 4))
    foot, wide = rng.uniform(0, WIDE), rng.uniform(10, 160)
    for _ in range(int(rng.integers(3, 45))):
        start = np.array([foot + rng.normal(0, wide), HIGH * rng.uniform(0.6, 1.15)])
        end = start + (rng.normal(0, 22), -rng.uniform(15, 110))
        bend = (start + end) / 2 + rng.normal(0, 6, 2)
        line = np.array([start, bend, end]).astype(np.int32)
        colour = tuple(float(v) for v in np.clip(tone * np.exp(rng.normal(0, 0.25)), 0, 255))
        cv2.polylines(picture, [line], False, colour, thick, cv2.LINE_AA)


def spoilt(picture: np.ndarray, rng: np.random.Generator, night: bool) -> np.ndarray:
    """Exposure, contrast, colour cast or infrared light, blur, sharpening, noise."""
    import cv2

    x = picture.astype(np.float32) / 255
    if night:
        mix = rng.dirichlet((4, 4, 2)).astype(np.float32)
        x = np.repeat((x @ mix)[..., None], 3, 2)
        across = (np.linspace(-1, 1, WIDE)[None] - rng.normal(0, 0.2)) ** 2
        down = (np.linspace(-1, 1, HIGH)[:, None] - rng.normal(0, 0.25)) ** 2
        lamp = np.exp(-rng.uniform(0.2, 2.5) * (across + down)) * rng.uniform(0.7, 1.7) + rng.uniform(0, 0.15)
        x = x * lamp[..., None].astype(np.float32)
        if rng.random() < 0.25:  # many infrared cameras leave a tint
            x = x * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    else:
        x = x * np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
        if rng.random() < 0.25:
            grey = x.mean(2, keepdims=True)
            x = grey + (x - grey) * np.float32(rng.uniform(0, 1.4))
    x = np.clip(x * np.float32(np.exp(rng.normal(0, 0.25))), 0, 1) ** np.float32(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.25:
        x = x * np.float32(rng.uniform(0.3, 0.8)) + np.float32(rng.uniform(0, 0.25))
    if rng.random() < 0.35:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.8)))
    elif rng.random() < 0.3:
        x = cv2.addWeighted(x, 1.8, cv2.GaussianBlur(x, (0, 0), 1.2), -0.8, 0)
    if rng.random() < 0.6:
        strength = float(rng.uniform(0.005, 0.09 if night else 0.04))
        grain = rng.standard_normal((HIGH, WIDE, 1 if night else 3), np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (0, 0), 0.7).reshape(HIGH, WIDE, -1) * 1.8
        x = x + grain * np.float32(strength)
    return np.asarray(np.clip(x * 255, 0, 255), np.uint8)


def strips(picture: np.ndarray, rng: np.random.Generator) -> None:
    """An information strip below, above or both, with something like writing in it."""
    import cv2

    tone = int(rng.choice([0, 0, 255, int(rng.integers(0, 256))]))
    for top in (True, False):
        if rng.random() < 0.4:
            continue
        rows = int(rng.integers(5, 17))
        part = np.s_[:rows] if top else np.s_[HIGH - rows :]
        picture[part] = tone
        y = rows - 2 if top else HIGH - 3
        for _ in range(int(rng.integers(1, 4))):
            text = "".join(rng.choice(list("0123456789:/-. CFAMP"), int(rng.integers(3, 14))))
            ink = (255 - tone,) * 3
            at = (int(rng.integers(0, WIDE - 30)), y)
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, rows / 32, ink, 1, cv2.LINE_AA)
