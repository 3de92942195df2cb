"""Learns the codebook of the built-in encoder from drawn coats: ``python training/codebook.py`` (about 5 minutes).

Nothing but the program's own generator is used. The result is spotid/embed/encoders/coat.npz, the log lies beside this
file. Deterministic on one machine: seeds are fixed and everything runs in one thread.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # sums in one order, whatever the machine

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from spotid.embed.encoders import coat  # noqa: E402
from spotid.evaluate.simulate.coats import render_crop  # noqa: E402

FIRST_SEED = 700_000  # individuals that no test and no demonstration uses
Sample = tuple[np.ndarray, np.ndarray]


def main() -> None:
    """Draw, learn, write the weights and the log."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--individuals", type=int, default=150)
    ask.add_argument("--poses", type=int, default=4)
    ask.add_argument("--words", type=int, default=32)
    ask.add_argument("--axes", type=int, default=62)
    ask.add_argument("--place", type=float, default=1.0)
    ask.add_argument(
        "--within", type=float, default=5.0, help="how much of the overall scatter is added to that within coats"
    )
    ask.add_argument("--out", type=Path, default=coat.WEIGHTS)
    ask.add_argument("--log", type=Path, default=Path(__file__).with_name("codebook.log"))
    o = ask.parse_args()
    started = time.perf_counter()
    samples, coats = draw(o.individuals, o.poses)
    book = learn(samples, coats, o.words, o.axes, o.place, o.within)
    write(book, o.out)
    lines = [
        f"{len(samples)} drawn crops: {o.individuals} individuals from seed {FIRST_SEED}, both flanks, {o.poses} poses",
        f"words {o.words}, axes {o.axes}, place {o.place}, within {o.within}, recipe {coat.RECIPE}",
        f"points a crop: {np.mean([len(d) for d, _ in samples]):.0f}",
        *check(coat.Codebook.read(o.out), o.poses),
        f"{o.out.name}: {o.out.stat().st_size} bytes, sha256 {hashlib.sha256(o.out.read_bytes()).hexdigest()}",
    ]
    o.log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines), f"\n{time.perf_counter() - started:.0f} s")


def draw(individuals: int, poses: int, first: int = FIRST_SEED) -> tuple[list[Sample], np.ndarray]:
    """The points of every drawn crop, and which coat (individual and flank) it shows."""
    samples, coats = [], []
    for n in range(individuals):
        for side, flank in enumerate(("left", "right")):
            for pose in range(poses):
                rgb, mask = render_crop(first + n, flank, (first + n) * 101 + 7 * pose + side)
                samples.append(coat.points(rgb, clumsy(mask, np.random.default_rng((first + n, side, pose)))))
                coats.append(2 * n + side)
    return samples, np.array(coats)


def clumsy(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The outline as a detector would leave it: up to an eighth missing at each end, some surroundings included."""
    import cv2

    reach = 2 * int(rng.integers(0, 8)) + 1
    worse = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    high, wide = rows[-1] - rows[0], columns[-1] - columns[0]
    top, bottom, left, right = (rng.random(4) * rng.integers(0, 2, 4) / 8 * (high, high, wide, wide)).astype(int)
    worse[: rows[0] + top] = False
    worse[rows[-1] + 1 - bottom :] = False
    worse[:, : columns[0] + left] = False
    worse[:, columns[-1] + 1 - right :] = False
    return np.asarray(worse)


def learn(
    samples: list[Sample], coats: np.ndarray, words: int, axes: int, place: float, within: float
) -> coat.Codebook:
    """Principal directions, words (k-means), then the projection that keeps what differs between coats.

    The projection divides by the scatter within coats before it keeps the directions of largest scatter (linear
    discriminant projection; Mikolajczyk and Matas 2007), with ``within`` times the overall scatter added for safety.
    """
    import faiss

    descriptors = np.concatenate([d[:150] for d, _ in samples])
    places = np.concatenate([p[:150] for _, p in samples])
    mean = descriptors.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov((descriptors - mean).T))
    empty = np.zeros((1, axes + 2), np.float32)
    book = coat.Codebook(mean, directions[:, ::-1][:, :axes], empty, place, empty[0], empty)
    short = coat.shortened(descriptors, places, book)
    means = faiss.Kmeans(axes + 2, words, niter=25, seed=11, max_points_per_centroid=4000)
    means.train(short)
    book = coat.Codebook(book.mean, book.axes, np.array(means.centroids, np.float32), place, book.centre, book.whiten)
    vectors = np.array([coat.gathered(d, p, book) for d, p in samples], np.float64)
    centre = vectors.mean(axis=0)
    vectors -= centre
    averages = np.array([vectors[coats == c].mean(axis=0) for c in np.unique(coats)])
    inside = vectors - averages[np.searchsorted(np.unique(coats), coats)]
    scatter = inside.T @ inside / len(inside)
    scatter += within * np.trace(scatter) / len(scatter) * np.eye(len(scatter))
    values, axes_in = np.linalg.eigh(scatter)
    even = axes_in / np.sqrt(values) @ axes_in.T
    spread = vectors @ even
    _, keep = np.linalg.eigh(spread.T @ spread)
    whiten = even @ keep[:, ::-1][:, : coat.CoatEncoder.dim]
    return coat.Codebook(book.mean, book.axes, book.words, place, centre.astype(np.float32), whiten.astype(np.float32))


def write(book: coat.Codebook, path: Path) -> None:
    """Half precision, and whole numbers from -127 to 127 with a scale a column for the large projection."""
    scale = np.abs(book.whiten).max(axis=0) / 127.0
    half = {name: getattr(book, name).astype(np.float16) for name in ("mean", "axes", "words", "centre")}
    whole = np.round(book.whiten / scale).astype(np.int8)
    np.savez_compressed(path, whiten=whole, scale=scale.astype(np.float32), place=np.float32(book.place), **half)


def check(book: coat.Codebook, poses: int) -> list[str]:
    """First-place hits among coats that were not learnt from."""
    samples, coats = draw(30, poses, FIRST_SEED + 100_000)
    rows = np.array([coat.unit((coat.gathered(d, p, book) - book.centre) @ book.whiten) for d, p in samples])
    alike = rows @ rows.T
    np.fill_diagonal(alike, -2.0)
    same = coats[np.argsort(-alike, axis=1)] == coats[:, None]
    first, five = same[:, 0].mean(), same[:, :5].any(axis=1).mean()
    return [f"check on 30 other individuals, {len(rows)} crops: first {first:.3f}, first five {five:.3f}"]


if __name__ == "__main__":
    main()
