"""``launch.py test``: style, types, tests, the manual and the bundle, each with the environment's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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
PARALLEL = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
# Two at a time on any computer: most of these tests wait for programs that use several cores themselves.
FROZEN = ["-n", "2", "--dist", "loadfile", "tests/bundle"]
BUNDLE = "SPOTID_BUNDLE"  # names the folder of the bundle that tests/bundle tries out
TOOLS = ("cc", "readelf")  # what release/films.py needs
NO_TOOLS = "No C compiler was found: the bundle is neither built nor tried out. Install gcc and binutils to do both."
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
    return find_browser() or (find_browser() if _install(["chromium"], "the tests that open pages", log) else "")


def get_tools(log: str) -> bool:
    """Whether the bundle can be built: on Linux that takes a compiler, installed as the browser is."""
    return _has_tools() or (_install(["gcc", "binutils"], "the bundle", log) and _has_tools())


def _has_tools() -> bool:
    return sys.platform != "linux" or all(map(shutil.which, TOOLS))


def _install(packages: list[str], why: str, log: str) -> bool:
    """Install packages of Debian where that can be done without asking; whether it was tried."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (root and shutil.which("apt-get") and sys.platform == "linux"):
        return False
    print(f"Installing {' and '.join(packages)} for {why}.", flush=True)
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with open(log, "a", encoding="utf-8") as output:
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", *packages]):
            result = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=variables)
            if result.returncode:
                print(f"“{' '.join(command)}” failed; details: {log}", flush=True)
                break
    return True


def steps(python: str, args: list[str]) -> list[tuple[str, list[str]]]:
    """The checks in order, each with its command; with ``args``, which go to pytest, only the first four.

    The tests marked *slow* are a step of their own: plain pytest leaves them out.
    """
    checks = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("pytest", [python, "-m", "pytest", *(args or PARALLEL)]),
    ]
    if args:
        return checks
    return [
        *checks,
        ("pytest, the slow ones", [python, "-m", "pytest", *PARALLEL, "-m", "slow"]),
        ("manual", [python, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", "build/manual"]),
        ("bundle", [python, "release/build.py", "core", "--work"]),
        ("bundle in use", [python, "-m", "pytest", *FROZEN]),
    ]


def work_folder(root: str) -> str:
    """Where the bundle is built: in the checkout, unless pip's scripts could not be started from there."""
    if " " in root and os.name != "nt":
        return os.path.join(tempfile.gettempdir(), "spotid-bundle")
    return os.path.join(root, "build", "bundle")


def run_checks(environment: Environment, args: list[str]) -> int:
    """Run every check, ``args`` going to pytest; returns the exit code of the first that failed, or 0."""
    if not get_browser(environment.log):
        print(NO_BROWSER, flush=True)
    failed: dict[str, int] = {}
    began, work = time.monotonic(), work_folder(environment.root)
    asked = steps(environment.python, args)
    if not args and not get_tools(environment.log):
        print(NO_TOOLS, flush=True)
        asked = [step for step in asked if not step[0].startswith("bundle")]
    for name, command in asked:
        variables, started = clean_environment(), time.monotonic()
        print(f"== {name}", flush=True)
        if name == "bundle":
            command = [*command, work]
        elif name == "bundle in use":
            if "bundle" in failed:
                print("   left out: there is no bundle to try out", flush=True)
                continue
            variables[BUNDLE] = os.path.join(work, "SpotID")
        code = subprocess.run(command, cwd=environment.root, env=variables).returncode
        if name != "pytest" or not args:
            print(f"   {'failed' if code else 'fine'} after {time.monotonic() - started:.1f} s", flush=True)
        if code:
            failed[name] = code
    if failed:
        print("Failed: " + ", ".join(f"{name} ({code})" for name, code in failed.items()), flush=True)
    elif not args:
        done = ", ".join(name for name, _ in asked)
        print(f"All is fine: {done}. It took {(time.monotonic() - began) / 60:.1f} minutes.", flush=True)
    return next(iter(failed.values()), 0)
