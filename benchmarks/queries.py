#!/usr/bin/env python3
"""Measure what one query costs when a survey is large: votes of all spots, then the best pairs spot by spot.

    .venv/bin/python benchmarks/queries.py --sightings 1000 5000

Spots are taken from drawn coats (60 individuals of the generator, both kinds of spots of the built-in matcher) and
varied: each made-up sighting has a random three quarters of one coat's spots, moved and with noise on every descriptor,
the rest from another coat. One thread; CPU seconds; the index holds as many spots of a sighting as a survey of that
size does.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import platform
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import faiss

from spotid.evaluate.simulate.coats import render_crop
from spotid.match import comparing, votes
from spotid.match.lnbnn import SpotIndex
from spotid.match.parts import Points
from spotid.match.spots import CoatSpots

COATS, QUERIES = 60, 40
PAIRS = comparing.COMPARED + 12  # by votes, and by embedding as in the leopards' profile; half were compared before


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--sightings", nargs="+", type=int, default=[1000, 5000])
    chosen = ask.parse_args()
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one thread")
    matcher = CoatSpots()
    began = time.process_time()
    coats = [matcher.extract(*render_crop(number, "left", number)) for number in range(COATS)]
    each = (time.process_time() - began) / COATS
    print(f"{np.mean([len(coat.xy) for coat in coats]):.0f} spots a coat, {each:.2f} s each with the drawing")
    for count in chosen.sightings:
        measure(matcher, coats, count)


def varied(coats: list[Points], number: int, most: int, kind: int) -> Points:
    """A sighting of coat ``number`` modulo their count, as another picture would show it."""
    rng = np.random.default_rng([number, kind])
    parts = []
    for coat, share in ((coats[number % len(coats)], 0.75), (coats[int(rng.integers(len(coats)))], 0.25)):
        own, _ = coat.of_kind(kind)
        take = np.sort(rng.permutation(len(own.xy))[: round(share * min(most, len(own.xy)))])
        parts.append((own.xy[take], own.size[take], own.angle[take], own.descriptor[take]))
    xy, size, angle, descriptor = (np.concatenate(column) for column in zip(*parts, strict=True))
    noisy = np.clip(descriptor + rng.normal(0, 14, descriptor.shape), 0, 255).astype(np.uint8)
    return Points(xy + rng.normal(0, 0.01, xy.shape).astype(np.float32), size, angle, noisy)


def measure(matcher: CoatSpots, coats: list[Points], count: int) -> None:
    most = votes.spots_of_each(count)
    began = time.process_time()
    indexes = [SpotIndex() for _ in range(matcher.kinds)]
    for kind, index in enumerate(indexes):
        for number in range(count):
            index.add(number, number, varied(coats, number, most, kind))
        index.query(varied(coats, 0, most, kind), 0)  # lays the cells out
    built = time.process_time() - began
    right, spent = 0, 0.0
    for number in range(0, count, max(1, count // QUERIES)):
        asked = [varied(coats, number, most, kind) for kind in range(matcher.kinds)]
        began = time.process_time()
        total: dict[int, float] = {}
        for index, points in zip(indexes, asked, strict=True):
            for found in index.query(points, number, votes.VOTED):
                total[found.sighting] = total.get(found.sighting, 0.0) + found.score
        spent += time.process_time() - began
        right += max(total, key=lambda one: total[one], default=-1) % COATS == number % COATS
    queries = len(range(0, count, max(1, count // QUERIES)))
    began = time.process_time()
    for number in range(PAIRS):
        matcher.compare(coats[number % COATS], coats[(7 * number + 1) % COATS])
    compared = (time.process_time() - began) / 2
    print(
        f"{count} sightings: index {built:.0f} s with making the spots, votes {spent / queries:.3f} s and"
        f" {PAIRS // 2} pairs {compared:.3f} s a query, {spent / queries + compared:.3f} s together;"
        f" right coat first {right} of {queries}; at most"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    main()
