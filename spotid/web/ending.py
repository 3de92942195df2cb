"""Everything that asks a program to end, led to one orderly end: Ctrl+C, the system's signals, a closed console."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two: a closed terminal, Ctrl+Break on Windows
CONSOLE_EVENTS = (2, 5, 6)  # of Windows: the console is closed, the user logs off, the computer is shut down
GRACE_SECONDS = 4.5  # Windows ends the program five seconds after it has told it


@contextlib.contextmanager
def heard(stop: Callable[[], None], ended: threading.Event) -> Iterator[None]:
    """Let every request to end call ``stop``; ``ended`` is set once all is put away. Only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def by_signal(_signal: int, _frame: FrameType | None) -> None:
        stop()

    before: dict[int, Any] = {}
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            before[number] = signal.signal(number, by_signal)
    try:
        with _console(stop, ended):
            yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


@contextlib.contextmanager
def _console(stop: Callable[[], None], ended: threading.Event) -> Iterator[None]:
    """On Windows: hear of a closed console, which is told in a thread of its own and waits for its return."""
    if sys.platform != "win32":
        yield
        return
    import ctypes

    def told(event: int) -> bool:
        if event not in CONSOLE_EVENTS:
            return False
        stop()
        ended.wait(GRACE_SECONDS)
        return True

    routine = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(told)
    ctypes.windll.kernel32.SetConsoleCtrlHandler(routine, True)
    try:
        yield
    finally:
        ctypes.windll.kernel32.SetConsoleCtrlHandler(routine, False)
