"""Teaches the reader of burnt-in strips on drawn lines alone: python training/strip/fit.py FONT_FOLDER… --out strip.npz

The fonts are only drawn with: none is shipped.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from draw import ALPHABET, drawn, junk, words

from spotid.intake.strip_cut import lines
from spotid.intake.strip_letters import JUNK, features

NAMES = ALPHABET + JUNK
LEVELS = (0.4, 0.55, 0.7)


def inked(pixels: np.ndarray) -> np.ndarray:
    """As the program's own way from a bar to its ink."""
    from spotid.intake.strip_cut import NEAR

    far = (
        np.abs(pixels.astype(np.int16) - np.median(pixels.reshape(-1, 3), axis=0).astype(np.int16))
        .max(axis=2)
        .astype(np.float32)
    )
    far[far <= NEAR] = 0
    return np.clip(far / max(float(np.percentile(far[far > 0], 90)) if (far > 0).any() else 1, 1), 0, 1)


def gather(count: int, fonts: list[Path], rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    seen, said = [], []
    for _ in range(count):
        try:
            pixels, text = drawn(words(rng), rng, fonts)
        except (OSError, ValueError):
            continue
        ink = inked(pixels)
        found = lines(ink, rng.choice(LEVELS))
        plain = text.replace(" ", "")
        boxes = [(box, line) for line in found for box in line.letters]
        if len(boxes) != len(plain) or (len(found) > 1 and len({line.top for line in found}) > 2):
            continue
        for (box, line), letter in zip(boxes, plain, strict=True):
            seen.append(features(ink, box, line))
            said.append(NAMES.index(letter))
    for _ in range(count // 5):
        ink = inked(junk(rng))
        for line in lines(ink, 0.55):
            for box in line.letters:
                if box[2] - box[0] < 0.6 * (box[3] - box[1]):  # too much like 1, I or a stroke
                    continue
                seen.append(features(ink, box, line))
                said.append(NAMES.index(JUNK))
    return np.array(seen, dtype=np.float32), np.array(said)


def fit(seen: np.ndarray, said: np.ndarray, hidden: int, rounds: int) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    kinds = len(NAMES)
    weights = [
        rng.normal(0, np.sqrt(2 / seen.shape[1]), (seen.shape[1], hidden)).astype(np.float32),
        np.zeros(hidden, np.float32),
        rng.normal(0, np.sqrt(1 / hidden), (hidden, kinds)).astype(np.float32),
        np.zeros(kinds, np.float32),
    ]
    mean, square, step = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights], 0
    for turn in range(rounds):
        order, rate = rng.permutation(len(seen)), 2e-3 * 0.5 * (1 + np.cos(np.pi * turn / rounds))
        for start in range(0, len(order), 256):
            rows = order[start : start + 256]
            x = seen[rows] + rng.normal(0, 0.06, (len(rows), seen.shape[1])).astype(np.float32)
            middle = np.maximum(x @ weights[0] + weights[1], 0)
            keep = (rng.random(middle.shape) > 0.15).astype(np.float32) / 0.85
            held = middle * keep
            out = held @ weights[2] + weights[3]
            out = np.exp(out - out.max(1, keepdims=True))
            out /= out.sum(1, keepdims=True)
            out[np.arange(len(rows)), said[rows]] -= 1
            out /= len(rows)
            back = (out @ weights[2].T) * (middle > 0) * keep
            step += 1
            for i, slope in enumerate((x.T @ back, back.sum(0), held.T @ out, out.sum(0))):
                mean[i] += 0.1 * (slope - mean[i])
                square[i] += 0.001 * (slope**2 - square[i])
                weights[i] -= (
                    rate * (mean[i] / (1 - 0.9**step)) / (np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8)
                    + rate * 1e-4 * weights[i]
                )
    return weights


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--lines", type=int, default=15000)
    ask.add_argument("--hidden", type=int, default=224)
    ask.add_argument("--rounds", type=int, default=14)
    told = ask.parse_args()
    fonts = sorted(
        font
        for folder in told.folders
        for font in folder.rglob("*.ttf")
        if not any(s in font.name for s in ("Math", "Size", "Caligraphic", "Fraktur", "Script", "ExtraLight"))
    )
    rng = random.Random(11)
    rng.shuffle(fonts)
    seen, said = gather(told.lines, fonts, rng)
    print(len(fonts), "fonts,", len(seen), "letters,", len(NAMES), "kinds", flush=True)
    weights = fit(seen, said, told.hidden, told.rounds)
    names = ("first", "first_bias", "last", "last_bias")
    np.savez_compressed(
        told.out,
        alphabet=np.array([ord(c) for c in NAMES], np.uint16),
        **{n: w.astype(np.float16) for n, w in zip(names, weights, strict=True)},
    )
    test, truth = gather(1500, fonts, random.Random(99))
    guess = (np.maximum(test @ weights[0] + weights[1], 0) @ weights[2] + weights[3]).argmax(1)
    print("right on fresh drawings:", round(float((guess == truth).mean()), 4), told.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
