"""Time and memory for large files of recognitions, and for matching their paths to a listing of photographs.

    python benchmarks/recognitions.py --megabytes 500

Writes a file in MegaDetector's layout (pictures first, indented by one as it does), with many faint boxes as in real
ones, then reads it in a process of its own: once for its head, picture by picture, whole, and with its paths matched.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

STEPS = ("nothing", "head", "each", "whole", "match")


def write(path: Path, megabytes: float) -> int:
    """Write a file of about this size; returns the number of its pictures."""
    rng, written, count = random.Random(7), 0, 0
    with path.open("w", encoding="utf-8") as file:
        written += file.write('{\n "images": [\n')
        while written < megabytes * 1e6:
            boxes = [
                {
                    "category": rng.choice("1112"),
                    "conf": round(rng.random() ** 6, 3),
                    "bbox": [round(rng.uniform(0, 0.5), 4) for _ in range(4)],
                    "classifications": [["0", round(rng.random(), 3)], ["1", 0.1]],
                }
                for _ in range(rng.choice((0, 1, 1, 2, 3, 5)))
            ]
            entry = {"file": f"survey\\card{count // 9999:03}\\IMG_{count % 9999:04}.JPG", "detections": boxes}
            written += file.write((",\n" if count else "") + json.dumps(entry, indent=1))
            count += 1
        tail = {
            "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
            "classification_categories": {"0": "leopard", "1": "hyaena"},
            "info": {"format_version": "1.5", "detector": "md_v5a.0.1.pt"},
        }
        file.write("\n ],\n" + json.dumps(tail, indent=1)[2:])
    return count


def run(step: str, path: Path) -> None:
    """One step; prints its seconds, the peak of memory, and what came of it."""
    from spotid.intake import path_match, recognitions

    started, told = time.perf_counter(), ""
    if step == "head":
        told = f"{recognitions.head(path).images:,} pictures"
    elif step == "each":
        about = recognitions.head(path)
        told = f"{sum(len(one.boxes) for one in recognitions.each(path, about, about.careful)):,} boxes"
    elif step in ("whole", "match"):
        found = recognitions.read(path)
        told = f"{len(found.images):,} pictures"
        if step == "match":
            started = time.perf_counter()
            listing = [one.path.replace("\\", "/").replace("survey/", "2023/K12/") for one in found.images]
            matched = path_match.match((one.path for one in found.images), listing)
            told = " ".join(matched.sentences())
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:8} {seconds:7.1f} s {peak:7.0f} MB  {told}", flush=True)


def main() -> None:
    """Make the file, and each step in a process of its own so that the peaks are its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=500)
    parser.add_argument("--steps", nargs="*", choices=STEPS, default=STEPS)
    parser.add_argument("--read", nargs=2, metavar=("STEP", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.read:
        run(chosen.read[0], Path(chosen.read[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        count = write(path, chosen.megabytes)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {count:,} pictures", flush=True)
        for step in chosen.steps:
            subprocess.run([sys.executable, __file__, "--read", step, str(path)], check=True)


if __name__ == "__main__":
    main()
