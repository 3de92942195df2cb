#!/usr/bin/env python3
"""Measure how far the chances that SpotID shows are from what is the case.

    .venv/bin/python benchmarks/calibration.py FOLDER … --keep PROJECTS --station-level none

Folders are as for ``identify.py``; so are ``--keep`` and ``--station-level``. A reviewer who knows the labels is asked
what the review asks. *Shipped* is the calibration before any answer; of lists that other than the built-in parts made,
it is a curve for ordering questions alone, which nobody is shown. Then the individuals are split at random into halves:
the reviewer answers what is asked of one half, the calibration is fitted to these answers, and both are judged on what
is asked of the other half (means over so many splits). Error: expected calibration error with ten bins of equally many
pairs. Sets that are small or lopsided have a large error by chance alone: "by luck" is what a perfect
calibration of the same chances would show.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from labels import LabelledSet
from line import run
from pairs import asked
from report import Report, brier, calibration_error, machine

from spotid.match.calibrate import log_loss
from spotid.match.chance import Calibration, fitted, fitted_alone, foreign_parts, shipped, unknown
from spotid.project import media, notes
from spotid.project.asked import AskedPair
from spotid.project.folder import Project, create_project, open_project

DRAWS = 200  # of answers from the chances themselves, for the error by luck


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--station-level", default="auto")
    ask.add_argument("--keep", type=Path, help="where the projects are, or are to be kept")
    ask.add_argument("--as-they-are", action="store_true", help="take the projects as they are, compute nothing")
    ask.add_argument("--splits", type=int, default=10)
    chosen = ask.parse_args()
    print(machine())
    for folder in chosen.folders:
        with tempfile.TemporaryDirectory() as rubbish:
            print(measure(folder.resolve(), (chosen.keep or Path(rubbish)) / folder.name, chosen).text(), flush=True)


def measure(folder: Path, place: Path, chosen: argparse.Namespace) -> Report:
    """All figures of one folder whose project is, or will be, in ``place``."""
    labelled, report = LabelledSet(folder, same_side=True), Report(folder.name)
    project = open_project(place) if place.exists() else create_project(place)
    try:
        media.root_id(project.store, labelled.folder)
        notes.put(project.store, "station_level", chosen.station_level)
        if not chosen.as_they_are:
            run(project, report)
        pairs = asked(project, labelled)
        if not pairs:
            report.facts.append("nothing is asked: the lists are not made yet")
            return report
        judge(report, "shipped", [(before_answers(project), pairs)])
        halves(project, labelled, chosen.splits, report)
    finally:
        project.close()
    return report


def before_answers(project: Project) -> Calibration:
    """What a project without answers goes by."""
    parts = foreign_parts(project)
    return unknown(parts) if parts else shipped()


def halves(project: Project, labelled: LabelledSet, splits: int, report: Report) -> None:
    """Before and after the answers on one half of the individuals, judged on the other half."""
    everyone = sorted({label.identity for label in labelled.labels if label.identity})
    rng, start = np.random.default_rng(0), before_answers(project)
    fit = fitted if start is shipped() else fitted_alone
    before, after, answers = [], [], []
    for _ in range(splits):
        shuffled = [everyone[index] for index in rng.permutation(len(everyone))]
        known, unknown = set(shuffled[: len(shuffled) // 2]), set(shuffled[len(shuffled) // 2 :])
        taught, judged = asked(project, labelled, known), asked(project, labelled, unknown)
        if len(judged) >= 10:
            before.append((start, judged))
            after.append((fit(start, taught), judged))
            answers.append(len(taught))
    if not before:
        report.facts.append("too few pairs to split")
        return
    judge(report, "half, shipped", before)
    judge(report, "half, refit", after)
    report.put("half, refit", answers=float(np.mean(answers)))
    changed = sum(one is not start for one, _ in after)
    report.put("half, refit", splits_refit=changed)


def judge(report: Report, method: str, tries: list[tuple[Calibration, list[AskedPair]]]) -> None:
    """Add the mean of every measure over several tries."""
    rows = []
    rng = np.random.default_rng(1)
    for calibration, pairs in tries:
        chance = calibration.chances([pair.facts for pair in pairs])
        same = np.array([pair.same for pair in pairs], float)
        luck = np.mean([calibration_error(chance, rng.random(len(chance)) < chance) for _ in range(DRAWS)])
        error, loss = calibration_error(chance, same), log_loss(chance, same)
        rows.append([len(same), same.mean(), chance.mean(), error, luck, brier(chance, same), loss])
    names = ("pairs asked", "share the same", "mean chance", "error", "error by luck", "Brier", "log loss")
    report.put(method, **dict(zip(names, np.mean(rows, axis=0), strict=True)))


if __name__ == "__main__":
    main()
