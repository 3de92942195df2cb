#!/usr/bin/env python3
"""Fit the judges of boxes that ship with the program, on generated surveys alone.

    for s in 101 202 303; do
      python3 launch.py simulate /tmp/boxes/$s --frames 220 --individuals 10 --stations 9 --seed $s --size 800x600
    done
    .venv/bin/python training/boxes/fit.py /tmp/boxes/101 /tmp/boxes/202 /tmp/boxes/303

Writes spotid/prepare/weights/boxes.npz: who judges by the station's memory, by the network, by both, and who follows
an animal through a visit. To be run again after every change to the proposals, to the numbers that describe them, or to
the network's weights. About five minutes of CPU.

Frames are judged with the memory of their whole station, of ten frames, or of little but their own visit. The network
was trained on pictures of the same generator and is better there than on any photograph; so that the judge does not
lean on it alone, a share of the frames (``SPOILT``) is judged once more with a map that says nothing of them: that of
another frame, mirrored, or a faint one.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import numpy as np
from detect import Scene, scene  # type: ignore[import-not-found]

from spotid.prepare import lesson, track
from spotid.prepare.detectors import chance, eye, layered, proposals
from spotid.prepare.detectors.builtin import VISIT_GAP, frame_time
from spotid.prepare.parts import Frame

# How long drawn animals are and where they stand says little of real ones.
LEFT_OUT = ("shape", "touches", "height of the foot")
SPOILT, WRONG_MAPS, FAINT_MAPS = 0.35, 0.6, 0.4
MOST_OF_STATION = 24  # frames judged
MOST_PAIRS = 60  # of one survey
EYE_STRENGTH = 3.0
PARTS, TAUGHT_WITH = 4, (6, 10, 16, 24)
USEFUL = {name for name in proposals.NAMES if name not in LEFT_OUT}
OF_STATION = sorted(USEFUL & set(proposals.STATION_NAMES))
OF_NETWORK = sorted(USEFUL & set(proposals.NETWORK_NAMES))
USES = {
    layered.STATION: OF_STATION,
    layered.NETWORK: sorted(USEFUL & set(proposals.PLAIN_NAMES)) + OF_NETWORK,
    layered.BOTH: OF_STATION + OF_NETWORK,
}
Rows = list[tuple[np.ndarray, np.ndarray]]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("surveys", nargs="+", type=Path)
    ask.add_argument("--out", type=Path, default=layered.JUDGES)
    chosen = ask.parse_args()
    import cv2

    cv2.setNumThreads(1)
    scenes = [scene(folder.resolve()) for folder in chosen.surveys]
    seen = collected(scenes)
    judges = {name: fit(seen[name], np.isin(proposals.NAMES, names)) for name, names in USES.items()}
    for name in (layered.STATION, layered.BOTH):
        judges[name + layered.TAUGHT] = hearing_an_eye(judges[name], seen[name + layered.TAUGHT])
    followed = pairs(scenes, judges)
    judges["track"] = fit(followed, np.ones(len(track.NAMES), bool))
    for name, judge in judges.items():
        names = track.NAMES if name == "track" else proposals.NAMES
        heavy = sorted(zip(names, judge.weights, strict=False), key=lambda pair: -abs(pair[1]))[:8]
        print(f"{name}: " + ", ".join(f"{number} {weight:+.2f}" for number, weight in heavy))
    np.savez(chosen.out, allow_pickle=False, **{name: judge.stacked() for name, judge in judges.items()})


def fit(rows: Rows, used: np.ndarray) -> chance.Judge:
    """A judge from the numbers of many frames."""
    return chance.fitted(np.concatenate([x for x, _ in rows]), np.concatenate([y for _, y in rows]), used)


def hearing_an_eye(judge: chance.Judge, rows: Rows) -> chance.Judge:
    """A judge that also hears a taught eye: the last layer of the one that does not, after seeing such frames."""
    numbers, hits = np.concatenate([x for x, _ in rows]).astype(float), np.concatenate([y for _, y in rows])
    of_eye = np.isin(proposals.NAMES, proposals.EYE_NAMES)
    centre = np.where(of_eye, numbers.mean(axis=0), judge.centre)
    spread = np.where(of_eye, numbers.std(axis=0) + 1e-6, judge.spread)
    return chance.Judge(judge.weights, judge.hidden, centre, spread).learnt(numbers, hits, EYE_STRENGTH)


def collected(scenes: Sequence[Scene]) -> dict[str, Rows]:
    """Numbers of proposals and whether each is right, by the layers that spoke."""
    seen: dict[str, Rows] = {name: [] for name in (*USES, *(name + layered.TAUGHT for name in USES))}
    maps: list[np.ndarray] = []
    for number, one in enumerate(scenes):
        draw, detector = random.Random(number), layered.Layered()
        studies = []
        for pool in one.pools():
            for frame in draw.sample(pool, min(len(pool), MOST_OF_STATION)):
                known = {other.uid: other for other in memory(frame, pool, draw)}
                studies.append(lesson.study_of(detector, frame, known, one.boxes[frame.uid], one.encounter[frame.uid]))
        maps += [study.evidence.animal for study in studies if study.evidence.animal is not None]
        draw.shuffle(studies)
        for part in range(PARTS):
            # An eye of few or many drawn frames, for frames that it was not taught with.
            others = [study for study in studies if hash_of(study.group) % PARTS != part]
            drawn = [study for study in others if study.drawn][: TAUGHT_WITH[part]]
            empty = [study for study in others if not study.drawn][: TAUGHT_WITH[part] // 2]
            taught = lesson.fitted_eye(drawn + empty)
            for study in studies:
                if hash_of(study.group) % PARTS == part:
                    judged(study, taught, maps, draw, seen)
        print(f"{one.name}: {sum(map(len, seen.values()))} times judged", flush=True)
    return seen


def judged(
    study: lesson.Study, taught: eye.Eye, maps: Sequence[np.ndarray], draw: random.Random, seen: dict[str, Rows]
) -> None:
    """Add the numbers of one frame as each judge meets it. Boxes of a layer are proposed once, not for every judge."""
    true, rows = study.evidence, study.evidence.rows
    sight = layered.seen_by(taught, study.looks, true).eye
    assert sight is not None
    stations, eyes = proposals.of_station(true), proposals.of_map(sight, rows, "what was taught")
    alone = proposals.without(true, network=True)
    meets = [(alone, stations), (replace(alone, eye=sight), stations + eyes)]
    if true.animal is not None:
        wrong_map = spoilt(true.animal, maps, draw)
        wrong = replace(true, animal=wrong_map)
        networks = proposals.of_map(true.animal, rows, "animal network")
        meets += [(proposals.without(true, station=True), networks)]
        both = [(true, networks)]
        if draw.random() < SPOILT:
            both.append((wrong, proposals.of_map(wrong_map, rows, "animal network")))
        for one, found in both:
            meets += [(one, stations + found), (replace(one, eye=sight), stations + found + eyes)]
    for evidence, found in meets:
        proposed, name = proposals.without_twins(found), layered.layers_of(evidence)
        if proposed and name in seen:
            right = [float(any(one.box().iou(box) > lesson.HIT for box in study.drawn)) for one in proposed]
            seen[name].append((proposals.describe(evidence, proposed), np.array(right)))


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def memory(frame: Frame, pool: list[Frame], draw: random.Random) -> list[Frame]:
    """What is remembered of a station: everything, ten frames, or the own visit and three others."""
    chosen = draw.random()
    if chosen < 0.5:
        return pool
    if chosen < 0.75:
        return draw.sample(pool, min(10, len(pool)))
    when = frame_time(frame)
    own = [other for other in pool if when and (then := frame_time(other)) and abs(then - when) <= VISIT_GAP]
    return own + draw.sample(pool, min(3, len(pool)))


def spoilt(animal: np.ndarray, maps: Sequence[np.ndarray], draw: random.Random) -> np.ndarray:
    """A map that says nothing of the frame."""
    if draw.random() < WRONG_MAPS:
        return draw.choice(maps)[:, ::-1].copy()
    return (animal * draw.uniform(0.0, 0.75 * FAINT_MAPS)).astype(np.float32)


def pairs(scenes: Sequence[Scene], judges: dict[str, chance.Judge]) -> Rows:
    """Numbers of proposals in another frame of a burst, or in an empty one, and whether each is right."""
    found: Rows = []
    for number, one in enumerate(scenes):
        draw, detector = random.Random(number), layered.Layered(layered.STATION)
        bursts: dict[str, list[str]] = {}
        for uid, drawn in one.boxes.items():
            if len(drawn) == 1:
                bursts.setdefault(one.encounter[uid], []).append(uid)
        steps = [step for uids in bursts.values() for step in itertools.pairwise(uids)]
        for first, second in draw.sample(steps, min(len(steps), MOST_PAIRS)):
            pool = one.pool_of(first)
            empty = [uid for uid in pool if not one.boxes.get(uid, (1,))]
            for target in [second, *draw.sample(empty, min(len(empty), draw.random() < 0.4))]:
                detector.teach(layered.Lessons({first: one.boxes[first]}, judges))
                drawn = track.Drawn.of(one.frames[first], one.boxes[first][0])
                boxes, rows = track.describe(drawn, one.frames[target], detector, pool)
                truth = one.boxes[target]
                found.append((rows, np.array([float(any(b.iou(t) > lesson.HIT for t in truth)) for b in boxes])))
    print(f"{len(found)} pairs of frames")
    return found


if __name__ == "__main__":
    main()
