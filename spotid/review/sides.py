"""Which sides of the animals are known well enough to say that two pictures can't show the same coat.

A left and a right side carry different spots, so nothing can be seen by comparing them. An unknown side, front and rear
are compared with everything: a missing flank must never hide a match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from spotid.project.flanks import PERSON, Side
from spotid.words import Flank

SURE_FROM = 0.9  # a network's side counts from this score on; below it the pair is offered
OUTWEIGHS = 0.8  # a value of 3 and more in the order of look-alikes: more than a common place gives by itself
Matter = bool | Callable[[str], bool]
TOLD_APART = frozenset({Flank.LEFT, Flank.RIGHT})


class Sides:
    """The known sides of one project's sightings. ``matter`` False (a profile's choice): nothing is left out; where
    profiles of a project differ, it tells of each sighting."""

    def __init__(self, known: Mapping[str, Side], matter: Matter = True) -> None:
        self._matter = matter
        self._known: dict[str, Side] = {}
        self._side: dict[str, Flank] = {}
        self._said: set[str] = set()
        self.learn(known, known)

    def learn(self, uids: Iterable[str], known: Mapping[str, Side]) -> None:
        """Take over what is known of these sightings now; one that is not in ``known`` is unknown."""
        for uid in uids:
            side = self._known[uid] = known.get(uid, Side())
            (self._said.add if side.by == PERSON else self._said.discard)(uid)
            matters = self._matter if isinstance(self._matter, bool) else self._matter(uid)
            if matters and _sure(side):
                self._side[uid] = side.flank
            else:
                self._side.pop(uid, None)

    def side(self, uid: str) -> Side:
        """What is known of one sighting's side."""
        return self._known.get(uid, Side())

    def opposite(self, a: str, b: str, score: float = 0.0) -> bool:
        """Whether one picture surely shows a left side and the other a right one.

        ``score`` is the pair's ranking score: from ``OUTWEIGHS`` on so many spots agree that only sides told by people
        count, since a network may be wrong.
        """
        ours, theirs = self._side.get(a), self._side.get(b)
        if ours is None or theirs is None or ours is theirs:
            return False
        return score < OUTWEIGHS or {a, b} <= self._said


def _sure(side: Side) -> bool:
    return side.flank in TOLD_APART and (side.by == PERSON or (side.score or 0.0) >= SURE_FROM)
