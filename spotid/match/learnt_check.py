"""Whether a head helps, asked of confirmed sightings that it was not trained on.

Two ways of holding out. *By animals*: the head knows nothing of the animals that are looked for, as when new ones come
into a survey. *By visits*: it knows them from other visits, as when known ones come again. Every animal, and every
visit, is held out once. A picture is looked for without its own visit, without the other side of its own animal, and
without opposite sides: of held-out visits among all confirmed pictures, of held-out animals among those held out. A
head that learns by heart draws the pictures together that taught it; what it never saw then stands out from them, and
among all a picture would find its like by that alone: of embeddings that are nothing but noise, half seemed to gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spotid.heads.whitening import Whitening
from spotid.match.learnt_groups import Known
from spotid.match.order import LIKENESS

MEASURES = ("precision", "first", "five")  # mean average precision; share found first; among the first five
FOLDS = {"animals": 3, "visits": 5}  # the fewer, the more animals are looked for together
DRAWS = 2000  # of animals, for the intervals
BLOCK = 512
Fit = Callable[[Known], Whitening]
Scale = Callable[[np.ndarray], np.ndarray]  # cosines → what they count in the order of a list, rising


@dataclass(frozen=True)
class Figure:
    """One way of holding out: the measures before and after, in the order of ``MEASURES``, and the 95 % interval of the
    gain, animals drawn anew."""

    pictures: int
    animals: int
    before: tuple[float, ...]
    after: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def better(self) -> bool:
        """Whether pictures of the right animal come earlier, with confidence."""
        return self.low[0] > 0

    @property
    def worse(self) -> bool:
        """Whether anything is surely worse than before."""
        return any(high < 0 for high in self.high)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``figure_of``."""
        return asdict(self)


def figure_of(stored: Mapping[str, Any]) -> Figure:
    """A figure as ``to_json`` wrote it. Raises KeyError, TypeError or ValueError for anything else."""
    rows = (tuple(float(one) for one in stored[name]) for name in ("before", "after", "low", "high"))
    return Figure(int(stored["pictures"]), int(stored["animals"]), *rows)


def helps(animals: Figure | None, *others: Figure | None) -> bool:
    """Whether a head is to be used: surely better for animals that it has never seen, and nowhere surely worse."""
    if animals is None or not animals.better:
        return False
    return not any(one is not None and one.worse for one in (animals, *others))


def folds(known: Known, by: str, seed: int = 0) -> Iterator[np.ndarray]:
    """(m,) masks of what is held out each time, ``by`` "animals" or "visits"; each is held out once."""
    draw, count = np.random.default_rng(seed), FOLDS[by]
    if by == "animals":
        names, place = np.unique(known.animal, return_inverse=True)
        dealt = draw.permutation(len(names)) % count
    else:  # the visits of each animal are dealt out, so that most of them stay with it
        names, place = np.unique(np.column_stack([known.animal, known.visit]), axis=0, return_inverse=True)
        place = place.reshape(-1)
        dealt = np.empty(len(names), np.int64)
        for animal in np.unique(names[:, 0]):
            mine = np.flatnonzero(names[:, 0] == animal)
            dealt[mine] = (draw.permutation(len(mine)) + draw.integers(count)) % count
    for fold in range(count):
        held = dealt[place] == fold
        if held.any() and not held.all():
            yield held


def check(
    vectors: np.ndarray, known: Known, by: str, fit: Fit, seed: int = 0, listed: Listed | None = None
) -> Figure | None:
    """The figure of one way of holding out; None where no picture can be looked for.

    ``vectors`` (m, d) of ``known``; ``fit`` trains a head on some of the known and is called once for every fold. With
    ``listed`` pictures are not ordered by cosine alone, but as lists are.
    """
    asked, before, after = [], [], []
    for held in folds(known, by, seed):
        # Of several animals on one visit all are held out: its light and its place would be known otherwise.
        head = fit(known.only(~np.isin(known.visit, known.visit[held])))
        inside = np.flatnonzero(held) if by == "animals" else np.arange(len(known))
        some, taught = known.only(inside), head.apply(vectors[inside])
        both = (None, None) if listed is None else (listed.only(inside), listed.only(inside, head))
        rows, plain = found(vectors[inside], some, held[inside], both[0])
        asked.append(inside[rows])
        before.append(plain)
        after.append(found(taught, some, held[inside], both[1])[1])
    rows = np.concatenate(asked) if asked else np.empty(0, np.int64)
    if not len(rows):
        return None
    return _figure(known.animal[rows], np.concatenate(before), np.concatenate(after), seed)


@dataclass(frozen=True)
class Ordered:
    """How a list orders pictures of ``found``: their evidence, and what a cosine counts beside it."""

    evidence: np.ndarray  # (m, m) float32
    scale: Scale

    def scores(self, query: np.ndarray, cosine: np.ndarray) -> np.ndarray:
        """Of the cosines (q, m) of the rows ``query`` (q,)."""
        return np.asarray(self.evidence[query] + LIKENESS * self.scale(cosine))


@dataclass(frozen=True)
class Listed:
    """What spots say of the pairs of all ``known``, and the scale of a head's cosines."""

    evidence: np.ndarray  # (m, m) float32, 0 and up; 0 where a pair was never compared
    scale_of: Callable[[Whitening], Scale]

    def only(self, rows: np.ndarray, head: Whitening | None = None) -> Ordered:
        """Of some rows, by a head or by the embeddings as they are."""
        return Ordered(self.evidence[np.ix_(rows, rows)], self.scale_of(head) if head else lambda cosine: cosine)


def found(
    vectors: np.ndarray, known: Known, held: np.ndarray, ordered: Ordered | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Of the ``held`` sightings (a mask) those that can be found, (q,), and the measures of each, (q, 3) float64."""
    rows, measures = [], []
    wanted = np.flatnonzero(held & (known.group >= 0))
    for start in range(0, len(wanted), BLOCK):
        query = wanted[start : start + BLOCK]
        same = known.group[query][:, None] == known.group
        own = known.animal[query][:, None] == known.animal
        may = (known.visit[query][:, None] != known.visit) & (same | ~own)
        may &= known.lean[query][:, None] * known.lean >= 0
        may[np.arange(len(query)), query] = False
        same &= may
        able = same.any(axis=1)
        score = vectors[query].astype(np.float32) @ vectors.astype(np.float32).T
        score = np.where(may, score if ordered is None else ordered.scores(query, score), -np.inf)[able]
        order = np.argsort(-score, axis=1, kind="stable")
        hit = np.take_along_axis(same[able], order, axis=1)
        precision = (np.cumsum(hit, axis=1) / np.arange(1, hit.shape[1] + 1) * hit).sum(1) / hit.sum(1)
        first = hit.argmax(axis=1)
        rows.append(query[able])
        measures.append(np.column_stack([precision, first < 1, first < 5]).astype(np.float64))
    if not rows:
        return np.empty(0, np.int64), np.empty((0, len(MEASURES)))
    return np.concatenate(rows), np.concatenate(measures)


def _figure(animal: np.ndarray, before: np.ndarray, after: np.ndarray, seed: int) -> Figure:
    """Percentile bootstrap over animals (Efron 1979) of the gain: pictures of one animal rise and fall together."""
    names, who = np.unique(animal, return_inverse=True)
    gain, count = np.zeros((len(names), len(MEASURES))), np.bincount(who).astype(np.float64)
    np.add.at(gain, who, after - before)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    low, high = np.percentile((drawn @ gain) / (drawn @ count)[:, None], (2.5, 97.5), axis=0)
    told = (tuple(round(float(one), 4) for one in row) for row in (before.mean(0), after.mean(0), low, high))
    return Figure(len(animal), len(names), *told)
