"""The worker process as its parent holds it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from spotid.jobs.logs import JobLog
from spotid.places import program_folder


def command(what: dict[str, Any]) -> list[str]:
    """How to start a worker: the frozen program starts itself."""
    text = json.dumps(what)
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", text]
    return [sys.executable, "-m", "spotid.jobs.worker", text]


class Child:
    """A started worker. ``arguments`` is its command line. Raises OSError where it can't be started."""

    def __init__(self, arguments: list[str], log: JobLog) -> None:
        self._log = log
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=program_folder(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stderr is not None
        self._reader = log.drain(self._process.stderr)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def events(self) -> Iterator[dict[str, Any]]:
        """What the worker says, until it ends; lines that are no JSON objects are left out."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                yield event

    def say(self, word: str) -> None:
        """Ask the worker for something: ``stop``, or ``resume``. A worker that is gone hears nothing."""
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.write(word.encode("ascii") + b"\n")
                self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> int:
        """Wait for the end, let go of its pipes, and give its exit code; below zero for a signal."""
        code = self._process.wait()
        self._reader.join(5)
        self._log.flush()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        return code
