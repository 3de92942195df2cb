"""The child process of one job: it computes; the parent reports. A crash here takes no answer along."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from spotid.errors import ProjectError, SpotIDError
from spotid.jobs import doctor, selfcheck
from spotid.jobs.doctor_vectors import seal_candidates
from spotid.jobs.events import Reporter
from spotid.jobs.stages import RUN, line_of
from spotid.progress import Cancelled
from spotid.project import hand
from spotid.project.folder import Project, open_project
from spotid.project.lock import Lock
from spotid.project.room import Room, is_full
from spotid.settings import quiet_environment, settings
from spotid.words import Stage

# A worker left behind by a killed program stops at its next step; the next one waits for it this long.
PREDECESSOR_SECONDS = 60.0
EXPORT_MB = 50  # an export may go onto a small stick, and writes nothing that can't be written again
PASSING_CODE = 75  # EX_TEMPFAIL of sysexits.h
T = TypeVar("T")


def main(arguments: list[str] | None = None) -> int:
    """Run one job described by a JSON object: ``{"kind", "project", "settings", …}``."""
    job = json.loads((arguments or sys.argv[1:])[0])
    quiet_environment()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the parent too, which then asks us to stop
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints goes to the log, not among the events
    if job["kind"] == selfcheck.KIND:
        return selfcheck.work([str(name) for name in job["parts"]], out)
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
        # A database that was held for too long in the middle of the work may be free again in a moment.
        passing = isinstance(error, ProjectError) and reporter.begun
        return _ended(reporter, error.sentence, error.advice, passing)
    except MemoryError:
        advice = "Close other programs, then resume; everything done so far is kept."
        return _ended(reporter, "The computer ran out of memory.", advice, True)
    except Exception:
        logging.getLogger(__name__).error("the job failed\n%s", traceback.format_exc())
        with contextlib.suppress(OSError):  # a parent that is gone reads no log
            print(traceback.format_exc(), file=sys.stderr, flush=True)
        advice = "Resume to go on from here; if it stops again, send the newest file of the project's folder “logs”."
        return _ended(reporter, "Something unexpected stopped the work.", advice, True)
    reporter.say(event="end", state="done", result=result)
    return 0


def _ended(reporter: Reporter, sentence: str, advice: str, passing: bool) -> int:
    """Tell a fault and give the exit code. One that may pass is no end: the parent starts another worker for it."""
    if passing:
        reporter.say(event="trouble", sentence=sentence, advice=advice)
        return PASSING_CODE
    reporter.say(event="end", state="failed", sentence=sentence, advice=advice)
    return 0


@contextlib.contextmanager
def _alone(project: Project, kind: str) -> Iterator[None]:
    """Only one worker writes at a time; one that only looks waits for nobody."""
    if kind in LOOKING:
        yield
        return
    lock = Lock(project.layout.worker_lock, "Another run is at work in this project", wait=PREDECESSOR_SECONDS)
    try:
        with hand.noting(project):
            yield
    finally:
        lock.release()


def _run(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    chosen = settings(job.get("settings"))
    line = line_of(project, chosen)
    line.prepare()  # ends here where a part is missing: nothing is half done
    if told := line.where():
        reporter.say(event="note", text=told)
    if job.get("again"):
        from spotid.prepare import redo

        redo.queue(project)  # kept in the database: a run that was stopped goes on with it
    if job.get("cut_anew"):
        from spotid.jobs import cutting

        cutting.queue(line)  # likewise
    reporter.room = Room(project.path, chosen["low_disk_mb"])
    seal_candidates(project, whole=False)
    for stage in RUN:
        _through(reporter, stage, lambda stage=stage: line.work(stage)(reporter))  # type: ignore[misc]
    seal_candidates(project, whole=True)
    return {}


def _check(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    def look(repair: bool) -> list[doctor.Finding]:
        told: dict[str, Any] = {"originals": bool(job.get("originals")), "chosen": job.get("settings")}
        reporter.begin(Stage.CHECK)
        found = list(doctor.examine(project, repair=repair, progress=reporter, **told))
        reporter.finish()
        return found

    if job["kind"] == "check":
        return doctor.report(look(False))
    before = look(True)
    _run(project, job, reporter)
    return doctor.report(look(False), before)


def _through(reporter: Reporter, stage: Stage, work: Callable[[], T]) -> T:
    """Bring one stage to its end. Where the disk is full it waits for room and begins the stage again: each asks the
    store what is still missing."""
    while True:
        reporter.begin(stage)
        reporter.look_at_room()
        try:
            done = work()
        except Exception as error:
            if not is_full(error):
                raise
            reporter.wait_for_room("The disk is full.", failed=True)
            continue
        reporter.finish()
        return done


def _export(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    from spotid.export.agreement import write_agreement
    from spotid.export.folders import export_matches
    from spotid.review.agreement_told import lines

    folder = Path(job["folder"])
    reporter.room = Room(folder, EXPORT_MB)

    def work() -> dict[str, Any]:
        done = export_matches(project, folder, reporter, coordinates=bool(job.get("coordinates")))
        return done | write_agreement(folder, lines(project.store))

    return _through(reporter, Stage.EXPORT, work)


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


def _learn(project: Project, job: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    """Learn from confirmed animals, or use another version (``use``: its number, None for none); then list look-alikes
    anew where that made a difference."""
    from spotid.jobs import learning

    chosen = settings(job.get("settings"))
    line = line_of(project, chosen)
    line.prepare()
    reporter.room = Room(project.path, chosen["low_disk_mb"])

    def work() -> list[dict[str, Any]]:
        if "use" in job:
            return learning.use(line, job["use"])
        return learning.learn(line, reporter, check_only=bool(job.get("check_only")))

    found = _through(reporter, Stage.LEARN, work)
    if "use" in job or any(one["used"] for one in found):
        seal_candidates(project, whole=False)
        for stage in (Stage.NEIGHBOURS, Stage.POINTS):
            _through(reporter, stage, lambda stage=stage: line.work(stage)(reporter))  # type: ignore[misc]
        seal_candidates(project, whole=True)
    return {"heads": found}


KINDS = {"run": _run, "learn": _learn, "export": _export, "track": _track, "check": _check, "mend": _check}
LOOKING = frozenset({"track", "check"})  # kinds that write nothing


if __name__ == "__main__":
    sys.exit(main())
