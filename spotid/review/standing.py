"""What stands after some answers: who is one animal, who is not, what was said of a pair and of an individual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from spotid.review.facts import NAME, Facts
from spotid.review.groups import Groups
from spotid.review.said import AnswerLike, Between, Joins
from spotid.review.seats import Change, Seats
from spotid.words import Verdict


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sightings that answers both join and forbid."""

    a: str
    b: str


class Standing:
    """The questions that can be asked of the answers; ``identity.Identities`` follows them."""

    def __init__(self) -> None:
        self._answers: dict[str, AnswerLike] = {}  # standing ones, by uid
        self._joins = Joins()
        self._told = Between()  # all answers on pairs
        self._apart = Between()  # those of them that forbid, and splits
        self._mates: dict[str, set[str]] = {}  # sightings of one photograph
        self._new: dict[str, set[str]] = {}
        self._unsaid: dict[tuple[str, str], set[str]] = {}  # (answer *new*, sighting) → releases that it fell to
        self._someone: dict[str, set[str]] = {}  # individuals by a split or a release, however few sightings are left
        self._unusable: dict[str, set[str]] = {}
        self._second: dict[str, AnswerLike] = {}
        self._groups = Groups()
        self._seats = Seats(self._worthy)
        self._codes: dict[int, str] = {}
        self._facts = Facts()
        self._conflicts: list[Conflict] | None = []  # None: to be looked for when asked
        self.pair_answers = 0  # how many standing answers are about a pair

    def group(self, sighting: str) -> set[str]:
        """All sightings known to be the same animal, this one included."""
        return self._groups.of(sighting)

    def label(self, sighting: str) -> int | str:
        """A name for the sighting's group, good until the next answer."""
        return self._groups.label(sighting)

    def individual(self, sighting: str) -> int | None:
        """The number of the individual, or None where none is known yet."""
        return self._seats.number(sighting)

    def seat(self, number: int) -> str | None:
        """The sighting that an individual's number sits on, while that sighting is of this individual."""
        seat = self._seats.seat(number)
        return seat if seat is not None and self.individual(seat) == number else None

    def code_of(self, number: int) -> str:
        """The permanent code of an individual, which it keeps when it is merged away. Raises KeyError."""
        return self._codes[number]

    def individuals(self) -> dict[str, int]:
        """Sighting → individual number, for all that have one."""
        return self._seats.numbers()

    def count(self) -> int:
        """How many individuals have sightings."""
        return self._seats.count()

    def relation(self, a: str, b: str) -> Verdict | None:
        """SAME or DIFFERENT, directly or through groups; None where it is open."""
        if self.label(a) == self.label(b):
            return Verdict.SAME
        ours, theirs = self.group(a), self.group(b)
        if len(theirs) < len(ours):
            ours, theirs = theirs, ours
        for one in ours:
            if not theirs.isdisjoint(self._mates.get(one, ())):
                return Verdict.DIFFERENT
            if any(far in theirs for others in self._apart.of(one).values() for far in others):
                return Verdict.DIFFERENT
        return None

    def answered(self, a: str, b: str) -> bool:
        """Whether this very pair has a standing answer of any kind."""
        return bool(self._told.answers(a, b))

    def told(self, a: str, b: str) -> list[str]:
        """The standing answers of every kind on this very pair."""
        return self._told.answers(a, b)

    def set_aside(self, a: str, b: str, *, before: int | None = None) -> bool:
        """Whether the pair was called not comparable, or too hard to tell (``before``: only if after that row)."""
        for answer in map(self._answers.__getitem__, self._told.answers(a, b)):
            if answer.kind == Verdict.NOT_COMPARABLE:
                return True
            if answer.kind == Verdict.CANNOT_TELL and (before is None or answer.row > before):
                return True
        return False

    def is_new(self, sighting: str) -> bool:
        """Whether a person said that this sighting is an individual not seen before."""
        return bool(self._new.get(sighting))

    def called_new(self, sighting: str) -> set[str]:
        """The answers that call this sighting an individual not seen before."""
        return set(self._new.get(sighting, ()))

    def is_unusable(self, sighting: str) -> bool:
        """Whether a person said that nobody can be identified here."""
        return bool(self._unusable.get(sighting))

    def given(self, kinds: Collection[str]) -> list[AnswerLike]:
        """The standing answers of these kinds, oldest first."""
        return [one for one in self._answers.values() if one.kind in kinds]

    def answer(self, uid: str) -> AnswerLike | None:
        """A standing answer."""
        return self._answers.get(uid)

    def joins(self, sighting: str) -> Mapping[str, tuple[str, ...]]:
        """Sightings joined to this one directly → the answers that say so."""
        return self._joins.neighbours(sighting)

    def chain(self, a: str, b: str) -> list[tuple[str, str, str]]:
        """The shortest chain of joins from one sighting to another: (sighting, sighting, answer)."""
        return self._joins.chain(a, b)

    def forbids(self, a: str, b: str) -> list[str]:
        """The answers that forbid this very pair."""
        return self._apart.answers(a, b)

    def parted(self, a: str, b: str) -> list[tuple[str, str, str]]:
        """What keeps two groups apart: (sighting of one, of the other, answer); "" for two boxes of a photograph."""
        theirs = self.group(b)
        found = [(one, mate, "") for one in self.group(a) for mate in self._mates.get(one, ()) if mate in theirs]
        for one in self.group(a):
            for uid, others in self._apart.of(one).items():
                found += [(one, other, uid) for other in others if other in theirs]
        return found

    def mates(self, a: str, b: str) -> bool:
        """Whether both are in one photograph."""
        return b in self._mates.get(a, ())

    def second_opinions(self) -> list[AnswerLike]:
        """The standing second opinions, oldest first."""
        return list(self._second.values())

    def facts(self, number: int) -> dict[str, str]:
        """What people said of an individual: name, sex, age, notes and so on."""
        seat = self._seats.seat(number)
        return {} if seat is None else self._facts.of(self._seats.within(self.group(seat)))

    def known_facts(self, numbers: Iterable[int] | None = None) -> dict[int, dict[str, str]]:
        """The facts of these individuals, empty ones included; without ``numbers``, of all of which there are any."""
        if numbers is not None:
            return {number: self.facts(number) for number in numbers}
        seats = {self._seats.seat(number) for number in self._facts.described()}
        now = {self.individual(seat) for seat in seats if seat is not None} - {None}
        known = {number: self.facts(number) for number in sorted(n for n in now if n is not None)}
        return {number: facts for number, facts in known.items() if facts}

    def facts_after(self, change: Change) -> dict[int, dict[str, str]]:
        """The facts of all individuals that an answer may have changed them of."""
        if not any(True for _ in self._facts.described()):
            return {}
        numbers = set(change.numbered)
        seats = (self._seats.seat(number) for number in change.described)
        numbers |= {now for seat in seats if seat is not None and (now := self.individual(seat)) is not None}
        return self.known_facts(numbers)

    def name_of(self, number: int) -> str | None:
        """The name that a person gave to an individual."""
        return self.facts(number).get(NAME)

    def number_named(self, name: str) -> int | None:
        """The individual of this name, whatever its letters' case."""
        wanted = name.strip().casefold()
        for number in sorted(self._facts.described()):
            seat = self._seats.seat(number)
            now = None if seat is None else self.individual(seat)
            if now is not None and (self.name_of(now) or "").casefold() == wanted:
                return now
        return None

    def conflicts(self) -> list[Conflict]:
        """Pairs that answers both join and forbid, two sightings of one photograph included."""
        if self._conflicts is None:
            found: set[tuple[str, str]] = set()
            for a, mates in self._mates.items():
                label = self.label(a)
                found.update(key(a, b) for b in mates if self.label(b) == label)
            # What covers two visits, or parts two groups, is one contradiction, whatever the number of its pairs.
            by: dict[str, tuple[str, str]] = {}
            for a in self._apart.sightings():
                label = self.label(a)
                for uid, others in self._apart.of(a).items():
                    for b in others:
                        if self.label(b) == label:
                            by[uid] = min(by.get(uid, key(a, b)), key(a, b), key=self._shown_first(uid))
            self._conflicts = [Conflict(*pair) for pair in sorted(found.union(by.values()))]
        return list(self._conflicts)

    def _shown_first(self, uid: str) -> Callable[[tuple[str, str]], tuple[bool, tuple[str, str]]]:
        answer = self._answers[uid]
        return lambda pair: (pair != (answer.a, answer.b), pair)

    def _worthy(self, group: Collection[str]) -> bool:
        return len(group) > 1 or any(self._new.get(one) or self._someone.get(one) for one in group)


def key(a: str, b: str) -> tuple[str, str]:
    """A pair in the order in which it is kept."""
    return (a, b) if a < b else (b, a)
