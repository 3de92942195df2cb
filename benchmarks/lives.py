"""One life of the program under the kill harness: started, put to work, reviewed, and killed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from killable import Gone, Program, Refused
from reviewing import Record, Reviewer

PATIENCE = 60.0
WRITES = {"worker": 8, "server": 5}  # a fault is put before one of the first 2 ** so many writes of a process
STRIKE_SECONDS = 8.0  # that a life waits for such a fault


class Loss(Exception):
    """Something is gone, twice there, or different."""


class Lives:
    """Lives of the program, one after the other, and what was counted of them."""

    def __init__(self, work: Path, seed: int) -> None:
        self.work = work
        self.dice = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()  # functions of SpotID's own that were struck before a write
        self.counts: Counter[str] = Counter()
        self.originals = work / "originals"
        self.pace = 10.0  # seconds that an undisturbed run takes

    @property
    def marker(self) -> Path:
        """Made by a fault that has struck."""
        return self.work / "marker"

    # --- asking ------------------------------------------------------------------------------------------------------

    def begin(self, program: Program, folder: Path) -> str:
        """Make, or open and go on with, a project; its id."""
        if (folder / "project.json").is_file():
            opened = program.ask("/api/projects/open", {"path": str(folder)}, PATIENCE)
            program.ask(f"/api/project/{opened['id']}/job", {"action": "start"})
            return str(opened["id"])
        paths = {"project_path": str(folder), "images_path": str(self.originals)}
        return str(program.ask("/api/projects/run", paths, PATIENCE)["id"])

    def _begun(self, program: Program, folder: Path) -> str:
        try:
            return self.begin(program, folder)
        except Refused as error:
            raise Loss(f"{folder} can't be opened any more: {error}") from None

    def until_done(self, program: Program, project: str) -> dict[str, Any]:
        end = time.monotonic() + 4 * PATIENCE
        while time.monotonic() < end:
            job = program.ask(f"/api/project/{project}/job")
            if job["state"] not in ("queued", "running", "paused"):
                if job["state"] != "done":
                    raise Loss(f"the undisturbed run ended as {job['state']}: {job['sentence']} {job['advice']}")
                return job
            time.sleep(0.1)
        raise Loss("the undisturbed run does not end")

    # --- a life ------------------------------------------------------------------------------------------------------

    def life(self, folder: Path, record: Record, kind: str) -> bool:
        """Start the program, let it work and be reviewed, and kill it; whether the run was complete at the end."""
        marker = self.marker
        marker.unlink(missing_ok=True)
        fault = None
        if kind.endswith(" write"):
            who = kind.split()[0]
            number = int(2 ** self.dice.uniform(0, WRITES[who]))
            fault = {"who": who, "how": "kill", "write": number, "marker": str(marker)}
        program = Program(self.work / "home", self.work / "program.log", fault)
        reviewer: Reviewer | None = None
        done = False
        try:
            if kind == "start":
                time.sleep(self.dice.uniform(0.0, 1.5))
                self._count(kind, program.kill_all())
                return False
            program.greet()
            project = self._begun(program, folder)
            reviewer = Reviewer(program, project, record, self.dice.getrandbits(32))
            reviewer.start()
            done = self._act(program, project, kind, folder)
        except (Gone, Refused) as error:
            if isinstance(error, Refused) and error.status >= 500:
                raise Loss(f"the program answered {error}") from None
            self.counts["cut off" if isinstance(error, Gone) else f"refused: {error}"[:90]] += 1
        finally:
            in_flight = reviewer is not None and reviewer.in_flight
            worker = program.worker()
            if kind != "start":
                struck = fault is not None and marker.exists()
                if struck:
                    self.sites[marker.read_text() or "?"] += 1
                    self._count(kind, True)
                whole = kind != "server" and not (kind == "server write" and struck)
                killed = program.kill_all() if whole else program.kill_server()
                self._count("both" if whole else "server", killed)
            if reviewer is not None:
                reviewer.halt()
                self.counts["in the middle of an answer"] += in_flight
            if worker is not None and self.dice.random() < 0.5:
                self._outlived(worker)
            program.let_go()
        return done

    def _outlived(self, worker: Any) -> None:
        """A worker whose server is gone must stop by itself."""
        try:
            worker.wait(PATIENCE)
        except Exception as error:
            raise Loss(f"a worker outlived its program: {error}") from None

    def _act(self, program: Program, project: str, kind: str, folder: Path) -> bool:
        """What happens in a life before its end; whether the run is complete."""
        if kind == "export":
            self.until_done(program, project)
            program.ask(f"/api/project/{project}/export", {"folder": str(folder) + " exported"})
            time.sleep(self.dice.uniform(0.0, 1.2))
            if self.dice.random() < 0.4:
                self._count("export worker", program.kill_worker())
                time.sleep(self.dice.uniform(0.0, 0.5))
            return True
        if kind == "whole":
            self.until_done(program, project)
            return True
        if kind == "answer":
            time.sleep(self.dice.uniform(0.2, 1.0))
            return True
        for _ in range(self.dice.choice((1, 1, 1, 2, 3)) if kind == "worker" else 0):
            time.sleep(self.dice.uniform(0.05, 0.3) * self.pace)
            self._count("worker", program.kill_worker())
        if kind == "frozen":
            self._freeze(program)
        if kind.endswith("write"):
            done = self._watched(program, project, STRIKE_SECONDS)
            time.sleep(self.dice.choice((0.0, 0.5, 1.5)))  # let another worker take over
            return done
        return self._watched(program, project, self.dice.uniform(0.05, 0.5) * self.pace)

    def _freeze(self, program: Program) -> None:
        """Stop a process for a while, as a laptop's sleep does, and continue it."""
        time.sleep(self.dice.uniform(0.2, 1.5))
        worker = program.worker()
        pids = [pid for pid in (worker.pid if worker else None, program.process.pid) if pid]
        chosen = pids if self.dice.random() < 0.5 else pids[:1]
        for signals, pause in ((signal.SIGSTOP, self.dice.uniform(0.3, 2.0)), (signal.SIGCONT, 0.1)):
            for pid in chosen:
                os.kill(pid, signals)
            time.sleep(pause)
        self.counts["stopped and continued"] += 1

    def _watched(self, program: Program, project: str, seconds: float) -> bool:
        """Let it work for a while; whether the run came to its end. Files that kills had put aside are tried again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.marker.exists():
            job = program.ask(f"/api/project/{project}/job")
            if job["state"] == "done":
                return True
            if job["state"] in ("failed", "cancelled"):
                self.counts["gave up"] += 1
                program.ask(f"/api/project/{project}/job", {"action": "start"})
            time.sleep(0.1)
        return False

    def _count(self, kind: str, killed: bool) -> None:
        if killed:
            self.kills[kind] += 1
