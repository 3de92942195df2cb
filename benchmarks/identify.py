#!/usr/bin/env python3
"""Measure the whole line on labelled folders: what is found, who is recognised, and how long it takes.

    python3 launch.py simulate /tmp/survey --frames 300 --individuals 15 --stations 10
    .venv/bin/python benchmarks/identify.py /tmp/survey FOLDER_WITH_MANIFEST …

A folder holds either a generated survey (``truth/sightings.csv``) or ``manifest.csv`` with the columns path, identity
and, where known, side, encounter, camera, datetime, box ("x y w h" as fractions). Candidates of the query's own
encounter are dropped: without that column, pictures of one camera within 60 minutes are one encounter. In a generated
survey only pictures of the same flank can show the same coat, so only these count. The folder is run as a person would
run it; identities are not shown to the program, except where folders are named by them: ``--station-level none`` keeps
it from taking those names for stations.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.boxes import Box
from spotid.evaluate.ranking import Ranking, score
from spotid.jobs.runner import Jobs
from spotid.project import media, notes
from spotid.project.candidates import Candidates
from spotid.project.folder import create_project

HOUR = 3600


class Label:
    """What is known of one animal in one picture."""

    def __init__(self, row: dict[str, str]) -> None:
        self.path, self.side = row["path"], row.get("side") or row.get("flank") or ""
        self.identity = row.get("identity") or row.get("individual") or ""
        self.encounter = row.get("encounter") or row.get("burst") or ""
        self.camera = row.get("camera") or row.get("station") or ""
        try:
            self.time = datetime.fromisoformat(row.get("datetime") or "")
        except ValueError:
            self.time = None
        sides = row["box"].split() if row.get("box") else [row.get(side) or "" for side in "xywh"]
        self.box = Box(*map(float, sides)) if len(sides) == 4 and all(sides) else None

    def same_encounter(self, other: Label) -> bool:
        if self.encounter and other.encounter:
            return self.encounter == other.encounter
        if self.time is None or other.time is None:
            return False
        return self.camera == other.camera and abs((self.time - other.time).total_seconds()) <= HOUR


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--station-level", default="auto")
    ask.add_argument("--same-side", action="store_true", help="only candidates of the query's own side count")
    ask.add_argument("--keep", type=Path, help="where to keep the projects; they are thrown away otherwise")
    chosen = ask.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for folder in chosen.folders:
        with tempfile.TemporaryDirectory() as rubbish:
            measure(folder.resolve(), (chosen.keep or Path(rubbish)) / folder.name, chosen)


def measure(folder: Path, place: Path, chosen: argparse.Namespace) -> None:
    truth = folder / "truth" / "sightings.csv"
    table = truth if truth.is_file() else folder / "manifest.csv"
    with table.open(newline="", encoding="utf-8-sig") as file:
        labels = [Label(row) for row in csv.DictReader(file)]
    project = create_project(place)
    media.root_id(project.store, folder)
    notes.put(project.store, "station_level", chosen.station_level)
    began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    job = Jobs().start(project, "run", settings={})
    job.wait()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime
    files = media.count(project.store)
    print(f"\n{folder.name}: {files} files, {job.state.value} {job.sentence}")
    print(
        f"  {time.monotonic() - began:.0f} s, {cpu / max(1, files):.2f} s of CPU a file, {spent.ru_maxrss // 1024} MB"
    )

    rows = project.store.all(
        "SELECT sighting.id, relpath, x, y, w, h, how FROM sighting JOIN media ON media.id = media_id"
    )
    boxes: dict[str, list[tuple[int, Box]]] = defaultdict(list)
    for row in rows:
        boxes[row["relpath"]].append((row["id"], Box(row["x"], row["y"], row["w"], row["h"])))
    boxed = [label for label in labels if label.box is not None]
    if boxed:
        found = sum(any(label.box.iou(box) > 0.5 for _, box in boxes[label.path]) for label in boxed)
        print(f"  boxes at IoU 0.5: {found} of {len(boxed)} ({found / len(boxed):.2f})")
    if truth.is_file():
        shown = {label.path for label in labels}
        empty = [row["relpath"] for row in project.store.all("SELECT relpath FROM media WHERE state != 'problem'")]
        empty = [path for path in empty if path not in shown]
        false = sum(len(boxes[path]) for path in empty)
        print(f"  false boxes in {len(empty)} empty frames: {false} ({false / max(1, len(empty)):.2f} each)")

    # A label is the sighting that overlaps it most; where the label has no box, any sighting of its picture.
    label_of: dict[int, int] = {}
    for number, label in enumerate(labels):
        mine = [(label.box.iou(box) if label.box else 1.0, sighting) for sighting, box in boxes[label.path]]
        for overlap, sighting in mine:
            if overlap > 0.3 or (label.box and not truth.is_file()):
                label_of[sighting] = number
    candidates = Candidates(project.layout)
    scored: dict[int, dict[int, float]] = defaultdict(dict)
    for sighting, number in label_of.items():
        for one in candidates.of(sighting, 400):
            other = label_of.get(one.candidate)
            if other is not None and other != number:
                scored[number][other] = max(one.score, scored[number].get(other, 0.0))
    candidates.close()

    def allowed(query: str, candidate: str) -> bool:
        a, b = labels[int(query)], labels[int(candidate)]
        if a.same_encounter(b) or a.path == b.path:
            return False
        return not ((chosen.same_side or truth.is_file()) and a.side and b.side and a.side != b.side)

    result = score(
        {str(number): label.identity for number, label in enumerate(labels) if label.identity},
        {str(q): [str(c) for c in sorted(found, key=lambda c: -found[c])] for q, found in scored.items()},
        allowed,
    )
    tell(result)
    project.close()


def tell(result: Ranking | None) -> None:
    if result is None:
        print("  no individual has a second picture")
        return
    print(
        f"  {result.queries} queries of {result.individuals} individuals,"
        f" {result.without_candidates} without candidates"
    )
    for name, scores in (("micro", result.micro), ("macro", result.macro)):
        tops = "  ".join(f"top-{depth} {share:.3f}" for depth, share in scores.top.items())
        print(f"  {name} {tops}  mAP {scores.mean_average_precision:.3f}")


if __name__ == "__main__":
    main()
