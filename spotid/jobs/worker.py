"""The child process of one job: it computes; the parent reports. A crash here takes no answer along."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spotid.errors import SpotIDError
from spotid.jobs.events import Reporter
from spotid.jobs.stages import RUN, check_room, line_of
from spotid.progress import Cancelled
from spotid.project.folder import Project, open_project
from spotid.project.lock import Lock
from spotid.settings import quiet_environment, settings

# A worker left behind by a killed program stops at its next step; the next one waits for it this long.
PREDECESSOR_SECONDS = 60.0


def main(arguments: list[str] | None = None) -> int:
    """Run one job described by a JSON object: ``{"kind", "project", "settings", …}``."""
    job = json.loads((arguments or sys.argv[1:])[0])
    quiet_environment()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the parent too, which then asks us to stop
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints goes to the log, not among the events
    reporter = Reporter(out)
    reporter.listen()
    try:
        project = open_project(Path(job["project"]), shared=True)
        try:
            with _alone(project, job["kind"]):
                result = KINDS[job["kind"]](project, job, reporter)
        finally:
            project.close()
    except Cancelled:
        reporter.say(event="end", state="cancelled")
        return 0
    except SpotIDError as error:
        reporter.say(event="end", state="failed", sentence=error.sentence, advice=error.advice)
        return 0
    except MemoryError:
        reporter.say(
            event="end",
            state="failed",
            sentence="The computer ran out of memory.",
            advice="Close other programs, then resume; everything done so far is kept.",
        )
        return 0
    except Exception:
        logging.getLogger(__name__).error("the job failed\n%s", traceback.format_exc())
        print(traceback.format_exc(), file=sys.stderr, flush=True)
        reporter.say(
            event="end",
            state="failed",
            sentence="Something unexpected stopped the work.",
            advice="Resume to go on from here; if it stops again, send the newest file of the project's folder “logs”.",
        )
        return 0
    reporter.say(event="end", state="done", result=result)
    return 0


@contextlib.contextmanager
def _alone(project: Project, kind: str) -> Iterator[None]:
    """Only one worker writes at a time; one that only looks waits for nobody."""
    if kind in LOOKING:
        yield
        return
    lock = Lock(project.layout.worker_lock, "Another run is at work in this project", wait=PREDECESSOR_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _run(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    chosen = settings(job.get("settings"))
    line = line_of(project, chosen)
    if job.get("again"):
        from spotid.prepare import redo

        redo.queue(project)  # kept in the database: a run that was stopped goes on with it
    for stage in RUN:
        check_room(project, chosen)
        reporter.begin(stage)
        line.work(stage)(reporter)
        reporter.finish()
    return {}


def _export(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    from spotid.export.folders import export_matches
    from spotid.words import Stage

    reporter.begin(Stage.EXPORT)
    written = export_matches(project, Path(job["folder"]), reporter)
    reporter.finish()
    return written


def _track(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    from spotid.boxes import Box
    from spotid.prepare import track

    found = track.in_visit(project, job["media_uid"], [Box(*sides) for sides in job["boxes"]])
    return {
        "proposals": [
            {"media_uid": one.media_uid, "confidence": one.confidence}
            | {"x": one.box.x, "y": one.box.y, "w": one.box.w, "h": one.box.h}
            for one in found
            if one.box is not None
        ]
    }


KINDS = {"run": _run, "export": _export, "track": _track}
LOOKING = frozenset({"track"})  # kinds that write nothing


if __name__ == "__main__":
    sys.exit(main())
