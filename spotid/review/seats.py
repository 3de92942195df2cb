"""The numbers of individuals: each is seated on one sighting, and a group goes by the oldest number seated in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Change:
    """What one answer brought about."""

    founded: list[int] = field(default_factory=list)  # numbers of individuals born of it
    individual: dict[str, int | None] = field(default_factory=dict)  # sighting → number, where it has changed
    touched: set[str] = field(default_factory=set)  # of every pair that stands otherwise now, one sighting or both
    described: set[int] = field(default_factory=set)  # numbers of individuals of which something was said, or unsaid
    numbered: set[int] = field(default_factory=set)  # numbers of all groups that were looked at anew


class Seats:
    """Which number every group goes by. ``worthy`` tells whether a group is an individual at all."""

    def __init__(self, worthy: Callable[[Collection[str]], bool]) -> None:
        self._worthy = worthy
        self._seat: list[str] = []  # number - 1 → the sighting it is seated on
        self._seated: dict[str, set[int]] = {}  # sighting → numbers seated on it
        self._number: dict[str, int] = {}  # sighting → the number of its group
        self._held: Counter[int] = Counter()  # number → how many sightings have it
        self._moved: dict[str, list[tuple[int, str, str]]] = {}  # a split → numbers that it moved: from, to

    def number(self, sighting: str) -> int | None:
        """The number of a sighting's individual; None where there is none."""
        return self._number.get(sighting)

    def numbers(self) -> dict[str, int]:
        """Sighting → number, for all that have one."""
        return dict(self._number)

    def count(self) -> int:
        """How many numbers have sightings."""
        return len(self._held)

    def seat(self, number: int) -> str | None:
        """The sighting that a number is seated on; None for a number that was never given."""
        return self._seat[number - 1] if 0 < number <= len(self._seat) else None

    def within(self, group: Collection[str]) -> set[int]:
        """The numbers that are seated in a group."""
        return set().union(*(self._seated.get(one, ()) for one in group))

    def stay(self, uid: str, out: Collection[str], stay: Sequence[str]) -> None:
        """Before ``out`` leaves: the number that both go by is to stay with ``stay``."""
        if not stay:
            return
        number = min(self.within([*out, *stay]), default=None)
        if number is None or self._seat[number - 1] in set(stay):
            return
        self._moved.setdefault(uid, []).append((number, self._seat[number - 1], stay[0]))
        self._put(number, stay[0])

    def put_back(self, uid: str) -> None:
        """Undo ``stay``, for numbers that are still where it put them."""
        for number, was, now in reversed(self._moved.pop(uid, [])):
            if self._seat[number - 1] == now:
                self._put(number, was)

    def renumber(self, groups: Sequence[set[str]], change: Change, founder: str | None = None) -> None:
        """Give each of ``groups``, which were one until now or are one now, its number."""
        vacant = {number for group in groups if not self._worthy(group) for number in self.within(group)}
        for group in groups:
            number = None
            if self._worthy(group):
                number = min(self.within(group), default=None)
                if number is None:
                    seat = founder if founder in group and founder is not None else min(group)
                    number = self._sit(seat, min(vacant, default=None), change)
                    vacant.discard(number)
            change.numbered |= {number} if number is not None else set()
            for one in group:
                before = self._number.pop(one, None)
                if before != number:
                    change.individual[one] = number
                if before is not None:
                    self._held[before] -= 1
                    if not self._held[before]:
                        del self._held[before]
                if number is not None:
                    self._number[one] = number
                    self._held[number] += 1

    def _sit(self, sighting: str, number: int | None, change: Change) -> int:
        """Seat a vacant number, or a new one, on a sighting."""
        if number is None:
            number = len(self._seat) + 1
            self._seat.append(sighting)
            self._seated.setdefault(sighting, set()).add(number)
            change.founded.append(number)
        else:
            self._put(number, sighting)
        return number

    def _put(self, number: int, sighting: str) -> None:
        self._seated[self._seat[number - 1]].discard(number)
        self._seat[number - 1] = sighting
        self._seated.setdefault(sighting, set()).add(number)
