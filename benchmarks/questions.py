"""How many answers a survey takes: a reviewer who is always right goes through a project, by each way.

    python benchmarks/questions.py PROJECT LABELLED_FOLDER [--way anchor certain useful gain] [--most 20000] [--single]
        [--captures CAPTURES.csv --seed 1 [--sides]] [--slips 0.05]

PROJECT is a project that has been run over LABELLED_FOLDER (pictures with ``manifest.csv``, or a generated survey with
``truth/``); it is copied, never changed. The reviewer says *same* for one animal, *different* for two, *not comparable*
for two sides of which each shows another coat, *unusable* for a box that is no animal. ``--single`` leaves out what
answers cover beside the two pictures shown, as if every frame stood alone. With ``--captures`` the copy gets places and
times that ``movements.py`` draws (and its look-alikes are listed and ordered by them, as a run does); without, it is
taken as it is. Only joins between visits are counted then, and without ``--sides`` both flanks of an animal count as
comparable, as in ``location.py``. *gain* is no way of the program but the strategy of
``spotid evaluate --by visit``, on all pairs and not only on those listed. ``--slips``: the share of *same* and
*different* that is said the wrong way round. Reported: answers until shares of all true joins are made, all answers,
the share that is joined at the end, and hours at 5.78 answers a minute (the pace measured for leopards in the paper on
location-informed matching).
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import movements
from labels import Label, LabelledSet

from spotid.boxes import Box
from spotid.match.chance import calibration_of, refit
from spotid.project.folder import Project, open_project
from spotid.review.desk import Desk
from spotid.review.question import Asked, Question

PACE = 5.78 * 60  # answers an hour
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
AGAIN = 50  # answers after which chances are fitted to them, as the page does
OVERLAP = 0.3  # of a box with the animal's true one, from which on it shows the animal


class Truth:
    """Who is seen in each sighting, by the labels."""

    def __init__(self, desk: Desk, labelled: LabelledSet, between: bool = False) -> None:
        """``between``: count the pairs of two visits alone."""
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
        for uid, known in self.label.items():
            if known is not None:
                animals.setdefault((known.identity, known.side), []).append(uid)
        self.animals = [uids for uids in animals.values() if len(uids) > 1]
        visits = desk.project.store.all(
            "SELECT sighting.uid, visit, sighting.id FROM sighting JOIN media ON media.id = media_id"
        )
        self._visit = {row["uid"]: row["visit"] or -row["id"] for row in visits} if between else {}
        self.pairs = sum(self._pairs(uids) for uids in self.animals)

    def _pairs(self, uids: Iterable[str]) -> int:
        """Pairs of these sightings; between visits where only those count."""
        uids = list(uids)
        inside = Counter(self._visit[uid] for uid in uids) if self._visit else Counter[int]()
        return (len(uids) * (len(uids) - 1) - sum(n * (n - 1) for n in inside.values())) // 2

    def joined(self, desk: Desk) -> int:
        """How many pairs of one coat are joined."""
        found = 0
        for uids in self.animals:
            groups: dict[int | str, list[str]] = {}
            for uid in uids:
                groups.setdefault(desk.identities.label(uid), []).append(uid)
            found += sum(self._pairs(group) for group in groups.values() if len(group) > 1)
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


Course = list[tuple[int, int]]
SWAPPED = {"same": "different", "different": "same"}


def review(
    desk: Desk, truth: Truth, way: str, most: int, single: bool, slips: float = 0.0
) -> tuple[Course, Counter[str]]:
    """Answer until nothing is left: (answers, joined pairs) on the way, and the answers by kind."""
    draw = random.Random(1)
    desk.weigh(calibration_of(desk.project))
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
        kind = SWAPPED.get(kind, kind) if draw.random() < slips else kind
        covered = {} if single else {one: truth.covers(one, desk.units.frames(one)) for one in (a, b)}
        if b in desk.units.frames(a) or kind == "unusable":
            covered = {}
        args = (about,) if kind == "unusable" else (a, b)
        _, _, question = desk.answer(str(uuid.uuid4()), kind, *args, asked=asked, covered=covered)
        if about != a and kind == "unusable":
            question = desk.question(asked=asked)
        given[kind] += 1
        if given.total() % AGAIN == 0:
            desk.weigh(refit(desk.project))
        if kind == "same" or given.total() % 50 == 0:
            course.append((given.total(), truth.joined(desk)))
    course.append((given.total(), truth.joined(desk)))
    return course, given


def place(project: Project, taken: Iterable[movements.Taken]) -> None:
    """Put the pictures where and when they were drawn to be taken, and list and order look-alikes by it."""
    from spotid.match.checks import check_lookalikes
    from spotid.match.lists import list_lookalikes
    from spotid.match.registry import matcher
    from spotid.profiles import load_profile
    from spotid.progress import Silent
    from spotid.project import media, shards
    from spotid.settings import settings

    drawn = {one.path: one for one in taken}
    with project.store.write() as rows:
        rows.execute("UPDATE media SET station_id = NULL, station_by = '', captured_at = NULL")
        rows.execute("DELETE FROM deployment")
        rows.execute("DELETE FROM station")
        known: dict[str, int | None] = {}
        for media_id, path in rows.execute("SELECT id, relpath FROM media").fetchall():
            if (one := drawn.get(path)) is None:
                continue
            if one.station not in known:
                added = rows.execute(
                    "INSERT INTO station (name, x_m, y_m) VALUES (?, ?, ?)", (one.station, one.x, one.y)
                )
                known[one.station] = added.lastrowid
            at = one.time.isoformat()
            rows.execute(
                "UPDATE media SET station_id = ?, station_by = 'table', captured_at = ?, clock_at = ? WHERE id = ?",
                (known[one.station], at, at, media_id),
            )
    profile, chosen = load_profile("leopard"), settings({})
    media.number_visits(project.store, float(chosen["visit_minutes"]))
    encoder = shards.encoder_rows(project.store)[-1]
    list_lookalikes(project, encoder, chosen, Silent())
    check_lookalikes(
        project, encoder, matcher("coat-spots"), profile.shortlist, profile.padding, Silent(), chosen["fusion"]
    )


def gain(project: Project, truth: Truth, taken: Iterable[movements.Taken], slips: float) -> tuple[Course, Counter[str]]:
    """What ``review`` gives, for the strategy *gain* on all pairs of visits; sides that are told are two coats."""
    import numpy as np

    from spotid.evaluate.contests import Arena
    from spotid.evaluate.manifest import read_manifest
    from spotid.evaluate.of_project import of_project
    from spotid.evaluate.results import Options
    from spotid.evaluate.scores import Scorer

    told = project.path / "told.csv"
    movements.write(taken, told, sides=False)
    subject = of_project(project, read_manifest(told, "m"))
    coats = {uid: number for number, uids in enumerate(truth.animals) for uid in uids}
    who = np.array([coats.get(uid, len(coats) + at) for at, uid in enumerate(subject.uid)])
    subject.identity[:] = np.unique(who, return_inverse=True)[1]
    options = Options(by="visit", seed=1)
    course = Arena(subject, Scorer(subject, options), options).hold("gain", "calibrated", slips).course
    own = truth.pairs - course.total  # pairs of one visit are joined from the start, and count for nothing here
    found = [(at + 1, int(made) + own) for at, made in enumerate(course.found)]
    same = int(course.said.sum())
    return [(0, course.start + own), *found], Counter(same=same, different=len(course) - same)


def main() -> None:
    """Measure and print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--way", nargs="+", default=["anchor", "certain", "useful"])
    parser.add_argument("--nearest", type=int, default=5)
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--captures", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sides", action="store_true")
    parser.add_argument("--slips", type=float, default=0.0)
    chosen = parser.parse_args()
    labelled = LabelledSet(chosen.labelled, same_side=True)
    taken = movements.simulate(labelled, chosen.captures, chosen.seed) if chosen.captures else []
    if taken and not chosen.sides:
        for label in labelled.labels:
            label.side = ""
    with tempfile.TemporaryDirectory(prefix="spotid-questions-") as home:
        first = Path(home) / "first"
        shutil.copytree(chosen.project, first, ignore=shutil.ignore_patterns("small", "backups"))
        if taken:
            project = open_project(first)
            try:
                place(project, taken)
            finally:
                project.close()
        print("way      " + "".join(f"{share:>8.0%}" for share in SHARES) + "     all  hours  joined  false  by kind")
        for way in chosen.way:
            copy = Path(home) / way
            shutil.copytree(first, copy, ignore=shutil.ignore_patterns("crops", "cutouts", "small", "backups"))
            project = open_project(copy)
            try:
                measure(project, labelled, taken, way, chosen)
            finally:
                project.close()


def measure(
    project: Project, labelled: LabelledSet, taken: list[movements.Taken], way: str, chosen: argparse.Namespace
) -> None:
    """Print the line of one way."""
    desk, begun = Desk(project, chosen.nearest), perf_counter()
    truth = Truth(desk, labelled, between=bool(taken))
    if way == "gain":
        course, given = gain(project, truth, taken, chosen.slips)
    else:
        course, given = review(desk, truth, way, chosen.most, chosen.single, chosen.slips)
    reached = [next((n for n, made in course if made >= share * truth.pairs), None) for share in SHARES]
    cells = "".join(f"{'–' if n is None else n:>8}" for n in reached)
    total, made = given.total(), course[-1][1]
    kinds = ", ".join(f"{kind} {n}" for kind, n in given.most_common())
    print(
        f"{way:9}{cells}{total:8}{total / PACE:7.1f}{made / max(1, truth.pairs):8.3f}"
        f"{truth.false_joins(desk):7}  {kinds}; {1000 * (perf_counter() - begun) / max(1, total):.1f} ms a question",
        flush=True,
    )


if __name__ == "__main__":
    main()
