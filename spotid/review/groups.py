"""Sightings that are joined into groups, and taken apart again when nothing joins them any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Groups:
    """Disjoint groups of sightings; a sighting that was never joined is a group of its own."""

    def __init__(self) -> None:
        self._label: dict[str, int] = {}  # a sighting alone has no entry
        self._members: dict[int, set[str]] = {}
        self._next = 1

    def label(self, sighting: str) -> int | str:
        """A name for the sighting's group, good until groups change."""
        return self._label.get(sighting, sighting)

    def of(self, sighting: str) -> set[str]:
        """All sightings of its group, this one included; not to be changed."""
        known = self._label.get(sighting)
        return {sighting} if known is None else self._members[known]

    def join(self, a: str, b: str) -> None:
        """Make the groups of two sightings one."""
        if self.label(a) == self.label(b):
            return
        small, large = sorted((self.of(a), self.of(b)), key=len)
        large_label = self._label.get(next(iter(large)))
        small_label = self._label.get(next(iter(small)))
        if large_label is None:
            large_label = self._found(set(large))
        if small_label is not None:
            self._members.pop(small_label)
        self._members[large_label] |= small
        for one in small:
            self._label[one] = large_label

    def part(self, group: set[str], neighbours: Callable[[str], Iterable[str]]) -> list[set[str]]:
        """Take a group apart where ``neighbours`` joins it no more; the groups that there are then, largest first.

        ``neighbours``: the sightings that one is still joined to directly; those of other groups are passed over.
        """
        left, parts = set(group), []
        while left:
            first = left.pop()
            reached, ahead = {first}, [first]
            while ahead:
                for neighbour in neighbours(ahead.pop()):
                    if neighbour in left:
                        left.discard(neighbour)
                        reached.add(neighbour)
                        ahead.append(neighbour)
            parts.append(reached)
        parts.sort(key=lambda part: (-len(part), min(part)))
        if len(parts) > 1:
            self._members.pop(self._label[next(iter(group))])
            for part in parts:
                if len(part) == 1:
                    self._label.pop(next(iter(part)))
                else:
                    self._found(part)
        return parts

    def _found(self, members: set[str]) -> int:
        label, self._next = self._next, self._next + 1
        self._members[label] = members
        for one in members:
            self._label[one] = label
        return label
