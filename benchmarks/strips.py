"""How well burnt-in strips are read: python -m benchmarks.strips FOLDER

FOLDER holds pictures and a ``manifest.csv`` with path, camera, unit and datetime; one camera and unit make one card. A
time agrees when it lies within ``--within`` seconds of the manifest's; what differs is printed to be looked at.

With ``--stage`` the pictures are copied under names without a date, a folder for each card, taken into a project, read
by the stages of a run, and confirmed card by card: compared is the time that the project then has.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from spotid.intake.strip import look, settle


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--within", type=float, default=2)
    ask.add_argument("--stage", action="store_true")
    told = ask.parse_args()
    cards: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with (told.folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as table:
        for row in csv.DictReader(table):
            cards[row["camera"], row["unit"]].append(row)
    if told.stage:
        through_the_stage(told.folder, cards, told.within)
        return
    count: Counter[str] = Counter()
    spent = 0.0
    for _, rows in sorted(cards.items()):
        rows.sort(key=in_order)
        seen = []
        for row in rows:
            with Image.open(told.folder / row["path"]) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            start = time.perf_counter()
            seen.append(look(pixels))
            spent += time.perf_counter() - start
        for row, answer in zip(rows, settle(seen), strict=True):
            count["pictures"] += 1
            if answer is None:
                count["without a strip"] += 1
                continue
            count["with a strip"] += 1
            count["camera named"] += answer.camera is not None
            if answer.time is None:
                count["no time"] += 1
                print("no time:", row["path"], repr(answer.text))
                continue
            count["sure"] += answer.sure
            apart = (answer.time - datetime.fromisoformat(row["datetime"])).total_seconds()
            agrees = abs(apart) <= told.within
            count["agrees" if agrees else "differs"] += 1
            if not agrees:
                print(
                    "differs:",
                    row["path"],
                    answer.time,
                    "in the manifest",
                    row["datetime"],
                    "sure" if answer.sure else "",
                )
    print(dict(count), f"{spent / max(count['pictures'], 1):.3f} s per picture (opening not counted)")


def in_order(row: dict[str, str]) -> tuple[str, list[int]]:
    """The order in which a card's pictures were taken."""
    return row["datetime"], [int(part) for part in re.findall(r"\d+", row["path"])]


def through_the_stage(folder: Path, cards: dict[tuple[str, str], list[dict[str, str]]], within: float) -> None:
    """The same figures by way of a project."""
    from spotid.intake import source, strip_cards
    from spotid.jobs.stages import line_of
    from spotid.project.folder import create_project
    from spotid.settings import settings
    from spotid.words import Stage

    class Quiet:
        def expect(self, total: int) -> None: ...

        def step(self, count: int = 1, note: str = "") -> None: ...

    with tempfile.TemporaryDirectory() as place:
        truth: dict[str, str] = {}
        for number, (_, rows) in enumerate(sorted(cards.items())):
            for at, row in enumerate(sorted(rows, key=in_order)):
                copy = Path(place) / "cards" / f"CARD {number}" / f"IMG_{at:04}.JPG"
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / row["path"], copy)
                truth[f"{copy.parent.name}/{copy.name}"] = row["datetime"]
        project = create_project(Path(place) / "project")
        source.take(project, source.checked(Path(place) / "cards", project.path, "auto"), "auto")
        line, values = line_of(project, settings()), settings()
        for stage in (Stage.SCAN, Stage.READ, Stage.STRIPS):
            line.work(stage)(Quiet())
        before = int(project.store.value("SELECT COUNT(*) FROM media WHERE captured_at IS NOT NULL"))
        found = [strip_cards.card(project, one.uid) for one in strip_cards.listed(project)]
        for card in found:
            if card.order or card.times:
                strip_cards.confirm(project, card.uid, minutes=values["visit_minutes"])
        count: Counter[str] = Counter({"pictures": len(truth), "dated before": before, "cards": len(found)})
        count["with a strip"] = int(project.store.value("SELECT COUNT(*) FROM strip WHERE seen IS NOT NULL"))
        for row in project.store.all("SELECT relpath, captured_at FROM media WHERE time_source = 'strip'"):
            apart = datetime.fromisoformat(row["captured_at"]) - datetime.fromisoformat(truth[row["relpath"]])
            agrees = abs(apart.total_seconds()) <= within
            count["agrees" if agrees else "differs"] += 1
            if not agrees:
                print("differs:", row["relpath"], row["captured_at"], "in the manifest", truth[row["relpath"]])
        project.close()
    print(dict(count))


if __name__ == "__main__":
    main()
