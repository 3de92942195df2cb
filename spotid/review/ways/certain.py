"""Most certain first: all open questions by how likely they are one animal, whichever anchor they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from spotid.review.filters import Filters
from spotid.review.question import Asked, Question
from spotid.review.queue import Offer
from spotid.review.ways.line import Line, Pair, Skipped, front_with

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

AHEAD = 2  # questions whose pictures may be fetched in advance
LINES = 3  # filters whose lines are kept
LAST = 1e9  # what a question is worth less whose journey is impossible


class MostCertain:
    """Matches come quickly this way, and each saves the questions that follow from it."""

    name = "certain"
    label = "Most certain first"
    sentence = "The pairs that look most alike first, whichever picture they belong to."

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._skipped: Skipped = desk.skipped.setdefault(self.name, Skipped())
        self._lines: dict[Filters, Line] = {}

    def order(self, anchor: str, offer: Offer) -> float:
        """What a question is worth: the more, the sooner it is asked."""
        # Chances never contradict the order of scores. An impossible journey comes behind all others: a clock is wrong,
        # or a place, or these are two animals.
        return offer.score - LAST * self._desk.journeys.impossible(*offer.pair(anchor))

    def ask(self, asked: Asked, anchor: str | None = None) -> Question:
        """The open question that is worth most."""
        pair = self._line(asked.filters).first()
        if pair is None and not asked.filters and self._desk.ask_hard_again():
            return self._desk.ways.find(self.name).ask(asked)  # which is a new one now, with those pairs
        return Question("all_done") if pair is None else self._question(*pair)

    def after(self, asked: Asked, anchor: str) -> Question:
        """The next one."""
        return self.ask(asked)

    def move(self, asked: Asked, anchor: str | None, other: str | None, step: int) -> Question:
        """Leave a question for later; there is no way back but by answering the others."""
        line = self._line(asked.filters)
        pair = self._pair(anchor, other) or front_with(line, anchor and self._desk.units.head(anchor))
        if pair is not None and step > 0:
            self._skipped.add(*pair)
            for one in self._lines.values():
                one.put([pair])
        return self.ask(asked)

    def left(self, asked: Asked) -> int | None:
        """Questions of which one picture passes."""
        desk = self._desk
        passes = desk.passing(asked.filters)
        if passes is None:
            return desk.queue.total.left
        return desk.queue.some(("pairs", asked.filters), lambda one, other: passes(one) or passes(other)).left

    def ahead(self, asked: Asked, question: Question) -> list[str]:
        """The pictures of the questions behind the first."""
        pairs = self._line(asked.filters).behind(AHEAD)
        return [one for pair in pairs for one in self._question(*pair).shown if one is not None]

    def forget(self, what: str) -> None:
        """Filters by side let other pictures pass."""
        if what == "sides":
            self._lines = {filters: line for filters, line in self._lines.items() if not filters.flank}

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Questions of these units may be worth something else."""
        if self._lines:
            pairs = set(self._pairs({*heads, *anew}))
            for line in self._lines.values():
                line.put(pairs)

    def _pairs(self, heads: Iterable[str]) -> Iterable[Pair]:
        return (self._sorted(*pair) for pair in self._desk.queue.pairs_of(heads))

    def _everything(self) -> Iterable[tuple[Pair, float]]:
        queue = self._desk.queue
        for anchor, others in queue.owned.items():
            for other in others:
                found = queue.asking(anchor, other)
                if found is not None:
                    yield self._sorted(anchor, other), self.order(*found)

    def _sorted(self, one: str, other: str) -> Pair:
        place = self._desk.queue.place
        return (one, other) if place(one) < place(other) else (other, one)

    def _pair(self, anchor: str | None, other: str | None) -> Pair | None:
        head, seen = self._desk.units.head, self._desk.seen
        if anchor is None or other is None or anchor not in seen or other not in seen or anchor == other:
            return None
        return self._sorted(head(anchor), head(other))

    def _line(self, filters: Filters) -> Line:
        line = self._lines.pop(filters, None)
        if line is None:
            desk = self._desk
            passes = desk.passing(filters)

            def worth(one: str, other: str) -> float | None:
                if passes is not None and not passes(one) and not passes(other):
                    return None
                found = desk.queue.asking(one, other)
                return self.order(*found) if found is not None and desk.queue.is_open(one, other) else None

            line = Line(worth, desk.queue.place, self._skipped)
            line.begin(self._everything())
            while len(self._lines) >= LINES:
                self._lines.pop(next(iter(self._lines)))
        self._lines[filters] = line
        return line

    def _question(self, one: str, other: str) -> Question:
        queue = self._desk.queue
        found = queue.asking(one, other)
        assert found is not None, "a pair at the front of the line is asked"
        anchor, offer = found
        offers = queue.offers[anchor]
        return Question("pair", anchor, queue.showing(anchor, offer), list(offers).index(offer) + 1, len(offers))
