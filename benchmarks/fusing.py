#!/usr/bin/env python3
"""Measure whether putting several matchers together helps: every part alone, their sum, and means of chances.

    .venv/bin/python benchmarks/fusing.py FOLDER … --limit 180 --mask middle --keep TABLES

Folders, masks and limits are as for ``matchers.py``. Parts: *points* (coat-points), *slanted* (the other kind of spots
of coat-spots), *embedding* (coat-vlad) and *votes* (LNBNN over all spots, both ways). Ways to put them together: *sum*
(the raw scores added; of points, slanted and votes this is what coat-spots does), *ranks* (the mean of the shares of
pairs below), *blend* (the mean of chances, as SpotID does before any answer), and, learnt from all pairs among one half
of the individuals and judged on the other half, *blend, learnt* (curves and weights), *curves, learnt* (equal weights,
as WildFusion) and *odds, learnt* (one logistic regression of all worths); beside them every part and the blend before
any answer on the same halves. Means over so many splits. One thread. Tables are kept, as comparing takes long.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import faiss
from labels import Label
from matchers import cut, mask_of, searched, visits_of

from spotid.embed.encoders.coat import CoatEncoder
from spotid.embed.parts import Crop
from spotid.evaluate.ranking import score
from spotid.match.blend import Blend, equal, fitted, scale_of
from spotid.match.calibrate import fit_logistic
from spotid.match.spots import CoatSpots

PARTS = ("points", "slanted", "embedding", "votes")
MIXES = (("points", "slanted"), ("points", "slanted", "votes"), ("points", "embedding"), PARTS)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--mask", choices=("whole", "middle", "grabcut"), default="middle")
    ask.add_argument("--any-side", action="store_true", help="candidates of the other side count, too")
    ask.add_argument("--limit", type=int, default=0, help="rows to use")
    ask.add_argument("--splits", type=int, default=10)
    ask.add_argument("--keep", type=Path, help="where tables of scores are, or are to be kept")
    chosen = ask.parse_args()
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    for folder in chosen.folders:
        labels = read(folder, chosen.limit)
        tell(folder.name, labels, tables_of(folder, labels, chosen), chosen)


def read(folder: Path, limit: int) -> list[Label]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
        labels = [Label(row) for row in csv.DictReader(file)][: limit or None]
    return [label for label in labels if label.box] if any(label.box for label in labels) else labels


def tables_of(folder: Path, labels: list[Label], chosen: argparse.Namespace) -> dict[str, np.ndarray]:
    """Scores ``(n, n)`` of every part, symmetric, NaN within a visit and, unless asked for, of opposite sides."""
    sides = "any" if chosen.any_side else "own"
    kept = chosen.keep / f"{folder.name} {chosen.mask} {sides} side {len(labels)}.npz" if chosen.keep else None
    if kept is not None and kept.is_file():
        with np.load(kept) as found:
            return {name: found[name] for name in PARTS}
    matcher, encoder, visits = CoatSpots(), CoatEncoder(), visits_of(labels)
    crops = []
    for label in labels:
        rgb = cut(folder / label.path, label.box)
        crops.append(Crop(rgb, mask_of(rgb, chosen.mask)))
    spots = [matcher.extract(crop.rgb, crop.mask) for crop in crops]
    kinds = [[one.of_kind(kind)[0] for one in spots] for kind in range(matcher.kinds)]
    vectors = encoder.encode(crops)
    tables = {name: np.full((len(labels), len(labels)), np.nan) for name in PARTS}
    votes = np.sum([searched(one, visits)[0] for one in kinds], axis=0)
    pair = CoatSpots()._points.compare
    for i in range(len(labels)):
        for j in range(i):
            if visits[i] != visits[j] and (chosen.any_side or not apart(labels[i], labels[j])):
                told = (pair(kinds[0][i], kinds[0][j]).score, pair(kinds[1][i], kinds[1][j]).score)
                both = (*told, float(vectors[i] @ vectors[j]), votes[i, j] + votes[j, i])
                for name, value in zip(PARTS, both, strict=True):
                    tables[name][i, j] = tables[name][j, i] = value
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, allow_pickle=False, **tables)
    return tables


def apart(a: Label, b: Label) -> bool:
    return bool(a.side and b.side and a.side != b.side)


def tell(name: str, labels: list[Label], tables: dict[str, np.ndarray], chosen: argparse.Namespace) -> None:
    """Print the figures of one set."""
    possible = np.isfinite(tables["points"])
    who = np.array([label.identity for label in labels])
    same = who[:, None] == who[None]
    print(f"\n{name}: {len(labels)} pictures, {len(set(who))} individuals, mask {chosen.mask}")
    worths = {}
    upper = np.triu(possible, 1)
    for part in PARTS:
        worths[part] = scale_of(tables[part][possible], len(labels))(tables[part])
        show(part, labels, tables[part], possible)
    for mix in MIXES:
        told = " + ".join(mix)
        print(f" {told}")
        start = equal(mix, len(labels))
        if "embedding" not in mix:
            show("sum", labels, np.sum([tables[part] for part in mix], axis=0), possible)
        show("ranks", labels, np.sum([_rank(worths[part], upper) for part in mix], axis=0), possible)
        show("blend", labels, blended(start, [worths[part] for part in mix]), possible)
        learnt(start, labels, [worths[part] for part in mix], same, possible, chosen.splits)


def learnt(
    start: Blend, labels: list[Label], told: list[np.ndarray], same: np.ndarray, possible: np.ndarray, splits: int
) -> None:
    """The ways that need answers, learnt on half of the individuals and judged on the others."""
    everyone = sorted({label.identity for label in labels})
    draw = np.random.default_rng(0)
    rows: dict[str, list[list[float]]] = {}
    weights = []
    for _ in range(splits):
        known = {everyone[one] for one in draw.permutation(len(everyone))[: len(everyone) // 2]}
        taught = np.array([label.identity in known for label in labels])
        lesson = np.triu(possible & taught[:, None] & taught[None], 1)
        judged = possible & ~taught[:, None] & ~taught[None]
        seen, y = [one[lesson] for one in told], same[lesson].astype(float)
        after = fitted(start, seen, y)
        even = Blend(after.parts, after.slopes, after.offsets, start.weights)
        names = [str(number) for number in range(len(seen))]
        joint = fit_logistic(dict(zip(names, seen, strict=True)), y, names)
        weights.append(after.weights)
        for way, table in (
            *zip(start.parts, told, strict=True),
            ("blend", blended(start, told)),
            ("curves, learnt", blended(even, told)),
            ("blend, learnt", blended(after, told)),
            ("odds, learnt", np.sum([slope * one for slope, one in zip(joint.slopes, told, strict=True)], axis=0)),
        ):
            found = ranked([label if not t else None for label, t in zip(labels, taught, strict=True)], table, judged)
            if found:
                rows.setdefault(way, []).append(found)
    for way, each in rows.items():
        line("half, " + way, np.mean(each, axis=0))
    print("    weights learnt: " + ", ".join(f"{one:.2f}" for one in np.mean(weights, axis=0)))


def blended(blend: Blend, told: list[np.ndarray]) -> np.ndarray:
    return blend.evidence([one.ravel() for one in told]).reshape(told[0].shape)


def _rank(worth: np.ndarray, upper: np.ndarray) -> np.ndarray:
    known = np.sort(worth[upper])
    return np.searchsorted(known, worth) / len(known)


def ranked(labels: list[Label | None], table: np.ndarray, possible: np.ndarray) -> list[float]:
    lists = {
        str(i): [str(j) for j in np.argsort(-np.where(possible[i], row, -np.inf), kind="stable") if possible[i, j]]
        for i, row in enumerate(table)
        if labels[i] is not None
    }
    who = {str(i): label.identity for i, label in enumerate(labels) if label is not None}
    found = score(who, lists, lambda a, b: bool(possible[int(a), int(b)]))
    return [] if found is None else [*found.micro.top.values(), found.micro.mean_average_precision, found.macro.top[1]]


def show(way: str, labels: list[Label], table: np.ndarray, possible: np.ndarray) -> None:
    line(way, np.array(ranked(list(labels), table, possible)))


def line(way: str, found: np.ndarray) -> None:
    top = "  ".join(f"top-{depth} {share:.3f}" for depth, share in zip((1, 5, 10), found, strict=False))
    print(f"  {way:22} {top}  mAP {found[3]:.3f}  per individual top-1 {found[4]:.3f}", flush=True)


if __name__ == "__main__":
    main()
