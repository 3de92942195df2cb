"""Who is who, computed from the answers alone.

*Same* joins, *different* forbids; both hold through groups (if A is B, and B is not C, then A is not C). Everything
here is a pure function of the ledger read in order, so it can be recomputed at any time.

Individuals are numbered in the order in which they come into being, and a number is never given to another animal. A
number is *seated* on one sighting, the first of the answer that it was born of; a group goes by the oldest number
seated in it. Joining two groups therefore keeps the older number, and taking the newest answer back gives every group
exactly the number that it had before. Only when an older answer is taken back and leaves a group without a seat does a
number move there from a sighting that is alone now; otherwise the group founds an individual.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from spotid.words import Verdict


class AnswerLike(Protocol):
    """The parts of a ledger row that identity depends on."""

    @property
    def uid(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def a(self) -> str | None: ...
    @property
    def b(self) -> str | None: ...
    @property
    def target(self) -> str | None: ...


@dataclass(slots=True)
class Change:
    """What one answer brought about."""

    founded: list[int] = field(default_factory=list)  # numbers of individuals born of it
    individual: dict[str, int | None] = field(default_factory=dict)  # sighting → number, where it has changed
    touched: set[str] = field(default_factory=set)  # sightings whose open questions may have changed


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sightings that answers both join and forbid."""

    a: str
    b: str


class Identities:
    """The state of all groups after some answers."""

    def __init__(self) -> None:
        self._answers: dict[str, AnswerLike] = {}  # standing ones, by uid
        self._taken_back: set[str] = set()
        self._same: dict[str, dict[str, set[str]]] = {}  # sighting → neighbour → uids of answers
        self._different: dict[str, dict[str, set[str]]] = {}
        self._pair: dict[tuple[str, str], dict[str, int]] = {}  # answers on a pair: uid → ledger row
        self._mates: dict[str, set[str]] = {}  # sightings of one photograph
        self._new: dict[str, set[str]] = {}
        self._unusable: dict[str, set[str]] = {}
        self._group: dict[str, int] = {}  # sighting → group; a sighting alone has no entry
        self._members: dict[int, set[str]] = {}
        self._next_group = 1
        self._seat: list[str] = []  # number - 1 → the sighting it is seated on
        self._seated: dict[str, set[int]] = {}  # sighting → numbers seated on it
        self._number: dict[str, int] = {}  # sighting → the number of its group

    # --- questions ---------------------------------------------------------------------------------------------------

    def group(self, sighting: str) -> set[str]:
        """All sightings known to be the same animal, this one included."""
        known = self._group.get(sighting)
        return {sighting} if known is None else self._members[known]

    def individual(self, sighting: str) -> int | None:
        """The number of the individual, or None where none is known yet."""
        return self._number.get(sighting)

    def individuals(self) -> dict[str, int]:
        """Sighting → individual number, for all that have one."""
        return dict(self._number)

    def relation(self, a: str, b: str) -> Verdict | None:
        """SAME or DIFFERENT, directly or through groups; None where it is open."""
        ours, theirs = self.group(a), self.group(b)
        if b in ours:
            return Verdict.SAME
        if len(theirs) < len(ours):
            ours, theirs = theirs, ours
        for one in ours:
            if not theirs.isdisjoint(self._different.get(one, ())) or not theirs.isdisjoint(self._mates.get(one, ())):
                return Verdict.DIFFERENT
        return None

    def answered(self, a: str, b: str) -> bool:
        """Whether this very pair has a standing answer of any kind."""
        return bool(self._pair.get(_key(a, b)))

    def set_aside(self, a: str, b: str, *, before: int | None = None) -> bool:
        """Whether the pair was called not comparable, or too hard to tell (``before``: only if after that row)."""
        for uid, row in self._pair.get(_key(a, b), {}).items():
            kind = self._answers[uid].kind
            if kind == Verdict.NOT_COMPARABLE or (kind == Verdict.CANNOT_TELL and (before is None or row > before)):
                return True
        return False

    def is_new(self, sighting: str) -> bool:
        """Whether a person said that this sighting is an individual not seen before."""
        return bool(self._new.get(sighting))

    def is_unusable(self, sighting: str) -> bool:
        """Whether a person said that nobody can be identified here."""
        return bool(self._unusable.get(sighting))

    def conflicts(self) -> list[Conflict]:
        """Pairs that answers both join and forbid, two sightings of one photograph included."""
        found: set[tuple[str, str]] = set()
        for forbidding in (self._different, self._mates):
            for a, others in forbidding.items():
                group = self._group.get(a)
                if group is not None:
                    found.update(_key(a, b) for b in others if self._group.get(b) == group)
        return [Conflict(*pair) for pair in sorted(found)]

    # --- answers -----------------------------------------------------------------------------------------------------

    def photograph(self, sightings: Iterable[str]) -> None:
        """Say that these sightings are in one photograph, and so are different animals."""
        together = set(sightings)
        for one in together:
            self._mates.setdefault(one, set()).update(together - {one})

    def apply(self, answer: AnswerLike) -> Change:
        """Follow one answer of the ledger; an answer taken back twice, or unknown, changes nothing."""
        change = Change()
        if answer.kind == Verdict.FLANK:
            return change  # which side is seen says nothing of who it is
        if answer.kind == Verdict.UNDO:
            target = self._answers.pop(answer.target or "", None)
            if target is not None:
                self._taken_back.add(target.uid)
                self._retract(target, change)
            return change
        self._answers[answer.uid] = answer
        if answer.a is not None and answer.b is not None:
            self._pair.setdefault(_key(answer.a, answer.b), {})[answer.uid] = answer.row
            change.touched |= self.group(answer.a) | self.group(answer.b)
            if answer.kind == Verdict.SAME:
                self._edge(self._same, answer.a, answer.b).add(answer.uid)
                self._edge(self._same, answer.b, answer.a).add(answer.uid)
                self._join(answer.a, answer.b)
                self._renumber([self.group(answer.a)], change, founder=answer.a)
            elif answer.kind == Verdict.DIFFERENT:
                self._edge(self._different, answer.a, answer.b).add(answer.uid)
                self._edge(self._different, answer.b, answer.a).add(answer.uid)
        elif answer.a is not None:
            change.touched |= self.group(answer.a)
            if answer.kind == Verdict.NEW:
                self._new.setdefault(answer.a, set()).add(answer.uid)
                self._renumber([self.group(answer.a)], change, founder=answer.a)
            elif answer.kind == Verdict.UNUSABLE:
                self._unusable.setdefault(answer.a, set()).add(answer.uid)
        return change

    def _retract(self, answer: AnswerLike, change: Change) -> None:
        a, b = answer.a, answer.b
        if a is None:
            return
        change.touched |= self.group(a)
        if b is None:
            for register in (self._new, self._unusable):
                register.get(a, set()).discard(answer.uid)
            self._renumber([self.group(a)], change)
            return
        change.touched |= self.group(b)
        self._pair[_key(a, b)].pop(answer.uid)
        if answer.kind not in (Verdict.SAME, Verdict.DIFFERENT):
            return
        edges = self._same if answer.kind == Verdict.SAME else self._different
        for one, other in ((a, b), (b, a)):
            edges[one][other].discard(answer.uid)
            if not edges[one][other]:
                del edges[one][other]
        if answer.kind == Verdict.SAME:
            self._renumber(self._split(a, b), change)

    @staticmethod
    def _edge(register: dict[str, dict[str, set[str]]], a: str, b: str) -> set[str]:
        return register.setdefault(a, {}).setdefault(b, set())

    # --- groups ------------------------------------------------------------------------------------------------------

    def _join(self, a: str, b: str) -> None:
        small, large = sorted((self.group(a), self.group(b)), key=len)
        if a in small and b in small:
            return
        large_id = self._group.get(next(iter(large)))
        small_id = self._group.get(next(iter(small)))
        if large_id is None:
            large_id, self._next_group = self._next_group, self._next_group + 1
            self._members[large_id] = set(large)
            for one in large:
                self._group[one] = large_id
        if small_id is not None:
            self._members.pop(small_id)
        self._members[large_id] |= small
        for one in small:
            self._group[one] = large_id

    def _split(self, a: str, b: str) -> list[set[str]]:
        """Take the group of ``a`` and ``b`` apart if nothing joins them any more; the groups that there are then."""
        old = self._group[a]
        members = self._members[old]
        reached, ahead = {a}, [a]
        while ahead:
            for neighbour in self._same.get(ahead.pop(), {}):
                if neighbour not in reached:
                    reached.add(neighbour)
                    ahead.append(neighbour)
        if b in reached:
            return [members]
        parts = [reached, members - reached]
        del self._members[old]
        for part in parts:
            if len(part) == 1:
                for one in part:
                    del self._group[one]
                continue
            number, self._next_group = self._next_group, self._next_group + 1
            self._members[number] = part
            for one in part:
                self._group[one] = number
        return parts

    # --- individuals -------------------------------------------------------------------------------------------------

    def _worthy(self, group: set[str]) -> bool:
        return len(group) > 1 or any(self.is_new(one) for one in group)

    def _renumber(self, groups: Sequence[set[str]], change: Change, founder: str | None = None) -> None:
        """Give each of ``groups``, which were one until now or are one now, its number."""
        change.touched.update(*groups)
        vacant = {number for group in groups if not self._worthy(group) for number in self._seats(group)}
        for group in groups:
            number = None
            if self._worthy(group):
                number = min(self._seats(group), default=None)
                if number is None:
                    number = self._sit(founder or min(group), min(vacant, default=None), change)
                    vacant.discard(number)
            for one in group:
                if self._number.get(one) != number:
                    change.individual[one] = number
                if number is None:
                    self._number.pop(one, None)
                else:
                    self._number[one] = number

    def _seats(self, group: set[str]) -> set[int]:
        return set().union(*(self._seated.get(one, ()) for one in group))

    def _sit(self, sighting: str, number: int | None, change: Change) -> int:
        """Seat a vacant number, or a new one, on a sighting."""
        if number is None:
            number = len(self._seat) + 1
            self._seat.append(sighting)
            change.founded.append(number)
        else:
            self._seated[self._seat[number - 1]].discard(number)
            self._seat[number - 1] = sighting
        self._seated.setdefault(sighting, set()).add(number)
        return number


def replay(answers: Iterable[AnswerLike], photographs: Iterable[Iterable[str]] = ()) -> Identities:
    """The state of all groups after these answers, oldest first."""
    state = Identities()
    for sightings in photographs:
        state.photograph(sightings)
    for answer in answers:
        state.apply(answer)
    return state


def _key(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
