"""The virtual environment beside launch.py: whether it is ready, making it so, and starting the program in it.

A stamp, written last, says which sets of packages are whole. While it agrees with the requirement files a start costs
no more than reading them. Everything, the lock and the log too, stands in ``.venv``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, TextIO

from spotid.firstrun.requirements import FILES, count_here, fingerprint, held_by, pins

# Megabytes on disk when set up, measured on Linux, where torch brings 4.1 GB of CUDA; elsewhere the rest of that sum.
SIZE_MB = {"core": 430, "models": 6_250, "test": 6_560}
if sys.platform != "linux":
    SIZE_MB.update(models=2_100, test=2_450)
# The packed files lie beside the unpacked ones until all is in place, once as fetched and once as pip's working copy.
PACKED = 2.1


class Environment:
    """The environment of the checkout ``root``; all paths are absolute."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.folder = os.path.join(root, ".venv")
        windows = os.name == "nt"
        self.scripts = os.path.join(self.folder, "Scripts" if windows else "bin")
        self.python = os.path.join(self.scripts, "python.exe" if windows else "python")
        self.stamp = os.path.join(self.folder, "setup.json")
        self.log = os.path.join(self.folder, "setup.log")

    def is_inside(self) -> bool:
        """Whether this very process runs in the environment."""
        return os.path.realpath(sys.prefix) == os.path.realpath(self.folder)

    def read_stamp(self) -> dict[str, Any]:
        """What the last set-up left; empty where there was none or it was cut off."""
        try:
            with open(self.stamp, encoding="utf-8") as file:
                stamp = json.load(file)
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) and isinstance(stamp.get("sets"), dict) else {}

    def is_ready(self, name: str) -> bool:
        """Whether the set ``name`` is whole, for these requirement files, this folder and this Python."""
        stamp = self.read_stamp()
        return (
            bool(stamp)
            and stamp["sets"].get(name) == fingerprint(self.root, name)
            and stamp.get("root") == self.root
            and stamp.get("base") == self.base()
        )

    def base(self) -> str:
        """The Python that the environment stands on; empty if it has gone. It changes with a system upgrade."""
        if not os.path.exists(self.python):
            return ""
        if os.name != "nt":
            return os.path.realpath(self.python)
        try:
            with open(os.path.join(self.folder, "pyvenv.cfg"), encoding="utf-8") as lines:
                home = next(line.partition("=")[2].strip() for line in lines if line.startswith("home"))
        except (OSError, StopIteration):
            return ""
        return home if os.path.isdir(home) else ""

    def make_ready(self, name: str, show: bool = True) -> bool:
        """Install the set ``name`` unless it is there; returns whether anything was done. Raises Trouble."""
        if self.is_ready(name):
            return False
        # From here on a start takes seconds; what only a set-up needs is imported only now.
        from spotid.firstrun.lock import SetupLock
        from spotid.firstrun.troubles import explain_os_error

        def waiting() -> None:
            self.say("Another start is setting SpotID up; waiting for it to finish.", show)

        try:
            os.makedirs(self.folder, exist_ok=True)
            with SetupLock(os.path.join(self.folder, "setup.lock"), waiting) as lock:
                if self.is_ready(name):
                    return False
                with open(self.log, "w", encoding="utf-8") as log:
                    self.set_up(name, log, lock.handle, show)
        except OSError as error:
            raise explain_os_error(error, self.folder) from error
        return True

    def set_up(self, name: str, log: TextIO, hold: int, show: bool) -> None:
        """Make the environment if need be and install ``name`` into it; the caller holds the lock."""
        from spotid.firstrun import pip
        from spotid.firstrun.command import site_folder, write_command

        started = time.monotonic()
        stamp = self.read_stamp()
        size = SIZE_MB[name]
        first = not stamp.get("sets", {}).get(name)
        if first:
            done = max((SIZE_MB[held] for held in stamp.get("sets", {}) if held in SIZE_MB), default=0)
            self.check_room(round((size - done) * PACKED))
        what = {"core": "SpotID", "models": "the packages for the published models", "test": "the checks"}[name]
        self.say(f"Setting up {what} (once; takes {size / 1000:.1f} GB of disk).", show and first)
        self.say(f"Bringing {what} up to date.", show and not first)
        # The stamp goes first: a set-up that is cut off from here on must not look whole.
        if os.path.exists(self.stamp):
            os.remove(self.stamp)
        kept = dict(stamp.get("sets", {}))
        moved = bool(stamp) and stamp.get("base") != self.base()
        if not self.is_inside() and (moved or not pip.works(self.python)):
            self.empty()
            pip.create(self.folder, log)
            kept = {}
        site = site_folder(self.folder)
        pip.clear_interrupted(site)
        wheels = os.path.join(self.root, "wheels")
        file = os.path.join(self.root, FILES[name])
        wheels = wheels if os.path.isdir(wheels) else ""
        pip.install(self.python, file, count_here(pins(self.root, name)), site, log, wheels, hold, show)
        write_command(self.root, self.scripts, site)
        kept.update({held: fingerprint(self.root, held) for held in held_by(name)})
        self.write_stamp({"sets": kept, "root": self.root, "base": self.base()})
        self.say(f"Ready after {time.monotonic() - started:.0f} seconds.", show)
        if kept.get("models", "") not in ("", fingerprint(self.root, "models")):
            self.say("The model packages are older than this version asks for; “launch.py models” renews them.", show)

    def check_room(self, megabytes: int) -> None:
        """Raise Trouble if the disk has less than ``megabytes`` free."""
        import shutil

        from spotid.firstrun.troubles import DISK, Trouble

        free = shutil.disk_usage(self.folder).free // 1_000_000
        if free < megabytes:
            raise Trouble(f"{DISK[0]} It needs {megabytes:,} MB, {free:,} MB are free.", DISK[1])

    def empty(self) -> None:
        """Remove what stands in the folder, all but the lock and the log that are in use."""
        import shutil

        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name in ("setup.lock", "setup.log"):
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.remove(path)

    def write_stamp(self, stamp: dict[str, Any]) -> None:
        """Write the stamp in one step."""
        with open(self.stamp + ".part", "w", encoding="utf-8") as file:
            json.dump(stamp, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.stamp + ".part", self.stamp)

    def say(self, text: str, show: bool) -> None:
        """A line on standard error, which is not the commands' own output."""
        if show and sys.stderr is not None:
            print(text, file=sys.stderr, flush=True)

    def hand_over(self, args: list[str]) -> int:
        """Run the environment's Python with ``args`` in place of this process (Windows: as its child)."""
        from spotid.firstrun.hand_over import hand_over

        return hand_over(self.python, args)
