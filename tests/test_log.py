"""The program's log: what it notes, and what it never holds."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid import log


@pytest.fixture
def begun(home: Path) -> Iterator[Path]:
    """The log, begun as a start begins it; afterwards all is as before."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    root.handlers.clear()
    path = log.begin()
    assert path == home / "logs" / "spotid.log"
    yield path
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level, logging.raiseExceptions = handlers, level, raising
    sys.excepthook, threading.excepthook = hooks


def test_start_and_end_are_noted_without_the_key(begun: Path) -> None:
    log.started("1.2.3", "http://127.0.0.1:5000/?key=the-secret&x=1")
    log.ended()
    text = begun.read_text(encoding="utf-8")
    assert "SpotID 1.2.3 answers at http://127.0.0.1:5000/?key=…&x=1" in text and "SpotID has ended" in text
    assert "secret" not in text and "system" in text


def test_errors_that_nobody_foresaw_are_noted_wherever_they_happen(begun: Path) -> None:
    def broken() -> None:
        raise ZeroDivisionError("in a thread, at /?key=the-secret")

    thread = threading.Thread(target=broken, name="watch")
    thread.start()
    thread.join()
    try:
        raise LookupError("in the main thread")
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    text = begun.read_text(encoding="utf-8")
    assert "the thread “watch” failed" in text and "ZeroDivisionError" in text and "in the main thread" in text
    assert "the-secret" not in text and "KeyboardInterrupt" not in text


def test_where_no_log_can_be_written_the_program_goes_on(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("SPOTID_HOME", str(tmp_path / "a file" / "home"))
    assert log.where() is None
    hooks = (sys.excepthook, threading.excepthook)
    try:
        assert log.begin() is None
    finally:
        sys.excepthook, threading.excepthook = hooks
