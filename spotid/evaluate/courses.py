"""Let a strategy ask a simulated person until the matches are found, and keep how it went question by question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from spotid.evaluate.annotator import SECONDS_PER_ANSWER, Annotator, Groups, Truth
from spotid.progress import Cancelled

if TYPE_CHECKING:
    from spotid.review.asking import Strategy
    from spotid.review.asking.constraints import Constraints

FOUND, LIMIT, DRY, SPENT, STOPPED = "found", "limit", "dry", "spent", "stopped"
ENDS = {
    FOUND: "all matches asked for were found",
    LIMIT: "the limit of questions was reached",
    DRY: "too many questions in a row joined nothing",
    SPENT: "the strategy had no more questions",
    STOPPED: "the run was stopped",
}


@dataclass(frozen=True)
class Stop:
    """When to stop: this share of the true matches found, so many questions, or so many in a row that joined nothing.

    A ``share`` above 1 never stops the course: it goes on until the strategy has no more questions.
    """

    share: float = 1.0
    queries: int | None = None
    dry: int | None = None


@dataclass(frozen=True)
class Course:
    """A course of q questions. Counts are those after each answer."""

    name: str
    total: int  # true matches there are
    asked: np.ndarray  # (q, 2) int64: numbers of the two sightings
    said: np.ndarray  # (q,) bool: answered "same"
    wrong: np.ndarray  # (q,) bool: the answer is not true
    found: np.ndarray  # (q,) int64: true matches joined
    mixed: np.ndarray  # (q,) int64: pairs of two individuals joined by mistake
    settled: np.ndarray  # (q,) int64: pairs that the answers so far say something about, by closure
    ended: str  # a key of ENDS
    seconds: float  # the computer's own time
    start: int = 0  # true matches joined before the first question
    contradictions: int = 0  # answers that the ones before spoke against
    seconds_per_answer: float = field(default=SECONDS_PER_ANSWER)

    def __len__(self) -> int:
        return len(self.said)

    @property
    def missed(self) -> int:
        """True matches not joined at the end."""
        return self.total - (int(self.found[-1]) if len(self) else self.start)

    @property
    def joined_wrongly(self) -> int:
        """Pairs of two individuals joined at the end."""
        return int(self.mixed[-1]) if len(self) else 0

    @property
    def wrong_answers(self) -> int:
        """Answers that are not true."""
        return int(self.wrong.sum())

    def queries_to(self, share: float) -> int | None:
        """How many answers it took to find this share of the true matches; None where it was never reached."""
        need = int(np.ceil(share * self.total - 1e-9))
        if self.start >= need:
            return 0
        reached = np.flatnonzero(self.found >= need)
        return int(reached[0]) + 1 if len(reached) else None

    def hours(self, queries: int | None) -> float | None:
        """A person's hours for so many answers."""
        return None if queries is None else queries * self.seconds_per_answer / 3600.0


def run(
    strategy: Strategy,
    constraints: Constraints,
    truth: Truth,
    annotator: Annotator,
    stop: Stop | None = None,
    each: Callable[[int, int], None] | None = None,
) -> Course:
    """Ask until ``stop`` says so or the strategy has no more questions.

    ``constraints`` are those that the strategy was made with; what they already hold counts as found. ``each`` hears
    the number of answers and of matches found now and then. KeyboardInterrupt, and Cancelled raised by ``each``, end
    the course with what there is.
    """
    stop = stop or Stop()
    groups = joined(truth, constraints)
    need = np.ceil(stop.share * truth.total - 1e-9) if stop.share <= 1 else np.inf
    asked: list[tuple[int, int]] = []
    said: list[bool] = []
    counts: list[tuple[int, int, int]] = []
    start, settled, dry, contradictions, ended = groups.found, 0, 0, 0, SPENT
    began = perf_counter()
    try:
        while True:
            if groups.found >= need:
                ended = FOUND
                break
            if stop.queries is not None and len(said) >= stop.queries:
                ended = LIMIT
                break
            if stop.dry is not None and dry >= stop.dry:
                ended = DRY
                break
            pair = strategy.ask()
            if pair is None:
                break
            one, other = int(pair[0]), int(pair[1])
            same = annotator.answer(one, other)
            gain = _settles(constraints, groups, one, other, same)
            change = constraints.apply(one, other, same)
            if change.joined is not None:
                groups.join(*change.joined)
            if change.joined is not None or change.forbade is not None:
                settled += gain
            contradictions += bool(change.contradiction)
            dry = 0 if change.joined is not None else dry + 1
            asked.append((one, other))
            said.append(same)
            counts.append((groups.found, groups.mixed, settled))
            strategy.answered(one, other, same, change)
            if each is not None and len(said) % 50 == 0:
                each(len(said), groups.found)
    except (KeyboardInterrupt, Cancelled):
        ended = STOPPED
    kept = len(counts)
    pairs = np.array(asked[:kept], np.int64).reshape(kept, 2)
    answers = np.array(said[:kept], bool)
    table = np.array(counts, np.int64).reshape(kept, 3)
    true = np.array([truth.same(one, other) for one, other in asked[:kept]], bool)
    return Course(
        strategy.name,
        truth.total,
        pairs,
        answers,
        answers != true,
        table[:, 0],
        table[:, 1],
        table[:, 2],
        ended,
        perf_counter() - began,
        start,
        contradictions,
    )


def joined(truth: Truth, constraints: Constraints) -> Groups:
    """What the constraints join already."""
    return Groups(truth, [_rooted(constraints, members) for members in constraints.groups() if len(members) > 1])


def _rooted(constraints: Constraints, members: list[int]) -> list[int]:
    """The members with their root first."""
    root = constraints.root(members[0])
    return [root, *(one for one in members if one != root)]


def _settles(constraints: Constraints, groups: Groups, one: int, other: int, same: bool) -> int:
    """How many pairs this answer says something new about: those across the two groups, and, where it joins them,
    those with the groups that only one of the two was known to differ from."""
    a, b = constraints.root(one), constraints.root(other)
    if a == b:
        return 0
    sizes = groups.size(a), groups.size(b)
    far, near = constraints.apart(a), constraints.apart(b)
    count = 0 if b in far else sizes[0] * sizes[1]
    if same:
        count += sizes[1] * sum(groups.size(root) for root in far - near if root != b)
        count += sizes[0] * sum(groups.size(root) for root in near - far if root != a)
    return count
