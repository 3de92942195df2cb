"""How well scores tell the share of right answers on drawn pictures of individuals that were held back.

``python training/flank/check.py FOLDER [--held 3000]``: FOLDER/drawn as ``train.py`` left it; the weights that the
program uses, in OpenCV. Says the warmth that ``spotid/prepare/flank.py`` should have.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import data

from spotid.prepare import flank


def calibrated(logits: np.ndarray, wanted: np.ndarray) -> float:
    """The warmth by which logits must be divided to make the likelihood highest (Guo et al. 2017)."""
    tries = np.exp(np.linspace(np.log(0.5), np.log(3.0), 91))

    def loss(warmth: float) -> float:
        scaled = logits / warmth
        top = scaled.max(1, keepdims=True)
        return float((wanted * (np.log(np.exp(scaled - top).sum(1, keepdims=True)) + top - scaled)).sum(1).mean())

    return float(min(tries, key=loss))


def table(logits: np.ndarray, wanted: np.ndarray, warmth: float) -> list[str]:
    """Share of right answers by score; pictures in between two sides, or without an animal, are left out."""
    clear = wanted.max(1) > 0.9
    scaled = logits[clear] / warmth
    shares = np.exp(scaled - scaled.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    best, right = shares.argmax(1), shares.argmax(1) == wanted[clear].argmax(1)
    score, lines = shares.max(1), [f"warmth {warmth:.2f}, {len(right)} clear pictures, right {right.mean():.3f}"]
    for low, high in ((0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01)):
        chosen = (score >= low) & (score < high)
        if chosen.any():
            lines.append(
                f"  score {low:.2f} to {high:.2f}: {chosen.sum():5d} pictures, right {right[chosen].mean():.3f}"
            )
    for limit in (0.8, 0.9):
        kept = score >= limit
        lines.append(f"  at {limit}: answered {kept.mean():.3f}, right {right[kept].mean():.3f}")
    for n, name in enumerate(data.CLASSES):
        mine = wanted[clear].argmax(1) == n
        lines.append(f"  {name}: {mine.sum()} pictures, right {right[mine].mean():.3f}, called so {(best == n).sum()}")
    return lines


def main() -> None:
    """Draw the held-back pictures anew, ask the program's network, print the table."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("folder", type=Path)
    ask.add_argument("--held", type=int, default=3000)
    ask.add_argument("--weights", type=Path, default=flank.WEIGHTS)
    o = ask.parse_args()
    stock = data.Stock(o.folder / "drawn")
    made = [one for n in range(o.held // data.CUTS) for one in data.samples(stock, n, held_back=True)]
    logits = np.stack([flank.logits(page, o.weights) for page, _ in made])
    wanted = np.stack([answer for _, answer in made])
    best = calibrated(logits, wanted)
    print(f"best warmth {best:.2f}; the program uses {flank.WARMTH}")
    print("\n".join(table(logits, wanted, flank.WARMTH)))


if __name__ == "__main__":
    main()
