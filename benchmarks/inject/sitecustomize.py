"""Faults for SpotID's own processes, put in from outside: Python loads this file where its folder is on PYTHONPATH.

SPOTID_FAULT holds a JSON object:

- ``who``: "worker" or "server", the process that is struck;
- ``how``: kill, segv, abort, exit, raise, hang, hang_whole (with the interpreter's lock held), or full (no room);
- ``write``: strike before the n-th call that makes something lasting (rename, flush, commit; with ``call`` only one of
  these), or
- ``open``: strike where a file whose path ends so is opened, with ``inside``: only where a function of that source file
  is at work;
- ``marker``: a file. Strikes once if it is not there, and makes it; "full" strikes as long as it is there.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import sqlite3
import sys
from typing import Any

FAULT: dict[str, Any] = json.loads(os.environ.get("SPOTID_FAULT") or "{}")
WHO = "worker" if any("spotid.jobs.worker" in word for word in sys.orig_argv) else "server"
written = 0


def where() -> str:
    """The function of SpotID's own that is at work, for a table of what was struck."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        path = frame.f_code.co_filename.replace(os.sep, "/")
        if "/spotid/" in path and not path.endswith(("files.py", "store.py", "aside.py")):
            return f"{WHO}: {path.rpartition('/spotid/')[2]} {frame.f_code.co_name}"
        frame = frame.f_back
    return f"{WHO}: elsewhere"


def strike() -> None:
    """Do what was asked for."""
    how, marker = FAULT["how"], FAULT.get("marker")
    if how == "full":
        if marker and os.path.exists(marker):
            raise OSError(errno.ENOSPC, "No space left on device")
        return
    if marker:
        try:
            with open(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY), "w") as file:
                file.write(where())
        except FileExistsError:
            return
    if how == "raise":
        raise ArithmeticError("put in from outside")
    if how == "kill":
        import signal

        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    elif how == "segv":
        import ctypes

        ctypes.string_at(0)
    elif how == "abort":
        os.abort()
    elif how == "exit":
        os._exit(7)
    elif how == "hang":
        import time

        time.sleep(3600)
    elif how == "hang_whole":
        import ctypes

        ctypes.PyDLL(None).sleep(3600)


def lasting(call: str) -> None:
    """Something is about to be made lasting."""
    global written
    written += call == FAULT.get("call", call)
    if how_full or (written == FAULT.get("write") and call == FAULT.get("call", call)):
        strike()


how_full = FAULT.get("how") == "full"

if FAULT and FAULT.get("who", "worker") == WHO:
    if "write" in FAULT or how_full:
        replace, fsync, connect = os.replace, os.fsync, sqlite3.connect

        def struck_replace(*arguments: Any, **named: Any) -> None:
            lasting("rename")
            replace(*arguments, **named)

        def struck_fsync(file: Any) -> None:
            lasting("flush")
            fsync(file)

        class Struck(sqlite3.Connection):
            """A connection whose commits are counted."""

            def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
                if sql == "COMMIT" and not how_full:
                    lasting("commit")
                return super().execute(sql, *values)

        def struck_connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
            return connect(*arguments, **{"factory": Struck, **named})

        os.replace, os.fsync, sqlite3.connect = struck_replace, struck_fsync, struck_connect  # type: ignore[assignment]

    if "open" in FAULT:
        plain = io.open

        def struck_open(file: Any, *arguments: Any, **named: Any) -> Any:
            if isinstance(file, str | os.PathLike) and os.fspath(file).endswith(FAULT["open"]):
                frame, inside = sys._getframe(1), FAULT.get("inside")
                while inside and frame and not frame.f_code.co_filename.endswith(inside):
                    frame = frame.f_back  # type: ignore[assignment]
                if frame or not inside:
                    strike()
            return plain(file, *arguments, **named)

        builtins.open = io.open = struck_open  # type: ignore[assignment]
