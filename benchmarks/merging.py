#!/usr/bin/env python3
"""Two laptops review one survey, and their answers are brought together: how long it takes, and what is found.

    .venv/bin/python benchmarks/merging.py --sightings 5000 --answers 10000

Both reviewers answer pairs of the look-alike lists by the truth; each says *different* of a pair of one animal with
``--missed`` and *same* of a pair of two with ``--false``, so that the agreement page's figures can be held against the
truth. A third of the pairs is answered by both. Prints times in seconds, conflicts, and the estimates.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import long_review_stock

from spotid.project import answers, ledger, sightings
from spotid.project.folder import open_project
from spotid.review import agreement_told, conflicts, merging
from spotid.review.conflicts import Believed
from spotid.review.identity import replay

Slips = tuple[float, float]  # chances to miss an animal seen before, and to take two animals for one


def pairs(truth: dict[str, int], count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Different pairs, half of them of one animal."""
    of: dict[int, list[str]] = {}
    for uid, number in truth.items():
        of.setdefault(number, []).append(uid)
    several, every = [uids for uids in of.values() if len(uids) > 1], sorted(truth)
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        a, b = chance.sample(chance.choice(several) if len(found) % 2 else every, 2)
        found[(min(a, b), max(a, b))] = None
    return list(found)


def answer(folder: Path, initials: str, asked: list[tuple[str, str]], truth: dict[str, int], slips: Slips) -> float:
    """Put one reviewer's answers into a project, as many sessions leave them; the share of wrong ones."""
    chance = random.Random(initials)
    project = open_project(folder)
    rows, wrong = [], 0
    for number, (a, b) in enumerate(asked):
        same = truth[a] == truth[b]
        if chance.random() < slips[0 if same else 1]:
            same, wrong = not same, wrong + 1
        rows.append((f"{initials}-answer-{number:08d}", "same" if same else "different", a, b))
    with project.store.write() as connection:
        connection.execute("INSERT INTO reviewer (initials) VALUES (?)", (initials,))
        connection.executemany(
            "INSERT INTO decision (uid, kind, a, b, reviewer_id, made_at, seconds) SELECT ?, ?, ?, ?, id,"
            f" '2026-03-01T00:00:00.000+00:00', 6.0 FROM reviewer WHERE initials = '{initials}'",
            rows,
        )
    project.close()
    return wrong / len(asked)


def measure(count: int, given: int, slips: Slips, folder: Path) -> dict[str, Any]:
    """Make the survey, answer on both laptops, merge, and look."""
    survey = long_review_stock.make(folder / "ours", count, pictures=False)
    other = folder / "theirs" / "Survey"
    shutil.copytree(survey.folder, other)
    asked = pairs(survey.truth, 2 * given - given // 3, random.Random(7))
    wrong = [answer(survey.folder, "AB", asked[:given], survey.truth, slips)]
    wrong.append(answer(other, "CD", asked[-given:], survey.truth, slips))
    told: dict[str, Any] = {"sightings": count, "answers": [given, given]}
    project = open_project(survey.folder)
    for name, keep in (("preview_s", False), ("merge_s", True), ("again_s", True)):
        began = time.perf_counter()
        report = merging.merge(project, other, f"merge-{name}", keep=keep)
        told[name] = round(time.perf_counter() - began, 2)
        told.setdefault("taken", report["taken"])
    began = time.perf_counter()
    shown = agreement_told.told(project.store)
    told["agreement_page_s"] = round(time.perf_counter() - began, 2)
    known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
    began = time.perf_counter()
    told["conflicts"] = conflicts.count(known)["contradiction"]
    told["count_s"] = round(time.perf_counter() - began, 3)
    began = time.perf_counter()
    bare = conflicts.bare_cards(known)
    said = answers.by_uid(project.store, sorted({one.uid for card in bare for one in card.witnesses}))
    cards = conflicts.cards(known, said, lambda *_: Believed(), answers.usual_seconds(project.store))
    told["cards"], told["cards_s"] = len(cards), round(time.perf_counter() - began, 2)
    two = shown["agreement"]["two"]
    told["judged_twice"], told["kappa"], told["error"] = two["pairs"], two["kappa"], two["error"]
    told["true_errors"] = [round(one, 4) for one in wrong]
    project.close()
    return told


def main() -> None:
    """Read the arguments and print the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sightings", type=int, default=5000)
    parser.add_argument("--answers", type=int, default=10_000, help="of each of the two reviewers")
    parser.add_argument("--missed", type=float, default=0.02)
    parser.add_argument("--false", type=float, default=0.002)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(args.sightings, args.answers, (args.missed, args.false), Path(folder)), indent=2))


if __name__ == "__main__":
    main()
