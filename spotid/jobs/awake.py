"""Time as the work knows it: a computer that sleeps does not work, and must be blamed for nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

TICK_SECONDS = 1.0  # how often a job looks at its clock
LONGEST_TICK = 5.0  # between two looks counts for at most so much: more means that the computer slept


class AwakeClock:
    """Seconds since it was made, without those that the computer slept; somebody must look every few seconds.

    Whether a monotonic clock stands still in sleep differs between systems (it does on Linux and macOS, not on
    Windows), so this one adds up what passes between two looks and cuts off the long ones. Safe from any thread.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._last, self._awake = now(), 0.0

    def __call__(self) -> float:
        """The time, in seconds awake."""
        with self._lock:
            moment = self._now()
            self._awake += min(max(0.0, moment - self._last), LONGEST_TICK)
            self._last = moment
            return self._awake


class Watchdog:
    """Notices work that does not move, while it ought to: the worker's beats may go on from a thread of their own."""

    EACH_IN_HAND = 30.0  # seconds more for each further file that is worked on together with a first
    NOTHING_IN_HAND = 10.0  # times as long: what takes long in one step, such as an index, holds no file

    def __init__(self, minutes: float, clock: AwakeClock) -> None:
        self._limit, self._clock = 60.0 * minutes, clock
        self._steps = -1
        self.moved()

    def moved(self) -> None:
        """A step was done."""
        self._since = self._clock()

    def beat(self, steps: int) -> None:
        """The worker lives and has done so many steps in all."""
        if steps != self._steps:
            self._steps = steps
            self.moved()

    def started(self) -> None:
        """A new worker begins."""
        self._steps = -1
        self.moved()

    def still(self) -> float:
        """Seconds awake since the last step."""
        return self._clock() - self._since

    def stuck(self, in_hand: int) -> bool:
        """Whether nothing has moved for too long, with so many files in hand."""
        longest = self._limit + self.EACH_IN_HAND * (in_hand - 1) if in_hand else self.NOTHING_IN_HAND * self._limit
        return self.still() > longest
