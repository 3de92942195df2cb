"""``launch.py test``: style, types and tests, each with the environment's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from spotid.firstrun.environment import Environment
from spotid.firstrun.foreign import clean_environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_FILES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# One worker for each core; a file's tests stay together, because they share what they have made.
PARALLEL = ["-n", "auto", "--dist", "loadfile"]
NO_BROWSER = "No Chromium or Chrome was found: the tests that open pages are skipped. Install one to run them too."


def find_browser() -> str:
    """The path of a Chromium or Chrome on this computer, or an empty string."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    return next((path for path in BROWSER_FILES if os.path.exists(path)), "")


def get_browser(log: str) -> str:
    """Find a browser, or install Debian's where that can be done without asking; returns its path or ''."""
    found = find_browser()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if found or not (root and shutil.which("apt-get") and sys.platform == "linux"):
        return found
    print("Installing Chromium for the tests that open pages.", flush=True)
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with open(log, "a", encoding="utf-8") as output:
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            result = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=variables)
            if result.returncode:
                print(f"“{' '.join(command)}” failed; details: {log}", flush=True)
                break
    return find_browser()


def steps(python: str, args: list[str]) -> list[tuple[str, list[str]]]:
    """The checks in order, each with its command; the tests come last, so that theirs is the closing line."""
    return [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("pytest", [python, "-m", "pytest", *(args or PARALLEL)]),
    ]


def run_checks(environment: Environment, args: list[str]) -> int:
    """Run every check, ``args`` going to pytest; returns the exit code of the first that failed, or 0."""
    if not get_browser(environment.log):
        print(NO_BROWSER, flush=True)
    failed: list[tuple[str, int]] = []
    for name, command in steps(environment.python, args):
        started = time.monotonic()
        print(f"== {name}", flush=True)
        code = subprocess.run(command, cwd=environment.root, env=clean_environment()).returncode
        if name != "pytest":
            print(f"   {'failed' if code else 'fine'} after {time.monotonic() - started:.1f} s", flush=True)
        if code:
            failed.append((name, code))
    if failed:
        print("Failed: " + ", ".join(f"{name} ({code})" for name, code in failed), flush=True)
    return failed[0][1] if failed else 0
