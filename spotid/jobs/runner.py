"""Start, watch and stop the one job of a project; the parent's side of the worker."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import Any

from spotid.errors import JobError
from spotid.jobs import told
from spotid.jobs.awake import TICK_SECONDS, AwakeClock, Watchdog
from spotid.jobs.child import Child, command
from spotid.jobs.falls import Falls
from spotid.jobs.logs import JobLog
from spotid.jobs.speeds import Speeds, waiting
from spotid.jobs.stages import RUN, speed_of
from spotid.jobs.timeleft import Left, TimeLeft
from spotid.project import jobrows
from spotid.project.folder import Project
from spotid.settings import settings
from spotid.words import JobState, Stage

STAGES: dict[str, tuple[Stage, ...]] = {"run": RUN, "export": (Stage.EXPORT,)}
STAGES |= {"check": (Stage.CHECK,), "mend": (Stage.CHECK, *RUN)}
STAGES |= {"learn": (Stage.LEARN, Stage.NEIGHBOURS, Stage.POINTS)}
STORE_SECONDS = 2.0
AHEAD_SECONDS = 10.0  # between two looks at how much lies ahead
PATIENCE_SECONDS = 60.0  # with a worker that was asked to stop and does not move; then it is ended
CLOSED = "The program was closed while this was running."
GO_ON = "Nothing is lost; resume and it goes on from here."


class Job:
    """One job: its worker, what it has told so far, and another worker where one dies."""

    def __init__(self, project: Project, kind: str, what: dict[str, Any]) -> None:
        self.kind, self._project, self._what = kind, project, what
        self.row = jobrows.start(project.store, kind)
        self.state = JobState.QUEUED
        self.sentence = self.advice = ""
        self.result: dict[str, Any] = {}
        self.notes: deque[str] = deque(maxlen=50)
        self.changed = threading.Condition()
        self.version = 0
        self._stages: dict[str, tuple[int, int, str]] = {stage.value: (0, 0, "waiting") for stage in STAGES[kind]}
        self._current = ""
        self._clock = AwakeClock()
        self._watchdog = Watchdog(settings(what.get("settings"))["stuck_minutes"], self._clock)
        names = [stage.value for stage in STAGES[kind]]
        self._time = TimeLeft(names, Speeds(speed_of(project)), self._clock)
        self._left = Left(None)
        self._waiting: dict[str, float] | None = None
        self._stored = self._ahead = 0.0
        self._elapsed: float | None = None
        self._cancelled, self._killed = threading.Event(), threading.Event()
        self._stuck = False
        self._trouble: tuple[str, str] | None = None  # what a worker said last that ended for a fault that may pass
        self._falls = Falls(project)
        self._log = JobLog(project.layout.logs, kind, self.row)
        try:
            self._child = self._start()
        except OSError as error:
            sentence = f"The work could not be started: {error.strerror or error}."
            jobrows.end(project.store, self.row, JobState.FAILED, sentence, "", {})
            raise JobError(sentence, "Close other programs, then try again.") from None
        self._thread = threading.Thread(target=self._work, name=f"job {self.row}", daemon=True)
        self._thread.start()
        threading.Thread(target=self._look, name=f"watch {self.row}", daemon=True).start()

    # --- from outside ------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask the worker to stop after the step in hand."""
        self._cancelled.set()
        self._watchdog.moved()
        self._child.say("stop")

    def resume(self) -> None:
        """Let a paused job look at once whether there is room again."""
        self._child.say("resume")

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end. Returns whether it has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """Stop the worker at once; for closing the program."""
        self._killed.set()
        self._child.kill()
        self._thread.join(10)

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet."""
        return self.state not in jobrows.ENDED

    @property
    def worker(self) -> int:
        """The worker's process."""
        return self._child.pid

    def describe(self) -> dict[str, Any]:
        """All that a page or a progress bar shows."""
        working = self.state is JobState.RUNNING
        return {
            "state": self.state.value,
            "kind": self.kind,
            "sentence": self.sentence or self.state.sentence,
            "advice": self.advice,
            "stage": self._current,
            "stages": told.rows(STAGES[self.kind], self._stages),
            "rate": self._time.rate() if working else None,
            "seconds_left": self._left.seconds if working else None,
            "unmeasured": [Stage(stage).sentence for stage in self._left.unmeasured],
            "elapsed": self._clock() if self._elapsed is None else self._elapsed,
            "notes": list(self.notes),
            "restarts": self._falls.count,
            "result": self.result,
        }

    # --- the workers -------------------------------------------------------------------------------------------------

    def _start(self) -> Child:
        self._stuck, self._trouble = False, None
        self._watchdog.started()
        return Child(command({"kind": self.kind, "project": str(self._project.path), **self._what}), self._log)

    def _work(self) -> None:
        """One worker after the other, until one has come to an end of its own."""
        while True:
            end: dict[str, Any] | None = None
            for event in self._child.events():
                if event.get("event") == "end":
                    end = event
                else:
                    self._take(event)
            code = self._child.close()
            end = end or self._after(code)
            if end is None:
                for stage, (done, total, state) in self._stages.items():
                    self._stages[stage] = (done, total, "waiting" if state == "running" else state)
                try:
                    self._child = self._start()
                except OSError as error:
                    end = _failed(f"The work could not be started again: {error.strerror or error}.")
            if end is not None:
                self._end(end)
                return
            if self._cancelled.is_set():  # asked between two workers: the new one has not heard of it
                self._child.say("stop")
            if self._killed.is_set():
                self._child.kill()

    def _after(self, code: int) -> dict[str, Any] | None:
        """A worker has ended without a word: the job's end, or None to start another worker."""
        said = f"code {code}" if not self._stuck else "it did not move any more"
        self._log.note(f"The worker ended without a word ({said}).")
        if self._killed.is_set():
            self._falls.ended_by_us()
            return _failed(CLOSED)
        if self._cancelled.is_set():
            self._falls.ended_by_us()
            return {"state": "cancelled"}
        names = list(self._stages)
        done, total, _ = self._stages.get(self._current, (0, 0, ""))
        fall = self._falls.died(said, (names.index(self._current) if self._current else -1, done - total))
        self._log.note(f"{fall.sentence}\n{fall.trace}")
        if not fall.go_on and self._trouble is not None:
            return _failed(*self._trouble)
        if not fall.go_on:
            advice = "Perhaps memory runs short: close other programs. Resume to go on from here; nothing is lost."
            return _failed(fall.sentence, f"{advice} The newest file in the project's folder “logs” says more.")
        self.notes.append(f"{self._trouble[0]} It was started again." if self._trouble else fall.sentence)
        self._announce()
        end = time.monotonic() + fall.pause
        while time.monotonic() < end and not self._cancelled.is_set() and not self._killed.is_set():
            time.sleep(0.05)
        if self._killed.is_set():
            return _failed(CLOSED)
        return {"state": "cancelled"} if self._cancelled.is_set() else None

    def _look(self) -> None:
        """Every second: whether the worker still moves, and how long it will take."""
        while not self.wait(TICK_SECONDS):
            self._clock()
            if self.state is JobState.PAUSED:
                self._watchdog.moved()
            patience_over = self._cancelled.is_set() and self._watchdog.still() > PATIENCE_SECONDS
            if patience_over or self._watchdog.stuck(self._falls.in_hand()):
                self._stuck = True
                self._watchdog.moved()
                self._child.kill()
            if self.kind == "run" and self.state is JobState.RUNNING and self._current != Stage.SCAN:
                with contextlib.suppress(Exception):  # the project may be closing
                    if time.monotonic() - self._ahead > AHEAD_SECONDS:
                        self._ahead = time.monotonic()
                        self._waiting = waiting(self._project)
                    self._left = self._time.left(self._waiting)
            elif self.kind != "run":
                self._left = self._time.left({})

    # --- the worker's words ------------------------------------------------------------------------------------------

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "alive":
            self._watchdog.beat(int(event.get("steps", 0)))
            return
        if kind == "note":
            self.notes.append(str(event.get("text", "")))
        elif kind == "trouble":
            self._trouble = str(event.get("sentence", "")), str(event.get("advice", ""))
        elif kind == "paused":
            self.sentence, self.advice = str(event.get("sentence", "")), str(event.get("advice", ""))
            self.state = JobState.PAUSED
            self._keep()
        elif kind == "resumed":
            self.state = JobState.RUNNING
            self.sentence = self.advice = ""
            self._keep()
        elif kind == "progress" and event.get("stage") in self._stages:
            self._progress(str(event["stage"]), int(event["done"]), int(event["total"]), bool(event.get("over")))
        self._announce()

    def _progress(self, stage: str, done: int, total: int, over: bool) -> None:
        if stage != self._current:
            self._current = stage
            self._ahead = 0.0
        self._watchdog.moved()
        self._stages[stage] = (done, total, "done" if over else "running")
        self._time.step(stage, done, total, over=over)
        if self.state is not JobState.PAUSED:
            self.state = JobState.RUNNING
        if time.monotonic() - self._stored > STORE_SECONDS:
            self._keep()

    def _keep(self) -> None:
        self._stored = time.monotonic()
        with contextlib.suppress(Exception):  # the next report comes soon; the worker must not be held up
            jobrows.report(self._project.store, self.row, self.state, self._stages, self.sentence, self.advice)

    def _end(self, event: dict[str, Any]) -> None:
        self.sentence, self.advice = event.get("sentence", ""), event.get("advice", "")
        self.result = event.get("result") or {}
        self._elapsed = self._clock()
        state = JobState(event["state"])
        with contextlib.suppress(Exception):  # the project may have been closed meanwhile; the worker's work is kept
            jobrows.report(self._project.store, self.row, state, self._stages)
            jobrows.end(self._project.store, self.row, state, self.sentence, self.advice, self.result)
        self.state = state
        self._announce()

    def _announce(self) -> None:
        with self.changed:
            self.version += 1
            self.changed.notify_all()


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


def idle(project: Project, kind: str | None = None) -> dict[str, Any]:
    """What there is to show where no job was started by this program: the newest one remembered."""
    return told.idle(project, STAGES, kind)


def _failed(sentence: str, advice: str = GO_ON) -> dict[str, Any]:
    return {"state": "failed", "sentence": sentence, "advice": advice}
