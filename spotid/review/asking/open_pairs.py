"""Which pairs are still open, as a matrix, and the best of them in order of similarity."""

from __future__ import annotations

import numpy as np

from spotid.review.asking.constraints import Change, Constraints, Pair

CHUNK = 20_000  # pairs sorted at first; every further chunk is twice as long as the one before it


class OpenPairs:
    """The pairs that nobody settled yet, in step with the constraints.

    A matrix takes a byte a pair, 9 MB at 3,000 sightings: strategies on whole matrices are for that many, and a
    measurement draws a part of anything larger.
    """

    def __init__(self, constraints: Constraints, allowed: np.ndarray | None = None) -> None:
        """``allowed``: (n, n) bool, pairs that may be asked at all; one photograph and opposite flanks never are."""
        n = len(constraints)
        self.constraints = constraints
        self.allowed = np.ones((n, n), bool) if allowed is None else np.asarray(allowed, bool) & np.asarray(allowed).T
        labels = constraints.labels
        self.open = self.allowed & (labels[:, None] != labels[None, :])  # (n, n) bool, symmetric
        for root in np.unique(labels).tolist():
            self._close(root, constraints.apart(root))

    def follow(self, change: Change) -> None:
        """Close what an answer settled."""
        if change.joined is not None:
            kept = self.constraints.root(change.joined[0])
            group = self.constraints.members(kept)
            self.open[np.ix_(group, group)] = False
            self._close(kept, self.constraints.apart(kept))
        if change.forbade is not None:
            self._close(change.forbade[0], {change.forbade[1]})

    def _close(self, root: int, others: set[int]) -> None:
        if others:
            ours = self.constraints.members(root)
            theirs = [one for other in others for one in self.constraints.members(other)]
            self.open[np.ix_(ours, theirs)] = False
            self.open[np.ix_(theirs, ours)] = False


class Ranked:
    """The open pairs from the most similar to the least, sorted only as far as they are asked for.

    A settled pair stays settled, so the place in the order only ever moves on. Pairs that are softly apart come after
    all others. A similarity that is not known (NaN) comes last among its own.
    """

    def __init__(self, similarity: np.ndarray, pairs: OpenPairs) -> None:
        self._pairs, self._n = pairs, len(similarity)
        flat = np.flatnonzero(np.triu(pairs.open, 1))
        score = np.asarray(similarity, np.float32).ravel()[flat]
        self._rest, self._score = flat, np.where(np.isnan(score), np.float32(-np.inf), score)
        self._chunk, self._at, self._length = flat[:0], 0, CHUNK
        self._later: list[int] = []  # softly apart

    def best(self) -> Pair | None:
        """The most similar open pair, the lower sighting first; None where all are settled."""
        constraints, open_ = self._pairs.constraints, self._pairs.open.ravel()
        while True:
            while self._at < len(self._chunk):
                found = open_[self._chunk[self._at : self._at + 512]]
                step = int(found.argmax())
                if not found[step]:
                    self._at += len(found)
                    continue
                self._at += step
                a, b = divmod(int(self._chunk[self._at]), self._n)
                if not constraints.softly(a, b):
                    return a, b
                self._later.append(a * self._n + b)
                self._at += 1
            if len(self._rest):
                self._next_chunk()
                continue
            while self._later and not open_[self._later[0]]:
                self._later.pop(0)
            return divmod(self._later[0], self._n) if self._later else None

    def _next_chunk(self) -> None:
        still = self._pairs.open.ravel()[self._rest]
        rest, score = self._rest[still], self._score[still]
        if len(rest) > self._length:
            cut = np.partition(score, -self._length)[-self._length]
            now = score >= cut  # all that are tied with the last one too: the order hangs on nothing else
            chosen, by = rest[now], score[now]
            self._rest, self._score = rest[~now], score[~now]
        else:
            chosen, by = rest, score
            self._rest, self._score = rest[:0], score[:0]
        self._chunk, self._at = chosen[np.argsort(-by, kind="stable")], 0
        self._length *= 2
