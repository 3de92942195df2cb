"""Spoils training pictures the way camera traps do: light, blur, noise, grass in front, information strips, padding.

A picture goes with its outline (``(h, w)`` uint8, 255 on animals) and its doubt (``(h, w)`` uint8: 0 where the outline
is known, 255 where it is not, the number of a box where no more is known than that an animal spans it).
"""

from __future__ import annotations

import numpy as np

WIDE, HIGH = 256, 192
Sample = tuple[np.ndarray, np.ndarray, np.ndarray]


def grass(picture: np.ndarray, outline: np.ndarray, rng: np.random.Generator) -> None:
    """Blades, twigs and leaves in front of everything; they take their pixels out of the outline."""
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
        cv2.polylines(outline, [line], False, 0, thick)


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


def strips(picture: np.ndarray, outline: np.ndarray, doubt: np.ndarray, rng: np.random.Generator) -> None:
    """An information strip below, above or both, with something like writing in it."""
    import cv2

    tone = int(rng.choice([0, 0, 255, int(rng.integers(0, 256))]))
    for top in (True, False):
        if rng.random() < 0.4:
            continue
        rows = int(rng.integers(5, 17))
        part = np.s_[:rows] if top else np.s_[HIGH - rows :]
        picture[part], outline[part], doubt[part] = tone, 0, 0
        y = rows - 2 if top else HIGH - 3
        for _ in range(int(rng.integers(1, 4))):
            text = "".join(rng.choice(list("0123456789:/-. CFAMP"), int(rng.integers(3, 14))))
            ink = (255 - tone,) * 3
            at = (int(rng.integers(0, WIDE - 30)), y)
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, rows / 32, ink, 1, cv2.LINE_AA)


def padded(picture: np.ndarray, outline: np.ndarray, doubt: np.ndarray, rng: np.random.Generator) -> Sample:
    """Squeezed into a part of the picture, the rest in its mean colour: how crops of other shapes are shown."""
    import cv2

    w, h = (WIDE, int(HIGH * rng.uniform(0.5, 1))) if rng.random() < 0.6 else (int(WIDE * rng.uniform(0.5, 1)), HIGH)
    x, y = (WIDE - w) // 2, (HIGH - h) // 2
    part = np.s_[y : y + h, x : x + w]
    small = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    out = np.full_like(picture, np.uint8(small.mean()))
    line, unsure = np.zeros_like(outline), np.zeros_like(doubt)
    out[part] = small
    line[part] = cv2.resize(outline, (w, h), interpolation=cv2.INTER_AREA)
    unsure[part] = cv2.resize(doubt, (w, h), interpolation=cv2.INTER_NEAREST)
    return out, line, unsure
