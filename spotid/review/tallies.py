"""How many questions are left, counted again only where something has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotid.review.identity import Identities

if TYPE_CHECKING:
    from spotid.review.queue import Offer, Queue

Counts = Callable[[str, str], bool]
STEPS = 200  # bins of the score from 0 to 1 in which open questions are counted
BINS = 2 * STEPS  # bins of one profile


@dataclass(slots=True)
class Tally:
    """How the questions of an anchor, or of all anchors, stand."""

    left: int = 0
    implied: int = 0


def bin_of(offer: Offer) -> int:
    """Where a question is counted by its score; the bins of a project's first profile come before those of its next."""
    return offer.profile * BINS + bin_at(offer.score, offer.same_visit)


def bin_at(score: float, same_visit: bool) -> int:
    """The bin of a score: twice its number, and one more for a pair of one visit."""
    return 2 * min(STEPS - 1, max(0, int(score * STEPS))) + same_visit


class Tallies:
    """The questions of every anchor, counted. ``counts``: only the pairs (owner, other) that it says yes to.

    ``open`` holds how many questions are left in each bin of the score (``bin_of``).
    """

    def __init__(self, queue: Queue, identities: Identities, counts: Counts | None = None) -> None:
        self._queue, self._identities, self._counts = queue, identities, counts
        self.open: Counter[int] = Counter()
        self.total = Tally()
        self._of: dict[str, tuple[int, tuple[int, ...]]] = {}  # anchor → implied, the bins of its questions
        self.recount(queue.anchors)

    def recount(self, anchors: Iterable[str]) -> None:
        """Count the questions of these anchors again."""
        left, implied = self.total.left, self.total.implied
        for anchor in anchors:
            before = self._of.pop(anchor, (0, ()))
            after = self._count(anchor) if anchor in self._queue.offers else (0, ())
            if after[0] or after[1]:
                self._of[anchor] = after
            implied += after[0] - before[0]
            if after[1] != before[1]:
                left += len(after[1]) - len(before[1])
                self.open.subtract(before[1])
                self.open.update(after[1])
        self.total = Tally(left, implied)

    def _count(self, anchor: str) -> tuple[int, tuple[int, ...]]:
        queue, known = self._queue, self._identities
        implied, asked = 0, dict[int | str, int]()
        for other in queue.owned[anchor]:
            if self._counts is not None and not self._counts(anchor, other):
                continue
            settled, is_open = queue.stands(anchor, other)
            if settled:
                implied += not queue.answered(anchor, other)
            elif is_open:
                asking = queue.asking(anchor, other)
                if asking is not None:
                    # Several pictures of one individual are one question: the answer to one settles the others.
                    label, at = known.label(other), bin_of(asking[1])
                    asked[label] = max(at, asked.get(label, 0))
        return implied, tuple(sorted(asked.values()))
