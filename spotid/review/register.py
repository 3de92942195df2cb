"""Who has given which answers, read when it is first asked for and kept up to date; identities do not need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spotid.project.given import Given, given
from spotid.project.store import Store
from spotid.words import PAIR_VERDICTS, Verdict

SECOND_LOOK = "second"  # the way that is called so, as answers name it


class Register:
    """The answers of a project with their givers. ``stands`` says whether an answer of that number stands."""

    def __init__(self, store: Store, stands: Callable[[str], Any]) -> None:
        self._store, self._stands = store, stands
        self._last = 0
        self._place: dict[str, int] = {}
        self._seconds: list[Given] = []
        self._looks: dict[str, tuple[str, str]] = {}
        self.read = False
        self.pairs: list[Given] = []  # all answers on pairs, oldest first
        self.looked: set[tuple[str, str]] = set()  # pairs that were looked at again, by standing answers

    def catch_up(self) -> Register:
        """Read what has come since."""
        self.read = True
        for one in given(self._store, self._last):
            self._last = one.row
            if one.kind == Verdict.UNDO and one.target in self._looks:
                self._looks.pop(one.target)
                self.looked = set(self._looks.values())
            elif one.a is None or one.b is None:
                continue
            elif one.kind == Verdict.SECOND:
                self._seconds.append(one)
            elif one.kind in PAIR_VERDICTS:
                self._place[one.uid] = len(self.pairs)
                self.pairs.append(one)
                if one.way == SECOND_LOOK:
                    self._looks[one.uid] = (one.a, one.b)
                    self.looked.add((one.a, one.b))
        return self

    def since(self, one: Given) -> int:
        """How many answers on pairs were given after this one."""
        return len(self.pairs) - 1 - self._place[one.uid]

    def opinions(self, reviewer: str) -> set[tuple[str, str]]:
        """Pairs on which this person has given a second opinion that stands."""
        return {
            (one.a, one.b)
            for one in self._seconds
            if one.a and one.b and one.reviewer == reviewer and self._stands(one.uid) is not None
        }
