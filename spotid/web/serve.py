"""Serve the page on this machine only: a free port, one program at a time, and the browser opened on it."""

from __future__ import annotations

import hmac
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from filelock import FileLock
from flask import Flask

from spotid.errors import SpotIDError
from spotid.places import user_folder
from spotid.web import guard, session

HOST = "127.0.0.1"
PORTS_TRIED = 50
THREADS = 16  # each open run page holds one
# A reply that comes as a stream keeps its connection however long it takes; these are for who is silent or too loud.
LIMITS = {
    "channel_timeout": 60,
    "cleanup_interval": 10,
    "connection_limit": 200,
    "max_request_header_size": 32_768,
    "max_request_body_size": guard.LARGEST_BODY,
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
        except OSError:
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
        note = json.loads(_note().read_text(encoding="utf-8"))
        found = Running(str(note["address"]), str(note["key"]))
        if not re.fullmatch(rf"http://{re.escape(HOST)}:\d+", found.address):
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


def serve(
    make_app: Callable[..., Flask],
    *,
    port: int,
    browser: bool,
    page: Callable[[Flask], str] = lambda _: "/",
    say: Callable[[str], None] = print,
) -> None:
    """Serve until stopped, to who has the key of this start (``make_app`` is given it by the name ``key``).

    A second start opens the running program's page instead and returns.
    """
    from waitress.server import create_server

    with FileLock(str(user_folder() / "starting.lock"), timeout=30):
        if show_running(browser, say):
            return
        listening = listening_socket(port)
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        key = session.new_key()
        app = make_app(key=key)
        path = page(app)
        listening.listen(128)
        server = create_server(app, sockets=[listening], threads=THREADS, ident="SpotID", **LIMITS)
        _take_note(Running(address, key))
    logging.getLogger("waitress").setLevel(logging.ERROR)
    shown = session.with_key(address + path, key)
    say(f"SpotID is running at {shown}")
    say("Leave this window open while you work; Ctrl+C closes the program.")
    if browser:
        opened = session.with_key(address + path, session.ticket(key))
        threading.Timer(0.3, open_browser, (opened, say, shown)).start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        say("Closing. Every answer is kept.")
        server.close()
        app.extensions["bench"].close()
        _note().unlink(missing_ok=True)


def open_browser(address: str, say: Callable[[str], None], told: str = "") -> None:
    """Show the page, or say where it is: at ``told``, where that is another address."""
    try:
        shown = webbrowser.open(address)
    except Exception:  # webbrowser raises what the desktop raises
        shown = False
    if not shown:
        say(f"No browser could be opened. Open this address yourself: {told or address}")


def _note() -> Path:
    return user_folder() / "running.json"


def _take_note(found: Running) -> None:
    """Leave address and key for a second start, readable by this user alone."""
    part = _note().with_name("running.json.part")
    part.unlink(missing_ok=True)  # an old one may be open to others
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"address": found.address, "key": found.key}, file)
    part.replace(_note())
