"""A server in a process of its own, and the windows of a long review: what each does, sends, and is told."""

from __future__ import annotations

import http.client
import json
import os
import queue
import random
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
from long_review_stock import Survey

ROOT = Path(__file__).resolve().parent.parent
SLIP, HARD, NEW, UNDO, FLANK, RELOAD, MOVE, AGAIN, OTHERS = 0.01, 0.02, 0.01, 0.02, 0.04, 0.02, 0.02, 0.02, 0.02


class Server:
    """The program, serving one project in a process of its own."""

    def __init__(self, project: Path, home: Path) -> None:
        self.home = home
        script = (
            "import sys; from pathlib import Path; from spotid.web import bench_of, create_app;"
            "from spotid.web.serve import serve; folder = Path(sys.argv[1]);"
            "serve(create_app, port=5600, browser=False, say=lambda text: print(text, flush=True),"
            " page=lambda made: f'/project/{bench_of(made).open(folder).id}/')"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(project)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"SPOTID_HOME": str(home), "OMP_NUM_THREADS": "1"},
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        address = None
        while address is None:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server ended: {self.lines}")
            self.lines.append(line)
            address = re.search(r"http://\S+", line)
        self.address = urlsplit(address.group(0))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def memory(self) -> float:
        """Megabytes that the server's process holds."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def cpu(self) -> float:
        """Seconds of computing that the server has used."""
        return float(sum(psutil.Process(self.process.pid).cpu_times()[:2]))

    def stop(self) -> None:
        """Close it as Ctrl+C does."""
        self.process.terminate()
        self.process.wait(60)


class Client:
    """One window: a connection that is kept, and a cookie jar."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = http.client.HTTPConnection(server.address.hostname or "", server.address.port, timeout=60)
        self.cookies: dict[str, str] = {}
        path = server.address.path + (f"?{server.address.query}" if server.address.query else "")
        for _ in range(5):  # the address that was printed, and where it leads
            status, headers, content = self.ask("GET", path)
            if status not in (301, 302, 303, 307):
                break
            path = urlsplit(headers["Location"]).path
        assert status == 200, (status, content[:300])
        project = re.search(r"/project/([0-9a-f]+)/", path) or re.search(rb"/project/([0-9a-f]+)/", content)
        assert project is not None, path
        self.project = project.group(1) if isinstance(project.group(1), str) else project.group(1).decode()
        self.api = f"/api/project/{self.project}/"

    def ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> tuple[int, Any, bytes]:
        """One request: status, headers, content."""
        headers = {"Content-Type": "application/json"} if said is not None else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, None if said is None else json.dumps(said), headers)
        reply = self._connection.getresponse()
        content = reply.read()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return reply.status, reply.headers, content

    def get(self, rest: str) -> dict[str, Any]:
        """A reply of the project's interface."""
        status, _, content = self.ask("GET", self.api + rest)
        assert status == 200, (rest, status, content[:300])
        return dict(json.loads(content))

    def say(self, rest: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Tell the program something."""
        status, _, content = self.ask("POST", self.api + rest, said)
        return status, json.loads(content)


@dataclass
class Record:
    """What the windows were told; shared by both."""

    kept: dict[str, tuple[int, str, dict[str, Any]]] = field(default_factory=dict)  # uid → (row, kind, what was sent)
    doubled: list[str] = field(default_factory=list)  # one answer acknowledged as two rows
    repeats: int = 0
    failures: list[str] = field(default_factory=list)
    answering: list[float] = field(default_factory=list)  # seconds from an answer to the next pair
    pictures: list[float] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)  # (answers, MB)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, uid: str, row: int, kind: str, said: dict[str, Any]) -> int:
        """Note an acknowledged answer; how many there are by now."""
        with self.lock:
            known = self.kept.setdefault(uid, (row, kind, said))
            if known[:2] != (row, kind):
                self.doubled.append(uid)
            return len(self.kept)


class Window(threading.Thread):
    """A person at one window."""

    def __init__(
        self, server: Server, survey: Survey, record: Record, most: int, seed: int, pictures: bool, way: str = "anchor"
    ) -> None:
        super().__init__(daemon=True, name=f"window {seed}")
        self.way = way
        self.server, self.survey, self.record, self.most = server, survey, record, most
        self.rng, self.client, self.fetching = random.Random(seed), Client(server), pictures
        self.shown: dict[str, Any] = {}
        self.other: Window | None = None
        self.together: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()

    def run(self) -> None:
        """Answer until there are enough or nothing is left."""
        try:
            self.shown = self.client.get(f"pair?way={self.way}")
            while len(self.record.kept) < self.most and self.shown["state"] == "pair":
                self._fetch_pictures()
                self._do_something()
                while not self.together.empty():
                    self._send(*self.together.get(), timed=False)
        except Exception as error:
            self.record.failures.append(f"{self.name}: {error!r}")

    def _do_something(self) -> None:
        chance, pair = self.rng.random(), self.shown
        if chance < RELOAD:
            self.shown = self.client.get(f"pair?way={self.way}")
        elif chance < RELOAD + MOVE:
            here = {"anchor": pair["anchor"]["uid"], "b": pair["comparison"]["uid"], "way": self.way}
            self.shown = self.client.say("anchor", here | {"move": self.rng.choice(["next", "previous"])})[1]
        elif chance < RELOAD + MOVE + UNDO:
            self._send("undo", {"uid": str(uuid.uuid4()), "way": self.way})
        elif chance < RELOAD + MOVE + UNDO + FLANK:
            a, b = pair["anchor"]["uid"], pair["comparison"]["uid"]
            one = self.rng.choice([a, b])
            said = {"uid": str(uuid.uuid4()), "sighting": one, "flank": self.survey.side[one], "a": a, "b": b}
            self._send("flank", said | {"way": self.way})
        else:
            if self.other is not None and self.rng.random() < OTHERS and self.other.shown.get("state") == "pair":
                pair = self.other.shown
            said = self._answer(pair)
            both = self.other is not None and self.rng.random() < AGAIN
            if both and self.other is not None:
                self.other.together.put(("answers", said))  # at the same moment, from the other window
            self._send("answers", said)
            if self.rng.random() < AGAIN:
                self._send("answers", said, timed=False)  # a double click

    def _answer(self, pair: dict[str, Any]) -> dict[str, Any]:
        a, b = pair["anchor"]["uid"], pair["comparison"]["uid"]
        same = (self.survey.truth[a] == self.survey.truth[b]) != (self.rng.random() < SLIP)
        kind, chance = "same" if same else "different", self.rng.random()
        if chance < HARD:
            kind = self.rng.choice(["cannot_tell", "not_comparable"])
        elif chance < HARD + NEW:
            kind = self.rng.choice(["new", "new", "unusable"])
        said = {"uid": str(uuid.uuid4()), "kind": kind, "a": a, "b": b, "seconds": 1.5, "rank": pair["rank"]}
        return said | {"way": self.way, "a_with": _frames(pair["anchor"]), "b_with": _frames(pair["comparison"])}

    def _send(self, rest: str, said: dict[str, Any], *, timed: bool = True) -> None:
        began = time.perf_counter()
        status, reply = self.client.say(rest, said)
        spent = time.perf_counter() - began
        if status == 409 and rest == "undo":
            return
        if status == 400 and "not of one visit any more" in reply["error"]["sentence"]:
            # The other window has said a side meanwhile, or that a frame is of another animal.
            self.shown = self.client.get(f"pair?way={self.way}")
            return
        if status != 200:
            self.record.failures.append(f"{rest} {said} → {status} {reply}")
            return
        if timed:
            self.record.answering.append(spent)
            self.shown = reply["pair"]
        self.record.repeats += bool(reply.get("repeated"))
        count = self.record.keep(said["uid"], reply["kept"]["row"], reply["kept"]["kind"], said)
        if count % 1000 == 0 and timed:
            self.record.memory.append((count, self.server.memory()))
            tail = np.array(self.record.answering[-1000:]) * 1000
            print(
                f"{count:>7,} answers, {self.server.memory():.0f} MB, p50 {np.median(tail):.1f} ms,"
                f" p99 {np.percentile(tail, 99):.1f} ms, {reply['pair']['progress']}",
                file=sys.stderr,
            )

    def _fetch_pictures(self) -> None:
        if not self.fetching:
            return
        base = f"/project/{self.client.project}/picture/"
        wanted = [f"{base}{self.shown[side]['uid']}/crop" for side in ("anchor", "comparison")] + self.shown["prefetch"]
        if self.rng.random() < 0.02:
            wanted.append(f"{base}{self.shown['anchor']['uid']}/original")
        for address in wanted:
            began = time.perf_counter()
            status, headers, content = self.client.ask("GET", address)
            self.record.pictures.append(time.perf_counter() - began)
            if status != 200 or not headers["Content-Type"].startswith("image/") or len(content) < 500:
                self.record.failures.append(f"{address} → {status}")


def _frames(sighting: dict[str, Any]) -> list[str]:
    """The other pictures of a visit that an answer covers."""
    return [frame["uid"] for frame in sighting["frames"]]


def slow_client(client: Client, server: Server, stop: threading.Event) -> None:
    """A client that sends its request drop by drop, again and again."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    request = f"GET {client.api}pair HTTP/1.1\r\nHost: {server.address.netloc}\r\nCookie: {cookies}\r\n\r\n".encode()
    while not stop.is_set():
        with socket.create_connection((server.address.hostname, server.address.port or 80), timeout=60) as drops:
            for place in range(0, len(request), 8):
                drops.sendall(request[place : place + 8])
                if stop.wait(0.1):
                    return
            drops.recv(1000)
