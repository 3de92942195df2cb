#!/usr/bin/env python3
"""Measure how well the side of the animal is told, on folders of crops whose manifest names it.

    .venv/bin/python benchmarks/flank.py FOLDER_WITH_MANIFEST … [--failures sheet.png] [--weights other.onnx]

``manifest.csv`` needs the columns path and side (left or right). The pictures are taken for crops, as they are. "Right"
counts pictures whose best guess is the manifest's side; an answer "front" or "rear" is wrong, for the manifests know
only left and right. Pictures of one individual are alike: the mean over individuals is given beside the plain one.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.boxes import WHOLE
from spotid.prepare import flank
from spotid.words import Flank

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)
TILE = (150, 110)


@dataclass(frozen=True)
class Told:
    """One picture: where it is, whose it is, what is true and what the network says."""

    path: Path
    identity: str
    side: Flank
    guess: Flank
    score: float

    @property
    def right(self) -> bool:
        return self.guess is self.side


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--weights", type=Path, default=flank.WEIGHTS)
    ask.add_argument("--failures", type=Path, help="write the wrong answers, surest first, as one picture")
    chosen = ask.parse_args()
    print(f"weights {chosen.weights.name}, {chosen.weights.stat().st_size / 1e6:.2f} MB, warmth {flank.WARMTH}")
    wrong: list[Told] = []
    for folder in chosen.folders:
        told = judged(folder, chosen.weights)
        tell(folder.name, told)
        wrong += [one for one in told if not one.right]
    if chosen.failures:
        sheet(sorted(wrong, key=lambda one: -one.score), chosen.failures)


def judged(folder: Path, weights: Path) -> list[Told]:
    """What the network says of every picture whose side the manifest knows."""
    import cv2

    cv2.setNumThreads(1)
    with (folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row.get("side") in (Flank.LEFT, Flank.RIGHT)]
    told = []
    for row in rows:
        picture = cv2.imdecode(np.fromfile(folder / row["path"], np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            print(f"  not readable: {row['path']}")
            continue
        shares = flank.chances(np.ascontiguousarray(picture[..., ::-1]), WHOLE, weights)
        best = int(shares.argmax())
        told.append(
            Told(folder / row["path"], row["identity"], Flank(row["side"]), flank.ORDER[best], float(shares[best]))
        )
    return told


def tell(name: str, told: list[Told]) -> None:
    """Print one set's figures."""
    sides = [sum(one.side is side for one in told) for side in (Flank.LEFT, Flank.RIGHT)]
    print(f"\n{name}: {len(told)} pictures ({sides[0]} left, {sides[1]} right)")
    right, score = np.array([one.right for one in told]), np.array([one.score for one in told])
    by_animal: dict[str, list[bool]] = defaultdict(list)
    for one in told:
        by_animal[one.identity].append(one.right)
    mean = np.mean([np.mean(found) for found in by_animal.values()])
    ends = sum(one.guess in (Flank.FRONT, Flank.REAR) for one in told)
    print(
        f"  best guess right {right.mean():.3f}; mean of {len(by_animal)} individuals {mean:.3f}; front or rear {ends}"
    )
    for limit in (flank.SURE, 0.9, 0.95, 0.99):
        kept = score >= limit
        share = f"{right[kept].mean():.3f}" if kept.any() else "-"
        wrong = int((~right & kept).sum())
        print(f"  score from {limit}: answered {kept.mean():.3f}, of these right {share} ({wrong} wrong)")
    for low, high in pairwise(BINS):
        kept = (score >= low) & (score < high)
        if kept.any():
            print(f"    {low:.2f} to {min(high, 1):.2f}: {kept.sum():4d} pictures, right {right[kept].mean():.3f}")


def sheet(wrong: list[Told], path: Path) -> None:
    """The wrong answers as one picture, ten a row: what was said, how surely, what is true."""
    import cv2

    tiles = []
    for one in wrong[:80]:
        picture = cv2.imdecode(np.fromfile(one.path, np.uint8), cv2.IMREAD_COLOR)
        tile = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
        text = f"{one.guess.value} {one.score:.2f}, is {one.side.value}"
        cv2.putText(tile, text, (3, TILE[1] - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 255, 255), 1, cv2.LINE_AA)
        tiles.append(tile)
    while len(tiles) % 10:
        tiles.append(np.zeros((TILE[1], TILE[0], 3), np.uint8))
    rows = [np.hstack(tiles[n : n + 10]) for n in range(0, len(tiles), 10)]
    if rows:
        path.write_bytes(cv2.imencode(path.suffix, np.vstack(rows))[1].tobytes())
        print(f"\n{len(wrong)} wrong answers, the surest of them in {path}")


if __name__ == "__main__":
    main()
