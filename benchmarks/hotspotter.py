"""HotSpotter beside SpotID: an environment of its own, a run on exactly the same pictures, and what it ranked.

HotSpotter (Crall, Stewart, Berger-Wolf, Rubenstein and Sundaresan, 2013) is run as the package ibeis with its defaults.
It ranks all pictures, those of the query's own visit too; the scorer drops these afterwards, as its users must.
Results are kept by the content of the pictures, so that a second call is quick.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from labels import LabelledSet

PACKAGES = ("ibeis==2.6.0", "numpy==2.4.6", "opencv-python-headless==5.0.0.93")
RECIPE = "whole upright pictures, defaults of ibeis 2.6.0, 1"  # a change of hotspotter_run.py that matters changes this
RUNNER = Path(__file__).resolve().parent / "hotspotter_run.py"


@dataclass(frozen=True)
class Ranked:
    """What HotSpotter made of a set: label → candidates, best first, and what that took."""

    lists: dict[str, list[str]]
    cost: dict[str, float]
    kept: bool  # whether it was computed by an earlier call


def cache_folder() -> Path:
    """Where the environment and the results are kept, outside the checkout."""
    return Path(platformdirs.user_cache_dir("spotid-benchmarks", appauthor=False))


def environment(chosen: str, cache: Path) -> Path:
    """The Python that has ibeis: the one named, or for ``auto`` one made in ``cache`` (about 2 GB, minutes)."""
    if chosen != "auto":
        return Path(chosen)
    home = cache / "hotspotter"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (home / "ready").is_file():
        print(f"Making an environment for HotSpotter in {home} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (home / "ready").write_text("\n".join(PACKAGES), encoding="utf-8")
    return python


def digest(folder: Path, pictures: list[str]) -> str:
    """A name for what HotSpotter would make of these pictures in this order."""
    whole = hashlib.sha256(RECIPE.encode())
    for picture in pictures:
        whole.update(hashlib.sha256((folder / picture).read_bytes()).digest())
    return whole.hexdigest()[:24]


def ranked(chosen: LabelledSet, python: Path, cache: Path, fresh: bool) -> Ranked:
    """Run HotSpotter on the pictures of a set, or read what an earlier call kept."""
    pictures = chosen.pictures
    stem = cache / "results" / digest(chosen.folder, pictures)
    stem.parent.mkdir(parents=True, exist_ok=True)
    table, costs = stem.with_suffix(".csv"), stem.with_suffix(".json")
    kept = costs.is_file() and table.is_file() and not fresh
    if not kept:
        costs.unlink(missing_ok=True)
        wanted = stem.with_suffix(".list")
        wanted.write_text(json.dumps([str(chosen.folder / one) for one in pictures]), encoding="utf-8")
        with stem.with_suffix(".log").open("wb") as log:
            command = [str(python), str(RUNNER), str(wanted), str(table), str(costs)]
            ended = subprocess.run(command, stdout=log, stderr=log)
        if ended.returncode:
            raise SystemExit(f"HotSpotter failed on {chosen.name}; see {stem.with_suffix('.log')}")
    cost = json.loads(costs.read_text(encoding="utf-8"))
    return Ranked(by_label(chosen, pictures, read(table)), cost, kept)


def read(table: Path) -> dict[int, list[int]]:
    """Number of the picture → numbers of its candidates, best first."""
    lists: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            lists[int(row["query"])].append((int(row["rank"]), int(row["candidate"])))
    return {query: [candidate for _, candidate in sorted(found)] for query, found in lists.items()}


def by_label(chosen: LabelledSet, pictures: list[str], lists: dict[int, list[int]]) -> dict[str, list[str]]:
    """Lists of labels from lists of pictures: every label in a picture stands where its picture stands."""
    inside: dict[str, list[str]] = defaultdict(list)
    for number, label in enumerate(chosen.labels):
        inside[label.path].append(str(number))
    return {
        label: [one for candidate in found for one in inside[pictures[candidate]]]
        for query, found in lists.items()
        for label in inside[pictures[query]]
    }
