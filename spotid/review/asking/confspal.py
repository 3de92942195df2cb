"""ConfSPAL: borders of clusters first, the most confident open pair where these have nothing to ask, and learning.

Spotted's extension of SPAL: as clusters settle their borders stop changing, and from there on the pair with the highest
score is asked, so that nothing stays unfound. Here that is the score of the two groups between which the pair lies
(``linked``), since that is what an answer is about. Meanwhile a two-layer head on the embeddings learns from the
answers, the clusters and scores are made of what it has learnt, and the location's say is worked in anew each time
(``fuse``).

How often the head learns is not published. Here: after ``AGAIN`` answers, and once there are many after a tenth more of
them, some 45 times in a review of 10,000 answers. Twice or four times as often found all matches of 651 real tigers'
pictures with as many questions (1,532 to 1,541; 1,645 without learning). It learns from all answers each time and from
the start, since going on from the last weights overfits (measured for the head).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spotid.heads.two_layer import TwoLayer
from spotid.review.asking.constraints import Change, Constraints, Pair
from spotid.review.asking.linked import Linked
from spotid.review.asking.radius import CAP
from spotid.review.asking.spal import LEAST, Spal, known

AGAIN = 100
SHARE = 0.1


class ConfSpal(Spal):
    """Borders of clusters, then the most confident pair, on embeddings that learn from the answers."""

    name = "confspal"
    label = "Borders of clusters, then the most similar"

    def __init__(
        self,
        similarity: np.ndarray,
        constraints: Constraints,
        vectors: np.ndarray,
        fuse: Callable[[np.ndarray], np.ndarray],
        radius: float | None = None,
        seed: int = 0,
        allowed: np.ndarray | None = None,
        *,
        cap: int = CAP,
        least: int = LEAST,
        again: int = AGAIN,
    ) -> None:
        """``similarity``: (n, n) as it is before any answer. ``vectors``: (n, d) unit embeddings. ``fuse``: the fused
        similarity of an image similarity, (n, n) → (n, n); it gets cosines of the learnt vectors, negative ones as 0.
        """
        super().__init__(similarity, constraints, radius, allowed, cap=cap, least=least)
        self._vectors, self._fuse = np.asarray(vectors, np.float32), fuse
        self._net = TwoLayer(self._vectors.shape[1], seed=seed)
        self._different: list[Pair] = []
        self._again, self._since, self._told = again, 0, 0
        self._confident: Linked | None = None  # while the most confident are asked
        self.learnt = 0  # how often the head learnt

    def ask(self) -> Pair | None:
        """The next border pair, or the most confident open pair; None where all pairs are settled."""
        if self._since >= max(self._again, SHARE * self._told):
            self._learn()
        pair = self._waiting()
        if pair is None and self._confident is None:
            pair = super().ask()
            if pair is None:
                self._confident = Linked(self._similarity, self._pairs)
        return pair if pair is not None or self._confident is None else self._confident.best()

    def answered(self, a: int, b: int, same: bool, change: Change) -> None:
        """Follow an answer that the constraints have followed already."""
        super().answered(a, b, same, change)
        if self._confident is not None:
            self._confident.follow(change)
        self._since += 1
        self._told += 1
        if not same:
            self._different.append((a, b))

    def _learn(self) -> None:
        """New similarities from all answers; clusters are made of them when the questions of this round are through."""
        self._since = 0
        self._confident = None
        labels = self._constraints.labels
        several = np.bincount(labels, minlength=len(labels))[labels] > 1
        apart = np.array(self._different, np.int64).reshape(-1, 2)
        self._net.reset()
        if not self._net.train(self._vectors, np.where(several, labels, -1), apart):
            return
        learnt = self._net.apply(self._vectors)
        self._similarity = known(self._fuse(np.maximum(learnt @ learnt.T, 0.0)))
        self._round.clear()
        self._fitted = None
        self.learnt += 1
