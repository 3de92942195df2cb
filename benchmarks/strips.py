"""How well burnt-in strips are read: python -m benchmarks.strips FOLDER

FOLDER holds pictures and a ``manifest.csv`` with path, camera, unit and datetime; one camera and unit make one card. A
time agrees when it lies within ``--within`` seconds of the manifest's; what differs is printed to be looked at.
"""

from __future__ import annotations

import argparse
import csv
import re
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
    told = ask.parse_args()
    cards: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with (told.folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as table:
        for row in csv.DictReader(table):
            cards[row["camera"], row["unit"]].append(row)
    count: Counter[str] = Counter()
    spent = 0.0
    for _, rows in sorted(cards.items()):
        rows.sort(key=lambda row: (row["datetime"], [int(part) for part in re.findall(r"\d+", row["path"])]))
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


if __name__ == "__main__":
    main()
