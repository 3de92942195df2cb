"""The log of each job: what its workers printed, kept within limits."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import IO

KEPT = 30  # logs of a project
HEAD = 1_000_000  # bytes kept from the beginning, where most faults are told first
TAIL = 200_000  # and from the end


class JobLog:
    """One log file. A library that prints a line for every picture must not fill the disk in three days."""

    def __init__(self, folder: Path, kind: str, row: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.log"))[: -(KEPT - 1)]:
            with contextlib.suppress(OSError):
                old.unlink()
        # The row makes the name unique: two jobs may start within one second.
        self.path = folder / f"{datetime.now():%Y-%m-%dT%H-%M-%S} {kind} {row}.log"
        self._written, self._lock = 0, threading.Lock()
        self._tail: deque[bytes] = deque()
        self._kept = self._cut = 0
        self.path.touch()

    def write(self, content: bytes) -> None:
        """Add to the log; beyond the beginning, only the newest is kept, and written by ``flush``."""
        with self._lock:
            if self._written < HEAD:
                with contextlib.suppress(OSError), self.path.open("ab") as file:
                    file.write(content)
                self._written += len(content)
                return
            self._tail.append(content)
            self._kept += len(content)
            while self._kept > TAIL and len(self._tail) > 1:
                gone = len(self._tail.popleft())
                self._kept -= gone
                self._cut += gone

    def note(self, text: str) -> None:
        """Add a line of the program's own."""
        self.write(f"[{datetime.now():%Y-%m-%d %H:%M:%S}] {text}\n".encode("utf-8", "replace"))

    def flush(self) -> None:
        """Write the newest part of a long log; called when a worker ends."""
        with self._lock:
            if self._tail:
                gap = f"\n[{self._cut:,} bytes left out here]\n".encode() if self._cut else b""
                with contextlib.suppress(OSError), self.path.open("ab") as file:
                    file.write(gap + b"".join(self._tail))
            self._tail.clear()
            self._kept = self._cut = 0

    def drain(self, pipe: IO[bytes]) -> threading.Thread:
        """Write all that comes through a pipe, from a thread of its own."""

        def read() -> None:
            with contextlib.suppress(OSError, ValueError), pipe:
                while content := pipe.read1(65536):  # type: ignore[attr-defined]
                    self.write(content)

        thread = threading.Thread(target=read, name="log", daemon=True)
        thread.start()
        return thread
