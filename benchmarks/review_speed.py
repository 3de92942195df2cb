#!/usr/bin/env python3
"""How long a reviewer waits: from the key of an answer to the next pair painted, in a real browser over HTTP.

    .venv/bin/python benchmarks/review_speed.py --sightings 20000 --answers 300
    .venv/bin/python benchmarks/review_speed.py --sightings 20000 --answers 300 --way certain --think 1.0

A scripted reviewer answers pairs by keyboard in Chromium, window 1366 × 768, on a made-up survey (see
``long_review_stock``; crops are JPEGs of 900 × 600, and every visit has three frames). The page says
two frames after both pictures were decoded and swapped which pair is painted and when (``data-painted``,
``data-painted-at``); the wait is counted from the browser's own time of the key press. ``--think`` is how long a pair
is looked at before the key: people take ten seconds. The server is the real one, in a process of its own. Exit code 1
where the median is over 100 ms, or one of a hundred over 250 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import long_review_stock
from long_review_windows import Server

from spotid.firstrun.checks import find_browser

MEDIAN_MS, P99_MS = 100.0, 250.0
CROP, BURST = (900, 600), 3
KEYS = {"same": "y", "different": "n"}
# What the page measures by itself, so that nothing of this script's own pace is in the figures.
WATCH = """
() => {
  const main = document.getElementById("main");
  window.waits = [];
  let pressed = 0;
  addEventListener("keydown", (e) => { if (["y", "n"].includes(e.key)) pressed = e.timeStamp; }, true);
  new MutationObserver(() => {
    if (!pressed) return;
    window.waits.push(Number(main.dataset.paintedAt) - pressed);
    pressed = 0;
  }).observe(main, { attributes: true, attributeFilter: ["data-painted"] });
  const { fetch } = window;
  window.server = [];
  window.fetch = async (url, options) => {
    const began = performance.now();
    const reply = await fetch(url, options);
    if (String(url).endsWith("/answers")) window.server.push(performance.now() - began);
    return reply;
  };
}
"""


def answer(page: Page, truth: dict[str, int], rng: random.Random, count: int, think: float) -> None:
    """Answer ``count`` pairs by the truth; where an anchor is finished, the next one is asked for."""
    done = 0
    while done < count:
        state = page.get_attribute("main", "data-state")
        if state == "anchor_done":
            moved(page, "s")
            continue
        assert state == "pair", f"nothing is left to answer after {done} answers ({state})"
        a, b = (page.get_attribute(f"#pane-{side}", "data-uid") or "" for side in "ab")
        time.sleep(think * rng.uniform(0.5, 1.5))
        moved(page, KEYS["same" if truth[a] == truth[b] else "different"])
        done += 1


def moved(page: Page, key: str) -> None:
    """Press a key and wait until the page says that the next pair is painted."""
    before = page.get_attribute("main", "data-painted")
    page.keyboard.press(key)
    page.wait_for_function(
        "before => { const m = document.getElementById('main');"
        " return m.dataset.painted !== before && m.dataset.busy === 'false'; }",
        arg=before,
    )


def measure(folder: Path, sightings: int, answers: int, way: str, think: float, view: str) -> dict[str, Any]:
    """Make the survey in ``folder``, review it, and give the figures."""
    long_review_stock.CROP = CROP
    survey = long_review_stock.make(folder, sightings, burst=BURST)
    home = folder / "home"
    home.mkdir()
    server = Server(survey.folder, home)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            remembered = {
                "spotid-view": view,
                "spotid-initials": "KR",
                "spotid-initials-asked": "1",
                "spotid-tour": "done",
            }
            page.add_init_script(
                "".join(f"localStorage.setItem({json.dumps(k)}, {json.dumps(v)});" for k, v in remembered.items())
            )
            page.goto(server.address.geturl())  # lets the browser in
            began = time.perf_counter()
            at = re.match(r".*/project/[0-9a-f]+/", page.url)
            assert at is not None, page.url
            page.goto(f"{at.group(0)}review?way={way}")
            page.wait_for_selector("main[data-painted]", timeout=120_000)
            opening = time.perf_counter() - began
            page.evaluate(WATCH)
            answer(page, survey.truth, random.Random(1), answers, think)
            waits, replies = page.evaluate("window.waits"), page.evaluate("window.server")
            browser.close()
    finally:
        server.stop()
    return {
        "sightings": sightings,
        "way": way,
        "view": view,
        "opening the page s": round(opening, 2),
        "key to next painted pair ms": in_ms(waits),
        "of that, the reply ms": in_ms(replies),
    }


def in_ms(values: list[float]) -> dict[str, float]:
    """The middle, the slowest of ten and of a hundred, and the slowest of all, and how many there were."""
    shares = {"p50": 50, "p90": 90, "p99": 99, "max": 100}
    return {name: round(float(np.percentile(values, share)), 1) for name, share in shares.items()} | {
        "answers": len(values)
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--sightings", type=int, default=20_000)
    ask.add_argument("--answers", type=int, default=300)
    ask.add_argument("--way", default="anchor")
    ask.add_argument("--view", default="crop")
    ask.add_argument("--think", type=float, default=0.5, help="seconds that a pair is looked at")
    ask.add_argument("--json", type=Path, help="write the figures there")
    chosen = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="spotid-speed-", ignore_cleanup_errors=True) as folder:
        asked = (chosen.sightings, chosen.answers, chosen.way, chosen.think, chosen.view)
        figures = measure(Path(folder), *asked)
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.python_version()}")
    for name, value in figures.items():
        print(f"{name}: {value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    waits = figures["key to next painted pair ms"]
    sys.exit(0 if waits["p50"] <= MEDIAN_MS and waits["p99"] <= P99_MS else 1)


if __name__ == "__main__":
    main()
