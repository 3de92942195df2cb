#!/usr/bin/env python3
"""What places and times add: real pictures, movements drawn from real capture histories, a few seeds.

    python benchmarks/location.py FOLDER … --captures CAPTURES.csv --keep PROJECTS --out REPORTS [--seeds 1 2 3]
        [--sides] [--faults] [--embedding] [--by visit] [--strategies greedy,spal,confspal,gain]

Every FOLDER has labelled pictures (``manifest.csv``: path, identity, side). For every seed ``movements.py`` says when
and where each picture was taken, and ``spotid evaluate`` measures it; its reports stay in REPORTS. PROJECTS keeps the
projects of the folders, so that pictures are looked at once. ``--sides`` tells the flanks: left and right are not
compared then. ``--embedding`` leaves out what was compared spot by spot: the embedding is the image model, as in the
literature. ``--by visit`` joins one animal's pictures of a visit from the start, as the review does. ``--faults``
measures the ranking with one clock a year off, and with the places of two stations swapped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import movements
from labels import LabelledSet
from report import machine

FAULTS = ("clock", "swap")


def main() -> None:
    """Measure everything and print tables."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--captures", type=Path, required=True)
    ask.add_argument("--keep", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    ask.add_argument("--sides", action="store_true")
    ask.add_argument("--faults", action="store_true")
    ask.add_argument("--embedding", action="store_true")
    ask.add_argument("--by", choices=("picture", "visit"), default="picture")
    ask.add_argument("--as-they-are", action="store_true", help="take the projects as they are, compute nothing")
    ask.add_argument("--strategies", default="greedy,spal,confspal,gain")
    chosen = ask.parse_args()
    print(machine())
    for folder in chosen.folders:
        for seed in chosen.seeds:
            plain = measured(folder, seed, None, chosen)
            print(f"\n## {folder.name}, seed {seed}")
            rank(plain)
            ask_about(plain)
            for fault in FAULTS if chosen.faults else ():
                print(f"\n{folder.name}, seed {seed}, {fault}:")
                rank(measured(folder, seed, fault, chosen))


def measured(folder: Path, seed: int, fault: str | None, chosen: argparse.Namespace) -> dict[str, Any]:
    """The figures of one run of ``spotid evaluate``."""
    kind = "-".join(
        filter(
            None,
            (
                f"seed{seed}",
                fault,
                "sides" * chosen.sides,
                "embedding" * chosen.embedding,
                "visit" * (chosen.by == "visit"),
            ),
        )
    )
    out = chosen.out / folder.name / kind
    out.mkdir(parents=True, exist_ok=True)
    taken = movements.simulate(LabelledSet(folder, same_side=True), chosen.captures, seed)
    told: list[str] = []
    if fault:
        taken, told = movements.broken(taken, fault, seed)
    movements.write(taken, out / "manifest.csv", sides=chosen.sides)
    if not fault:
        movements.tell(taken)
    command, kept = [sys.executable, "-m", "spotid", "evaluate"], str(chosen.keep / folder.name)
    command += ["--project", kept] if chosen.as_they_are else ["--folder", str(folder), "--keep", kept]
    command += ["--manifest", str(out / "manifest.csv"), "--unit", "m", "--out", str(out), "--seed", str(seed)]
    command += ["--strategies", "none" if fault else chosen.strategies, "--error-rate", "0" if fault else "0.05"]
    command += ["--by", chosen.by]
    command += ["--pictures", "embedding"] if chosen.embedding else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    if fault:
        named = [one["station"] for one in found["oddities"]]
        print(f"told: {', '.join(told)}; named: {', '.join(named) or 'nobody'}")
    return found


def rank(found: dict[str, Any]) -> None:
    """Shares of queries whose individual is among the first, own visit left out."""
    print(f"{'':22}{'first':>7}{'of 5':>7}{'of 10':>7}{'of 20':>7}{'mAP':>7}")
    for one in found["ranked"]:
        curve = one["apart"]
        if curve is not None:
            top = "".join(f"{curve['top'][depth - 1]:7.3f}" for depth in (1, 5, 10, 20))
            print(f"{one['key']:22}{top}{curve['precision']:7.3f}")


def ask_about(found: dict[str, Any]) -> None:
    """Questions to 80, 95 and 100 % of the matches, as parts of the baseline's and of ConfSPAL's, and mistakes left."""
    heads = ("80 %", "95 %", "all", "hours", "of base", "of conf", "missed", "mixed")
    print(f"\n{'':30}" + "".join(f"{head:>8}" for head in heads) + f"{'wrong answers named, left after':>36}")
    for one in found["contests"]:
        cells = [_cell(one["queries_to"][share]) for share in ("0.8", "0.95", "1")]
        cells += [
            _cell(one[name]["1"], digits) for name, digits in (("hours_to", 1), ("of_baseline", 3), ("of_confspal", 3))
        ]
        cells += [_cell(one["missed"]), _cell(one["joined_wrongly"])]
        second = one["second_look"]
        told = "" if second is None else "{found} of {wrong} in {named}; {missed} + {mixed}".format(**second)
        print(f"{one['key']:30}" + "".join(f"{cell:>8}" for cell in cells) + f"{told:>36}", flush=True)


def _cell(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    main()
