"""The real program as the kill harness holds it: its processes, and a browser's way of asking."""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
INJECT = Path(__file__).resolve().parent / "inject"


class Gone(Exception):
    """The program gave no answer: it was killed."""


class Refused(Exception):
    """The program answered with a sentence of its own; ``status`` is the answer's."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Program:
    """One life of the program, in a group of processes of its own. ``fault`` goes to ``inject/sitecustomize.py``."""

    def __init__(self, home: Path, log: Path, fault: dict[str, Any] | None = None, port: int = 5700) -> None:
        environment = {**os.environ, "SPOTID_HOME": str(home), "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
        environment.pop("SPOTID_FAULT", None)
        if fault:
            environment |= {"PYTHONPATH": str(INJECT), "SPOTID_FAULT": json.dumps(fault)}
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "spotid", "app", "--no-browser", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self.address = ""
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        )

    def greet(self) -> None:
        """Wait for the address and open it once, as a person does. Raises Gone."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = re.search(r"running at (http://127\.0\.0\.1:\d+)(\S*)", line)
            if found:
                self.address = found.group(1)
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                with self._asked(found.group(1) + found.group(2), None, 30) as reply:
                    reply.read()
                return
        raise Gone("it ended before it said its address")

    def ask(self, path: str, body: object = None, seconds: float = 20.0) -> dict[str, Any]:
        """GET, or POST with a ``body``. Raises Gone and Refused."""
        try:
            with self._asked(self.address + path, body, seconds) as reply:
                answer: dict[str, Any] = json.load(reply)
                return answer
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode("utf-8", "replace")) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Gone(str(error)) from None

    def _asked(self, address: str, body: object, seconds: float) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data is not None else {}
        try:
            return self._opener.open(urllib.request.Request(address, data, headers), timeout=seconds)
        except urllib.error.HTTPError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error)) from None

    def worker(self) -> psutil.Process | None:
        """The worker that computes, where there is one."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "spotid.jobs.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                        return child
        return None

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process.poll() is None

    def kill_worker(self) -> bool:
        """Kill the worker alone; whether there was one."""
        worker = self.worker()
        if worker is None:
            return False
        with contextlib.suppress(psutil.Error):
            worker.kill()
            return True
        return False

    def kill_server(self) -> bool:
        """Kill the server alone: its worker must stop by itself."""
        was = self.alive
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(30)
        return was

    def kill_all(self) -> bool:
        """Kill server and worker at once, as a power cut does."""
        was = self.alive
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        return was

    def close(self) -> None:
        """Make sure that nothing of it is left."""
        self.kill_all()
        self.let_go()

    def let_go(self) -> None:
        """Close what this process holds of a server that is dead."""
        self._log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
