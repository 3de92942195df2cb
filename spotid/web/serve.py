"""Serve the page on this machine only: a free port, one program at a time, and the browser opened on it."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from filelock import FileLock
from flask import Flask

from spotid.errors import SpotIDError
from spotid.places import user_folder
from spotid.project.files import write_whole

HOST = "127.0.0.1"
PORTS_TRIED = 50
THREADS = 16  # each open run page holds one


def listening_socket(first_port: int) -> socket.socket:
    """A socket on the first free port from ``first_port`` (5000 is taken by AirPlay on many Macs)."""
    for port in range(first_port, first_port + PORTS_TRIED):
        candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform != "win32":
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


def running_address() -> str | None:
    """The address of a SpotID of this user that is running already, or None."""
    try:
        address = str(json.loads(_note().read_text(encoding="utf-8"))["address"])
        with urllib.request.urlopen(f"{address}/api/alive", timeout=3) as reply:
            return address if json.load(reply).get("program") == "SpotID" else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def serve(
    make_app: Callable[[], Flask],
    *,
    port: int,
    browser: bool,
    page: Callable[[Flask], str] = lambda _: "/",
    say: Callable[[str], None] = print,
) -> None:
    """Serve until stopped. A second start opens the running program's page instead and returns."""
    from waitress.server import create_server

    with FileLock(str(user_folder() / "starting.lock"), timeout=30):
        address = running_address()
        if address is not None:
            say(f"SpotID is running already: {address}")
            if browser:
                open_browser(address, say)
            return
        listening = listening_socket(port)
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        app = make_app()
        path = page(app)
        listening.listen(128)
        server = create_server(app, sockets=[listening], threads=THREADS, ident="SpotID", channel_timeout=600)
        write_whole(_note(), json.dumps({"address": address}).encode())
    logging.getLogger("waitress").setLevel(logging.ERROR)
    say(f"SpotID is running at {address}{path}")
    say("Leave this window open while you work; Ctrl+C closes the program.")
    if browser:
        threading.Timer(0.3, open_browser, (address + path, say)).start()

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


def open_browser(address: str, say: Callable[[str], None]) -> None:
    """Show the page, or say where it is."""
    try:
        shown = webbrowser.open(address)
    except Exception:  # webbrowser raises what the desktop raises
        shown = False
    if not shown:
        say(f"No browser could be opened. Open this address yourself: {address}")


def _note() -> Path:
    return user_folder() / "running.json"
