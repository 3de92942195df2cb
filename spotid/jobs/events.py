"""What a worker says to its parent: one JSON object a line, at most two progress lines a second."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any, TextIO

from spotid.progress import Cancelled
from spotid.project.room import Room
from spotid.words import Stage

SECONDS_BETWEEN = 0.5
HEARTBEAT_SECONDS = 5.0
ROOM_SECONDS = 5.0  # between two looks at the room on the disk
FULL_SECONDS = 30.0  # after a write failed for want of room, before it is tried again where the disk says there is some

ORPHAN_SECONDS = 45.0  # for a worker whose parent is gone; less than the next worker waits for it
ORPHAN_CODE = 76


class Reporter:
    """The worker's side: counts steps, writes lines, notices that it should stop, waits where the disk is full."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._lock = out, threading.Lock()
        self._stage, self._done, self._total, self._said = "", 0, 0, 0.0
        self._steps, self._looked = 0, 0.0
        self.room: Room | None = None
        self.stop = threading.Event()
        self._wake = threading.Event()  # set to stop, and to look at the disk at once

    @property
    def begun(self) -> bool:
        """Whether a stage has begun."""
        return self._stage != ""

    def say(self, **event: Any) -> None:
        """Write one line."""
        with self._lock:
            try:
                self._out.write(json.dumps(event, ensure_ascii=True) + "\n")
                self._out.flush()
            except OSError:
                self.end()  # nobody listens any more

    def end(self) -> None:
        """Stop at the next step."""
        self.stop.set()
        self._wake.set()

    def begin(self, stage: Stage) -> None:
        """A stage starts, or starts again."""
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
        """So many steps are done. Raises Cancelled when the parent asked to stop or is gone.

        Where room on the disk is short, this returns only when there is some again.
        """
        self._done += count
        self._steps += 1
        if note:
            self.say(event="note", text=note)
        self._tell()
        if self.stop.is_set():
            raise Cancelled
        if time.monotonic() - self._looked >= ROOM_SECONDS:
            self.look_at_room()

    def look_at_room(self) -> None:
        """Wait while less than the least is free on the disk. Raises Cancelled."""
        self._looked = time.monotonic()
        sentence = self.room.short_of() if self.room else ""
        if sentence:
            self.wait_for_room(sentence)

    def wait_for_room(self, sentence: str, *, failed: bool = False) -> None:
        """Say that the work is paused, and wait until there is room or somebody asks to go on. Raises Cancelled.

        ``failed``: a write has failed for want of room, so that what the disk says of itself may not be all.
        """
        advice = self.room.advice if self.room else "Make room; the work then goes on by itself."
        self.say(event="paused", sentence=sentence, advice=advice)
        began = time.monotonic()
        while True:
            self._wake.clear()
            asked = False if self.stop.is_set() else self._wake.wait(ROOM_SECONDS)
            if self.stop.is_set():
                raise Cancelled
            tried = asked or not failed or time.monotonic() - began >= FULL_SECONDS
            if tried and (self.room is None or self.room.enough()):
                break
        self._looked = time.monotonic()
        self.say(event="resumed")
        self._tell(force=True)

    def _tell(self, *, force: bool = False, over: bool = False) -> None:
        moment = time.monotonic()
        if force or moment - self._said >= SECONDS_BETWEEN:
            self._said = moment
            self.say(
                event="progress", stage=self._stage, done=self._done, total=max(self._total, self._done), over=over
            )

    def listen(self) -> None:
        """Watch standard input from a thread: the parent writes ``stop`` or ``resume``; its end means it is gone."""

        def watch() -> None:
            for line in sys.stdin:
                if line.strip() == "stop":
                    self.end()
                self._wake.set()
            self.end()
            # The parent is gone. Work that hangs must not keep the next program out of the project.
            time.sleep(ORPHAN_SECONDS)
            os._exit(ORPHAN_CODE)

        def beat() -> None:
            # A thread beats on while the main thread hangs: only a number of steps that grows says that work goes on.
            while not self.stop.wait(HEARTBEAT_SECONDS):
                self.say(event="alive", steps=self._steps)

        threading.Thread(target=watch, name="parent", daemon=True).start()
        threading.Thread(target=beat, name="heartbeat", daemon=True).start()
