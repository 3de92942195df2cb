"""A reviewer for the kill harness: answers by HTTP as fast as the program takes it, and writes down what was kept."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from killable import Gone, Program, Refused


class Record:
    """What was sent and what was acknowledged, in a file of the harness's own."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: set[str] = set()

    def send(self, path: str, body: dict[str, Any]) -> None:
        """Written down before it is asked."""
        self._write("sent", body["uid"], {"path": path, "body": body})
        self.sent[body["uid"]] = {"path": path, "body": body}

    def acknowledge(self, uid: str) -> None:
        """Written down as soon as the program has said so."""
        self._write("kept", uid, {})
        self.acknowledged.add(uid)

    def open(self) -> list[dict[str, Any]]:
        """What was sent and not acknowledged: a person would send it again."""
        with self._lock:
            return [sent for uid, sent in self.sent.items() if uid not in self.acknowledged]

    def _write(self, what: str, uid: str, more: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps({"what": what, "uid": uid, **more}) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Done."""
        self._file.close()


def herd(uid: str) -> int:
    """Which of three animals the reviewer takes a sighting for: always the same, so that answers never disagree."""
    return int(uid[:6], 16) % 3


class Reviewer(threading.Thread):
    """Answers until it is told to stop or the program is gone."""

    def __init__(self, program: Program, project: str, record: Record, seed: int) -> None:
        super().__init__(daemon=True)
        self._program, self._api, self._record = program, f"/api/project/{project}", record
        self._dice = random.Random(seed)
        self._halt = threading.Event()
        self.in_flight = False
        self.refusals: list[str] = []

    def run(self) -> None:
        """Ask, answer, now and then take one back; open answers of an earlier life are sent again first."""
        try:
            for one in self._record.open():
                if self._dice.random() < 0.7:
                    self._post(one["path"], one["body"], again=True)
            while not self._halt.is_set():
                self._turn()
        except Gone:
            pass

    def _turn(self) -> None:
        try:
            pair = self._program.ask(f"{self._api}/pair")
        except Refused as error:
            self.refusals.append(str(error)[:300])
            time.sleep(0.1)
            return
        number = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        if pair["state"] == "pair" and self._dice.random() > 0.1:
            a, b = pair["anchor"]["uid"], pair["comparison"]["uid"]
            kind = "same" if herd(a) == herd(b) else "different"
            self._post(f"{self._api}/answers", {"uid": number, "kind": kind, "a": a, "b": b, "seconds": 0.1})
        elif self._record.acknowledged and pair["state"] != "empty":
            self._post(f"{self._api}/undo", {"uid": number})
        else:
            time.sleep(0.1)
        time.sleep(self._dice.uniform(0.0, 0.05))

    def _post(self, path: str, body: dict[str, Any], *, again: bool = False) -> None:
        if not again:
            self._record.send(path, body)
        self.in_flight = True
        try:
            self._program.ask(path, body)
            self._record.acknowledge(body["uid"])
        except Refused as error:
            self.refusals.append(str(error)[:300])
        finally:
            self.in_flight = False

    def halt(self) -> None:
        """Stop after the answer in hand."""
        self._halt.set()
        self.join(30)
