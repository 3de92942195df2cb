#!/usr/bin/env python3
"""Measure local matchers alone on labelled folders: who is recognised when the animal's box is known.

    .venv/bin/python benchmarks/matchers.py FOLDER … --same-side --limit 180 --mask middle

A folder holds ``manifest.csv`` with the columns path, identity and, where known, side, encounter, camera, datetime, box
("x y w h" as fractions): pictures are cut to their box where any has one (the others are then left out), whole
otherwise. Candidates of the query's own encounter are left out; without that column, pictures of one camera within 60
minutes are one encounter, and so are pictures whose names begin with the same number where names end in "photo".
Methods: ``dog`` and ``hessian`` (LNBNN over an index of all spots of that kind), ``joined`` (the sum of both, asked
from either side), ``pairs`` (the built-in matcher, every pair; slow), ``pairs+joined``, and any matcher by its name,
such as ``aliked-lightglue``, every pair. One thread; CPU seconds.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import csv
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import faiss
from identify import Label, tell

from spotid.boxes import Box
from spotid.evaluate.ranking import score
from spotid.match.hessian import slanted_spots
from spotid.match.lnbnn import SpotIndex
from spotid.match.parts import Matcher, Points
from spotid.match.points import CoatPoints
from spotid.match.registry import matcher as named
from spotid.match.several import members_of
from spotid.prepare.cutouts.grabcut import GrabCut

MIDDLE = (0.42, 0.36)  # half axes of the ellipse that stands for a body nobody has outlined
KINDS = ("dog", "hessian")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--methods", default="dog,hessian,joined")
    ask.add_argument("--mask", choices=("whole", "middle", "grabcut"), default="middle")
    ask.add_argument("--same-side", action="store_true", help="only candidates of the query's own side count")
    ask.add_argument("--first", type=int, default=0, help="the row to begin with")
    ask.add_argument("--limit", type=int, default=0, help="rows to use")
    chosen = ask.parse_args()
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    for folder in chosen.folders:
        measure(folder, chosen)


def measure(folder: Path, chosen: argparse.Namespace) -> None:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
        labels = [Label(row) for row in csv.DictReader(file)][chosen.first :]
    labels = labels[: chosen.limit or None]
    if any(label.box for label in labels):
        labels = [label for label in labels if label.box]
    visits = visits_of(labels)
    count = len(labels)
    matcher, methods = CoatPoints(), chosen.methods.split(",")
    wanted = [kind for kind in KINDS if kind in methods or any("joined" in method for method in methods)]
    spots: dict[str, list[Points]] = {kind: [] for kind in KINDS}
    seconds = dict.fromkeys(KINDS, 0.0)
    for label in labels:
        rgb = cut(folder / label.path, label.box)
        mask = mask_of(rgb, chosen.mask)
        for kind in KINDS:
            if kind in wanted or (kind == "dog" and any("pairs" in method for method in methods)):
                began = time.process_time()
                spots[kind].append(matcher.extract(rgb, mask) if kind == "dog" else slanted_spots(rgb, mask))
                seconds[kind] += time.process_time() - began
    print(f"\n{folder.name}: {count} pictures, {len(set(visits))} visits, mask: {chosen.mask}")
    scores: dict[str, np.ndarray] = {}
    for kind in wanted:
        scores[kind], each = searched(spots[kind], visits)
        mean = np.mean([len(one.xy) for one in spots[kind]])
        print(f"  {kind}: {mean:.0f} spots and {seconds[kind] / count:.3f} s a picture, {each:.3f} s a query")
    if len(wanted) == 2:
        both = scores["dog"] + scores["hessian"]
        scores["joined"] = both + both.T
    if any("pairs" in method for method in methods):
        scores["pairs"], each = compared(matcher, spots["dog"], visits)
        print(f"  pairs: {each * 1000:.1f} ms a pair")
        if "joined" in scores:
            scores["pairs+joined"] = scores["pairs"] + scores["joined"]
    for method in methods:
        if method not in scores:
            scores[method] = by_name(method, folder, labels, visits, chosen.mask)
    print(f"  at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")

    def allowed(query: str, candidate: str) -> bool:
        a, b = labels[int(query)], labels[int(candidate)]
        if visits[int(query)] == visits[int(candidate)]:
            return False
        return not (chosen.same_side and a.side and b.side and a.side != b.side)

    for method in methods:
        table = scores[method]
        lists = {str(i): [str(c) for c in np.argsort(-row, kind="stable") if row[c] > 0] for i, row in enumerate(table)}
        print(f" {method}")
        tell(score({str(i): label.identity for i, label in enumerate(labels)}, lists, allowed))


def by_name(name: str, folder: Path, labels: list[Label], visits: list[int], mask: str) -> np.ndarray:
    """Scores ``(n, n)`` of all pairs of two visits by the matcher of that name."""
    (chosen,) = members_of(named(name))
    chosen.load()
    began, found = time.process_time(), []
    for label in labels:
        rgb = cut(folder / label.path, label.box)
        found.append(chosen.extract(rgb, mask_of(rgb, mask)))
    seconds = (time.process_time() - began) / len(labels)
    table, each = compared(chosen, found, visits)
    print(f"  {name}: {seconds:.2f} s a picture, {each * 1000:.0f} ms a pair")
    return table


def visits_of(labels: list[Label]) -> list[int]:
    """A number for each label that the labels of one encounter share."""
    visits = list(range(len(labels)))
    for i, label in enumerate(labels):
        for j in range(i):
            if visits[i] != visits[j] and (label.same_encounter(labels[j]) or same_number(label.path, labels[j].path)):
                mine, other = visits[i], visits[j]
                visits = [other if one == mine else one for one in visits]
    return visits


def same_number(a: str, b: str) -> bool:
    names = Path(a).stem.split("_"), Path(b).stem.split("_")
    return names[0][0] == names[1][0] and all(len(n) > 1 and n[-1].endswith("photo") for n in names)


def cut(path: Path, box: Box | None) -> np.ndarray:
    rgb = cv2.imread(str(path))[..., ::-1]
    if box is not None:
        left, top, right, bottom = box.pixels(rgb.shape[1], rgb.shape[0])
        rgb = rgb[top:bottom, left:right]
    return np.ascontiguousarray(rgb)


def mask_of(rgb: np.ndarray, how: str) -> np.ndarray:
    high, wide = rgb.shape[:2]
    if how == "grabcut":
        return GrabCut().cut(rgb, Box(0.0, 0.0, 1.0, 1.0), None).mask
    if how == "whole":
        return np.ones((high, wide), bool)
    rows, columns = np.mgrid[:high, :wide]
    across, down = ((columns + 0.5) / wide - 0.5) / MIDDLE[0], ((rows + 0.5) / high - 0.5) / MIDDLE[1]
    return np.asarray(across**2 + down**2 < 1)


def searched(spots: list[Points], visits: list[int]) -> tuple[np.ndarray, float]:
    """Scores ``(n, n)`` of the index, and the seconds that a query takes."""
    index = SpotIndex()
    for number, points in enumerate(spots):
        index.add(number, visits[number], points)
    index.query(spots[0], None)  # lays the cells out
    table = np.zeros((len(spots), len(spots)))
    began = time.process_time()
    for number, points in enumerate(spots):
        for one in index.query(points, visits[number], most=len(spots)):
            table[number, one.sighting] = one.score
    return table, (time.process_time() - began) / len(spots)


def compared(matcher: Matcher, spots: list[Points], visits: list[int]) -> tuple[np.ndarray, float]:
    """Scores ``(n, n)`` of all pairs of two visits, and the seconds that a pair takes."""
    table = np.zeros((len(spots), len(spots)))
    began, pairs = time.process_time(), 0
    for i in range(len(spots)):
        for j in range(i):
            if visits[i] != visits[j]:
                table[i, j] = table[j, i] = matcher.compare(spots[i], spots[j]).score
                pairs += 1
    return table, (time.process_time() - began) / max(1, pairs)


if __name__ == "__main__":
    main()
