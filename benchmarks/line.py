"""SpotID's own line on a labelled set, as a person would run it, and what came out of it."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

import numpy as np
import psutil
from labels import LabelledSet
from report import Report, brier, calibration_error

from spotid.boxes import Box
from spotid.evaluate.ranking import score
from spotid.jobs.runner import Jobs
from spotid.match.chance import calibration_of
from spotid.project import media, notes
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project, open_project
from spotid.words import Flank, Stage

OURS = "SpotID"
OFFERED = 5  # candidates of a sighting that the review offers
QUERY_STAGES = {Stage.NEIGHBOURS, Stage.POINTS}
LOOK_SECONDS = 0.1


def find_and_rank(labelled: LabelledSet, place: Path, station_level: str, report: Report) -> None:
    """Run the line on a set in a project at ``place`` and add what was measured to the report.

    A project that is there already is taken on, so costs are told only of a new one.
    """
    new = not place.exists()
    project = create_project(place) if new else open_project(place)
    try:
        if new:
            media.root_id(project.store, labelled.folder)
            notes.put(project.store, "station_level", station_level)
        costs = run(project, report)
        sightings = max(1, project.store.value("SELECT COUNT(*) FROM sighting"))
        files = max(1, media.count(project.store))
        report.facts.append(f"{files} files, {sightings} boxes")
        boxes = boxes_of(project)
        label_of = label_by_sighting(labelled, boxes)
        scored, chances = candidates_of(project, labelled, label_of)
        lists = {str(q): [str(c) for c in sorted(found, key=lambda c: -found[c])] for q, found in scored.items()}
        report.rank(OURS, score(labelled.individual, lists, labelled.allowed))
        if new:
            queries = sum(costs[stage] for stage in costs if stage in QUERY_STAGES)
            report.put(
                OURS,
                CPU_seconds_per_picture=(sum(costs.values()) - queries - costs["memory"]) / files,
                CPU_seconds_per_query=queries / sightings,
                peak_memory_in_MB=costs["memory"],
            )
        tell_boxes(labelled, boxes, project, report)
        tell_flanks(labelled, label_of, project, report)
        report.facts.append(f"chances {calibration_of(project).label}")
        tell_chances(chances, labelled, report)
    finally:
        project.close()


def run(project: Project, report: Report) -> dict[str, float]:
    """Run the line; seconds of CPU by stage, and under "memory" the most that the worker held in MB."""
    spent: dict[str, float] = defaultdict(float)
    job = Jobs().start(project, "run", settings={})
    over = threading.Event()

    def watch() -> None:
        before = 0.0
        worker: psutil.Process | None = None
        while not over.wait(LOOK_SECONDS):
            try:
                worker = worker or next(iter(psutil.Process().children()), None)
                if worker is None:
                    continue
                times = worker.cpu_times()
                used, memory = times.user + times.system, worker.memory_info().rss / 1e6
            except psutil.Error:
                continue
            spent[job.describe()["stage"] or "start"] += used - before
            spent["memory"] = max(spent["memory"], memory)
            before = used

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    job.wait()
    over.set()
    watcher.join()
    report.facts.append(f"run {job.state.value} in {job.describe()['elapsed']:.0f} s {job.sentence}".rstrip())
    return spent


def boxes_of(project: Project) -> dict[str, list[tuple[int, Box]]]:
    """Path of the picture → the sightings in it that count."""
    boxes: dict[str, list[tuple[int, Box]]] = defaultdict(list)
    for row in project.store.all(
        "SELECT sighting.id, relpath, x, y, w, h FROM sighting JOIN media ON media.id = media_id"
        " WHERE sighting.state != 'withdrawn'"
    ):
        boxes[row["relpath"]].append((row["id"], Box(row["x"], row["y"], row["w"], row["h"])))
    return boxes


def label_by_sighting(labelled: LabelledSet, boxes: dict[str, list[tuple[int, Box]]]) -> dict[int, int]:
    """Sighting → label: one that overlaps it; in pictures of a manifest, which show one animal, any sighting."""
    label_of: dict[int, int] = {}
    for number, label in enumerate(labelled.labels):
        for sighting, box in boxes[label.path]:
            overlap = label.box.iou(box) if label.box else 1.0
            if overlap > 0.3 or (label.box and not labelled.generated):
                label_of[sighting] = number
    return label_of


def candidates_of(
    project: Project, labelled: LabelledSet, label_of: dict[int, int]
) -> tuple[dict[int, dict[int, float]], dict[tuple[int, int], float]]:
    """Label → candidates with their scores; and the chances of the pairs that would be offered."""
    scored: dict[int, dict[int, float]] = defaultdict(dict)
    chances: dict[tuple[int, int], float] = {}
    candidates, calibration = Candidates(project.layout), calibration_of(project)
    for sighting, number in label_of.items():
        offered = 0
        for one in candidates.of(sighting, 400):
            other = label_of.get(one.candidate)
            if other is None or other == number:
                continue
            scored[number][other] = max(one.score, scored[number].get(other, 0.0))
            if offered < OFFERED and labelled.allowed(str(number), str(other)):
                offered += 1
                chances.setdefault((min(number, other), max(number, other)), calibration.chance(one))
    candidates.close()
    return scored, chances


def tell_boxes(labelled: LabelledSet, boxes: dict[str, list[tuple[int, Box]]], project: Project, to: Report) -> None:
    boxed = [label for label in labelled.labels if label.box is not None]
    if boxed:
        found = sum(any(label.box.iou(box) > 0.5 for _, box in boxes[label.path]) for label in boxed if label.box)
        to.put(OURS, **{"boxes found, IoU 0.5": found / len(boxed), "boxes to find": len(boxed)})
    if labelled.generated:
        shown = set(labelled.pictures)
        read = {row["relpath"] for row in project.store.all("SELECT relpath FROM media WHERE state != 'problem'")}
        false = sum(len(boxes[path]) for path in read - shown)
        to.put(OURS, **{"false boxes per empty frame": false / max(1, len(read - shown))})
        to.put(OURS, empty_frames=len(read - shown))


def tell_flanks(labelled: LabelledSet, label_of: dict[int, int], project: Project, to: Report) -> None:
    flank = {row["id"]: row["flank"] for row in project.store.all("SELECT id, flank FROM sighting")}
    sides = [(labelled.labels[n].side.lower(), flank[s]) for s, n in label_of.items() if labelled.labels[n].side]
    sides = [(true, told) for true, told in sides if true in (Flank.LEFT, Flank.RIGHT)]
    told = [pair for pair in sides if pair[1] != Flank.UNKNOWN]
    if sides:
        to.put(OURS, flank_told=len(told) / len(sides))
    if told:
        to.put(OURS, flank_right_where_told=sum(true == said for true, said in told) / len(told))


def tell_chances(chances: dict[tuple[int, int], float], labelled: LabelledSet, to: Report) -> None:
    if not chances:
        return
    same = np.array([labelled.labels[a].identity == labelled.labels[b].identity for a, b in chances], float)
    chance = np.array(list(chances.values()))
    to.put(OURS, calibration_error=calibration_error(chance, same), Brier_score=brier(chance, same))
    to.put(OURS, offered_pairs=len(same), offered_pairs_the_same=same.mean(), mean_chance=chance.mean())
