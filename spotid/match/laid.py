"""Animals that do not stand on their feet are laid level (``lying``) before their spots are found.

Spots count where they lie in one arrangement on two bodies (``geometry``), which takes coats as upright; a fish on its
back would agree with nothing. The spots are compared where they lie on the laid crops, and shown where they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from spotid import lying
from spotid.match.parts import Matcher, PairScore, Points
from spotid.match.several import Several

if TYPE_CHECKING:
    import numpy as np


class Laid:
    """Another matcher, shown crops that were laid level; its scores are not mixed with those of upright ones."""

    def __init__(self, inner: Matcher) -> None:
        self._inner = inner
        self.name, self.kinds, self.votes = inner.name, inner.kinds, inner.votes
        self.quick, self.most = inner.quick, inner.most

    def identity(self) -> str:
        """A short hash of the other's and of how crops are laid."""
        return hashlib.sha256(f"{lying.RECIPE} {self._inner.identity()}".encode()).hexdigest()[:16]

    def load(self) -> None:
        """As the other's."""
        self._inner.load()

    def extract(self, rgb: np.ndarray, mask: np.ndarray, outline: np.ndarray | None = None) -> Points:
        """The spots of a crop inside its mask, found on the laid crop, with the way back.

        ``outline`` ((h, w) bool) says how the animal lies, where the mask is only a part of it.
        """
        turn = lying.turn_of(mask if outline is None else outline)
        if turn is None:
            return self._inner.extract(rgb, mask)
        found = self._inner.extract(turn.laid(rgb), turn.laid_mask(mask))
        return replace(found, back=turn.back(mask.shape[1], mask.shape[0]))

    def compare(self, a: Points, b: Points) -> PairScore:
        """As the other's, on the laid crops."""
        return self._inner.compare(a, b)


def laid(matcher: Matcher | Several) -> Matcher | Several:
    """A matcher, or each of several, shown crops that were laid level."""
    if isinstance(matcher, Several):
        return matcher.each(Laid)
    return Laid(matcher)
