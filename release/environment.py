"""The virtual environment that a bundle is built from: the pins of its flavour, and nothing of this computer."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from spotid.firstrun import pip
from spotid.firstrun.foreign import clean_environment
from spotid.firstrun.requirements import read_pins
from spotid.firstrun.troubles import Trouble, explain

FILES = {
    "core": ("requirements-core.txt", "requirements-build.txt"),
    "full": ("requirements.txt", "requirements-build.txt"),
}
# OpenCV's windows are never opened: without them 100 MB less, and none of the system's display libraries.
SWAPPED = {"opencv-python": "opencv-python-headless"}
# What torch needs for graphics cards; the bundle computes on the processor.
LEFT_OUT = re.compile(r"nvidia-(?!ml-py)|cuda-|triton==")
# Torch without graphics cards stands in an index of its own, for Linux only: elsewhere the usual one is without them.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def pins(root: Path, flavour: str) -> list[str]:
    """The requirement lines of a flavour, as they are installed for a bundle."""
    found: dict[str, None] = {}
    for name in FILES[flavour]:
        for line in read_pins(str(root / name)):
            package, _, rest = line.partition("==")
            line = f"{SWAPPED.get(package, package)}=={rest}"
            if not LEFT_OUT.match(line):
                found[line] = None
    return list(found)


def command(python: Path, file: Path, flavour: str, wheels: Path) -> list[str]:
    """How the pins are installed. ``wheels`` is a folder that is used instead of the network where it exists.

    Nothing is added to what the pins name (``--no-deps``): a package that asks for opencv-python would get it too, and
    torch would bring several GB for graphics cards.
    """
    line = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    line += ["--no-deps", "--only-binary", ":all:", "--no-warn-script-location", "-r", str(file)]
    if wheels.is_dir():
        line += ["--no-index", "--find-links", str(wheels)]
    elif flavour == "full" and sys.platform == "linux":
        line += ["--extra-index-url", os.environ.get("SPOTID_TORCH_INDEX", CPU_INDEX)]
    return line


def make(root: Path, flavour: str, work: Path) -> Path:
    """The environment's Python; one that fits the pins already is used again. Raises Trouble, OSError."""
    lines = pins(root, flavour)
    folder, file, log = work / "venv", work / "pins.txt", work / "pip.log"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp, seal = folder / "pins.sha256", hashlib.sha256("\n".join([sys.version, *lines]).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == seal and pip.works(str(python)):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with log.open("w", encoding="utf-8") as output:
        pip.create(str(folder), output)
        done = subprocess.run(
            command(python, file, flavour, root / "wheels"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            env={**clean_environment(), "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"},
        )
        output.write(done.stdout)
    if done.returncode:
        raise explain(done.stdout, done.returncode, str(log))
    if flavour == "full":
        check_torch(python, log)
    stamp.write_text(seal)
    return python


def check_torch(python: Path, log: Path) -> None:
    """Import torch: one that is made for graphics cards can't be, without their libraries. Raises Trouble."""
    done = subprocess.run([str(python), "-c", "import torch"], capture_output=True, text=True, errors="replace")
    if done.returncode:
        with log.open("a", encoding="utf-8") as output:
            output.write(done.stderr)
        raise Trouble(
            f"The torch that was installed does not start: {(done.stderr.strip().splitlines() or ['?'])[-1]}",
            f"On Linux the bundle needs the one without graphics cards: see that {CPU_INDEX} can be reached, or set "
            f"SPOTID_TORCH_INDEX to a copy of it.\nDetails: {log}",
        )
