#!/usr/bin/env python3
"""What a bundle costs: size by part, from the double-click to the drawn page, memory, and whether its results are ours.

    .venv/bin/python benchmarks/bundle.py build/bundle/SpotID --json bundle.json
    .venv/bin/python benchmarks/bundle.py build/bundle/SpotID --runs 10 --no-work

The page is drawn when Chromium, which is open already, reports its first contentful paint; the clock starts before the
program's process does. Warm: started once before. Cold, on Linux and as root: the system has forgotten all files.
Memory is that of the program with its workers, without the browser, each page counted once (PSS; RSS where the system
does not tell it), looked at ten times a second. Exit code 1 where a limit is passed or a result differs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bundle_same import Compared, compare
from report import Report, machine

from spotid.firstrun.checks import find_browser
from tests.bundle import journey
from tests.bundle.frozen import Bundle, Frozen, environment, notes, projects
from tests.conftest import BROWSER_OPTIONS

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {"unpacked MB": 350, "zipped MB": 150, "warm start s": 3.0}
PAINTED = """() => new Promise((done) => new PerformanceObserver((seen) => {
  const first = seen.getEntriesByName("first-contentful-paint")[0];
  if (first) done(performance.timeOrigin + first.startTime);
}).observe({ type: "paint", buffered: true }))"""
DROP = Path("/proc/sys/vm/drop_caches")
# Which part a file of _internal belongs to: by the first of these that its path starts with, else by its own name.
PARTS = {
    "OpenCV": ("cv2", "opencv"),
    "faiss": ("faiss", "libfaiss", "libgfortran", "libopenblas", "libquadmath"),
    "NumPy": ("numpy", "libscipy"),
    "pictures (Pillow, HEIF)": ("PIL", "pillow", "_pillow", "libheif", "libx26", "libde265", "libaom"),
    "weights, profiles, languages": ("spotid",),
    "manual and pages": ("docs", "static", "templates"),
    "sample survey": ("sample_data",),
    "licences": ("licences", "LICENSE"),
    "window (Tcl/Tk)": ("_tcl", "_tk", "tcl", "tk", "libtcl", "libtk", "_tkinter"),
}


def part_of(name: str) -> str:
    """The part of the bundle that a file belongs to; ``name`` is its path in the bundle."""
    if not name.startswith("_internal/"):
        return "the two programs, our code"
    inside = name.removeprefix("_internal/")
    for part, begins in PARTS.items():
        if inside.startswith(begins):
            return part
    return "Python and what it needs"


def sizes(bundle: Bundle) -> tuple[Counter[str], Counter[str]]:
    """Megabytes of each part, unpacked and as they lie in a ZIP."""
    unpacked: Counter[str] = Counter()
    packed: Counter[str] = Counter()
    with tempfile.TemporaryFile() as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(bundle.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = path.relative_to(bundle.folder).as_posix()
                made.write(path, name)
                unpacked[part_of(name)] += path.stat().st_size
                packed[part_of(name)] += made.getinfo(name).compress_size
    return unpacked, packed


def start_once(bundle: Bundle, page: Page, variables: dict[str, str], cold: bool) -> tuple[float, float]:
    """Seconds until the program has an address, and until its page is drawn."""
    if cold:
        os.sync()
        DROP.write_text("3\n")
    page.goto("about:blank")
    began = time.time()
    program = Frozen([str(bundle.window), "--no-browser", "--port", "5900"], variables)
    try:
        while not (notes(variables) / "running.json").exists():
            assert program.process.poll() is None, program.said()
            time.sleep(0.005)
        served = time.time()
        note = json.loads((notes(variables) / "running.json").read_text(encoding="utf-8"))
        page.goto(f"{note['address']}/?key={note['key']}")
        drawn = float(page.evaluate(PAINTED)) / 1000
        assert program.serving().close() == 0
    finally:
        program.gone()
    return served - began, drawn - began


class Memory(threading.Thread):
    """The peak of a program's family."""

    def __init__(self, program: Frozen) -> None:
        super().__init__(daemon=True)
        self._program, self._over = program, threading.Event()
        self.peak = 0.0
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(_megabytes(one) for one in self._program.family()))

    def end(self) -> float:
        """Stop looking and give the peak in MB."""
        self._over.set()
        self.join()
        return self.peak


def _megabytes(process: psutil.Process) -> float:
    try:
        told = process.memory_full_info()
    except (psutil.Error, OSError):
        return 0.0
    return float(getattr(told, "pss", told.rss)) / 1e6


def work(bundle: Bundle, browser: Browser, folder: Path, report: Report) -> list[Compared]:
    """The demonstration and its review in the bundle, and the same run from source; what differs between them."""
    variables = environment(folder / "home")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    project = projects(variables) / "Demonstration"
    program = Frozen([str(bundle.window), "--no-browser", "--port", "5900"], variables)
    try:
        look = Memory(program)
        page.goto(program.serving().door)
        time.sleep(1.0)
        report.put("peak MB", **{"memory: started, first page": look.end()})
        assert program.close() == 0
        program.gone()
        program = Frozen([str(bundle.window), "demo", "--no-browser", "--port", "5900"], variables)
        look, began = Memory(program), time.monotonic()
        journey.follow_run(page, program.serving(), project)
        report.facts.append(f"the demonstration's run took {time.monotonic() - began:.0f} s")
        report.put("peak MB", **{"memory: run of the demonstration": look.end()})
        look = Memory(program)
        journey.answer(page, "ynncnynncn")
        report.put("peak MB", **{"memory: review, ten answers": look.end()})
        page.close()
        assert program.close() == 0
    finally:
        program.gone()
    line = [sys.executable, "-m", "spotid", "run", str(bundle.sample), "--project", str(folder / "source")]
    plain = {**os.environ, "SPOTID_HOME": str(folder / "notes")}
    subprocess.run(line, cwd=ROOT, env=plain, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return compare(project, folder / "source")


def main() -> int:
    """Measure and tell; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="the folder with SpotID and spotid-cli in it")
    parser.add_argument("--runs", type=int, default=7, help="starts of each kind")
    parser.add_argument("--no-work", action="store_true", help="only sizes and starts")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    asked = parser.parse_args()
    bundle = Bundle(asked.bundle.resolve())
    passed: list[str] = []

    size = Report(f"Size of {bundle.folder}", [machine()])
    for method, counted in zip(("unpacked MB", "zipped MB"), sizes(bundle), strict=True):
        for part, count in sorted(counted.items(), key=lambda item: -item[1]):
            size.put(method, **{part: count / 1e6})
        whole = counted.total() / 1e6
        size.put(method, whole=whole)
        if whole > LIMITS[method]:
            passed.append(f"{whole:.0f} {method}, {LIMITS[method]} at most")
    start = Report("From the start to the drawn page (seconds)", [machine()])
    memory = Report("Peak memory of the program and its workers (MB)", [machine()])
    with tempfile.TemporaryDirectory(prefix="spotid-bundle-") as place, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_browser(), args=BROWSER_OPTIONS)
        page, variables = browser.new_page(), environment(Path(place) / "starts")
        start_once(bundle, page, variables, False)
        for kind in ("warm", *(("cold",) if os.access(DROP, os.W_OK) else ())):
            taken = [start_once(bundle, page, variables, kind == "cold") for _ in range(asked.runs)]
            for what, values in zip(("address", "page drawn"), zip(*taken, strict=True), strict=True):
                for figure, found in (
                    ("median", statistics.median(values)),
                    ("min", min(values)),
                    ("max", max(values)),
                ):
                    start.put(figure, **{f"{kind}: {what}": found})
        warm = start.figures["warm: page drawn"]["median"]
        if warm > LIMITS["warm start s"]:
            passed.append(f"{warm:.1f} s to the drawn page, {LIMITS['warm start s']} at most")
        page.close()
        if not asked.no_work:
            told = work(bundle, browser, Path(place), memory)
            passed += [str(one) for one in told if one.different]
            memory.facts += [str(one) for one in told]
        browser.close()
    reports = [size, start] + ([] if asked.no_work else [memory])
    for one in reports:
        print(one.text())
    for line in passed:
        print(f"TOO MUCH OR DIFFERENT  {line}")
    if asked.json:
        asked.json.write_text(json.dumps([one.record() for one in reports], indent=1, ensure_ascii=False))
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
