"""Start, watch and stop the one job of a project; the parent's side of the worker."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import deque
from datetime import datetime
from typing import Any

from spotid.errors import JobError
from spotid.jobs.stages import RUN
from spotid.places import program_folder
from spotid.project import jobrows
from spotid.project.folder import Project
from spotid.words import JobState, Stage

STAGES = {"run": RUN, "export": (Stage.EXPORT,)}
RATE_SECONDS = 30.0  # the rate is measured over the last so many seconds
STORE_SECONDS = 2.0


class Job:
    """One job: the worker process and what it has told so far."""

    def __init__(self, project: Project, kind: str, what: dict[str, Any]) -> None:
        self.kind, self._project = kind, project
        self.row = jobrows.start(project.store, kind)
        self.state = JobState.QUEUED
        self.sentence = self.advice = ""
        self.result: dict[str, Any] = {}
        self.notes: deque[str] = deque(maxlen=50)
        self.changed = threading.Condition()
        self.version = 0
        self._stages: dict[str, tuple[int, int, str]] = {stage.value: (0, 0, "waiting") for stage in STAGES[kind]}
        self._current = ""
        self._steps: deque[tuple[float, int]] = deque()
        self._started, self._stored = time.monotonic(), 0.0
        self._ended: float | None = None
        project.layout.logs.mkdir(parents=True, exist_ok=True)
        log = project.layout.logs / f"{datetime.now():%Y-%m-%dT%H-%M-%S} {kind}.log"
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command({"kind": kind, "project": str(project.path), **what}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=program_folder(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._thread = threading.Thread(target=self._watch, name=f"job {self.row}", daemon=True)
        self._thread.start()

    # --- from outside ------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask the worker to stop after the batch in hand."""
        self._say_stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end. Returns whether it has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """Stop the worker at once; for closing the program."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._thread.join(10)

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet."""
        return self.state not in jobrows.ENDED

    def describe(self) -> dict[str, Any]:
        """All that a page or a progress bar shows."""
        stages = [
            {"name": stage.value, "sentence": stage.sentence, "done": done, "total": total, "state": state}
            for stage in STAGES[self.kind]
            for done, total, state in [self._stages[stage.value]]
        ]
        rate = self._rate()
        done, total, _ = self._stages.get(self._current, (0, 0, ""))
        return {
            "state": self.state.value,
            "kind": self.kind,
            "sentence": self.sentence or self.state.sentence,
            "advice": self.advice,
            "stage": self._current,
            "stages": stages,
            "rate": rate,
            "seconds_left": (total - done) / rate if rate and self.running else None,
            "elapsed": (self._ended or time.monotonic()) - self._started,
            "notes": list(self.notes),
            "result": self.result,
        }

    # --- the worker's words ------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        assert self._process.stdout is not None
        end: dict[str, Any] | None = None
        for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") == "end":
                end = event
            else:
                self._take(event)
        code = self._process.wait()
        if end is None:
            end = {
                "state": "failed",
                "sentence": f"The work was stopped from outside (code {code}).",
                "advice": "Perhaps memory ran out. Resume to go on from here; everything done so far is kept.",
            }
        self._end(end)

    def _take(self, event: dict[str, Any]) -> None:
        if event.get("event") == "note":
            self.notes.append(str(event.get("text", "")))
        elif event.get("event") == "progress" and event.get("stage") in self._stages:
            stage = str(event["stage"])
            if stage != self._current:
                self._current = stage
                self._steps.clear()
            state = "done" if event.get("over") else "running"
            self._stages[stage] = (int(event["done"]), int(event["total"]), state)
            self._steps.append((time.monotonic(), int(event["done"])))
            while self._steps[-1][0] - self._steps[0][0] > RATE_SECONDS:
                self._steps.popleft()
            self.state = JobState.RUNNING
            if time.monotonic() - self._stored > STORE_SECONDS:
                self._stored = time.monotonic()
                with contextlib.suppress(Exception):  # the next report comes soon; the worker must not be held up
                    jobrows.report(self._project.store, self.row, self.state, self._stages)
        self._announce()

    def _end(self, event: dict[str, Any]) -> None:
        self.state = JobState(event["state"])
        self.sentence, self.advice = event.get("sentence", ""), event.get("advice", "")
        self.result = event.get("result") or {}
        self._ended = time.monotonic()
        with contextlib.suppress(Exception):  # the project may have been closed meanwhile; the worker's work is kept
            jobrows.report(self._project.store, self.row, self.state, self._stages)
            jobrows.end(self._project.store, self.row, self.state, self.sentence, self.advice, self.result)
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._announce()

    def _announce(self) -> None:
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def _say_stop(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.write(b"stop\n")
                self._process.stdin.flush()

    def _rate(self) -> float | None:
        if len(self._steps) < 2 or not self.running:
            return None
        (start, first), (end, last) = self._steps[0], self._steps[-1]
        return (last - first) / (end - start) if last > first and end - start > 0.5 else None


class Jobs:
    """The jobs of one program: at most one running in each project."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, project: Project, kind: str, **what: Any) -> Job:
        """Start a job. Raises JobError while another one runs in this project."""
        with self._lock:
            current = self._jobs.get(project.id)
            if current is not None and current.running:
                raise JobError("This project is at work already.", "Wait for it to end, or cancel it first.")
            job = Job(project, kind, what)
            self._jobs[project.id] = job
        return job

    def of(self, project: Project) -> Job | None:
        """The newest job of a project started by this program."""
        return self._jobs.get(project.id)

    def stop_all(self) -> None:
        """End every worker; for closing the program."""
        for job in self._jobs.values():
            if job.running:
                job.cancel()
        for job in self._jobs.values():
            if job.running and not job.wait(3):
                job.kill()


def command(what: dict[str, Any]) -> list[str]:
    """How to start a worker: the frozen program starts itself."""
    text = json.dumps(what)
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", text]
    return [sys.executable, "-m", "spotid.jobs.worker", text]


def idle(project: Project, kind: str | None = None) -> dict[str, Any]:
    """What there is to show where no job was started by this program: the newest one remembered."""
    row = jobrows.newest(project.store, kind)
    if row is None:
        return {"state": "none", "kind": "run", "sentence": "Nothing has been run yet.", "advice": "", "stages": []}
    state = JobState(row["state"])
    if state not in jobrows.ENDED:  # its program is gone
        state = JobState.FAILED
    kind = row["kind"] if row["kind"] in STAGES else "run"
    kept = json.loads(row["progress"] or "{}")
    stages = []
    for stage in STAGES[kind]:
        done, total, was = kept.get(stage.value, [0, 0, "waiting"])
        shown = "done" if state is JobState.DONE else was
        stages.append({"name": stage.value, "sentence": stage.sentence, "done": done, "total": total, "state": shown})
    sentence = row["sentence"] or state.sentence
    if row["state"] not in jobrows.ENDED:
        sentence = "The program was stopped while this was running. Nothing is lost; resume and it goes on from here."
    return {
        "state": state.value,
        "kind": kind,
        "sentence": sentence,
        "advice": row["advice"],
        "stage": "",
        "stages": stages,
        "rate": None,
        "seconds_left": None,
        "elapsed": None,
        "notes": [],
        "result": json.loads(row["result"] or "{}"),
    }
