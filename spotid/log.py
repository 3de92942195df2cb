"""The program's own log: one file in the user's folder that never holds a key, and never ends the program."""

from __future__ import annotations

import logging
import logging.handlers
import platform
import re
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from spotid.places import log_folder

NAME = "spotid.log"
LARGEST, KEPT = 1_000_000, 3
# The address of a page may carry the key of this start, or a ticket made from it.
KEY = re.compile(r"(\bkey=)[^\s&\"'<>]+")


class Sealed(logging.Formatter):
    """Lines of the log, with every key taken out."""

    def format(self, record: logging.LogRecord) -> str:
        """One entry, its stack trace included."""
        return KEY.sub(r"\1…", super().format(record))


def begin() -> Path | None:
    """Write warnings and unforeseen errors of all threads into the log; gives its file.

    Where no log can be written there is none (None), and the program goes on.
    """
    try:
        path = log_folder() / NAME
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", errors="backslashreplace", delay=True
        )
    except OSError:
        path, handler = None, logging.NullHandler()
    handler.setFormatter(Sealed("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.raiseExceptions = False  # a full disk under the log is told where it matters, not by the log
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    sys.excepthook = _unforeseen
    threading.excepthook = _in_a_thread
    return path


def where() -> Path | None:
    """The log's file, which may not have a line yet; None where none can be written."""
    try:
        return log_folder() / NAME
    except OSError:
        return None


def started(version: str, address: str, **more: object) -> None:
    """Note a start: what runs on which system, and where it answers (an address without its key)."""
    logger = logging.getLogger("spotid.start")
    logger.setLevel(logging.INFO)
    about = {"python": platform.python_version(), "system": platform.platform(), **more}
    told = ", ".join(f"{name} {value}" for name, value in about.items() if value not in ("", None))
    logger.info("SpotID %s answers at %s (%s)", version, KEY.sub(r"\1…", address), told)


def ended() -> None:
    """Note an orderly end."""
    logging.getLogger("spotid.start").info("SpotID has ended")


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("spotid").critical("the program failed", exc_info=(kind, error, trace))


def _in_a_thread(about: Any) -> None:
    if about.exc_value is None or issubclass(about.exc_type, SystemExit):
        return
    name = about.thread.name if about.thread is not None else "?"
    trace = (about.exc_type, about.exc_value, about.exc_traceback)
    logging.getLogger("spotid").error("the thread “%s” failed", name, exc_info=trace)
