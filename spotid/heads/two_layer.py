"""The head that learns from a reviewer's answers: pictures of one animal drawn together, of two pushed apart.

"Spotted" trains a two-layer net beside the review, with the triplet and contrastive losses of SPAL (Jin et al. 2022),
which draw samples to the centres of their clusters; the paper gives neither weights nor margins. Here:

- centres are the mean directions of the groups that the answers made, taken anew before each epoch;
- contrastive (Hadsell et al. 2006): (1 - cos)² to the own centre, max(0, cos - ``APART``)² to the centres of groups
  that an answer sets apart;
- triplet: max(0, ``MARGIN`` + cos to the hardest centre set apart - cos to the own one);
- ``HOLD`` times the squared distance from where the embedding stood, because a few dozen answers can't carry a net of
  65,000 weights.

SPAL pushes every two clusters apart. That is not done here: two groups that nobody has compared may be one animal, and
finding such is what the answers are for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotid.heads.adam import Adam
from spotid.heads.low_rank import LowRank

APART = 0.3
MARGIN = 0.3
HOLD = 0.5


@dataclass(frozen=True)
class Groups:
    """What the answers say, of the ``m`` sightings that have a part in them."""

    rows: np.ndarray  # (m,) int64: numbers of the sightings
    group: np.ndarray  # (m,) int64: 0..k-1
    size: np.ndarray  # (k,) int64
    apart: np.ndarray  # (k, k) bool, symmetric


class TwoLayer:
    """A two-layer net on embeddings; with ``out`` it leads to another number of dimensions."""

    def __init__(self, dim: int, hidden: int = 64, out: int | None = None, seed: int = 0) -> None:
        self.dim, self.hidden, self.out, self.seed = dim, hidden, out, seed
        self.reset()

    def reset(self) -> None:
        """Back to the beginning: without ``out``, vectors are left as they are."""
        self.net = LowRank(self.dim, self.hidden, self.seed, self.out)

    def train(
        self,
        vectors: np.ndarray,
        groups: np.ndarray,
        apart: np.ndarray | None = None,
        together: np.ndarray | None = None,
        epochs: int = 30,
        rate: float = 1e-3,
    ) -> list[float]:
        """Learn from answers, going on from the present weights; the loss of each epoch.

        ``vectors`` (n, dim); ``groups`` (n,) int64: sightings of one number were answered to be one animal, -1 = of no
        group; ``apart`` (k, 2): pairs answered to be two animals, which set their whole groups apart; ``together``
        (m, 2): further pairs of one animal. Without any answer nothing is learnt, and the list is empty.
        """
        told = groups_of(np.asarray(groups, np.int64), apart, together)
        if not len(told.rows):
            return []
        given = np.ascontiguousarray(np.asarray(vectors)[told.rows], np.float32)
        adam = Adam(self.net.weights, rate)
        course = []
        for _ in range(epochs):
            passed = self.net.forward(given)
            value, gradient = loss(passed.unit, told, centres(passed.unit, told))
            if self.out is None:
                value += HOLD * float(np.mean(np.sum((passed.unit - given) ** 2, axis=1)))
                gradient = gradient + (2 * HOLD / len(given)) * (passed.unit - given)
            adam.step(self.net.back(passed, gradient.astype(np.float32)))
            course.append(value)
        return course

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """(n, dim) vectors → (n, out) unit vectors, float32."""
        return self.net.apply(vectors)


def groups_of(groups: np.ndarray, apart: np.ndarray | None = None, together: np.ndarray | None = None) -> Groups:
    """The groups behind labels and pairs, closed over both; a sighting that is only set apart is a group of its own."""
    different = _pairs(apart)
    label = _joined(groups, _pairs(together))
    alone = (label < 0) & np.isin(np.arange(len(label)), different)
    label[alone] = label.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    rows = np.flatnonzero(label >= 0)
    _, group = np.unique(label[rows], return_inverse=True)
    known = np.full(len(label), -1)
    known[rows] = group
    k = int(group.max(initial=-1)) + 1
    table = np.zeros((k, k), bool)
    one, other = known[different[:, 0]], known[different[:, 1]]
    table[one, other] = table[other, one] = True
    np.fill_diagonal(table, False)  # answers that contradict each other teach nothing
    size = np.bincount(group, minlength=k)
    used = ((size > 1) | table.any(axis=1))[group]  # one picture that is set apart from nothing says nothing
    again = np.flatnonzero((size > 1) | table.any(axis=1))
    number = np.full(k, -1)
    number[again] = np.arange(len(again))
    return Groups(rows[used], number[group[used]], size[again], table[np.ix_(again, again)])


def centres(unit: np.ndarray, told: Groups) -> np.ndarray:
    """The mean direction of each group: (k, d) unit vectors."""
    total = np.zeros((len(told.size), unit.shape[1]), unit.dtype)
    np.add.at(total, told.group, unit)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def loss(unit: np.ndarray, told: Groups, middle: np.ndarray) -> tuple[float, np.ndarray]:
    """Contrastive and triplet loss of (m, d) unit vectors towards fixed centres, and its gradient, (m, d).

    Each is a mean over the sightings it applies to: drawing together over those of groups of two and more, pushing
    apart over the pairs of sighting and foreign centre, triplets over sightings that are set apart from something.
    """
    m = len(unit)
    cos = unit @ middle.T  # (m, k)
    own = cos[np.arange(m), told.group]
    slope = np.zeros_like(cos)
    several = told.size[told.group] > 1
    value = 0.0
    if several.any():
        count = int(several.sum())
        value += float(np.sum((1 - own[several]) ** 2)) / count
        slope[several, told.group[several]] -= 2 * (1 - own[several]) / count
    foreign = told.apart[told.group]  # (m, k)
    if foreign.any():
        count = int(foreign.sum())
        over = np.where(foreign, np.maximum(cos - APART, 0), 0)
        value += float(np.sum(over * over)) / count
        slope += 2 * over / count
        hardest = np.argmax(np.where(foreign, cos, -2), axis=1)
        count = int(foreign.any(axis=1).sum())
        short = MARGIN + cos[np.arange(m), hardest] - own
        hurt = np.flatnonzero(foreign.any(axis=1) & (short > 0))
        value += float(np.sum(short[hurt])) / count
        slope[hurt, hardest[hurt]] += 1 / count
        slope[hurt, told.group[hurt]] -= 1 / count
    return value, slope @ middle


def _pairs(given: np.ndarray | None) -> np.ndarray:
    return np.empty((0, 2), np.int64) if given is None else np.asarray(given, np.int64).reshape(-1, 2)


def _joined(groups: np.ndarray, together: np.ndarray) -> np.ndarray:
    """Labels, with those of pairs that belong together made one."""
    label = groups.copy()
    fresh = int(label.max(initial=-1)) + 1
    for one, other in together.tolist():
        a, b = int(label[one]), int(label[other])
        if a < 0 and b < 0:
            label[one] = label[other] = fresh
            fresh += 1
        elif a < 0 or b < 0:
            label[one] = label[other] = max(a, b)
        elif a != b:
            label[label == b] = a
    return label
