"""Which confirmed sightings show one animal from one side: what a head can learn from.

A left and a right side of one animal carry different coats. They were joined by a link, or as frames of one visit, and
a pair of them teaches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spotid.project.confirmed import Confirmed
from spotid.project.flanks import PERSON
from spotid.words import Flank

SURE = 0.5  # a guessed flank that leans less is one that nobody knows
SIDES = frozenset({Flank.LEFT, Flank.RIGHT, Flank.FRONT, Flank.REAR})
LEAN = {Flank.LEFT: 1, Flank.RIGHT: -1}


@dataclass(frozen=True)
class Known:
    """Confirmed sightings of one encoder's vectors; arrays of one length."""

    row: np.ndarray  # (m,) int64: rows of the vectors' table
    animal: np.ndarray  # (m,) int64: numbers of individuals
    group: np.ndarray  # (m,) int64: one animal from one side; -1 where nobody knows the side
    visit: np.ndarray  # (m,) int64; sightings without a visit have one of their own
    lean: np.ndarray  # (m,) int8: 1 left, -1 right, 0 another side or none that is known

    def __len__(self) -> int:
        return len(self.row)

    def only(self, chosen: np.ndarray) -> Known:
        """Those chosen by number or by a mask."""
        return Known(*(part[chosen] for part in (self.row, self.animal, self.group, self.visit, self.lean)))

    @property
    def teaching(self) -> np.ndarray:
        """(m,) bool: those of a group that was seen on two visits at least."""
        pairs = np.unique(np.column_stack([self.group, self.visit]), axis=0)
        names, visits = np.unique(pairs[:, 0], return_counts=True)
        several = names[(visits > 1) & (names >= 0)]
        return np.asarray(np.isin(self.group, several))

    @property
    def animals(self) -> int:
        """How many individuals teach something."""
        return len(np.unique(self.animal[self.teaching]))


def known_of(
    ids: Sequence[int], told: Sequence[Confirmed], same: Sequence[tuple[int, int]], flanks_matter: bool
) -> Known:
    """What confirmed sightings (``told``) say of the vectors' table with these ``ids``.

    ``same``: pairs that people compared and called the same. A sighting whose side is not known is taken for one of the
    side to which such pairs lead, and only where they lead to one side.
    """
    at = {one: row for row, one in enumerate(ids)}
    told = [one for one in told if one.id in at]
    sides = [_side(one) if flanks_matter else "" for one in told]
    key: dict[int, tuple[int, str]] = {}  # sighting → animal and side
    for one, side in zip(told, sides, strict=True):
        if side or not flanks_matter:
            key[one.id] = (one.individual, side)
    if flanks_matter:
        _follow(key, {one.id: one.individual for one in told}, same)
    number = {one: place for place, one in enumerate(sorted(set(key.values())))}
    return Known(
        np.array([at[one.id] for one in told], np.int64),
        np.array([one.individual for one in told], np.int64),
        np.array([number[key[one.id]] if one.id in key else -1 for one in told], np.int64),
        np.array([one.visit or -one.id for one in told], np.int64),
        np.array([LEAN.get(Flank(side), 0) if side else 0 for side in sides], np.int8),
    )


def _side(one: Confirmed) -> str:
    """The side that a sighting shows; "" where nobody knows."""
    if one.flank_by != PERSON and one.flank in (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN):
        return "" if abs(one.flank_lean) < SURE else (Flank.LEFT if one.flank_lean > 0 else Flank.RIGHT)
    return one.flank if one.flank in SIDES else ""


def _follow(key: dict[int, tuple[int, str]], animal: Mapping[int, int], same: Sequence[tuple[int, int]]) -> None:
    """Give sightings of unknown sides, joined by ``same``, the one side that they lead to, or one of their own."""
    beside: dict[int, list[int]] = {}
    for a, b in same:
        if a in animal and b in animal and animal[a] == animal[b]:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
    known, seen = dict(key), set(key)
    for start in beside:
        if start in seen:
            continue
        found, waiting, led = [start], [start], set()
        seen.add(start)
        while waiting:
            for one in beside[waiting.pop()]:
                if one in known:
                    led.add(known[one])
                elif one not in seen:
                    seen.add(one)
                    found.append(one)
                    waiting.append(one)
        if len(led) < 2:
            own = led.pop() if led else (animal[start], f"like {min(found)}")
            key.update(dict.fromkeys(found, own))
