"""Blind second opinions: one answer in twenty is asked again, by chance, with nothing told of what was said.

Chance is a hash of the answer's number, so that it falls on the same answers on every computer and nobody chooses.
Answers that this person gave a moment ago would be remembered rather than judged; they wait. What is said here is kept
as a second opinion and changes no identity; the agreement between both is a survey's error rate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from spotid.project.given import Given
from spotid.review.question import Asked, Question
from spotid.review.queue import Offer
from spotid.review.ways.line import Skipped

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

SHARE = 0.05
LATER = 20  # answers after which a person's own may be asked again


def drawn(uid: str) -> float:
    """A number from 0 to 1 that belongs to an answer; below ``SHARE`` it is drawn."""
    return int.from_bytes(hashlib.sha256(b"second look:" + uid.encode()).digest()[:8], "big") / 2**64


class Blind:
    """Answers that were drawn, without a second opinion of this person."""

    name = "blind"
    label = "Blind second opinion"
    sentence = "One answer in twenty, drawn by chance, once more and without what was said: it measures the errors."

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._skipped: Skipped = desk.skipped.setdefault(self.name, Skipped())
        self._drawn: list[Given] = []
        self._seen = 0  # how many answers were drawn from

    def ask(self, asked: Asked, anchor: str | None = None) -> Question:
        """The next pair to judge."""
        waiting = self._open(asked)
        found = min(
            waiting, key=lambda one: (self._skipped.turn(one.a or "", one.b or ""), drawn(one.uid)), default=None
        )
        if found is None or found.a is None or found.b is None:
            return Question("all_done", blind=True)
        return Question("pair", found.a, Offer(found.b, 0.0, None, 0.0, False), blind=True)

    def after(self, asked: Asked, anchor: str) -> Question:
        """The next one."""
        return self.ask(asked)

    def move(self, asked: Asked, anchor: str | None, other: str | None, step: int) -> Question:
        """Leave a pair for later."""
        if anchor is None or other is None:
            question = self.ask(asked)
            anchor, other = question.shown
        if anchor is not None and other is not None and step > 0:
            self._skipped.add(anchor, other)
        return self.ask(asked)

    def left(self, asked: Asked) -> int | None:
        """Opinions that this person may still give; None until somebody goes this way."""
        return len(self._open(asked)) if self._desk.register.read else None

    def ahead(self, asked: Asked, question: Question) -> list[str]:
        """Nothing: opinions come one by one."""
        return []

    def forget(self, what: str) -> None:
        """Nothing of that kind is kept here."""

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Nothing is kept here: the ledger's register is followed."""

    def _open(self, asked: Asked) -> list[Given]:
        desk = self._desk
        register = desk.register.catch_up()
        passes = desk.passing(asked.filters)
        done = register.opinions(asked.reviewer)
        found: dict[tuple[str, str], Given] = {}
        self._drawn += [one for one in register.pairs[self._seen :] if drawn(one.uid) < SHARE]
        self._seen = len(register.pairs)
        for one in self._drawn:
            if one.a is None or one.b is None or not {one.a, one.b} <= desk.seen.keys():
                continue
            if one.reviewer == asked.reviewer and register.since(one) < LATER:
                continue
            if (one.a, one.b) in done or desk.identities.answer(one.uid) is None:
                continue
            if passes is None or passes(desk.units.head(one.a)) or passes(desk.units.head(one.b)):
                found.setdefault((one.a, one.b), one)
        return list(found.values())
