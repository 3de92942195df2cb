#!/usr/bin/env python3
"""Measure the search for animals: each layer alone and together, and what drawn boxes teach.

    python3 launch.py simulate /tmp/survey --frames 300 --individuals 15 --stations 10 --seed 11
    .venv/bin/python benchmarks/detect.py /tmp/survey FOLDER_WITH_MANIFEST …
    .venv/bin/python benchmarks/detect.py FOLDER_WITH_MANIFEST --teach

A folder holds a generated survey (``truth/``), or ``manifest.csv`` with the columns path, box ("x y w h" as fractions)
and, where known, encounter, camera, datetime, or nothing but pictures without animals. Frames are made as the program
makes them (640 pixels, JPEG). A box counts as found at an overlap above 0.5; every box in a frame without an animal is
false, every box beside a labelled animal is wrong. ``--teach`` draws boxes at random in frames that have one and scores
frames that were not drawn, of encounters in which nothing was drawn.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PIL import Image

from spotid.boxes import Box
from spotid.errors import PictureError
from spotid.picture import is_picture_name, open_file, upright, upright_size
from spotid.prepare import lesson, taught, track
from spotid.prepare.detectors import layered, proposals
from spotid.prepare.detectors.builtin import MOST_CONTEXT, StationBackground, spread
from spotid.prepare.parts import Detection, Frame

SIDE, QUALITY = 640, 85  # as the program's own small pictures
DRAWN = (0, 5, 10, 20)


@dataclass
class Scene:
    """One folder: frames by station, the boxes of frames where they are known, and each frame's encounter."""

    name: str
    frames: dict[str, Frame]
    boxes: dict[str, tuple[Box, ...]]  # () where there surely is no animal; frames without an entry are not scored
    encounter: dict[str, str]

    def pools(self) -> list[list[Frame]]:
        """The frames of each station."""
        names = dict.fromkeys(frame.station for frame in self.frames.values())
        return [[frame for frame in self.frames.values() if frame.station == name] for name in names]

    def pool_of(self, uid: str) -> dict[str, Frame]:
        """The frames of a frame's station."""
        station = self.frames[uid].station
        return {other.uid: other for other in self.frames.values() if other.station == station}


def scene(folder: Path) -> Scene:
    """Read a folder."""
    truth, table = folder / "truth", folder / "manifest.csv"
    boxes: dict[str, list[Box]] = {}
    rows: list[dict[str, str]]
    if truth.is_dir():
        for row in _table(truth / "sightings.csv"):
            boxes.setdefault(row["path"], []).append(Box(*(float(row[side]) for side in "xywh")))
        rows = _table(truth / "frames.csv")
        for row in rows:
            boxes.setdefault(row["path"], [])
    elif table.is_file():
        rows = _table(table)
        for row in rows:
            if row.get("box"):
                boxes.setdefault(row["path"], []).append(Box(*map(float, row["box"].split())))
    else:
        names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if is_picture_name(p.name))
        rows = [{"path": name, "datetime": f"2020-01-01T00:{n % 60:02d}:00"} for n, name in enumerate(names)]
        boxes = {name: [] for name in names}
    frames, encounter = {}, {}
    for row in rows:
        path = row["path"]
        # Folders of a manifest are individuals: stations are not told, as with “--station-level none”.
        frame = read(folder / path, path, row["station"] if truth.is_dir() else "", row.get("datetime") or None)
        if frame is not None:
            frames[path] = frame
            encounter[path] = row.get("encounter") or row.get("burst") or path
    known = {uid: tuple(found) for uid, found in boxes.items() if uid in frames}
    return Scene(folder.name, frames, known, encounter)


def read(path: Path, uid: str, station: str, when: str | None) -> Frame | None:
    """A frame as the program would read it; None where the file is damaged."""
    try:
        with open_file(path) as picture:
            width, height = upright_size(picture)
            small = upright(picture, SIDE)
    except PictureError:
        return None
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY)
    with Image.open(buffer) as again:
        return Frame(uid, np.asarray(again.convert("RGB")), width, height, station, when)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@dataclass
class Score:
    """Counts over scored frames."""

    animals: int = 0
    found: int = 0
    wrong: int = 0  # boxes on no animal in frames with animals
    empty: int = 0
    false: int = 0  # boxes in frames without

    def add(self, boxes: Sequence[Box], drawn: Sequence[Box]) -> None:
        self.animals += len(drawn)
        self.found += sum(any(box.iou(one) > 0.5 for box in boxes) for one in drawn)
        if drawn:
            self.wrong += sum(not any(box.iou(one) > 0.5 for one in drawn) for box in boxes)
        else:
            self.empty += 1
            self.false += len(boxes)

    def __str__(self) -> str:
        low, high = interval(self.found, self.animals)
        recall = f"recall {self.found}/{self.animals} = {self.found / max(1, self.animals):.2f} [{low:.2f}, {high:.2f}]"
        each = self.false / max(1, self.empty)
        return f"{recall}  wrong {self.wrong}  false {self.false} in {self.empty} empty ({each:.2f} each)"


def interval(found: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, z = found / of, 1.96
    middle, width = share + z * z / (2 * of), z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return (middle - width) / (1 + z * z / of), (middle + width) / (1 + z * z / of)


def layers(one: Scene) -> None:
    """Each layer alone and together; evidence is gathered once for all of them."""
    print(f"\n{one.name}: {len(one.frames)} frames, {len(one.boxes)} of them labelled")
    old, began = Tally(), time.process_time()
    for pool in one.pools():
        frames = [frame for frame in pool if frame.uid in one.boxes]
        for frame, found in zip(frames, StationBackground().detect(frames, pool), strict=True):
            old.add(found, one.boxes[frame.uid])
    old.tell("station-background", (time.process_time() - began) / max(1, len(one.boxes)))
    detector, began = layered.Layered(), time.process_time()
    tallies: dict[str, Tally] = {}
    detector.load()
    for pool in one.pools():
        known = {other.uid: other for other in spread(pool, MOST_CONTEXT)}
        for frame in pool:
            if frame.uid in one.boxes:
                for name, boxes in said(detector, frame, known):
                    tallies.setdefault(name, Tally()).add(boxes, one.boxes[frame.uid])
    seconds = (time.process_time() - began) / max(1, len(one.boxes))
    for name, tally in tallies.items():
        tally.tell(f"layered: {name}", seconds if name == "both" else None)


def said(detector: layered.Layered, frame: Frame, known: Mapping[str, Frame]) -> list[tuple[str, Sequence[Detection]]]:
    """What each layer alone and both together find."""
    evidence, shape = detector.evidence(frame, known), (frame.small.shape[0], frame.small.shape[1])
    if not evidence.references:
        whole = detector.detect_one(frame, known)
        return [(name, whole) for name in ("station", "network", "both")]
    return [
        ("station", detector.decided(proposals.without(evidence, network=True), shape)),
        ("network", detector.decided(proposals.without(evidence, station=True), shape)),
        ("both", detector.decided(evidence, shape)),
    ]


class Tally:
    """A score, and whether chances mean what they say."""

    def __init__(self) -> None:
        self.score = Score()
        self.chances: list[float] = []
        self.right: list[bool] = []

    def add(self, found: Sequence[Detection], drawn: Sequence[Box]) -> None:
        self.score.add([one.box for one in found], drawn)
        self.chances += [one.score for one in found]
        self.right += [any(one.box.iou(box) > 0.5 for box in drawn) for one in found]

    def tell(self, name: str, seconds: float | None) -> None:
        said = f"mean score {np.mean(self.chances or [0.0]):.2f}, right {np.mean(self.right or [False]):.2f}"
        spent = "" if seconds is None else f"  {seconds:.2f} s of CPU a frame"
        print(f"  {name:20s} {self.score}  {said}{spent}", flush=True)


def boxes_of(detector: layered.Layered, evidence: proposals.Evidence) -> list[Box]:
    """What a detector finds in gathered evidence."""
    return [one.box for one in detector.decided(evidence, evidence.shape)]


def teach(one: Scene, seeds: int) -> None:
    """What drawn boxes teach. Every frame is studied once, so the station's memory is not told of the drawn boxes."""
    detector = layered.Layered()
    studies: dict[str, lesson.Study] = {}
    for uid, animals in one.boxes.items():
        studies[uid] = lesson.study_of(detector, one.frames[uid], one.pool_of(uid), animals, one.encounter[uid])
    plain = {uid: boxes_of(detector, study.evidence) for uid, study in studies.items()}
    boxed = [uid for uid, animals in one.boxes.items() if animals]
    empties = [uid for uid, animals in one.boxes.items() if not animals]
    print(f"\n{one.name}: taught with boxes drawn at random in {len(boxed)} boxed frames, {seeds} seeds")
    for count in DRAWN:
        after, untaught, apart, chosen = Score(), Score(), Score(), []
        for seed in range(seeds):
            draw = random.Random(f"{seed} {count}")
            drawn = draw.sample(boxed, min(count, len(boxed)))
            # A person who looks for animals also meets empty frames: one for every two boxes, where there are any.
            seen = {*drawn, *draw.sample(empties, min(count // 2, len(empties)))}
            near = {one.encounter[uid] for uid in drawn}
            choice = lesson.Choice(None, detector.judges(), layered.KEEP, 0.0, 0.0, False)
            if count >= taught.NEEDED:
                choice = lesson.choose([studies[uid] for uid in sorted(seen)], detector.judges())
            lessons = layered.Lessons({}, choice.judges if choice.strength else {}, choice.keep, choice.eye)
            pupil = layered.Layered(lessons=lessons)
            for uid in sorted(set(studies) - seen):
                study = studies[uid]
                evidence = study.evidence
                if choice.eye is not None:
                    evidence = layered.seen_by(choice.eye, study.looks, evidence)
                found = boxes_of(pupil, evidence) if choice.anything else plain[uid]
                apart.add(found, study.drawn)
                if one.encounter[uid] not in near:
                    after.add(found, study.drawn)
                    untaught.add(plain[uid], study.drawn)
            chosen.append(f"{'eye ' if choice.eye else ''}{choice.strength:g} {choice.keep:g}")
        print(f"  {count:2d} boxes, other encounters: {after}  chosen: {'; '.join(chosen)}", flush=True)
        if count:
            print(f"            untaught there: {untaught}")
            print(f"            all not drawn:  {apart}", flush=True)


def bursts(one: Scene) -> None:
    """From one true box to the other frames of its encounter."""
    groups: dict[str, list[str]] = {}
    for uid, drawn in one.boxes.items():
        if len(drawn) == 1:
            groups.setdefault(one.encounter[uid], []).append(uid)
    pairs = [(a, b) for uids in groups.values() for a in uids for b in uids if a != b]
    right, given, stays = 0, 0, 0
    began, detector = time.process_time(), layered.Layered()
    for a, b in pairs:
        detector.teach(layered.Lessons({a: one.boxes[a]}))
        animal = track.Drawn.of(one.frames[a], one.boxes[a][0])
        box, _ = track.follow(animal, one.frames[b], detector, one.pool_of(a))
        given += box is not None
        right += box is not None and box.iou(one.boxes[b][0]) >= 0.5
        stays += one.boxes[a][0].iou(one.boxes[b][0]) >= 0.5
    low, high = interval(right, len(pairs))
    print(
        f"\n{one.name}: from one box to the others of its encounter: {right} of {len(pairs)} right"
        f" ({right / max(1, len(pairs)):.2f} [{low:.2f}, {high:.2f}]), {given} boxes given; the box left where it was"
        f" would be right {stays} times; {(time.process_time() - began) / max(1, len(pairs)):.2f} s of CPU a frame"
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--teach", action="store_true", help="the table after 0, 5, 10 and 20 drawn boxes instead")
    ask.add_argument(
        "--bursts", action="store_true", help="how well a drawn box is followed through its encounter instead"
    )
    ask.add_argument("--seeds", type=int, default=3)
    chosen = ask.parse_args()
    import cv2

    cv2.setNumThreads(1)
    print(f"{os.cpu_count()} cores, network {'there' if layered.network_available() else 'missing'}")
    for folder in chosen.folders:
        one = scene(folder.resolve())
        if chosen.teach:
            teach(one, chosen.seeds)
        elif chosen.bursts:
            bursts(one)
        else:
            layers(one)


if __name__ == "__main__":
    main()
