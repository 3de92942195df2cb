"""The program as a person starts it, and a browser to look at it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A running SpotID: its address, the address with its key that opens it, and the whole family of its processes."""

    def __init__(self, home: Path, log: Path) -> None:
        environment = {**os.environ, "SPOTID_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "spotid", "app", "--no-browser", "--port", "5600"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self.door = self._door()
        self.address = self.door.split("/?")[0]
        # From here on ``urllib`` is let in as a browser is: by the cookie that the opening address gives.
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(self.door, timeout=30).close()
        urllib.request.install_opener(opener)

    def _door(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = re.search(r"running at (http://127\.0\.0\.1:\d+/\?key=\S+)", line)
            if found:
                return found.group(1)
        raise AssertionError("the program ended before it said its address")

    def close(self) -> None:
        """Close it as Ctrl+C or the system does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self._log.close()

    def kill(self) -> None:
        """Pull the plug: server and worker die at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def program(home: Path, tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Starts the program; whatever is still running is closed afterwards."""
    started: list[Program] = []

    def start() -> Program:
        started.append(Program(home, tmp_path / "program.log"))
        return started[-1]

    yield start
    for one in started:
        one.close()
    urllib.request.install_opener(urllib.request.build_opener())


@pytest.fixture(scope="session")
def little_survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stations of the sample survey: enough to answer five pairs, few enough to be quick."""
    folder = tmp_path_factory.mktemp("originals") / "Cartes mémoire"
    source = ROOT / "sample_data"
    folder.mkdir()
    for station in ("ST01", "ST06"):
        shutil.copytree(source / station, folder / station)
    shutil.copy(source / "stations.csv", folder)
    return folder


def until(true: Callable[[], object], seconds: float = 120.0, what: str = "it") -> None:
    """Wait for something, or fail saying what did not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., None]:
    return until
