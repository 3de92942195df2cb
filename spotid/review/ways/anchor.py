"""By anchor: one picture after the other in the order in which they were taken, each beside its nearest look-alikes."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from spotid.errors import NotFoundError
from spotid.project import notes
from spotid.review.question import Asked, Question

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk

AHEAD = 2  # questions whose pictures may be fetched in advance
ANCHOR_NOTE = "review_anchor"


class ByAnchor:
    """The way that people know from paper: one animal on the table, and all that may be the same beside it."""

    name = "anchor"
    label = "By anchor"
    sentence = "One picture after the other, each beside the animals that look most like it."

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(self, asked: Asked, anchor: str | None = None) -> Question:
        """Of the anchor given, or where the reviewer was."""
        desk = self._desk
        if anchor is not None:
            anchor = desk.units.head(anchor)
            if desk.queue.position(anchor) is None:
                raise NotFoundError("This picture has no look-alikes to compare.", "Choose another one.")
            return self._of(anchor)
        chosen = desk.units.head(notes.get(desk.project.store, ANCHOR_NOTE) or desk.queue.anchors[0])
        question = self._of(chosen)
        passes = desk.passing(asked.filters)
        if question.state == "anchor_done" or (passes is not None and not passes(chosen)):
            return self._next(asked, chosen, remember=False)
        return question

    def after(self, asked: Asked, anchor: str) -> Question:
        """The anchor's next look-alike, or the next anchor."""
        head = self._desk.units.head(anchor)
        question = self._of(head)
        return self._next(asked, head) if question.state == "anchor_done" else question

    def move(self, asked: Asked, anchor: str | None, other: str | None, step: int) -> Question:
        """The next or previous anchor with something to ask."""
        return self._next(asked, None if anchor is None else self._desk.units.head(anchor), step)

    def left(self, asked: Asked) -> int | None:
        """Questions of anchors that pass."""
        desk = self._desk
        passes = desk.passing(asked.filters)
        if passes is None:
            return desk.queue.total.left

        def counts(one: str, other: str) -> bool:
            return any(map(passes, desk.queue.asked_by(one, other)))

        return desk.queue.some((self.name, asked.filters), counts).left

    def ahead(self, asked: Asked, question: Question) -> list[str]:
        """The anchor's next look-alikes, and behind the last one the next anchor's first."""
        desk = self._desk
        if question.anchor is None:
            return []
        others = [offer.pair(question.anchor)[1] for _, offer in desk.queue.open_offers(question.anchor)[1:3]]
        if len(others) < AHEAD:
            following = desk.queue.next_anchor(question.anchor, 1, desk.passing(asked.filters))
            if following is not None and following != question.anchor:
                others += filter(None, self._of(following).shown)
        return others

    def forget(self, what: str) -> None:
        """Nothing is kept here."""

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Nothing is kept here: the queue is followed."""

    def _of(self, anchor: str) -> Question:
        desk = self._desk
        offers = desk.queue.open_offers(anchor)
        of = len(desk.queue.offers.get(anchor, ()))
        if not offers or desk.identities.is_new(anchor):
            return Question("anchor_done", anchor, of=of)
        rank, offer = offers[0]
        return Question("pair", anchor, offer, rank, of)

    def _next(self, asked: Asked, anchor: str | None, step: int = 1, *, remember: bool = True) -> Question:
        desk = self._desk
        passes = desk.passing(asked.filters)
        following = desk.queue.next_anchor(anchor, step, passes)
        if following is None and passes is None and desk.ask_hard_again():
            following = desk.queue.next_anchor(anchor, step)
        if following is None:
            return Question("all_done", anchor)
        if remember and following != notes.get(desk.project.store, ANCHOR_NOTE):
            notes.put(desk.project.store, ANCHOR_NOTE, following)
        return self._of(following)
