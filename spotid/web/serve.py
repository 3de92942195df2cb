"""Serve the page on this machine only: a free port, one program at a time, and an orderly end whatever asks for it."""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import os
import re
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from flask import Flask

from spotid import __version__, log, own_folder
from spotid.errors import SpotIDError
from spotid.places import user_folder, user_path
from spotid.web import ending, guard, session
from spotid.web.browser import open_browser

HOST = "127.0.0.1"
PORTS_TRIED = 50
THREADS = 16  # each open run page holds one
LOCK_SECONDS = 30  # how long a start waits for another one, which takes some seconds at most
LAST_WORDS = 0.4  # seconds in which the page that asked for the end gets its reply
QUIT = "quit"  # among the application's extensions: ends the program
# A reply that comes as a stream keeps its connection however long it takes; these are for who is silent or too loud.
LIMITS = {
    "channel_timeout": 60,
    "cleanup_interval": 10,
    "connection_limit": 200,
    "max_request_header_size": 32_768,
    "max_request_body_size": guard.LARGEST_BODY,
    "recv_bytes": 65_536,  # files that are sent arrive a third faster than with 8 kB at once
}


def listening_socket(first_port: int) -> socket.socket:
    """A socket on the first free port from ``first_port`` (5000 is taken by AirPlay on many Macs)."""
    for port in range(first_port, first_port + PORTS_TRIED):
        candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform == "win32":
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # or another program may share it
        else:
            # After a kill the port must be free at once; on Windows this option would let two programs share it.
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
            return candidate
        except (OSError, OverflowError):
            candidate.close()
    raise SpotIDError(
        f"No free port between {first_port} and {first_port + PORTS_TRIED - 1}.",
        "Restart the computer, or start with --port and another number.",
    )


@dataclass(frozen=True, slots=True)
class Running:
    """A program of this user that serves the page: its address without a path, and its key."""

    address: str
    key: str


def running() -> Running | None:
    """The SpotID of this user that is running already, or None.

    A note may be left of a program that was killed, and another user's SpotID may answer at its port by now: only the
    one that has the key of the note counts.
    """
    try:
        found = _noted()
        if found is None or not re.fullmatch(rf"http://{re.escape(HOST)}:\d+", found.address):
            return None
        question = session.new_key()
        with urllib.request.urlopen(f"{found.address}/api/alive?of={question}", timeout=3) as reply:
            told = str(json.load(reply).get("proof"))
        return found if hmac.compare_digest(told.encode(), session.proof(found.key, question).encode()) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def show_running(browser: bool, say: Callable[[str], None]) -> bool:
    """Open the page of the program that is running already; False where there is none."""
    found = running()
    if found is None:
        return False
    address = session.with_key(f"{found.address}/", found.key)
    say(f"SpotID is running already: {address}")
    if browser:
        open_browser(session.with_key(f"{found.address}/", session.ticket(found.key)), say, address)
    return True


class Service:
    """The page while it is served. ``run`` serves until ``stop`` is called, from whatever thread."""

    def __init__(self, app: Flask, server: Any, here: Running, path: str) -> None:
        self.app, self.here, self._server, self._path = app, here, server, path
        self._stopping = threading.Event()
        self._lock = FileLock(str(user_path() / "starting.lock"), timeout=5)
        self.ended = threading.Event()
        app.extensions[QUIT] = self.stop

    @property
    def shown(self) -> str:
        """The address for a person, with the key."""
        return session.with_key(self.here.address + self._path, self.here.key)

    def open_page(self, say: Callable[[str], None], path: str = "") -> bool:
        """Open the page, or another one of its, in the browser by a ticket; whether that seems to have worked."""
        address = self.here.address + (path or self._path)
        return open_browser(session.with_key(address, session.ticket(self.here.key)), say, self.shown)

    def at_work(self) -> list[str]:
        """The titles of the projects in which a job goes on."""
        return list(self.app.extensions["bench"].at_work())

    def stop(self) -> None:
        """Let the program end, once the replies under way are out."""
        self.app.extensions.pop(session.KEY, None)  # a second start is told nothing any more, and makes its own
        self._stopping.set()

    def run(self) -> None:
        """Serve. At the end workers are ended, projects closed, and the note for a second start is taken away."""
        try:
            while self._server._map and not self._stopping.is_set():
                self._once(0.2)
            end = time.monotonic() + LAST_WORDS
            while self._server._map and time.monotonic() < end:
                self._hold(0)
                self._once(0.05)
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            self._close()

    def _once(self, seconds: float) -> None:
        server = self._server
        server.asyncore.loop(timeout=seconds, map=server._map, use_poll=server.adj.asyncore_use_poll, count=1)

    def _hold(self, seconds: float) -> None:
        """Let a start that comes meanwhile wait: it then finds the projects free."""
        if not self._lock.is_locked:
            with contextlib.suppress(Timeout, OSError):
                self._lock.acquire(seconds)

    def _close(self) -> None:
        self._hold(5)
        try:
            server = self._server
            server.close()
            server.asyncore.close_all(server._map, ignore_all=True)
            server.task_dispatcher.shutdown(timeout=1)
            self.app.extensions["bench"].close()
            if _noted() == self.here:  # another one's is none of ours
                _note().unlink(missing_ok=True)
        finally:
            self._lock.release()
            log.ended()
            self.ended.set()


def begin(make_app: Callable[..., Flask], *, port: int, page: Callable[[Flask], str] = lambda _: "/") -> Service | None:
    """Make all ready to serve ``make_app``'s pages, with a key of their own; None where SpotID is running already.

    Raises SpotIDError where this user's folder can't be written, no port is free, or another start hangs.
    """
    from waitress.server import create_server

    own_folder.check()
    try:
        with FileLock(str(user_folder() / "starting.lock"), timeout=LOCK_SECONDS):
            if running() is not None:
                return None
            listening = listening_socket(port)
            here = Running(f"http://{HOST}:{listening.getsockname()[1]}", session.new_key())
            app = make_app(key=here.key)
            path = page(app)
            listening.listen(128)
            server = create_server(app, sockets=[listening], threads=THREADS, ident="SpotID", **LIMITS)
            _take_note(here)
    except Timeout:
        raise SpotIDError(
            "Another SpotID is being started and does not come to an end.",
            "Restart the computer, then start SpotID again. Every answer is kept.",
        ) from None
    except OSError as error:
        if user_path() not in Path(str(error.filename)).parents:
            raise
        raise own_folder.trouble_with(error) from error
    logging.getLogger("waitress").setLevel(logging.ERROR)
    log.started(__version__, here.address)
    return Service(app, server, here, path)


def begin_or_show(
    make_app: Callable[..., Flask],
    *,
    port: int,
    browser: bool,
    page: Callable[[Flask], str] = lambda _: "/",
    say: Callable[[str], None] = print,
) -> Service | None:
    """As ``begin``; where SpotID is running already its page is opened, and None is given."""
    while True:
        service = begin(make_app, port=port, page=page)
        if service is not None or show_running(browser, say):
            return service  # otherwise the other one has ended between the two looks


def serve(
    make_app: Callable[..., Flask],
    *,
    port: int,
    browser: bool,
    page: Callable[[Flask], str] = lambda _: "/",
    say: Callable[[str], None] = print,
) -> None:
    """Serve until stopped, to who has the key of this start (``make_app`` is given it by the name ``key``).

    A second start opens the running program's page instead and returns. Raises as ``begin`` does.
    """
    service = begin_or_show(make_app, port=port, browser=browser, page=page, say=say)
    if service is None:
        return
    say(f"SpotID is running at {service.shown}")
    say("Leave this window open while you work; Ctrl+C closes the program.")
    if browser:
        timer = threading.Timer(0.3, service.open_page, (say,))
        timer.daemon = True
        timer.start()
    with ending.heard(service.stop, service.ended):
        service.run()
    say("SpotID is closed. Every answer is kept.")


def _note() -> Path:
    return user_path() / "running.json"


def _noted() -> Running | None:
    try:
        note = json.loads(_note().read_text(encoding="utf-8"))
        return Running(str(note["address"]), str(note["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _take_note(found: Running) -> None:
    """Leave address and key for a second start, readable by this user alone."""
    part = _note().with_name("running.json.part")
    part.unlink(missing_ok=True)  # an old one may be open to others
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"address": found.address, "key": found.key}, file)
    part.replace(_note())
