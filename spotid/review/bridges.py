"""Groups as answers join them, and the two parts into which a group falls without one answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Part(Generic[Node]):
    """Sightings ``order[low:high]`` of a group ``order[start:stop]``, or (``outside``) all others of it."""

    order: Sequence[Node]
    start: int
    stop: int
    low: int
    high: int
    outside: bool = False

    def __len__(self) -> int:
        inside = self.high - self.low
        return self.stop - self.start - inside if self.outside else inside

    def holds(self, place: int) -> bool:
        """Whether the sighting at this place in the order is of this part."""
        inside = self.low <= place < self.high
        return self.start <= place < self.stop and inside != self.outside

    def some(self, most: int) -> list[Node]:
        """At most so many of its sightings, evenly chosen."""
        size = len(self)
        chosen = range(size) if size <= most else [one * size // most for one in range(most)]
        if not self.outside:
            return [self.order[self.low + one] for one in chosen]
        before, gone = self.low - self.start, self.high - self.low
        return [self.order[self.start + one + (gone if one >= before else 0)] for one in chosen]


class Bridges(Generic[Node]):
    """Groups of sightings that ``joins`` join, found by one walk through each (Tarjan 1974, Inf. Process. Lett. 2:160).

    In the order of the walk the sightings behind an edge follow one another, so that a part is a stretch of it.
    """

    def __init__(self, joins: Iterable[tuple[Node, Node]], alone: Iterable[Node] = ()) -> None:
        self.order: list[Node] = []
        self.place: dict[Node, int] = {}
        self._group: list[tuple[int, int]] = []  # place → where its group starts and stops
        self._behind: dict[int, tuple[int, int]] = {}  # number of a join that is a bridge → the stretch behind it
        self._edges: dict[Node, list[tuple[Node, int]]] = {}
        for number, (one, other) in enumerate(joins):
            self._edges.setdefault(one, []).append((other, number))
            self._edges.setdefault(other, []).append((one, number))
        for one in (*self._edges, *alone):
            if one not in self.place:
                start = len(self.order)
                self._walk(one)
                self._group += [(start, len(self.order))] * (len(self.order) - start)

    def _walk(self, first: Node) -> None:
        place, order, edges = self.place, self.order, self._edges
        lowest: dict[Node, int] = {}  # the earliest place that is reached from behind, without the edge that led there
        place[first] = lowest[first] = len(order)
        order.append(first)
        stack = [(first, -1, iter(edges.get(first, ())))]
        while stack:
            here, came, ahead = stack[-1]
            for other, number in ahead:
                if number == came:
                    continue
                if other in place:
                    lowest[here] = min(lowest[here], place[other])
                    continue
                place[other] = lowest[other] = len(order)
                order.append(other)
                stack.append((other, number, iter(edges.get(other, ()))))
                break
            else:
                stack.pop()
                if stack:
                    before = stack[-1][0]
                    lowest[before] = min(lowest[before], lowest[here])
                    if lowest[here] > place[before]:
                        self._behind[came] = (place[here], len(order))

    def group(self, one: Node) -> Part[Node]:
        """All that are joined to a sighting, itself included."""
        start, stop = self._group[self.place[one]]
        return Part(self.order, start, stop, start, stop)

    def single(self, one: Node) -> Part[Node]:
        """A sighting by itself."""
        start, stop = self._group[self.place[one]]
        return Part(self.order, start, stop, self.place[one], self.place[one] + 1)

    def together(self, one: Node, other: Node) -> bool:
        """Whether two sightings are joined."""
        return self._group[self.place[one]] == self._group[self.place[other]]

    def parts(self, number: int) -> tuple[Part[Node], Part[Node]] | None:
        """The two parts of its group without the join of this number; None where others hold the group together."""
        found = self._behind.get(number)
        if found is None:
            return None
        start, stop = self._group[found[0]]
        return Part(self.order, start, stop, *found), Part(self.order, start, stop, *found, outside=True)
