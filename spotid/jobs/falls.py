"""What to make of a worker that has died without a word: whose fault it is, and whether another one is started."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from spotid.project import crashes, hand
from spotid.project.folder import Project
from spotid.words import Stage

MOST_FRUITLESS = 4  # deaths in a row without getting on
PAUSES = (0.2, 1.0, 3.0, 10.0)  # seconds before the next worker: memory that ran short may come free


@dataclass(frozen=True, slots=True)
class Fall:
    """What came of one death."""

    sentence: str
    go_on: bool
    pause: float = 0.0
    trace: str = ""  # what Python's fault handler wrote


class Falls:
    """The deaths of one job's workers."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._furthest: tuple[float, float] = (-1.0, 0.0)
        self._fruitless = 0
        self.count = 0

    def died(self, code: int | str, place: tuple[float, float]) -> Fall:
        """A worker has died by itself, or by somebody else's hand.

        ``place`` is (number of the stage, minus the steps left in it): it grows as the work gets on.
        """
        self.count += 1
        held, fell = hand.read(self._project.layout)
        lost: str | None = None
        if held is not None:
            with contextlib.suppress(Exception):  # a full disk, say: it is then counted at the next death
                lost = crashes.died(self._project.store, held.stage, held.uids)
        hand.forget(self._project.layout)
        got_on = place > self._furthest or lost is not None
        self._furthest = max(self._furthest, place)
        self._fruitless = 0 if got_on else self._fruitless + 1
        if self._fruitless >= MOST_FRUITLESS:
            sentence = f"The work stopped suddenly {self._fruitless + 1} times without getting on ({code})."
            return Fall(sentence, go_on=False, trace=fell)
        broke = fell.splitlines()[0].removeprefix("Fatal Python error: ") if fell.strip() else ""
        sentence = f"The work stopped suddenly ({broke or code}) and was started again."
        if lost is not None and held is not None:
            sentence = f"“{lost}” stopped the work twice at “{Stage(held.stage).sentence}” and was put aside."
        elif held is not None and len(held.uids) > 1:
            sentence += f" The {len(held.uids):,} files in hand are now worked on one at a time."
        return Fall(sentence, go_on=True, pause=PAUSES[min(self._fruitless, len(PAUSES) - 1)], trace=fell)

    def ended_by_us(self) -> None:
        """The worker was ended by this program: no file is to blame, but what was in hand is looked at alone."""
        held, _ = hand.read(self._project.layout)
        if held is not None:
            with contextlib.suppress(Exception):
                crashes.stopped(self._project.store, held.stage, held.uids)
        hand.forget(self._project.layout)

    def in_hand(self) -> int:
        """How many files the worker has in hand now."""
        held, _ = hand.read(self._project.layout)
        return 0 if held is None else len(held.uids)
