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

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from spotid.review.groups import Groups
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
    touched: set[str] = field(default_factory=set)  # of every pair that stands otherwise now, one sighting or both


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
        self._same: dict[str, dict[str, int]] = {}  # sighting → neighbour → how many answers say so
        self._different: dict[str, dict[str, int]] = {}
        self._pair: dict[tuple[str, str], dict[str, int]] = {}  # answers on a pair: uid → ledger row
        self._mates: dict[str, set[str]] = {}  # sightings of one photograph
        self._new: dict[str, set[str]] = {}
        self._unusable: dict[str, set[str]] = {}
        self._groups = Groups()
        self._seat: list[str] = []  # number - 1 → the sighting it is seated on
        self._seated: dict[str, set[int]] = {}  # sighting → numbers seated on it
        self._number: dict[str, int] = {}  # sighting → the number of its group
        self._held: Counter[int] = Counter()  # number → how many sightings have it
        self._conflicts: list[Conflict] | None = []  # None: to be looked for when asked
        self.pair_answers = 0  # how many standing answers are about a pair

    # --- questions ---------------------------------------------------------------------------------------------------

    def group(self, sighting: str) -> set[str]:
        """All sightings known to be the same animal, this one included."""
        return self._groups.of(sighting)

    def label(self, sighting: str) -> int | str:
        """A name for the sighting's group, good until the next answer."""
        return self._groups.label(sighting)

    def individual(self, sighting: str) -> int | None:
        """The number of the individual, or None where none is known yet."""
        return self._number.get(sighting)

    def individuals(self) -> dict[str, int]:
        """Sighting → individual number, for all that have one."""
        return dict(self._number)

    def count(self) -> int:
        """How many individuals have sightings."""
        return len(self._held)

    def relation(self, a: str, b: str) -> Verdict | None:
        """SAME or DIFFERENT, directly or through groups; None where it is open."""
        one, other = self.label(a), self.label(b)
        if one == other:
            return Verdict.SAME
        if one is a and other is b:  # both alone, as most are for long
            apart = b in self._different.get(a, ()) or b in self._mates.get(a, ())
            return Verdict.DIFFERENT if apart else None
        ours, theirs = self.group(a), self.group(b)
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
        if self._conflicts is None:
            found: set[tuple[str, str]] = set()
            for forbidding in (self._different, self._mates):
                for a, others in forbidding.items():
                    label = self.label(a)
                    found.update(_key(a, b) for b in others if self.label(b) == label)
            self._conflicts = [Conflict(*pair) for pair in sorted(found)]
        return list(self._conflicts)

    # --- answers -----------------------------------------------------------------------------------------------------

    def photograph(self, sightings: Iterable[str]) -> None:
        """Say that these sightings are in one photograph, and so are different animals."""
        together, self._conflicts = set(sightings), None
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
            self.pair_answers += 1
            change.touched.add(answer.a)
            if answer.kind == Verdict.SAME:
                if self.relation(answer.a, answer.b) is Verdict.DIFFERENT:
                    self._conflicts = None
                self._say(self._same, answer.a, answer.b, 1)
                change.touched |= self._between(self.group(answer.a), self.group(answer.b))
                self._groups.join(answer.a, answer.b)
                self._renumber([self.group(answer.a)], change, founder=answer.a)
            elif answer.kind == Verdict.DIFFERENT:
                self._say(self._different, answer.a, answer.b, 1)
                self._part(answer.a, answer.b, change)
        elif answer.a is not None:
            change.touched.add(answer.a)
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
        change.touched.add(a)
        if b is None:
            for register in (self._new, self._unusable):
                register.get(a, set()).discard(answer.uid)
            self._renumber([self.group(a)], change)
            return
        self._pair[_key(a, b)].pop(answer.uid)
        self.pair_answers -= 1
        if answer.kind not in (Verdict.SAME, Verdict.DIFFERENT):
            return
        self._say(self._same if answer.kind == Verdict.SAME else self._different, a, b, -1)
        self._conflicts = None if self._conflicts else self._conflicts  # taking back adds none
        if answer.kind == Verdict.SAME:
            parts = self._groups.split(a, b, self._same)
            if len(parts) > 1:
                change.touched |= self._between(*parts)
            self._renumber(parts, change)
        else:
            self._part(a, b, change)

    @staticmethod
    def _say(register: dict[str, dict[str, int]], a: str, b: str, answers: int) -> None:
        for one, other in ((a, b), (b, a)):
            said = register.setdefault(one, {})
            said[other] = said.get(other, 0) + answers
            if not said[other]:
                del said[other]

    def _part(self, a: str, b: str, change: Change) -> None:
        """What an answer *different*, or taking it back, may have changed: the pairs between the two groups."""
        if self.label(a) == self.label(b):
            self._conflicts = None
        else:
            change.touched |= min(self.group(a), self.group(b), key=len)

    def _between(self, one: set[str], other: set[str]) -> set[str]:
        """Sightings among which is one of every pair that stands otherwise when two groups become one, or come apart.

        Those pairs lie between the two, or between either of them and a third group that differs from the other. The
        smaller side of each is named: a survey's best known individual may have hundreds of sightings.
        """
        if one is other:
            return set()
        small, large = sorted((one, other), key=len)
        named = set(small)
        apart = [far for near in small for far in (*self._different.get(near, ()), *self._mates.get(near, ()))]
        for third in {self.label(far): far for far in apart}.values():
            named |= min(large, self.group(third), key=len)
        return named

    # --- individuals -------------------------------------------------------------------------------------------------

    def _worthy(self, group: set[str]) -> bool:
        return len(group) > 1 or any(self.is_new(one) for one in group)

    def _renumber(self, groups: Sequence[set[str]], change: Change, founder: str | None = None) -> None:
        """Give each of ``groups``, which were one until now or are one now, its number."""
        vacant = {number for group in groups if not self._worthy(group) for number in self._seats(group)}
        for group in groups:
            number = None
            if self._worthy(group):
                number = min(self._seats(group), default=None)
                if number is None:
                    number = self._sit(founder or min(group), min(vacant, default=None), change)
                    vacant.discard(number)
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
