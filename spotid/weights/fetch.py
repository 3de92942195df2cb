"""Fetch a weight file, or take it from a folder or a stick: the same checks in both.

Nothing here runs on its own. ``requests`` belongs to the packages of the published models and is imported only when a
file is fetched; the settings of the system for proxies hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from spotid.errors import NotFoundError
from spotid.progress import Cancelled
from spotid.weights import stream, wishes
from spotid.weights.catalogue import Weight
from spotid.weights.keep import (
    BLOCK,
    VOUCHED,
    Kept,
    check,
    disk_trouble,
    note_of,
    noted,
    part_of,
    place,
    read_json,
    room_for,
    settle,
    state_of,
    taken_of,
    verify,
)
from spotid.weights.troubles import DownloadError, WrongSumError


@dataclass(frozen=True, slots=True)
class Told:
    """How far a file is: bytes, of how many (0: not known), seconds left (None: not known yet), a sentence or ""."""

    name: str
    done: int
    total: int
    seconds_left: float | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient, how large, which way. Times in seconds, sizes in bytes; tests exchange ``clock`` and ``sleep``.

    ``mirror`` stands in for huggingface.co; where ``proxy`` is empty the system's own settings hold. ``offline``
    forbids every download.
    """

    tries: int = 6
    first_pause: float = 1.0
    longest_pause: float = 60.0
    patience: float = 60.0
    most: int = 6_000_000_000
    spare: int = 500_000_000
    local: bool = False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    mirror: str = ""
    proxy: str = ""
    offline: bool = False


def wished() -> Rules:
    """The rules with what this person wishes."""
    said = wishes.read()
    return Rules(mirror=said.mirror, proxy=said.proxy, offline=said.offline)


def _never() -> bool:
    return False


def fetch(
    weight: Weight,
    folder: Path,
    *,
    told: Callable[[Told], None] | None = None,
    stop: Callable[[], bool] = _never,
    rules: Rules | None = None,
    trusting: str = "",
    host: dict[str, str] | None = None,
) -> Kept:
    """Fetch one file into ``folder``; what has arrived earlier is gone on with, a file that is there is only checked.

    Raises DownloadError, WrongSumError, DiskFullError with advice, and Cancelled when ``stop`` says so. Except for what
    is surely wrong, which is removed, all that has arrived is kept for the next time. ``trusting`` and ``host``, sums
    that the host's interface gives: see ``keep.check``.
    """
    rules = rules or Rules()
    if rules.offline:
        raise DownloadError(
            "SpotID was told to stay offline, so nothing is fetched.",
            "Allow downloads on the page Models, or take the file from a folder or a stick.",
        )
    from filelock import FileLock, Timeout

    path = place(weight, folder)
    stream.secure(stream.mirrored(weight.url, rules.mirror), rules.local)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock"), timeout=0):
            if path.exists() and read_json(note_of(path)).get("sha256"):
                return verify(weight, folder, stop)
            if path.exists():  # put here by hand: noted where its bytes are beyond doubt, else fetched over it
                with suppress(WrongSumError):
                    return noted(verify(weight, folder, stop))
            return _fetch(weight, path, told or (lambda _: None), stop, rules, trusting, host or {})
    except Timeout as error:
        raise DownloadError(f"“{weight.file}” is being fetched by another window.", "Wait for it to end.") from error
    except OSError as error:
        raise disk_trouble(error, folder) from error


def _fetch(
    weight: Weight,
    path: Path,
    told: Callable[[Told], None],
    stop: Callable[[], bool],
    rules: Rules,
    trusting: str,
    host: dict[str, str],
) -> Kept:
    part = part_of(path)
    pace = _Pace(weight.name, told, rules.clock)
    url = stream.mirrored(weight.url, rules.mirror)
    attempt = stream.Attempt(
        url, part, state_of(path), weight.bytes, rules.most, rules.spare, rules.patience, rules.local, pace, stop
    )
    attempt.host_sums, attempt.proxy, attempt.sure = dict(host), rules.proxy, weight.certain and weight.bytes > 0
    failed = 0
    for _ in range(1000):  # an attempt that brought bytes does not count as failed: a bad line gets there in the end
        begun_with, state = part.stat().st_size if part.exists() else 0, read_json(state_of(path))
        arrived = begun_with > 0 and state.get("url") == url and begun_with == (weight.bytes or state.get("bytes"))
        try:
            if arrived:
                attempt.host_sums = stream.heard(state) | attempt.host_sums  # stopped before it was compared
            else:
                stream.run(attempt)
            sha256, how = check(weight, part, host=attempt.host_sums, trusting=trusting, stop=stop)
            source = url if attempt.came_from in url else f"{url} ({attempt.came_from})"
            return settle(weight, part, path, sha256, how, source)
        except stream.StaleError:
            _forget(path)
            failed += 1
            reason, wait = "what lies here belongs to an older file", 0.0
        except WrongSumError as error:
            if error.doubtful and (not begun_with or (arrived and trusting)):
                raise  # what has arrived waits for a person's word: to fetch it for that again may take days
            _forget(path)
            if not begun_with:
                raise
            # Two halves of different files look like this: once more from the first byte tells.
            failed += 1
            reason, wait = "the two halves do not belong together", 0.0
        except stream.PassingError as error:
            grown = part.exists() and part.stat().st_size > begun_with
            failed = 1 if grown else failed + 1
            reason = str(error)
            wait = max(error.wait, min(rules.first_pause * 2 ** (failed - 1), rules.longest_pause))
        if failed >= rules.tries:
            break
        _pause(wait, weight, pace, told, stop, rules, reason)
    raise DownloadError(
        f"“{weight.file}” could not be fetched: {reason}.",
        "Try again when the connection is better; what has arrived is kept. Or take the file from a folder or a stick.",
    )


def _forget(path: Path) -> None:
    part_of(path).unlink(missing_ok=True)
    state_of(path).unlink(missing_ok=True)


def _pause(
    wait: float,
    weight: Weight,
    pace: _Pace,
    told: Callable[[Told], None],
    stop: Callable[[], bool],
    rules: Rules,
    reason: str,
) -> None:
    """Wait in short steps, so that a person can stop it."""
    left = wait
    while left > 0:
        if stop():
            raise Cancelled
        told(Told(weight.name, pace.done, pace.total, None, f"The next attempt is in {left:.0f} s: {reason}."))
        step = min(left, 1.0)
        rules.sleep(step)
        left -= step


class _Pace:
    """Tells how far a file is, a few times a second, with the time left at the pace of this attempt."""

    def __init__(self, name: str, told: Callable[[Told], None], clock: Callable[[], float]) -> None:
        self.name, self.told, self.clock = name, told, clock
        self.done = self.total = self.first = 0
        self.began = self.last = clock()

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if done < self.done or not self.done:
            self.first, self.began = done, now
        self.done, self.total = done, total
        if now - self.last < 0.25 and done not in (total, self.first):
            return
        self.last = now
        gone, grown = now - self.began, done - self.first
        left = (total - done) * gone / grown if total and grown > 0 and gone > 0.5 else None
        self.told(Told(self.name, done, total, left))


def take(
    weight: Weight,
    stick: Path,
    folder: Path,
    *,
    stop: Callable[[], bool] = _never,
    trusting: str = "",
    source: Path | None = None,
) -> Kept:
    """Copy one file from a folder, such as a stick's, with the checks of a download.

    It is looked for as ``STICK/FILE`` and as ``STICK/NAME/FILE``, unless ``source`` names it. Where nothing is
    published about the file, the note that lies beside it on the stick must agree with it, if there is one. What has
    arrived of a download is not touched before the file is here.
    """
    from filelock import FileLock, Timeout

    path = place(weight, folder)
    found = [one for one in (stick / weight.name / weight.file, stick / weight.file) if one.is_file()]
    found = [source] if source else found
    if not found:
        raise NotFoundError(
            f"“{weight.file}” is not in {stick}.", f"Copy it there, on its own or in a folder named {weight.name}."
        )
    note = read_json(note_of(found[0]))
    said = {"sha256": str(note["sha256"])} if note.get("sha256") else {}
    part = taken_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock"), timeout=0):
            try:
                _copy(found[0], part, stop)
                # A note may come from anybody: it vouches for the bytes, never for a program in them.
                trusted = trusting or (said["sha256"] if said and note.get("how") in VOUCHED else "")
                sha256, how = check(weight, part, host=said, trusting=trusted, stop=stop)
                how = "carried" if how == "given" and not trusting else how
                kept = settle(weight, part, path, sha256, how, str(found[0]))
                part_of(path).unlink(missing_ok=True)
                return replace(kept, path=path)
            finally:
                part.unlink(missing_ok=True)
    except Timeout as error:
        raise DownloadError(f"“{weight.file}” is being fetched by another window.", "Wait for it to end.") from error
    except OSError as error:
        raise disk_trouble(error, folder) from error


def _copy(source: Path, part: Path, stop: Callable[[], bool]) -> None:
    """Copy the bytes; a stick that was pulled out is told as such, not as a fault of the disk that is written to."""
    try:
        old, length = source.open("rb"), source.stat().st_size
    except OSError as error:
        raise _unread(source, error) from error
    with old:
        room_for(part.parent, length, 0)
        with part.open("wb") as new:
            while True:
                try:
                    block = old.read(BLOCK)
                except OSError as error:
                    raise _unread(source, error) from error
                if not block:
                    return
                if stop():
                    raise Cancelled
                new.write(block)


def _unread(source: Path, error: OSError) -> DownloadError:
    return DownloadError(f"“{source}” can't be read: {error.strerror or error}.", "Plug in its disk and try again.")
