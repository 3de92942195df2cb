#!/usr/bin/env python3
"""Rank pictures with HotSpotter, the ibeis package and its defaults. Runs in a virtual environment of its own.

    VENV/bin/python benchmarks/hotspotter_run.py LIST.json RANKS.csv COSTS.json

LIST is a JSON list of files: each whole picture becomes one annotation, under a name that says nothing of it. RANKS
gets the columns query, rank, candidate, score (numbers in the list, best first, every picture that HotSpotter scored,
those of the query's own visit too). One thread. COSTS gets seconds of CPU and of the clock for the spots and for the
queries, and the peak memory. Nothing of SpotID is imported: the two programs share no environment.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
os.environ.update(QT_QPA_PLATFORM="offscreen", MPLBACKEND="agg")

import csv
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    wanted, ranks, costs = map(Path, arguments)
    files = json.loads(wanted.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as rubbish:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[name] = str(Path(rubbish) / name.lower())
        pictures = laid_out(files, Path(rubbish) / "pictures")
        rows, cost = ranked(pictures, Path(rubbish) / "database")
    with ranks.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["query", "rank", "candidate", "score"])
        writer.writerows(rows)
    costs.write_text(json.dumps(cost, indent=1), encoding="utf-8")


def laid_out(files: list[str], folder: Path) -> list[str]:
    """The pictures, upright, as JPEG files whose names are their numbers."""
    import cv2

    cv2.setNumThreads(1)
    folder.mkdir(parents=True)
    copies = []
    for number, file in enumerate(files):
        picture = cv2.imread(file)
        if picture is None:
            raise SystemExit(f"{file} can't be opened")
        copies.append(str(folder / f"{number:06d}.jpg"))
        cv2.imwrite(copies[-1], picture)
    return copies


def ranked(pictures: list[str], database: Path) -> tuple[list[tuple[int, int, int, float]], dict[str, Any]]:
    """Every picture asked against all of them: rows of RANKS, and what it took."""
    import ibeis  # type: ignore[import-not-found]
    import numpy as np

    store = ibeis.opendb(dbdir=str(database), allow_newdir=True, web=False)
    images = store.add_images(pictures, auto_localize=False)
    known = [number for number, image in enumerate(images) if image is not None]
    annotations = store.use_images_as_annotations([images[number] for number in known])
    number_of = dict(zip(annotations, known, strict=True))
    began = clock()
    request = store.new_query_request(annotations, annotations, cfgdict={})
    request.ensure_chips()
    request.ensure_features()
    request.lazy_load(verbose=False)
    described = clock()
    matches = request.execute(use_cache=False)
    finished = clock()
    rows = []
    for match in matches:
        scores = match.annot_score_list if match.annot_score_list is not None else match.score_list
        values = np.asarray(scores, dtype=float)
        place = 0
        for index in np.argsort(-values, kind="stable"):
            query, candidate = number_of[match.qaid], number_of[match.daid_list[index]]
            if query != candidate:
                place += 1
                rows.append((query, place, candidate, float(values[index])))
    cost = {
        "pictures": len(pictures),
        "picture_cpu_s": (described[0] - began[0]) / len(pictures),
        "picture_s": (described[1] - began[1]) / len(pictures),
        "query_cpu_s": (finished[0] - described[0]) / len(pictures),
        "query_s": (finished[1] - described[1]) / len(pictures),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "ibeis": str(ibeis.__version__),
    }
    return rows, cost


def clock() -> tuple[float, float]:
    """Seconds of CPU, children included, and seconds of the clock."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime, time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1:])
