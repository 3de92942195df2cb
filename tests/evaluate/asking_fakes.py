"""Plain constraints and strategies with the interface of the real ones, slow and obvious."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np


@dataclass
class Change:
    joined: tuple[int, int] | None = None
    forbade: tuple[int, int] | None = None
    contradiction: bool = False


@dataclass
class Links:
    """Closure written out: the root of each sighting, and the pairs of roots known to differ."""

    n: int
    roots: list[int] = field(default_factory=list)
    different: set[frozenset[int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.roots = list(range(self.n))

    def root(self, one: int) -> int:
        return self.roots[one]

    def apart(self, root: int) -> set[int]:
        return {other for pair in self.different if root in pair for other in pair if other != root}

    def groups(self) -> list[list[int]]:
        return [[one for one in range(self.n) if self.roots[one] == root] for root in sorted(set(self.roots))]

    def relation(self, one: int, other: int) -> bool | None:
        a, b = self.roots[one], self.roots[other]
        if a == b:
            return True
        return False if frozenset((a, b)) in self.different else None

    def apply(self, one: int, other: int, same: bool) -> Change:
        known, a, b = self.relation(one, other), self.roots[one], self.roots[other]
        if known is not None:
            return Change(contradiction=known != same)
        if not same:
            self.different.add(frozenset((a, b)))
            return Change(forbade=(a, b))
        self.roots = [a if root == b else root for root in self.roots]
        self.different = {frozenset(a if root == b else root for root in pair) for pair in self.different}
        return Change(joined=(a, b))


@dataclass
class InOrder:
    """Asks the open pairs in a given order."""

    links: Links
    order: list[tuple[int, int]]
    name: str = "in order"
    label: str = "In order"

    def __post_init__(self) -> None:
        self.order = list(reversed(self.order))

    def ask(self) -> tuple[int, int] | None:
        while self.order:
            pair = self.order.pop()
            if self.links.relation(*pair) is None:
                return pair
        return None

    def answered(self, one: int, other: int, same: bool, change: Change) -> None:
        pass


def everything(n: int, seed: int | None = None) -> list[tuple[int, int]]:
    """All pairs, shuffled by the seed."""
    pairs = list(combinations(range(n), 2))
    if seed is not None:
        np.random.default_rng(seed).shuffle(pairs)
    return [(int(a), int(b)) for a, b in pairs]
