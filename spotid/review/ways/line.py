"""Questions that wait in a line, best first; kept so lazily that an answer in a large survey costs milliseconds."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

Pair = tuple[str, str]


class Skipped:
    """Questions that were left for later in this sitting: they wait behind all others, the first skipped first."""

    def __init__(self) -> None:
        self._turn: dict[frozenset[str], int] = {}
        self._last = 0

    def add(self, one: str, other: str) -> None:
        """Leave this pair for later, once more if it was before."""
        self._last += 1
        self._turn[frozenset((one, other))] = self._last

    def turn(self, one: str, other: str) -> int:
        """When the pair's turn comes: 0 at once."""
        return self._turn.get(frozenset((one, other)), 0)


class Line:
    """Pairs by what they are worth. ``worth`` says what a pair is worth now, None where it is no question now.

    Whoever changes what pairs may be worth puts them in again; what falls behind without that is found when it comes to
    the front. Of two pairs worth the same, the one whose sightings come first (``place``) is first.
    """

    def __init__(
        self, worth: Callable[[str, str], float | None], place: Callable[[str], int], skipped: Skipped
    ) -> None:
        self._worth, self._place, self._skipped = worth, place, skipped
        self._heap: list[tuple[int, float, int, int, str, str]] = []
        self._newest: dict[Pair, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._newest)

    def put(self, pairs: Iterable[Pair]) -> None:
        """Pairs that may be questions, or no more, or worth something else."""
        for pair in pairs:
            worth = self._worth(*pair)
            if worth is None:
                self._newest.pop(pair, None)
                continue
            key = (self._skipped.turn(*pair), -worth)
            places = (self._place(pair[0]), self._place(pair[1]))
            if self._newest.get(pair) != key:
                self._newest[pair] = key
                heapq.heappush(self._heap, (*key, *places, *pair))

    def begin(self, pairs: Iterable[tuple[Pair, float]]) -> None:
        """Begin with pairs and what they are worth if they are questions; whether they are is asked when it matters."""
        for pair, worth in pairs:
            key = (self._skipped.turn(*pair), -worth)
            self._newest[pair] = key
            self._heap.append((*key, self._place(pair[0]), self._place(pair[1]), *pair))
        heapq.heapify(self._heap)

    def first(self) -> Pair | None:
        """The pair whose turn it is; None where there is none."""
        while self._heap:
            pair = self._heap[0][4:]
            if self._newest.get(pair) == self._heap[0][:2]:
                worth = self._worth(*pair)
                if worth is not None and (self._skipped.turn(*pair), -worth) == self._heap[0][:2]:
                    return pair
                del self._newest[pair]
                heapq.heappop(self._heap)
                self.put([pair])
            else:
                heapq.heappop(self._heap)
        return None

    def behind(self, count: int) -> list[Pair]:
        """Pairs that are likely to follow the first; looking costs little, so that it may miss one."""
        near = heapq.nsmallest(count, {entry for entry in self._heap[1:7] if self._newest.get(entry[4:]) == entry[:2]})
        first = self._heap[0][4:] if self._heap else None
        return [entry[4:] for entry in near if entry[4:] != first and self._worth(*entry[4:]) is not None]


def front_with(line: Line, head: str | None) -> Pair | None:
    """The question at the front, where it is about this unit: any other was never on the screen."""
    pair = line.first()
    return pair if pair is not None and (head is None or head in pair) else None
