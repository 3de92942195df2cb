"""What a worker says to its parent: one JSON object a line, at most two progress lines a second."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any, TextIO

from spotid.progress import Cancelled
from spotid.words import Stage

SECONDS_BETWEEN = 0.5
HEARTBEAT_SECONDS = 5.0


class Reporter:
    """The worker's side: counts steps, writes lines, notices that it should stop."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._lock = out, threading.Lock()
        self._stage, self._done, self._total, self._said = "", 0, 0, 0.0
        self.stop = threading.Event()

    def say(self, **event: Any) -> None:
        """Write one line."""
        with self._lock:
            try:
                self._out.write(json.dumps(event, ensure_ascii=True) + "\n")
                self._out.flush()
            except OSError:
                self.stop.set()  # nobody listens any more

    def begin(self, stage: Stage) -> None:
        """A stage starts."""
        self._stage, self._done, self._total = stage.value, 0, 0
        self._tell(force=True)

    def finish(self) -> None:
        """The stage is over."""
        self._tell(force=True, over=True)

    def expect(self, total: int) -> None:
        """How many steps the stage has."""
        self._total = total
        self._tell(force=True)

    def step(self, count: int = 1, note: str = "") -> None:
        """So many steps are done. Raises Cancelled when the parent asked to stop or is gone."""
        self._done += count
        if note:
            self.say(event="note", text=note)
        self._tell()
        if self.stop.is_set():
            raise Cancelled

    def _tell(self, *, force: bool = False, over: bool = False) -> None:
        moment = time.monotonic()
        if force or moment - self._said >= SECONDS_BETWEEN:
            self._said = moment
            self.say(
                event="progress", stage=self._stage, done=self._done, total=max(self._total, self._done), over=over
            )

    def listen(self) -> None:
        """Watch standard input from a thread: the parent writes ``stop``, and the end of input means it is gone."""

        def watch() -> None:
            for line in sys.stdin:
                if line.strip() == "stop":
                    break
            self.stop.set()

        def beat() -> None:
            while not self.stop.wait(HEARTBEAT_SECONDS):
                self.say(event="alive")

        threading.Thread(target=watch, name="parent", daemon=True).start()
        threading.Thread(target=beat, name="heartbeat", daemon=True).start()
