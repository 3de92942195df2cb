#!/usr/bin/env python3
"""Measure the whole line on labelled folders, beside HotSpotter: what is found, who is recognised, what it costs.

    python3 launch.py simulate /tmp/survey --frames 300 --individuals 15 --stations 10
    .venv/bin/python benchmarks/identify.py /tmp/survey FOLDER_WITH_MANIFEST … --hotspotter auto --json figures.json

A folder holds either a generated survey (``truth/sightings.csv``), or ``manifest.csv`` with the columns path, identity
and, where known, side, encounter, camera, datetime, box ("x y w h" as fractions), or ``images/`` and ``masks/`` of the
same names (then only the cut-out is measured). Candidates of the query's own encounter are dropped: without that
column, pictures whose names begin with the same number where names end in "photo" are one encounter, and so are
pictures of one camera within 60 minutes. In a generated survey only pictures of the same flank can show the same coat,
so only these count. The folder is run as a person would run it; identities are not shown to the program, except where
folders are named by them: ``--station-level none`` keeps it from taking those names for stations.

HotSpotter gets exactly the pictures that show a labelled animal and is scored by the same scorer with the same
exclusions. It lists only the candidates that it verifies, so a mean average precision of it counts the others as lost.
Chances are judged on the pairs that the review would offer: the five best allowed candidates of each, each pair once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import hotspotter
from labels import Label, LabelledSet
from line import find_and_rank
from masks import measure_masks
from report import Report, machine, tell

from spotid.evaluate.ranking import score

__all__ = ["Label", "tell"]  # the other benchmarks take them from here
THEIRS = "HotSpotter"


def main(arguments: list[str] | None = None) -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--station-level", default="auto")
    ask.add_argument("--same-side", action="store_true", help="only candidates of the query's own side count")
    ask.add_argument("--true-boxes", action="store_true", help="cut the pictures to their true boxes first")
    ask.add_argument("--hotspotter", metavar="PYTHON", help="a Python that has ibeis; auto makes one (2 GB)")
    ask.add_argument("--only-hotspotter", action="store_true", help="leave SpotID out")
    ask.add_argument("--fresh", action="store_true", help="run HotSpotter again where its results are kept")
    ask.add_argument("--cache", type=Path, default=hotspotter.cache_folder(), help="where they are kept")
    ask.add_argument("--keep", type=Path, help="where to keep the projects; they are thrown away otherwise")
    ask.add_argument("--json", type=Path, metavar="OUT", help="also write the figures here")
    chosen = ask.parse_args(arguments)
    print(machine(), flush=True)
    records = []
    for folder in chosen.folders:
        with tempfile.TemporaryDirectory() as rubbish:
            report = measure(folder.resolve(), chosen.keep or Path(rubbish), chosen)
        print(report.text(), flush=True)
        records.append(report.record())
        if chosen.json:
            whole = {"machine": machine(), "sets": records}
            chosen.json.write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")


def measure(folder: Path, place: Path, chosen: argparse.Namespace) -> Report:
    """All figures of one folder; projects are made in ``place``."""
    if (folder / "masks").is_dir():
        return measure_masks(folder)
    labelled = LabelledSet(folder, chosen.same_side)
    if not chosen.true_boxes:
        return compared(labelled, place, chosen)
    with tempfile.TemporaryDirectory() as rubbish:
        return compared(labelled.cut_to_boxes(Path(rubbish)), place, chosen)


def compared(labelled: LabelledSet, place: Path, chosen: argparse.Namespace) -> Report:
    """SpotID, and HotSpotter if asked for, on the pictures of one set."""
    report = Report(labelled.name)
    report.facts.append("only candidates of the query's side count" if labelled.same_side else "candidates of any side")
    if not chosen.only_hotspotter:
        find_and_rank(labelled, place / labelled.name, chosen.station_level, report)
    if chosen.hotspotter:
        python = hotspotter.environment(chosen.hotspotter, chosen.cache)
        found = hotspotter.ranked(labelled, python, chosen.cache, chosen.fresh)
        report.facts.append(
            f"{THEIRS}: ibeis {found.cost['ibeis']}, {'kept from an earlier call' if found.kept else 'run now'}"
        )
        report.rank(THEIRS, score(labelled.individual, found.lists, labelled.allowed))
        report.put(
            THEIRS,
            CPU_seconds_per_picture=found.cost["picture_cpu_s"],
            CPU_seconds_per_query=found.cost["query_cpu_s"],
            peak_memory_in_MB=found.cost["memory_mb"],
        )
    return report


if __name__ == "__main__":
    main()
