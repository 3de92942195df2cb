"""What single answers say of pairs: which sightings they join, and between which they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from spotid.words import JOINING, Verdict

Edge = tuple[str, str]


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
    @property
    def more(self) -> Mapping[str, Any] | None: ...


def covered(answer: AnswerLike, sighting: str | None) -> tuple[str, ...]:
    """A sighting of an answer, followed by the other pictures of its visit that the answer covers."""
    if sighting is None:
        return ()
    others = (answer.more or {}).get("with", {}).get(sighting, ()) if answer.more else ()
    ends = {answer.a, answer.b}
    return (sighting, *sorted({other for other in others if other not in ends}))


def sides(answer: AnswerLike) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two sides between which an answer on a pair holds; no sighting is on both."""
    ours = covered(answer, answer.a)
    return ours, tuple(one for one in covered(answer, answer.b) if one not in ours)


def parts(answer: AnswerLike) -> tuple[list[str], list[str]]:
    """The sightings that a split or a release takes out of an individual, and those that stay."""
    more = answer.more or {}
    out = list(more.get("out", ()))
    gone = set(out)
    return out, [one for one in more.get("stay", ()) if one not in gone]


def edges(answer: AnswerLike) -> list[Edge]:
    """The pairs of sightings that an answer joins directly."""
    if answer.kind in JOINING or answer.kind == Verdict.NEW:
        ours, theirs = sides(answer)
        stars = [(side[0], other) for side in (ours, theirs) for other in side[1:]]
        return stars if answer.b is None else [(ours[0], theirs[0]), *stars]
    if answer.kind == Verdict.SPLIT:
        out, stay = parts(answer)
        return [*pairwise(out), *pairwise(stay)]
    if answer.kind == Verdict.RELEASE:
        return list(pairwise(parts(answer)[1]))
    return []


class Joins:
    """The joins that hold: those of standing answers, less what a split or a release has cut."""

    def __init__(self) -> None:
        self._live: dict[str, dict[str, tuple[str, ...]]] = {}  # sighting → neighbour → answers
        self._cut: dict[tuple[str, str, str], set[str]] = {}  # (answer, sighting, sighting) → what cut it
        self._cuts: dict[str, list[tuple[str, str, str]]] = {}  # what cut → the joins that it cut

    def neighbours(self, sighting: str) -> Mapping[str, tuple[str, ...]]:
        """Sightings joined to this one directly → the answers that say so."""
        return self._live.get(sighting, {})

    def add(self, answer: AnswerLike) -> list[Edge]:
        """The joins of an answer that has just been given."""
        said = edges(answer)
        for edge in said:
            self._join(answer.uid, *edge)
        return said

    def remove(self, answer: AnswerLike) -> list[Edge]:
        """Take the joins of an answer away, and mend what it had cut; the joins that hold again."""
        for x, y in edges(answer):
            if self._cut.pop((answer.uid, x, y), None) is None:
                self._part(answer.uid, x, y)
        mended = []
        for join in self._cuts.pop(answer.uid, ()):
            by = self._cut.get(join)
            if by is None:
                continue  # the answer that joined was taken back meanwhile
            by.discard(answer.uid)
            if not by:
                del self._cut[join]
                self._join(*join)
                mended.append(join[1:])
        return mended

    def cut(self, by: str, answers: Iterable[AnswerLike], out: Collection[str], stay: Collection[str] | None) -> None:
        """Cut the joins of ``answers`` between ``out`` and ``stay``; without ``stay`` all joins of ``out``."""
        for answer in answers:
            for x, y in edges(answer):
                if stay is None:
                    crosses = x in out or y in out
                else:
                    crosses = (x in out and y in stay) or (y in out and x in stay)
                join = (answer.uid, x, y)
                if not crosses or by in self._cut.get(join, ()):
                    continue
                if join not in self._cut:
                    self._part(*join)
                self._cut.setdefault(join, set()).add(by)
                self._cuts.setdefault(by, []).append(join)

    def chain(self, a: str, b: str) -> list[tuple[str, str, str]]:
        """The shortest chain of joins from ``a`` to ``b``: (sighting, sighting, answer); empty where there is none."""
        came: dict[str, str] = {a: a}
        ahead = [a]
        for one in ahead:  # grows while it is read: breadth first
            if one == b:
                break
            for neighbour in sorted(self.neighbours(one)):
                if neighbour not in came:
                    came[neighbour] = one
                    ahead.append(neighbour)
        if b not in came:
            return []
        chain = []
        while b != a:
            chain.append((came[b], b, self.neighbours(b)[came[b]][0]))
            b = came[b]
        return chain[::-1]

    def _join(self, uid: str, x: str, y: str) -> None:
        for one, other in ((x, y), (y, x)):
            said = self._live.setdefault(one, {})
            said[other] = (*said.get(other, ()), uid)

    def _part(self, uid: str, x: str, y: str) -> None:
        for one, other in ((x, y), (y, x)):
            said = self._live[one]
            left = list(said[other])
            left.remove(uid)
            if left:
                said[other] = tuple(left)
            else:
                del said[other]


class Between:
    """Answers that hold for every pair between their two sides, found by sighting."""

    def __init__(self) -> None:
        self._others: dict[str, dict[str, tuple[str, ...]]] = {}  # sighting → answer → the other side

    def add(self, uid: str, ours: Sequence[str], theirs: Sequence[str]) -> None:
        """Note an answer."""
        for side, other in ((ours, tuple(theirs)), (theirs, tuple(ours))):
            for one in side:
                self._others.setdefault(one, {})[uid] = other

    def remove(self, uid: str, ours: Sequence[str], theirs: Sequence[str]) -> None:
        """Forget an answer."""
        for one in (*ours, *theirs):
            self._others.get(one, {}).pop(uid, None)

    def of(self, sighting: str) -> Mapping[str, tuple[str, ...]]:
        """The answers on a sighting → the other side of each."""
        return self._others.get(sighting, {})

    def answers(self, a: str, b: str) -> list[str]:
        """The answers on a pair."""
        one, other = (a, b) if len(self.of(a)) <= len(self.of(b)) else (b, a)
        return [uid for uid, others in self.of(one).items() if other in others]

    def sightings(self) -> Iterable[str]:
        """All sightings that answers were ever given on."""
        return self._others
