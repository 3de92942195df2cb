"""Second look: animals seen on one visit only, each against its ten nearest.

The usual error of experts is not to recognise an animal seen before, which leaves a "ghost" with one capture behind
(Johansson et al. 2020, Sci. Rep. 10:6393: one in eight captures misclassified, abundance a third too high). So whoever
was seen once is compared again, more deeply than at first, and pairs that a person called different come up once more.

An answer here is an ordinary answer. *Same* where the same person said *different* on these very visits takes those
earlier answers back in the same step: the person has looked twice, and the second look is the better one. An earlier
answer of somebody else, or on other pictures of the two animals, stays; the contradiction is then a conflict that both
can see, because nobody's word should vanish behind their back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from spotid.project.given import reviewer_of
from spotid.review.filters import Filters
from spotid.review.question import Asked, Question
from spotid.review.queue import Offer
from spotid.review.ways.line import Line, Pair, Skipped, front_with
from spotid.words import Verdict

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

AHEAD = 2  # questions whose pictures may be fetched in advance
NEAREST = 10


class SecondLook:
    """Singletons against their ten nearest."""

    name = "second"
    label = "Second look"
    sentence = "Animals seen on one visit only, once more beside their ten nearest: some of them were met before."

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._skipped: Skipped = desk.skipped.setdefault(self.name, Skipped())
        self._lines: dict[Filters, Line] = {}
        self._near: dict[str, dict[str, Offer]] = {}  # singleton → its nearest
        self._listing: dict[str, set[str]] = {}  # unit → singletons that it is near to

    def ask(self, asked: Asked, anchor: str | None = None) -> Question:
        """The likeliest of all second looks."""
        pair = self._line(asked.filters).first()
        if pair is None:
            return Question("all_done")
        found = self._found(*pair)
        assert found is not None, "a pair at the front of the line is asked"
        anchor, offer = found
        near = self._nearest(anchor)
        showing = self._desk.queue.showing(anchor, offer) or offer
        return Question("pair", anchor, showing, list(near).index(offer.comparison) + 1, len(near))

    def after(self, asked: Asked, anchor: str) -> Question:
        """The next one."""
        return self.ask(asked)

    def move(self, asked: Asked, anchor: str | None, other: str | None, step: int) -> Question:
        """Leave a second look for later."""
        line = self._line(asked.filters)
        pair = self._pair(anchor, other) or front_with(line, anchor and self._desk.units.head(anchor))
        if pair is not None and step > 0:
            self._skipped.add(*pair)
            for one in self._lines.values():
                one.put([pair])
        return self.ask(asked)

    def left(self, asked: Asked) -> int | None:
        """Second looks still to be had; None until somebody goes this way."""
        line = self._lines.get(asked.filters)
        return None if line is None else len(line)

    def ahead(self, asked: Asked, question: Question) -> list[str]:
        """The pictures of the looks behind the first."""
        pairs = self._line(asked.filters).behind(AHEAD)
        found = [looked for pair in pairs if (looked := self._found(*pair)) is not None]
        return [one for anchor, offer in found for one in offer.pair(anchor)]

    def forget(self, what: str) -> None:
        """Filters by side let other pictures pass."""
        if what == "sides":
            self._lines = {filters: line for filters, line in self._lines.items() if not filters.flank}

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Animals may be seen once now, or no more, and pairs may be answered."""
        if not self._lines:
            return
        self._desk.register.catch_up()
        known = {one for one in wide for one in (one, *self._listing.get(one, ()))}
        pairs = {pair for one in known for pair in self._pairs(one)}
        for one in {*heads, *anew}:
            self._forget(one)
        pairs |= {pair for one in {*known, *anew} for pair in self._pairs(one)}
        for line in self._lines.values():
            line.put(pairs)

    # --- which pairs -------------------------------------------------------------------------------------------------

    def _is_single(self, head: str) -> bool:
        """Whether this unit's animal was seen on one visit only: an individual, or one that nobody has recognised."""
        desk, known = self._desk, self._desk.identities
        if head not in desk.seen or desk.units.head(head) != head or known.is_unusable(head):
            return False
        if known.individual(head) is None:
            if desk.queue.open_offers(head):
                return False  # still asked the ordinary way
            return any(desk.queue.answered(head, offer.comparison) for offer in desk.queue.offers.get(head, ()))
        visits: set[int | str | None] = set()
        for one in known.group(head):
            if one in desk.seen:
                visits.add(desk.seen[one].occasion)
            if len(visits) > 1:
                return False
        return True

    def _nearest(self, head: str) -> dict[str, Offer]:
        near = self._near.get(head)
        if near is None:
            near = {offer.comparison: offer for offer in self._desk.lists.deeper(head, NEAREST)}
            self._near[head] = near
            for other in near:
                self._listing.setdefault(other, set()).add(head)
        return near

    def _forget(self, head: str) -> None:
        for other in self._near.pop(head, ()):
            self._listing.get(other, set()).discard(head)

    def _pairs(self, head: str) -> Iterable[Pair]:
        """The pairs in which a unit looks again; asked of singletons, and of those that were."""
        if head in self._near or self._is_single(head):
            for other in self._nearest(head):
                yield self._sorted(head, other)

    def _found(self, one: str, other: str) -> tuple[str, Offer] | None:
        """Who asks, and as what: a singleton that the other is near to."""
        for head, far in ((one, other), (other, one)):
            if self._is_single(head) and far in self._nearest(head):
                return head, self._nearest(head)[far]
        return None

    def _worth(self, one: str, other: str) -> float | None:
        desk = self._desk
        if desk.units.head(one) != one or desk.units.head(other) != other:
            return None
        relation = desk.queue.relation(one, other)
        if relation is Verdict.SAME or (relation is None and not desk.queue.is_open(one, other)):
            return None
        if relation is Verdict.DIFFERENT and not self._once_more(one, other):
            return None
        found = self._found(one, other)
        if found is None or self._opposite(*found):
            return None
        return found[1].score

    def _opposite(self, head: str, offer: Offer) -> bool:
        """Whether two sides would be shown, of which nothing can be seen; answered long ago or not."""
        return not offer.same_visit and self._desk.sides.opposite(*offer.pair(head), offer.score)

    def _once_more(self, one: str, other: str) -> bool:
        """Whether people called these very visits different, and nobody has looked at them again."""
        desk, known = self._desk, self._desk.identities
        said = False
        for a in desk.units.frames(one):
            for b in desk.units.frames(other):
                if known.mates(a, b) or (min(a, b), max(a, b)) in desk.register.looked:
                    return False
                said = said or bool(known.forbids(a, b))
        return said

    def _sorted(self, one: str, other: str) -> Pair:
        place = self._desk.queue.place
        return (one, other) if place(one) < place(other) else (other, one)

    def _pair(self, anchor: str | None, other: str | None) -> Pair | None:
        desk = self._desk
        if anchor is None or other is None or anchor == other or not {anchor, other} <= desk.seen.keys():
            return None
        return self._sorted(desk.units.head(anchor), desk.units.head(other))

    def _line(self, filters: Filters) -> Line:
        line = self._lines.get(filters)
        if line is None:
            desk, passes = self._desk, self._desk.passing(filters)

            def worth(one: str, other: str) -> float | None:
                return self._worth(one, other) if passes is None or passes(one) or passes(other) else None

            desk.register.catch_up()
            line = Line(worth, desk.queue.place, self._skipped)
            line.put({pair for head in desk.queue.anchors for pair in self._pairs(head)})
            self._lines.clear()
            self._lines[filters] = line
        return line


def contradicted(desk: Desk, ours: Collection[str], theirs: Collection[str], reviewer: str) -> list[str]:
    """This person's own answers *different* between two visits, which *same* on a second look takes back."""
    known = desk.identities
    uids = dict.fromkeys(uid for one in ours for other in theirs for uid in known.forbids(one, other))
    return [
        uid
        for uid in uids
        if (answer := known.answer(uid)) is not None
        and answer.kind == Verdict.DIFFERENT
        and reviewer_of(desk.project.store, uid) == reviewer
    ]
