"""Fits the detector's scores: ``python training/segment/scores.py segment.onnx --photos … --tables … --empty …``

Every patch that the detector would look at is measured in frames with known boxes and in frames without animals; a
logistic rule says how likely it is an animal. Prints the constants of ``spotid/prepare/detectors/network.py`` and, for
each fifth of the scores, how many of its patches were animals.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import check
import photos

from spotid.boxes import Box
from spotid.prepare import segmenter
from spotid.prepare.detectors import network

NAMES = ("MEAN", "SIZE", "RIM", "FILLS")
RIGHT = 0.4  # overlap with a true box from which a patch counts as that animal
FIRM = 1e-3  # weight of the squared coefficients, of standardised values


def patches_of(rgb: np.ndarray, boxes: list[Box], weights: Path) -> list[tuple[tuple[float, ...], bool]]:
    """What is measured on every patch of a frame, and whether it is one of the animals."""
    shares, found = segmenter.animal_map(rgb, weights), []
    for mask in network.candidates(shares):
        right = max((check.box_round(mask).iou(box) for box in boxes), default=0.0) >= RIGHT
        found.append((network.measured(shares, mask), right))
    return found


def fitted(values: np.ndarray, right: np.ndarray, weights: np.ndarray, rounds: int = 4000) -> np.ndarray:
    """Coefficients ``(k + 1,)``, the last one the bias, of a logistic rule on ``values`` ``(n, k)``."""
    mean, spread = values.mean(0), values.std(0) + 1e-6
    x = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    t = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ t))
        t -= x.T @ ((p - right) * weights) / weights.sum() + FIRM * np.append(t[:-1], 0)
    slopes = t[:-1] / spread
    return np.append(slopes, t[-1] - slopes @ mean)


def main() -> None:
    """Measure, fit, print."""
    import cv2

    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("weights", type=Path)
    ask.add_argument("--photos", type=Path, help="the training photographs: those kept unseen are used")
    ask.add_argument("--tables", type=Path, nargs="*", default=[])
    ask.add_argument("--empty", type=Path, nargs="*", default=[])
    ask.add_argument("--most", type=int, default=50, help="frames of a folder without animals")
    o = ask.parse_args()
    cv2.setNumThreads(1)
    found: list[tuple[tuple[float, ...], bool]] = []
    if o.photos:
        for photo in photos.boxed(o.photos, measured=True):
            found += patches_of(photo.rgb, [Box(a, b, c - a, d - b) for a, b, c, d in photo.boxes], o.weights)
    pairs = [pair for table in o.tables for pair in check.listed(table)]
    pairs += [(path, []) for folder in o.empty for path in check.pictures(folder, o.most)]
    for path, boxes in pairs:
        found += patches_of(check.small(path), boxes, o.weights)
    values, right = np.array([v for v, _ in found]), np.array([r for _, r in found], float)
    rule = fitted(values, right, np.ones(len(right)))
    print(f"{len(found)} patches, {int(right.sum())} of animals")
    print(f"BIAS = {rule[-1]:.2f}; " + "; ".join(f"{n} = {c:.2f}" for n, c in zip(NAMES, rule, strict=False)))
    scores = 1 / (1 + np.exp(-(values @ rule[:-1] + rule[-1])))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (scores >= low) & (scores < low + 0.2)
        print(f"score {low:.1f} to {low + 0.2:.1f}: {inside.sum()} patches, {right[inside].mean():.2f} of them animals")


if __name__ == "__main__":
    main()
