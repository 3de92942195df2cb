"""What the worker has in hand, so that a file that kills it is known afterwards.

A tiny file in the project's cache is overwritten as the work goes on, without waiting for the disk: the page cache of
the operating system outlives the process. Only the one worker that holds the project's worker lock writes it.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from spotid.project import crashes
from spotid.project.folder import Project
from spotid.project.layout import Layout
from spotid.words import Stage

HELD = "in-hand.json"
FELL = "fell.txt"  # what Python's fault handler could still write when native code broke


@dataclass(frozen=True, slots=True)
class Held:
    """What was in hand: a stage and the uids of the files (``media.uid``) that were worked on together."""

    stage: str
    uids: tuple[str, ...]


class _Hand:
    """The open note of this process."""

    def __init__(self, project: Project) -> None:
        self.project = project
        project.layout.cache.mkdir(parents=True, exist_ok=True)
        self._file = (project.layout.cache / HELD).open("wb", buffering=0)
        self._fell = (project.layout.cache / FELL).open("wb", buffering=0)
        faulthandler.enable(self._fell)
        self._open: list[str] = []

    def take(self, stage: Stage, uids: Sequence[str]) -> None:
        self._open.append(json.dumps([stage.value, *uids]))
        self._write()

    def put_down(self) -> None:
        self._open.pop()
        self._write()

    def _write(self) -> None:
        """One write and one cut: where a kill falls between them, the first line alone counts."""
        line = (self._open[-1] if self._open else "").encode("utf-8") + b"\n"
        self._file.seek(0)
        self._file.write(line)
        self._file.truncate()

    def close(self) -> None:
        faulthandler.disable()
        for file in (self._file, self._fell):
            file.seek(0)
            file.truncate()
            file.close()


_mine: _Hand | None = None


@contextmanager
def noting(project: Project) -> Iterator[None]:
    """From here on ``holding`` is written down for this project; for the worker, once it holds the worker lock.

    What a worker that died unseen has left is looked at first (see ``crashes.left_behind``).
    """
    global _mine
    held, fell = read(project.layout)
    if held is not None:
        crashes.left_behind(project.store, held.stage, held.uids, broke=bool(fell))
    _mine = _Hand(project)
    try:
        yield
    finally:
        _mine.close()
        _mine = None


@contextmanager
def holding(project: Project, stage: Stage, uids: Sequence[str], *, glance: bool = False) -> Iterator[None]:
    """Say that the files ``uids`` are being worked on now; does nothing outside of a worker.

    A file that was suspected and has come through alone is no longer suspected, unless this is but a ``glance``: not
    all that the stage does with a file.
    """
    hand = _mine
    if hand is None or hand.project is not project:
        yield
        return
    uids = list(dict.fromkeys(uids))  # a file with several animals is one file
    hand.take(stage, uids)
    try:
        yield
    finally:
        hand.put_down()
    if len(uids) == 1 and not glance:
        crashes.came_through(project.store, stage, uids[0])


def apart(
    project: Project, stage: Stage, rows: Sequence[sqlite3.Row], name: str = "uid"
) -> Iterator[Sequence[sqlite3.Row]]:
    """A batch as it may be worked on together: each suspected file alone, with all its rows, the others in one piece.

    ``name`` is the column that holds the uid of the file. Where nothing is suspected, the batch comes back whole.
    """
    suspected = crashes.suspected(project.store, stage)
    together = [row for row in rows if row[name] not in suspected] if suspected else rows
    if together:
        yield together
    if suspected:
        for uid in dict.fromkeys(row[name] for row in rows if row[name] in suspected):
            yield [row for row in rows if row[name] == uid]


def read(layout: Layout) -> tuple[Held | None, str]:
    """What is noted as being in hand, and what the fault handler wrote. Never raises."""
    held: Held | None = None
    try:
        with (layout.cache / HELD).open("rb") as file:
            stage, *uids = json.loads(file.readline())
        held = Held(str(stage), tuple(map(str, uids)))
    except (OSError, ValueError):
        pass
    try:
        with (layout.cache / FELL).open("rb") as told:
            fell = told.read(20_000).decode("utf-8", "replace")
    except OSError:
        fell = ""
    return held, fell


def forget(layout: Layout) -> None:
    """Empty the note of a worker that is dead."""
    for name in (HELD, FELL):
        _empty(layout.cache / name)


def _empty(path: os.PathLike[str]) -> None:
    file: IO[bytes]
    try:
        with open(path, "r+b") as file:
            file.truncate(0)
    except OSError:
        pass
