"""Teaching the search, for the page: how far it is, and proposals for the neighbours of a frame that was boxed.

Proposals are looked for in a process of their own: a fault in an image library must not take the page along. They are
kept in memory only, since they are made again in seconds and count for nothing until a person accepts them.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.jobs.child import command
from spotid.places import program_folder
from spotid.project.folder import Project

SECONDS = 60.0  # a search for proposals that takes longer is given up
MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box proposed for a frame, how sure it is (0 to 1), and the frame whose box it was drawn after."""

    box: Box
    confidence: float
    after: str


class Proposals:
    """The proposals of one program; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], list[Proposal]] = {}  # (project, media uid)
        self._working: dict[str, int] = {}
        self._newest: dict[tuple[str, object], str] = {}  # (project, visit): the frame that was boxed last
        self._one_at_a_time = threading.Lock()

    def begin(self, project: Project, media_uid: str, boxes: list[Box], visit: object) -> None:
        """Start to look for the boxes' animals in the other frames of the ``visit``; returns at once.

        Where a person is faster than the search, only the frame boxed last of each visit is followed.
        """
        self.forget(project, media_uid)
        with self._lock:
            self._working[project.id] = self._working.get(project.id, 0) + 1
            self._newest[project.id, visit] = media_uid
        told = (project, media_uid, boxes, visit)
        threading.Thread(target=self._look, args=told, name="proposals", daemon=True).start()

    def forget(self, project: Project, media_uid: str) -> None:
        """Drop what followed from a frame's boxes, for instance because they were taken back."""
        with self._lock:
            for key in [key for key, found in self._found.items() if any(one.after == media_uid for one in found)]:
                del self._found[key]

    def working(self, project: Project) -> bool:
        """Whether proposals are being looked for in this project."""
        return self._working.get(project.id, 0) > 0

    def of(self, project: Project, media_uid: str) -> list[Proposal]:
        """The proposals for a frame, surest first."""
        with self._lock:
            return list(self._found.get((project.id, media_uid), ()))

    def _look(self, project: Project, media_uid: str, boxes: list[Box], visit: object) -> None:
        found: list[dict[str, Any]] = []
        try:
            with self._one_at_a_time:
                if self._newest.get((project.id, visit)) == media_uid:
                    found = looked_for(project, media_uid, boxes)
        except Exception:  # no proposals is no fault: the person draws instead
            logging.getLogger(__name__).warning("no proposals for %s", media_uid, exc_info=True)
        with self._lock:
            self._working[project.id] -= 1
            mates: dict[str, list[Proposal]] = {}
            for one in found:
                proposal = Proposal(Box(one["x"], one["y"], one["w"], one["h"]), one["confidence"], media_uid)
                mates.setdefault(one["media_uid"], []).append(proposal)
            for mate, proposals in mates.items():  # the newest drawn frame is the best teacher of its visit
                self._found[project.id, mate] = sorted(proposals, key=lambda p: -p.confidence)
            while len(self._found) > MOST_KEPT:
                del self._found[next(iter(self._found))]


def looked_for(project: Project, media_uid: str, boxes: list[Box]) -> list[dict[str, Any]]:
    """Look for the animals of ``boxes`` in the visit's other frames, in a worker process of its own.

    Gives one dict for each proposal: media_uid, x, y, w, h (fractions) and confidence. Empty where the worker failed.
    """
    what: dict[str, Any] = {"kind": "track", "project": str(project.path), "media_uid": media_uid}
    what |= {"boxes": [[box.x, box.y, box.w, box.h] for box in boxes]}
    with subprocess.Popen(
        command(what),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=program_folder(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as worker:
        timer = threading.Timer(SECONDS, worker.kill)
        timer.start()
        try:
            assert worker.stdout is not None
            end: dict[str, Any] = {}
            for line in worker.stdout:
                event = json.loads(line)
                end = event if event.get("event") == "end" else end
        finally:
            timer.cancel()
    found: list[dict[str, Any]] = (end.get("result") or {}).get("proposals", [])
    return found


def status(project: Project) -> dict[str, Any]:
    """How far the teaching is: boxes drawn, how many are still needed, and a sentence."""
    from spotid.jobs.stages import line_of
    from spotid.prepare import registry, taught
    from spotid.settings import settings

    name = line_of(project, settings()).chosen.detector
    told = taught.status(project)
    if name not in registry.DETECTORS or not isinstance(registry.detector(name), taught.Teachable):
        sentence = f"The detector “{name}” does not learn from boxes; those that you draw count all the same."
        told = replace(told, needed=0, ready=True, learnt=0, sentence=sentence)
    return {
        "boxes": told.boxes,
        "frames": told.frames,
        "empty": told.empty,
        "needed": told.needed,
        "ready": told.ready,
        "learnt": told.learnt,
        "sentence": told.sentence,
    }


def by_command(
    project: Project,
    table: Path | None,
    out: Path | None,
    *,
    sure: bool,
    search_again: bool,
    say: Callable[[str], None],
) -> int:
    """What the command line does with boxes: bring in, search again, write. The exit code is 1 where lines were bad."""
    from spotid.jobs.bar import work
    from spotid.project import frame_table
    from spotid.project.files import write_whole
    from spotid.settings import settings

    code = 0
    if table is not None:
        done = frame_table.bring_in(project, table, sure=sure)
        for sentence in done.bad:
            say(sentence)
        known = f", {done.known:,} were known" if done.known else ""
        say(f"{done.boxes:,} boxes in {done.frames:,} pictures kept{known}; {len(done.bad):,} lines could not be used.")
        code = 1 if done.bad else 0
    told = status(project)
    say(told["sentence"])
    if search_again and not told["ready"]:
        raise BadRequestError("The search can't learn from so few boxes yet.", told["sentence"])
    if search_again:
        work(project, "run", settings=settings(), again=True)
        say("The rest was searched again.")
    if out is not None:
        text, frames, boxes = frame_table.export(project.store)
        write_whole(out.absolute(), text.encode("utf-8"))
        say(f"{boxes:,} boxes in {frames:,} pictures written to {out}")
    return code
