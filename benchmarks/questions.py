"""How many answers a survey takes: a reviewer who is always right goes through a project, by each way.

    python benchmarks/questions.py PROJECT LABELLED_FOLDER [--way anchor certain useful] [--most 20000] [--single]

PROJECT is a project that has been run over LABELLED_FOLDER (pictures with ``manifest.csv``, or a generated survey with
``truth/``); it is copied, never changed. The reviewer says *same* for one animal, *different* for two, *not comparable*
for two sides of which each shows another coat, *unusable* for a box that is no animal. ``--single`` leaves out what
answers cover beside the two pictures shown, as if every frame stood alone. Reported: answers until shares of all true
joins are made, all answers, the share that is never asked, and hours at 5.78 answers a minute (the pace measured for
leopards in the paper on location-informed matching).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import uuid
from collections import Counter
from pathlib import Path

from labels import Label, LabelledSet

from spotid.boxes import Box
from spotid.project.folder import open_project
from spotid.review.desk import Desk
from spotid.review.question import Asked, Question

PACE = 5.78 * 60  # answers an hour
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
OVERLAP = 0.3  # of a box with the animal's true one, from which on it shows the animal


class Truth:
    """Who is seen in each sighting, by the labels."""

    def __init__(self, desk: Desk, labelled: LabelledSet) -> None:
        by_path: dict[str, list[Label]] = {}
        for label in labelled.labels:
            by_path.setdefault(label.path, []).append(label)
        rows = desk.project.store.all(
            "SELECT sighting.uid, relpath, x, y, w, h FROM sighting JOIN media ON media.id = media_id"
            " WHERE sighting.state = 'embedded'"
        )
        self.label: dict[str, Label | None] = {}
        for row in rows:
            box = Box(row["x"], row["y"], row["w"], row["h"])
            fitting = [one for one in by_path.get(row["relpath"], ()) if one.identity and _fits(one, box)]
            self.label[row["uid"]] = fitting[0] if fitting else None
        animals: dict[tuple[str, str], list[str]] = {}
        for uid, label in self.label.items():
            if label is not None:
                animals.setdefault((label.identity, label.side), []).append(uid)
        self.animals = [uids for uids in animals.values() if len(uids) > 1]
        self.pairs = sum(len(uids) * (len(uids) - 1) // 2 for uids in self.animals)

    def joined(self, desk: Desk) -> int:
        """How many pairs of one coat are joined."""
        found = 0
        for uids in self.animals:
            groups = Counter(desk.identities.label(uid) for uid in uids)
            found += sum(n * (n - 1) // 2 for n in groups.values())
        return found

    def false_joins(self, desk: Desk) -> int:
        """Groups that hold two animals."""
        named: dict[int | str, set[str]] = {}
        for uid, label in self.label.items():
            if label is not None:
                named.setdefault(desk.identities.label(uid), set()).add(label.identity)
        return sum(len(names) > 1 for names in named.values())

    def says(self, a: str, b: str) -> tuple[str, str]:
        """The right answer to a pair, and the sighting that it is about where it is about one."""
        for one in (a, b):
            if self.label[one] is None:
                return "unusable", one
        ours, theirs = self.label[a], self.label[b]
        assert ours is not None
        assert theirs is not None
        if ours.side and theirs.side and ours.side != theirs.side:
            return "not_comparable", a
        return ("same" if ours.identity == theirs.identity else "different"), a

    def covers(self, uid: str, frames: tuple[str, ...]) -> list[str]:
        """Of the other frames of a visit, those that show the same coat."""
        ours = self.label[uid]
        kept = []
        for one in frames:
            theirs = self.label[one]
            if one != uid and ours and theirs and (ours.identity, ours.side) == (theirs.identity, theirs.side):
                kept.append(one)
        return kept


def _fits(label: Label, box: Box) -> bool:
    return label.box is None or label.box.iou(box) >= OVERLAP


def review(desk: Desk, truth: Truth, way: str, most: int, single: bool) -> tuple[list[tuple[int, int]], Counter[str]]:
    """Answer until nothing is left: (answers, joined pairs) on the way, and the answers by kind."""
    asked, given, course = Asked(way=way), Counter[str](), [(0, truth.joined(desk))]
    question: Question = desk.question(asked=asked)
    while question.state in ("pair", "anchor_done") and given.total() < most:
        if question.state == "anchor_done":
            question = desk.move(question.anchor, 1, asked)
            continue
        a, b = question.shown
        assert a is not None
        assert b is not None
        kind, about = truth.says(a, b)
        covered = {} if single else {one: truth.covers(one, desk.units.frames(one)) for one in (a, b)}
        if b in desk.units.frames(a) or kind == "unusable":
            covered = {}
        args = (about,) if kind == "unusable" else (a, b)
        _, _, question = desk.answer(str(uuid.uuid4()), kind, *args, asked=asked, covered=covered)
        if about != a and kind == "unusable":
            question = desk.question(asked=asked)
        given[kind] += 1
        if kind == "same" or given.total() % 50 == 0:
            course.append((given.total(), truth.joined(desk)))
    course.append((given.total(), truth.joined(desk)))
    return course, given


def main() -> None:
    """Measure and print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--way", nargs="+", default=["anchor", "certain", "useful"])
    parser.add_argument("--nearest", type=int, default=5)
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--single", action="store_true")
    chosen = parser.parse_args()
    labelled = LabelledSet(chosen.labelled, same_side=True)
    print("way      " + "".join(f"{share:>8.0%}" for share in SHARES) + "     all  hours  joined  false  by kind")
    for way in chosen.way:
        with tempfile.TemporaryDirectory(prefix="spotid-questions-") as home:
            copy = Path(home) / "project"
            shutil.copytree(chosen.project, copy, ignore=shutil.ignore_patterns("crops", "cutouts", "small", "backups"))
            project = open_project(copy)
            try:
                desk = Desk(project, chosen.nearest)
                truth = Truth(desk, labelled)
                course, given = review(desk, truth, way, chosen.most, chosen.single)
                reached = [next((n for n, made in course if made >= share * truth.pairs), None) for share in SHARES]
                cells = "".join(f"{'–' if n is None else n:>8}" for n in reached)
                total, made = given.total(), course[-1][1]
                kinds = ", ".join(f"{kind} {n}" for kind, n in given.most_common())
                print(
                    f"{way:9}{cells}{total:8}{total / PACE:7.1f}{made / max(1, truth.pairs):8.3f}"
                    f"{truth.false_joins(desk):7}  {kinds}",
                    flush=True,
                )
            finally:
                project.close()


if __name__ == "__main__":
    main()
