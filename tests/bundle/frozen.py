"""The frozen program as a person has it: a folder, started as a process of its own that shares nothing with the tests.

Nothing here asks the program's own code anything but where a user's notes lie and which key opens the page.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

VARIABLE = "SPOTID_BUNDLE"
SUFFIX = ".exe" if sys.platform == "win32" else ""
# What would lead a frozen program to this computer's Python, display or user instead of what comes with it.
FOREIGN = re.compile(r"(PYTHON|SPOTID_|PYTEST|VIRTUAL_ENV|LD_LIBRARY_PATH|DYLD_|DISPLAY|WAYLAND|XDG_|BROWSER|OMP_)")


@dataclass(frozen=True)
class Bundle:
    """An unpacked bundle: the folder that holds the two programs and ``_internal``."""

    folder: Path

    @property
    def window(self) -> Path:
        """What is double-clicked."""
        return self.folder / f"SpotID{SUFFIX}"

    @property
    def console(self) -> Path:
        """The command line."""
        return self.folder / f"spotid-cli{SUFFIX}"

    @property
    def inside(self) -> Path:
        """Templates, sample survey, libraries."""
        return self.folder / "_internal"

    @property
    def sample(self) -> Path:
        """The survey that ships with it."""
        return self.inside / "sample_data"

    def command(self, arguments: list[object], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run one command of the command line to its end."""
        line = [str(self.console), *(str(one) for one in arguments)]
        quiet: dict[str, Any] = {"encoding": "utf-8", "errors": "replace", "stdin": subprocess.DEVNULL}
        return subprocess.run(line, capture_output=True, check=False, timeout=240, env=environment, **quiet)


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a new user's programs see, without a display: HOME, a folder for temporary files, no Python."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    plain = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    plain |= {"HOME": str(home), "USERPROFILE": str(home)}
    plain |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    if sys.platform == "win32" and "SPOTID_HOME" not in more:
        more["SPOTID_HOME"] = str(home / "notes")  # Windows is asked for the folder there, whatever HOME says
    return plain | more


def notes(variables: dict[str, str]) -> Path:
    """Where the program keeps its notes about the user with these variables."""
    if "SPOTID_HOME" in variables:
        return Path(variables["SPOTID_HOME"])
    home = Path(variables["HOME"])
    return home / ("Library/Application Support/SpotID" if sys.platform == "darwin" else ".local/share/SpotID")


def projects(variables: dict[str, str]) -> Path:
    """Where the program proposes to keep projects."""
    if "SPOTID_HOME" in variables:
        return Path(variables["SPOTID_HOME"]) / "projects"
    return Path(variables["HOME"]) / "Documents" / "SpotID"


def until(true: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
    """Wait for something and give it, or fail saying what did not come."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)
    return found


@dataclass
class Frozen:
    """A started program: its processes, the address that it serves and who talks to it as its browser would."""

    line: list[str]
    variables: dict[str, str]
    streams: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = self._note()
        handle, name = tempfile.mkstemp(prefix="spotid-said-")
        self.output = Path(name)
        with open(handle, "ab") as said:
            told = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": subprocess.STDOUT} | self.streams
            self.process = subprocess.Popen(self.line, env=self.variables, **told)
        self.address = self.key = ""
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def _note(self) -> str:
        try:
            return (notes(self.variables) / "running.json").read_text(encoding="utf-8")
        except OSError:
            return ""

    def said(self) -> str:
        """What it printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def serving(self, seconds: float = 120.0) -> Frozen:
        """Wait until it serves the page and let this object in."""

        def look() -> bool:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.said()}"
            text = self._note()
            return text not in ("", self._before)

        until(look, "its address", seconds)
        note = json.loads(self._note())
        self.address, self.key = note["address"], note["key"]
        until(self._answers, "the first page", 30)
        return self

    def _answers(self) -> bool:
        try:
            self._opener.open(self.door, timeout=30).close()
        except OSError:
            return False
        return True

    @property
    def door(self) -> str:
        """The address that opens the page."""
        return f"{self.address}/?key={self.key}"

    def call(self, path: str, body: object = None) -> dict[str, Any]:
        """Ask the program something; a body makes it a POST."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"} if data else {})
        with self._opener.open(asked, timeout=30) as reply:
            told: dict[str, Any] = json.load(reply)
        return told

    def family(self) -> list[psutil.Process]:
        """The program and everything that it started, as far as it lives."""
        try:
            head = psutil.Process(self.process.pid)
            return [head, *head.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> list[psutil.Process]:
        """Pull the plug: all its processes die at once. Gives those that were there."""
        family = self.family()
        for one in family:
            with_it_gone(one.kill)
        self.process.wait(30)
        _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive, alive
        return family

    def close(self) -> int:
        """Close it as the system does when the user logs out; gives the exit code. On Windows, by its own page."""
        if self.process.poll() is None and sys.platform == "win32":
            self.call("/api/quit", {"sure": True})
        elif self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)

    def gone(self) -> None:
        """Leave nothing running, whatever a test did."""
        if self.process.poll() is None:
            self.kill()
        self.output.unlink(missing_ok=True)


def with_it_gone(act: Callable[[], Any]) -> None:
    """Do something to a process that may have ended by itself."""
    try:
        act()
    except psutil.NoSuchProcess:
        pass


def listing(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` with a hash of its content, and every folder and link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "blake2b").hexdigest()
        else:
            found[name] = "folder"
    return found
