#!/usr/bin/env python3
"""Build the program that needs no Python: a folder, and an archive of it if that is asked for.

    python release/build.py core --work build/core --archive
    python release/build.py full --work build/full --weights build/weights --archive
    python release/build.py core --work build/core --only-archive      after the programs were signed

DIR gets venv/ (the packages, used again by the next build), SpotID/ (the bundle; SpotID.app beside it on macOS), and
the archive. Any Python from 3.11 starts this, 64-bit; the bundle carries the one that does. What is read from outside:
SOURCE_DATE_EPOCH and SPOTID_COMMIT (else the last commit's), SPOTID_RELEASES (the page of newer versions; kept in the
bundle), SPOTID_TORCH_INDEX (where Linux gets a torch without graphics cards).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from release import archive, environment, films  # noqa: E402
from spotid import __version__  # noqa: E402
from spotid.firstrun.foreign import clean_environment  # noqa: E402
from spotid.firstrun.troubles import Trouble, explain_os_error  # noqa: E402

# What building takes at most, measured on Linux: environment, copies on the way, bundle and archive.
NEEDS_MB = {"core": 2_000, "full": 9_000}


def main(arguments: list[str] | None = None) -> int:
    """0 when all is built; 1 with a sentence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flavour", choices=sorted(environment.FILES))
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="where everything is made")
    parser.add_argument("--archive", action="store_true", help="pack the bundle into a ZIP as well")
    parser.add_argument("--only-archive", action="store_true", help="pack the bundle that lies in DIR")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="fetched weights to carry along (fetch_weights.py)")
    asked = parser.parse_args(arguments)
    work = asked.work.resolve()
    try:
        check(asked.flavour, work, asked.weights)
        if not asked.only_archive:
            build(asked.flavour, work, asked.weights.resolve() if asked.weights else None)
        if asked.archive or asked.only_archive:
            packed = archive.pack(_bundle(work), work / archive.name(__version__, asked.flavour), epoch())
            print(f"{packed.name}: {packed.stat().st_size / 1e6:.1f} MB", flush=True)
    except Trouble as trouble:
        print(trouble.text(), file=sys.stderr)
        return 1
    except OSError as error:
        print(explain_os_error(error, str(work)).text(), file=sys.stderr)
        return 1
    return 0


def check(flavour: str, work: Path, weights: Path | None) -> None:
    """Look at what would stop the build later. Raises Trouble, OSError."""
    if sys.version_info < (3, 11) or sys.maxsize < 2**32:
        raise Trouble("SpotID is built with a 64-bit Python of at least 3.11.", "Start this with another Python.")
    if weights and not weights.is_dir():
        raise Trouble(f"There is no folder {weights}.", "Fetch the weights first: python release/fetch_weights.py")
    work.mkdir(parents=True, exist_ok=True)
    if " " in str(work) and sys.platform != "win32":
        # pip's scripts can't be started from such a folder; the finished bundle can lie anywhere.
        raise Trouble(f"The path of {work} has a space in it.", "Build in a folder without one.")
    free = shutil.disk_usage(work).free // 1_000_000
    if free < NEEDS_MB[flavour]:
        raise Trouble(
            f"Building takes {NEEDS_MB[flavour]:,} MB; {free:,} MB are free at {work}.",
            "Free some space or choose another --work.",
        )


def build(flavour: str, work: Path, weights: Path | None) -> None:
    """Make the environment and the bundle, and print what they took. Raises Trouble, OSError."""
    if films.missing_tools():
        raise Trouble(f"{films.NEEDED} Not found: {', '.join(films.missing_tools())}.", films.ADVICE)
    started = time.monotonic()
    print("Installing the packages …", flush=True)
    python = environment.make(ROOT, flavour, work)
    installed = time.monotonic()
    print("Building the bundle …", flush=True)
    freeze(python, work, variables(flavour, weights))
    megabytes, files = measure(work / "SpotID")
    print(f"Packages: {installed - started:.0f} s; bundle: {time.monotonic() - installed:.0f} s.")
    print(f"{work / 'SpotID'}: {megabytes:.1f} MB in {files:,} files.", flush=True)


def freeze(python: Path, work: Path, told: dict[str, str]) -> None:
    """Run PyInstaller; what it makes replaces the last bundle only when it is whole. Raises Trouble."""
    made, log = work / "made", work / "pyinstaller.log"
    shutil.rmtree(made, ignore_errors=True)
    line = [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "INFO"]
    line += ["--distpath", str(made), "--workpath", str(work / "pyinstaller"), str(ROOT / "spotid.spec")]
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(line, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=told).returncode
    if code:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise Trouble("The bundle could not be built.", "\n".join([*last, f"Details: {log}"]))
    for one in sorted(made.iterdir()):
        shutil.rmtree(work / one.name, ignore_errors=True)
        one.rename(work / one.name)
    made.rmdir()


def variables(flavour: str, weights: Path | None) -> dict[str, str]:
    """The environment of the build: the same sources and pins give the same bytes."""
    told = clean_environment()
    told |= {"SPOTID_FLAVOUR": flavour, "SOURCE_DATE_EPOCH": str(epoch()), "PYTHONHASHSEED": "0", "TZ": "UTC"}
    told.pop("SPOTID_WEIGHTS", None)
    return told | ({"SPOTID_WEIGHTS": str(weights)} if weights else {})


def epoch() -> int:
    """The moment that the files of the archive carry, in seconds: given, or the last commit's, or now."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        try:
            asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
            given = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
        except OSError:
            pass
    return int(given) if given.isdigit() else int(time.time())


def measure(folder: Path) -> tuple[float, int]:
    """Megabytes (millions of bytes) and number of the files below a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(sizes) / 1e6, len(sizes)


def _bundle(work: Path) -> Path:
    app = work / "SpotID.app"
    found = app if app.is_dir() else work / "SpotID"
    if not found.is_dir():
        raise Trouble(f"There is no bundle in {work}.", "Build it first.")
    return found


if __name__ == "__main__":
    sys.exit(main())
