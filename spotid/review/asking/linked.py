"""The most confident open pair, where confidence is that of the two groups that an answer would join or part.

A question between two groups is about all of their pairs: by the best of them alone, one chance likeness of two
pictures brings two animals to the front that all other pictures tell apart. So half of what counts is the best pair's
log-odds (single linkage) and half the mean over all pairs that may be asked (group average, Sokal and Michener 1958).
The more the answers have joined, the more this differs from the order of pairs; before any answer it is the same.

As ConfSPAL's, in 20 generated surveys, it found all matches with .87 of the questions that single pairs took. The mean
alone took .77, but leaves little of a most confident pair.
"""

from __future__ import annotations

import numpy as np

from spotid.review.asking.constraints import Change, Pair
from spotid.review.asking.open_pairs import OpenPairs

BEST = 0.5  # of the confidence is the best pair's, the rest the mean's
LOWEST, HIGHEST = 1e-12, 1 - 1e-7  # chances; a float32 tells no larger one from 1
SOFT = 1e6  # what groups that are softly apart are behind all others


class Linked:
    """The open pairs by the confidence in their groups, kept in step with the answers.

    Four matrices of float32 are held: 64 MB at 2,000 sightings.
    """

    def __init__(self, similarity: np.ndarray, pairs: OpenPairs, best: float = BEST) -> None:
        """``similarity``: (n, n) from 0 to 1, taken as a chance; what is less or not known (NaN) counts as 0."""
        self._constraints, self._share = pairs.constraints, best
        labels = self._constraints.labels
        n = len(labels)
        kept = pairs.allowed & ~np.eye(n, dtype=bool)
        odds = _odds(similarity)
        self._odds = np.where(kept, odds, np.float32(-np.inf))
        roots, self._here = np.unique(labels), np.zeros(n, bool)
        self._here[roots] = True
        # By root and root, only rows and columns of groups that are there mean something.
        self._best = _of_groups(self._odds, labels, roots, np.maximum, -np.inf)
        self._sum = _of_groups(np.where(kept, odds, np.float32(0)), labels, roots, np.add, 0)
        self._count = _of_groups(kept.astype(np.float32), labels, roots, np.add, 0)
        self._worth = np.full((n, n), -np.inf, np.float32)
        for root in roots.tolist():
            self._worth[root] = self._row(root)
        self._front = self._worth.max(axis=1, initial=-np.inf)  # of every row, no less than its best

    def best(self) -> Pair | None:
        """The most similar pair of the two groups in which there is most confidence, the lower sighting first; None
        where all are settled."""
        if not len(self._front):
            return None
        while True:
            row = int(self._front.argmax())
            found = float(self._worth[row].max())
            if found == self._front[row]:
                break
            self._front[row] = found
        if found == -np.inf:
            return None
        ours, theirs = (self._constraints.members(one) for one in (row, int(self._worth[row].argmax())))
        i, j = divmod(int(self._odds[np.ix_(ours, theirs)].argmax()), len(theirs))
        a, b = ours[i], theirs[j]
        return (a, b) if a < b else (b, a)

    def follow(self, change: Change) -> None:
        """Follow an answer that the constraints have followed already."""
        if change.joined is not None:
            kept, gone = change.joined
            self._here[gone] = False
            for table in (self._sum, self._count):
                table[kept] += table[gone]
                table[:, kept] = table[kept]
            np.maximum(self._best[kept], self._best[gone], out=self._best[kept])
            self._best[:, kept] = self._best[kept]
            self._worth[gone], self._worth[:, gone], self._front[gone] = -np.inf, -np.inf, -np.inf
            row = self._row(kept)
            self._worth[kept] = self._worth[:, kept] = row
            np.maximum(self._front, row, out=self._front)
            self._front[kept] = row.max()
        elif change.forbade is not None:
            one, other = change.forbade
            self._worth[one, other] = self._worth[other, one] = -np.inf

    def _row(self, root: int) -> np.ndarray:
        count = self._count[root]
        mean = self._sum[root] / np.maximum(count, 1)
        best = np.where(count > 0, self._best[root], 0)
        worth = self._share * best + (1 - self._share) * mean
        worth[self._constraints.softly_apart(root)] -= SOFT
        worth[(count == 0) | ~self._here] = -np.inf
        worth[[root, *self._constraints.apart(root)]] = -np.inf
        return np.asarray(worth, np.float32)


def _odds(similarity: np.ndarray) -> np.ndarray:
    chance = np.clip(np.nan_to_num(np.asarray(similarity, np.float64), nan=0.0), LOWEST, HIGHEST)
    return np.asarray(np.log(chance / (1 - chance)), np.float32)


def _of_groups(pairs: np.ndarray, labels: np.ndarray, roots: np.ndarray, gather: np.ufunc, empty: float) -> np.ndarray:
    """(n, n): what ``gather`` makes of the pairs between two groups, in the places of their roots; else ``empty``."""
    found = np.full(pairs.shape, empty, np.float32)
    if len(roots):
        order = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[order], roots)
        rows = gather.reduceat(pairs[order], starts, axis=0)
        found[np.ix_(roots, roots)] = gather.reduceat(rows[:, order], starts, axis=1)
    return found
