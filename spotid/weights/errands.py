"""Downloads, checks and imports that a person has asked for: one at a time, in a thread, told to whoever looks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import NotFoundError, SpotIDError
from spotid.progress import Cancelled
from spotid.weights import bring, hosts, keep, shelf
from spotid.weights.catalogue import Weight
from spotid.weights.fetch import Rules, Told, fetch, wished
from spotid.weights.shelf import Model
from spotid.weights.troubles import WrongSumError


@dataclass(frozen=True)
class Errand:
    """One thing to do: ``kind`` is get, check or import; ``name`` the model's, or the path to import from."""

    kind: str
    name: str
    trusting: str = ""


@dataclass
class Ended:
    """How an errand ended: ``state`` is done, failed or cancelled. ``found`` is the SHA-256 that was not accepted."""

    kind: str
    state: str
    sentence: str = ""
    advice: str = ""
    code: str = ""
    found: str = ""
    lines: list[str] = field(default_factory=list)
    at: int = 0  # the version of the queue, by which two endings are told apart


class Errands:
    """The queue of one program. ``rules`` gives the rules of downloads anew for each one."""

    def __init__(self, rules: Callable[[], Rules] = wished) -> None:
        self._rules = rules
        self._changed = threading.Condition()
        self._waiting: list[Errand] = []
        self._current: Errand | None = None
        self._told: Told | None = None
        self._before = 0  # bytes of the model's earlier files
        self._stop = threading.Event()
        self._ended: dict[str, Ended] = {}
        self._version = 0
        self._thread: threading.Thread | None = None

    def want(self, errand: Errand) -> None:
        """Put an errand at the end; one that waits or is under way already is not put there again."""
        with self._changed:
            names = [(one.kind, one.name) for one in [*self._waiting, *([self._current] if self._current else [])]]
            if (errand.kind, errand.name) in names:
                return
            self._ended.pop(errand.name, None)
            self._waiting.append(errand)
            self._tell()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="models", daemon=True)
                self._thread.start()

    def cancel(self, name: str = "") -> None:
        """Take back what waits under this name, and stop it where it is under way; without a name everything."""
        with self._changed:
            for one in [one for one in self._waiting if name in ("", one.name)]:
                self._waiting.remove(one)
                self._ended[one.name] = Ended(one.kind, "cancelled")
            if self._current is not None and name in ("", self._current.name):
                self._stop.set()
            self._tell()

    def forget(self, name: str) -> None:
        """How the last errand for this model ended does not matter any more."""
        with self._changed:
            if self._ended.pop(name, None):
                self._tell()

    def close(self, seconds: float = 5.0) -> None:
        """Stop everything; what has arrived stays for the next time."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(seconds)

    def busy(self, name: str) -> bool:
        """Whether this model, or this path, waits or is under way."""
        with self._changed:
            return name in {one.name for one in [*self._waiting, *([self._current] if self._current else [])]}

    def state(self) -> dict[str, Any]:
        """What is under way, what waits, what has ended since the program began: plain values."""
        with self._changed:
            current = None
            if self._current is not None:
                told = self._told
                current = {"kind": self._current.kind, "name": self._current.name, "stopping": self._stop.is_set()}
                current |= {"file": told.name if told else "", "sentence": told.sentence if told else ""}
                current |= {"done": self._before + (told.done if told else 0), "total": told.total if told else 0}
                current["seconds_left"] = told.seconds_left if told else None
            return {
                "version": self._version,
                "current": current,
                "waiting": [{"kind": one.kind, "name": one.name} for one in self._waiting],
                "ended": {name: vars(one) for name, one in self._ended.items()},
            }

    def wait(self, version: int, seconds: float) -> int:
        """Wait until something has changed since ``version``, at most so long; gives the version now."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, seconds)
            return self._version

    def _tell(self) -> None:
        self._version += 1
        self._changed.notify_all()

    def _hear(self, told: Told, total: int) -> None:
        with self._changed:
            whole = max(total, self._before + told.total) if told.total else total
            left = told.seconds_left
            if left and told.total > told.done:  # the files that follow count as well, at the pace of this one
                left *= (whole - self._before - told.done) / (told.total - told.done)
            self._told = Told(told.name, told.done, whole, left, told.sentence)
            self._tell()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._thread = None
                    return
                self._current = errand = self._waiting.pop(0)
                self._told, self._before = None, 0
                self._stop.clear()
                self._tell()
            ended = self._one(errand)
            with self._changed:
                ended.at = self._version
                self._ended[errand.name] = ended
                self._current, self._told = None, None
                self._tell()

    def _one(self, errand: Errand) -> Ended:
        try:
            if errand.kind == "import":
                return self._import(errand)
            model = shelf.model(errand.name)
            return self._check(model) if errand.kind == "check" else self._get(model, errand.trusting)
        except Cancelled:
            return Ended(errand.kind, "cancelled")
        except SpotIDError as error:
            found = error.found if isinstance(error, WrongSumError) else ""
            return Ended(errand.kind, "failed", error.sentence, error.advice, error.code, found)
        except Exception:
            logging.getLogger("spotid").exception("an errand failed: %s %s", errand.kind, errand.name)
            return Ended(
                errand.kind,
                "failed",
                "Something unexpected went wrong.",
                "Try again; the log file says more.",
                "unexpected",
            )

    def _get(self, model: Model, trusting: str) -> Ended:
        lines = []
        lacking = shelf.missing(model)
        total = sum(one.size for one in lacking) if all(one.size for one in lacking) else 0
        for weight in lacking:
            kept = get(
                weight,
                self._rules(),
                told=lambda told: self._hear(told, total),
                stop=self._stop.is_set,
                trusting=trusting if weight.name == model.name or len(lacking) == 1 else "",
            )
            self._before += kept.bytes
            lines.append(how_told(kept))
        return Ended("get", "done", lines=lines)

    def _check(self, model: Model) -> Ended:
        if lacking := shelf.missing(model):
            raise NotFoundError(f"“{lacking[0].file}” is not here.", "Fetch it first.")
        lines = []
        for weight in model.weights:
            self._hear(Told(weight.file, 0, 0, None, "Every byte is compared."), 0)
            kept = keep.verify(weight, shelf.home_of(weight) or shelf.folder(), self._stop.is_set)
            lines.append(how_told(kept))
        return Ended("check", "done", lines=lines)

    def _import(self, errand: Errand) -> Ended:
        done = bring.bring(
            Path(errand.name),
            told=lambda file: self._hear(Told(file, 0, 0, None, ""), 0),
            stop=self._stop.is_set,
        )
        good, wrong = [one for one in done if not one.sentence], [one for one in done if one.sentence]
        lines = [f"“{one.file}” was taken in for “{one.name}”." for one in good]
        lines += bring.notices(good)
        state = "done" if good or not wrong else "failed"
        return Ended("import", state, " ".join(one.sentence for one in wrong), lines=lines)


def get(
    weight: Weight,
    rules: Rules,
    *,
    told: Callable[[Told], None] | None = None,
    stop: Callable[[], bool] = bool,
    trusting: str = "",
) -> keep.Kept:
    """Fetch one file to the shelf; where no sum is beyond doubt, what its host's interface says is compared as well."""
    host: dict[str, str] = {}
    if not weight.certain and not rules.offline:
        # The sum is one more witness, not a condition: a host that does not answer here may still send the file.
        with suppress(SpotIDError):
            host = hosts.published(weight.url, rules.proxy)
    return fetch(weight, shelf.folder(), told=told, stop=stop, rules=rules, trusting=trusting, host=host)


def how_told(kept: keep.Kept) -> str:
    """On what a file was accepted, in a sentence with its SHA-256."""
    how = {
        "published": "it is the published file",
        "given": "it has the sum that you gave",
        "carried": "the note beside it said that somebody has compared its sum",
        "first use": "nothing was published about it: this sum counts from now on",
    }
    return f"{kept.path.name}: {how.get(kept.how, kept.how)}. SHA-256 {kept.sha256}"
