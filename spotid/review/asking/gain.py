"""Our own choice: the two groups that are likeliest one animal, by chances that learn from the answers.

What is asked is a question about two groups, however many pictures they have: one *same* joins all of them, one
*different* parts all of them. So evidence is weighed group by group. The log-odds of two groups are a sum of: the best
pair's picture odds (one clear agreement settles a match), the mean over all pairs of picture odds and of what place and
time say (one odd picture does not), and the sizes of both groups (a large one has been found by most of its own
already). The weights start from a plain prior and are fitted again to the answers given so far, by logistic regression
held to that prior: an image model that says little, or places that do, are soon known as such.

The question asked is the one with the highest log-odds, raised by ``SETTLES`` times its chance times the logarithm of
how many pairs of pictures a *same* would settle: of questions that are likely matches, those that join large groups
come first, while doubtful ones are taken by their odds alone. By odds alone as many questions find all matches, but 6 %
more matches are missing on the way; by chance times pairs, large groups are compared with everything, and finding all
takes 37 % more (crops of tigers and nyalas, three drawn surveys of each, two image models; the latter with one).
"""

from __future__ import annotations

import numpy as np

from spotid.review.asking.constraints import Change, Constraints, Pair

# Best pair's odds, mean odds, mean nats of place and time, log of the smaller and of the larger group's size, level.
PRIOR = np.array([0.5, 0.5, 1.0, -0.5, -0.3, 0.0])
HOLD = np.array([8.0, 8.0, 8.0, 4.0, 4.0, 0.1])  # how firmly the weights are held there
EVIDENCE = 3  # the first weights, which never fall below 0
AGAIN, SHARE = 50, 0.05  # answers after which the weights are fitted again; once there are many, a share of them
LEAST = 10  # answers of either kind before the first fit
STEPS, CLOSE = 40, 1e-5
SETTLES = 2.0


class Gain:
    """The likeliest match first, group by group."""

    name = "gain"
    label = "Most useful question"

    def __init__(
        self,
        image: np.ndarray,
        located: np.ndarray,
        constraints: Constraints,
        allowed: np.ndarray | None = None,
    ) -> None:
        """``image``: (n, n) log-odds of one animal by the pictures. ``located``: (n, n) nats that place and time add, 0
        where they say nothing (``match.fuse``). ``allowed``: (n, n) bool, pairs that may be asked."""
        n = len(constraints)
        kept = ~np.eye(n, dtype=bool) if allowed is None else np.asarray(allowed, bool) & ~np.eye(n, dtype=bool)
        self._constraints = constraints
        self._image, self._kept = np.asarray(image, np.float32), kept
        self._best = np.where(kept, self._image, np.float32(-np.inf))  # (n, n) by root: the best pair's odds
        self._sum = np.where(kept, self._image, np.float32(0))
        self._near = np.where(kept, located, 0).astype(np.float32)
        self._count = kept.astype(np.float32)
        self._size = np.ones(n, np.float32)
        self._gone = np.zeros(n, bool)
        self._weights = PRIOR.copy()
        self._asked: list[np.ndarray] = []
        self._said: list[bool] = []
        self._fit_at = AGAIN
        for group in constraints.groups():
            if len(group) > 1:
                root = constraints.root(group[0])
                for one in group:
                    if one != root:
                        self._pour(root, one)
        self._worth = np.full((n, n), -np.inf, np.float32)
        self._front = np.full(n, np.inf, np.float32)  # of every row, no less than its best
        self._weigh_all()

    def ask(self) -> Pair | None:
        """The best pair of pictures of the two groups to ask about; None where all are settled."""
        while True:
            row = int(self._front.argmax())
            best = float(self._worth[row].max())
            if best == self._front[row] or best == -np.inf == self._front[row]:
                break
            self._front[row] = best
        if best == -np.inf:
            return None
        ours, theirs = (self._constraints.members(one) for one in (row, int(self._worth[row].argmax())))
        between = np.ix_(ours, theirs)
        i, j = divmod(int(np.where(self._kept[between], self._image[between], -np.inf).argmax()), len(theirs))
        a, b = ours[i], theirs[j]
        return (a, b) if a < b else (b, a)

    def chance(self, a: int, b: int) -> float:
        """How likely the groups of two sightings are one animal, by what is known now."""
        one, other = self._constraints.root(a), self._constraints.root(b)
        return float(_chance(self._features(one, np.array([other])) @ self._weights)[0])

    def answered(self, a: int, b: int, same: bool, change: Change) -> None:
        """Follow an answer that the constraints have followed already."""
        if change.joined is not None:
            kept, gone = change.joined
            self._learn(kept, gone, True)
            self._pour(kept, gone)
            self._worth[gone], self._worth[:, gone], self._front[gone] = -np.inf, -np.inf, -np.inf
            self._weigh(kept)
        elif change.forbade is not None:
            one, other = change.forbade
            self._learn(one, other, False)
            self._worth[one, other] = self._worth[other, one] = -np.inf
        if len(self._said) >= self._fit_at:
            self._fit_at = len(self._said) + max(AGAIN, int(SHARE * len(self._said)))
            if min(sum(self._said), len(self._said) - sum(self._said)) >= LEAST:
                self._weights = fitted(np.array(self._asked), np.array(self._said, np.float64))
                self._weigh_all()

    def _pour(self, kept: int, gone: int) -> None:
        """One group's evidence becomes part of another's."""
        for table in (self._sum, self._near, self._count):
            table[kept] += table[gone]
            table[:, kept] = table[kept]
        np.maximum(self._best[kept], self._best[gone], out=self._best[kept])
        self._best[:, kept] = self._best[kept]
        self._size[kept] += self._size[gone]
        self._gone[gone] = True

    def _learn(self, one: int, other: int, same: bool) -> None:
        self._asked.append(self._features(one, np.array([other]))[0])
        self._said.append(same)

    def _features(self, root: int, others: np.ndarray) -> np.ndarray:
        """``(k, 6)``: what is known of a group beside others."""
        count = np.maximum(self._count[root, others], 1)
        ours, theirs = self._size[root], self._size[others]
        columns = (
            np.maximum(self._best[root, others], -40.0),
            self._sum[root, others] / count,
            self._near[root, others] / count,
            np.log(np.minimum(ours, theirs)),
            np.log(np.maximum(ours, theirs)),
            np.ones(len(others)),
        )
        return np.stack(columns, axis=1)

    def _row(self, root: int) -> np.ndarray:
        others = np.arange(len(self._size))
        odds = self._features(root, others) @ self._weights
        odds += SETTLES * _chance(odds) * np.log(self._size[root] * self._size)
        odds[(self._count[root] == 0) | self._gone] = -np.inf
        odds[[root, *self._constraints.apart(root)]] = -np.inf
        return odds.astype(np.float32)

    def _weigh(self, root: int) -> None:
        row = self._row(root)
        self._worth[root] = self._worth[:, root] = row
        np.maximum(self._front, row, out=self._front)
        self._front[root] = row.max()

    def _weigh_all(self) -> None:
        for root in np.flatnonzero(~self._gone).tolist():
            self._worth[root] = self._row(root)
        self._front = self._worth.max(axis=1)


def fitted(features: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Weights ``(6,)`` under which the answers ``same`` (k,) to questions with these ``features`` (k, 6) are likeliest,
    held to ``PRIOR``: logistic regression by Newton's method with halved steps."""
    weights = PRIOR.copy()

    def loss(tried: np.ndarray) -> float:
        odds = features @ tried
        return float(np.sum(np.logaddexp(0, odds) - same * odds) + HOLD @ (tried - PRIOR) ** 2 / 2)

    current = loss(weights)
    for _ in range(STEPS):
        chance = _chance(features @ weights)
        push = features.T @ (same - chance) - HOLD * (weights - PRIOR)
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + np.diag(HOLD)
        step = np.linalg.solve(bend, push)
        while (following := loss(weights + step)) > current and np.abs(step).max() > CLOSE:
            step = step / 2
        if current - following < CLOSE:
            break
        weights, current = weights + step, following
    weights[:EVIDENCE] = np.maximum(weights[:EVIDENCE], 0.0)
    return weights


def _chance(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0))))
