"""A simulated person who answers questions about pairs, and who truly is who behind the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

ANSWERS_A_MINUTE = 5.78  # an expert's pace measured by Spotted, the paper on hyenas and leopards
SECONDS_PER_ANSWER = 60.0 / ANSWERS_A_MINUTE


@dataclass
class Truth:
    """Who is who, and which pairs are true matches: one individual, and not one picture of each flank.

    ``identity`` is (n,) integers; ``flank`` (n,) with 1 for left, -1 for right and 0 where it is not known, and then
    the picture matches both. None stands for not known throughout.
    """

    identity: np.ndarray
    flank: np.ndarray | None = None
    _who: list[int] = field(init=False, repr=False)
    _side: list[int] = field(init=False, repr=False)
    total: int = field(init=False)  # true matches among all pairs

    def __post_init__(self) -> None:
        self._who = [int(one) for one in self.identity]
        self._side = [0] * len(self._who) if self.flank is None else [int(one) for one in self.flank]
        self.total = sum(_inside(one) for one in self.group(range(len(self._who))).values())

    def __len__(self) -> int:
        return len(self._who)

    def same(self, one: int, other: int) -> bool:
        """Whether both show one individual, whatever their flanks."""
        return self._who[one] == self._who[other]

    def match(self, one: int, other: int) -> bool:
        """Whether this is a true match, one that can be seen in the pictures."""
        return self.same(one, other) and self._side[one] * self._side[other] >= 0

    def group(self, members: list[int] | range) -> dict[int, tuple[int, int, int]]:
        """How many pictures of each individual are among these: left, right, not known."""
        counts: dict[int, tuple[int, int, int]] = {}
        for one in members:
            left, right, unknown = counts.get(self._who[one], (0, 0, 0))
            side = self._side[one]
            counts[self._who[one]] = (left + (side > 0), right + (side < 0), unknown + (side == 0))
        return counts


def _inside(one: tuple[int, int, int]) -> int:
    """True matches among the pictures of one individual."""
    left, right, unknown = one
    return sum(k * (k - 1) // 2 for k in one) + unknown * (left + right)


class Groups:
    """What has been joined so far: true matches found, and pairs of two individuals joined by mistake.

    Only counts are kept, so that a join costs as much as the smaller group has individuals: one, as a rule.
    """

    def __init__(self, truth: Truth, groups: list[list[int]] | None = None) -> None:
        """Starts from single pictures, or from ``groups``: all members of each, under the first as its root."""
        self.truth = truth
        self.found = 0
        self.mixed = 0
        self._within: dict[int, dict[int, tuple[int, int, int]]] = {
            one: truth.group([one]) for one in range(len(truth))
        }
        self._size = dict.fromkeys(self._within, 1)
        for members in groups or ():
            for other in members[1:]:
                self.join(members[0], other)

    def size(self, root: int) -> int:
        """How many pictures the group has."""
        return self._size[root]

    def join(self, kept: int, gone: int) -> None:
        """The group under the root ``gone`` becomes part of the one under ``kept``."""
        large, small = self._within[kept], self._within.pop(gone)
        across = self._size[kept] * self._size[gone]
        self._size[kept] += self._size.pop(gone)
        if len(large) < len(small):
            large, small = small, large
        for who, (left, right, unknown) in small.items():
            l2, r2, u2 = large.get(who, (0, 0, 0))
            self.found += left * (l2 + u2) + right * (r2 + u2) + unknown * (l2 + r2 + u2)
            across -= (left + right + unknown) * (l2 + r2 + u2)
            large[who] = (left + l2, right + r2, unknown + u2)
        self.mixed += across
        self._within[kept] = large


class Annotator(Protocol):
    """Whoever answers."""

    def answer(self, one: int, other: int) -> bool:
        """Whether both pictures show one individual, in this person's opinion."""
        ...


@dataclass(frozen=True)
class Perfect:
    """Is always right."""

    truth: Truth

    def answer(self, one: int, other: int) -> bool:
        """What is true."""
        return self.truth.same(one, other)


@dataclass(frozen=True)
class Erring:
    """Is wrong about a share ``rate`` of the pairs.

    Which pairs these are depends on the seed and the pair alone: asked twice, the same mistake is made again, and two
    strategies that ask the same question hear the same answer, so that they are compared on equal terms.
    """

    truth: Truth
    rate: float
    seed: int = 0

    def wrong(self, one: int, other: int) -> bool:
        """Whether this person gets the pair wrong."""
        low, high = (one, other) if one < other else (other, one)
        return _uniform(self.seed, low, high) < self.rate

    def answer(self, one: int, other: int) -> bool:
        """What is true, or the opposite where this person is wrong."""
        return self.truth.same(one, other) != self.wrong(one, other)


_WORD = (1 << 64) - 1


def _uniform(seed: int, one: int, other: int) -> float:
    """A number from 0 to 1 that depends on the three alone, by the mixing function SplitMix64 (Steele et al. 2014)."""
    state = 0
    for part in (seed, one, other):
        state = (state + (part & _WORD) + 0x9E3779B97F4A7C15) & _WORD
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _WORD
        state ^= state >> 31
    return state / 2.0**64
