#!/usr/bin/env python3
"""Hours of reviewing in minutes: two windows on a large survey, every answer compared with the ledger at the end.

    .venv/bin/python benchmarks/long_review.py --sightings 20000 --answers 20000
    .venv/bin/python benchmarks/long_review.py --sightings 100000 --answers 0 --no-pictures
    .venv/bin/python benchmarks/long_review.py --sightings 20000 --answers 5000 --no-pictures --burst 4 --way useful

The survey is made up (see ``long_review_stock``), the server is the real one in a process of its own, and the two
windows are two threads with connections of their own. They answer what they are shown by the truth with some slips,
take answers back, say flanks, reload, answer what the other window has just been shown, send answers twice (one after
the other, and both windows at the same moment), and fetch the pictures of every pair and the next ones; one slow client
sends its requests in drops. Exit code 1 where an answer was lost or doubled, or anything is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import long_review_stock
from long_review_windows import Client, Record, Server, Window, slow_client

from spotid.jobs import doctor
from spotid.project import ledger, sightings
from spotid.project.folder import open_project
from spotid.review.identity import replay


def compare(project_folder: Path, record: Record, *, with_doctor: bool) -> dict[str, Any]:
    """The ledger beside what the windows were told, and the project's health."""
    project = open_project(project_folder, wait=10)
    try:
        rows = project.store.all("SELECT * FROM decision ORDER BY id")
        in_ledger = {row["uid"]: row for row in rows}
        wrong = 0
        for uid, (row, kind, said) in record.kept.items():
            there = in_ledger.get(uid)
            expected = {said.get("sighting")} if "sighting" in said else {said.get("a"), said.get("b")}
            expected = {said["a"]} if kind in ("new", "unusable") else set() if kind == "undo" else expected
            wrong += there is not None and (there["id"], there["kind"]) != (row, kind)
            wrong += there is not None and {there["a"], there["b"]} - {None} != expected
        known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
        told = [finding.sentence for finding in doctor.examine(project)] if with_doctor else []
        conflicts = sum(sentence.startswith("Answers both join") for sentence in told)
        return {
            "acknowledged": len(record.kept),
            "lost": sum(uid not in in_ledger for uid in record.kept),
            "doubled": len(record.doubled) + len(rows) - len(in_ledger),
            "of nobody": sum(uid not in record.kept for uid in in_ledger),
            "other content": wrong,
            "repeats answered as such": record.repeats,
            "identity is the replay": known.individuals() == ledger.stored_identity(project.store),
            "individuals": known.count(),
            "conflicts": len(known.conflicts()),
            "doctor": [one for one in told if not one.startswith("Answers both join")][:5]
            if with_doctor
            else "not asked",
            "doctor tells all conflicts": conflicts == len(known.conflicts()) if with_doctor else "not asked",
            "database MB": round(project.layout.database.stat().st_size / 1e6, 1),
        }
    finally:
        project.close()


def review(
    folder: Path,
    count: int,
    answers: int,
    *,
    pictures: bool = True,
    with_doctor: bool = True,
    burst: int = 1,
    way: str = "anchor",
) -> dict[str, Any]:
    """Make a survey of ``count`` sightings in ``folder``, review it that ``way``, and give all figures."""
    survey = long_review_stock.make(folder, count, pictures=pictures, burst=burst)
    home = folder / "home"
    home.mkdir()
    server = Server(survey.folder, home)
    record, stop = Record(), threading.Event()
    try:
        first = Client(server)
        began, cpu, before = time.perf_counter(), server.cpu(), server.memory()
        first.get(f"pair?way={way}")
        opening = {"s": round(time.perf_counter() - began, 2), "CPU s": round(server.cpu() - cpu, 2)}
        opening |= {"MB": round(server.memory() - before)}
        windows = [Window(server, survey, record, answers, seed, pictures, way) for seed in (1, 2)]
        windows[0].other, windows[1].other = windows[1], windows[0]
        slow = threading.Thread(target=slow_client, args=(Client(server), server, stop), daemon=True)
        record.memory.append((0, server.memory()))
        began, cpu = time.perf_counter(), server.cpu()
        for thread in (*windows, slow):
            thread.start()
        for thread in windows:
            thread.join()
        stop.set()
        slow.join(10)
        seconds, cpu = time.perf_counter() - began, server.cpu() - cpu
        record.memory.append((len(record.kept), server.memory()))
        log = survey.folder / "project.sqlite-wal"
        write_ahead = round(log.stat().st_size / 1e6, 1) if log.exists() else 0.0
    finally:
        server.stop()
    figures: dict[str, Any] = {
        "sightings": count,
        "opening the desk": opening,
        "reviewing s": round(seconds, 1),
        "server CPU s": round(cpu, 1),
        "answer to next pair ms": in_ms(record.answering),
        "pictures ms": in_ms(record.pictures) | {"fetched": len(record.pictures)},
        "memory MB": [round(megabytes) for _, megabytes in record.memory],
        "MB per 1,000 answers": slope(record.memory),
        "write-ahead log MB": write_ahead,
        "failures": record.failures[:5],
    }
    return figures | compare(survey.folder, record, with_doctor=with_doctor)


def in_ms(seconds: list[float]) -> dict[str, float]:
    """The middle, the slowest of a hundred, and the slowest of all, in milliseconds."""
    if not seconds:
        return {}
    values = np.array(seconds) * 1000
    return {
        "p50": round(float(np.median(values)), 1),
        "p99": round(float(np.percentile(values, 99)), 1),
        "max": round(float(values.max()), 1),
    }


def slope(memory: list[tuple[int, float]]) -> float | None:
    """Megabytes gained by 1,000 answers, by a straight line through what was measured after the first quarter."""
    late = [one for one in memory if one[0] >= memory[-1][0] / 4]
    if len(late) < 4:
        return None
    counts, megabytes = np.array(late).T
    return round(float(np.polyfit(counts / 1000, megabytes, 1)[0]), 2)


def sound(figures: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled or wrong."""
    nothing = ("lost", "doubled", "of nobody", "other content", "failures")
    healthy = figures["doctor"] in ([], "not asked") and figures["doctor tells all conflicts"] is not False
    return not any(figures[name] for name in nothing) and figures["identity is the replay"] and healthy


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--sightings", type=int, default=20_000)
    ask.add_argument("--answers", type=int, default=20_000)
    ask.add_argument("--json", type=Path, help="write the figures there")
    ask.add_argument("--no-pictures", action="store_true", help="make no pictures and fetch none")
    ask.add_argument("--burst", type=int, default=1, help="frames of each visit")
    ask.add_argument("--way", choices=["anchor", "certain", "useful"], default="anchor")
    chosen = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="spotid-review-", ignore_cleanup_errors=True) as folder:
        pictures = not chosen.no_pictures
        how = {"pictures": pictures, "with_doctor": pictures, "burst": chosen.burst, "way": chosen.way}
        figures = review(Path(folder), chosen.sightings, chosen.answers, **how)
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.python_version()}")
    for name, value in figures.items():
        print(f"{name}: {value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    sys.exit(0 if sound(figures) else 1)


if __name__ == "__main__":
    main()
