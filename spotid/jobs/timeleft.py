"""How long a job will still take: the stage at work by its own speed, the stages ahead by what they took before."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotid.jobs.awake import AwakeClock
from spotid.jobs.speeds import Speeds

WINDOW_SECONDS = 120.0  # the speed is measured over so much; batches may take a minute each
AT_ONCE = 1.0  # steps told in the first second of a stage were done before


@dataclass(frozen=True, slots=True)
class Left:
    """Seconds to the end of the job (None: not known), and the stages ahead that were never measured here: with any of
    these, it is the least that it will take."""

    seconds: float | None
    unmeasured: tuple[str, ...] = ()


class TimeLeft:
    """Watches the steps of one job. Times are of a clock that does not run while the computer sleeps."""

    def __init__(self, stages: Sequence[str], speeds: Speeds, clock: AwakeClock) -> None:
        self._stages, self._speeds, self._clock = list(stages), speeds, clock
        self._stage = ""
        self._done = self._total = self._base = 0
        self._began = 0.0
        self._steps: deque[tuple[float, int]] = deque()

    def begin(self, stage: str) -> None:
        """A stage starts, or starts again."""
        self._stage, self._done, self._total, self._base = stage, 0, 0, 0
        self._began = self._clock()
        self._steps.clear()
        self._steps.append((self._began, 0))

    def step(self, stage: str, done: int, total: int, *, over: bool = False) -> None:
        """So much of a stage is done."""
        if stage != self._stage or done < self._done:
            self.begin(stage)
        moment = self._clock()
        if done > self._done and moment - self._began < AT_ONCE:
            self._base = done
            self._steps.clear()
        self._done, self._total = done, total
        if not self._steps or done > self._steps[-1][1]:
            self._steps.append((moment, done))
        while len(self._steps) > 2 and moment - self._steps[1][0] > WINDOW_SECONDS:
            self._steps.popleft()
        if over:
            self._speeds.keep(stage, moment - self._began, done - self._base)

    def rate(self) -> float | None:
        """Steps a second of the stage at work, or None while too little is known."""
        if len(self._steps) < 2:
            return None
        (start, first), (end, last) = self._steps[0], self._steps[-1]
        return (last - first) / (end - start) if last > first and end - start > 0.5 else None

    def left(self, waiting: Mapping[str, float] | None = None) -> Left:
        """To the end of the job; ``waiting`` says how many steps each stage ahead will about have.

        Where the number of steps ahead is not known either, nothing is promised.
        """
        if self._stage not in self._stages or waiting is None:
            return Left(None)
        rate = self.rate()
        each = 1.0 / rate if rate else self._speeds.seconds_each(self._stage)
        steps = max(0, self._total - self._done)
        if each is None and steps:
            return Left(None)
        seconds = steps * (each or 0.0)
        unmeasured = []
        for stage in self._stages[self._stages.index(self._stage) + 1 :]:
            ahead, known = waiting.get(stage, 0.0), self._speeds.seconds_each(stage)
            if ahead > 0 and known is None:
                unmeasured.append(stage)
            seconds += ahead * (known or 0.0)
        return Left(seconds, tuple(unmeasured))
