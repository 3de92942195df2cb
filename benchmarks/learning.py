"""What confirmed animals can teach about an embedding: ways of learning compared, on animals that were held out.

    python -m benchmarks.learning [--dim 512] [--seed 5] [--splits 3] [--wrong 0.05] [--few 5]
    python -m benchmarks.learning --vectors VECTORS.npy --labels LABELS.json
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.learning --seconds 100000

Without vectors, of generated surveys (those of ``benchmarks.adapting``). With them: a table (n, d), and a JSON object
with the lists ``who`` and, where they are known, ``side`` (left, right or empty) and ``visit``. For every way the mean
average precision and the share of pictures whose animal comes first, and among the first five, without the own visit:

- *animals*: half of the animals taught, pictures of the others looked for among one another;
- *visits*: half of the visits of every animal taught, pictures of the others looked for among all.

``--wrong``: that share of the taught pictures bears another animal's name. ``--few``: so many animals taught.
``--seconds``: time and memory of the check, the fit and of putting so many embeddings through it.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.adapting import KINDS, survey
from spotid.heads.adam import Adam
from spotid.heads.low_rank import LowRank
from spotid.heads.whitening import fit
from spotid.match.learnt_check import check, found
from spotid.match.learnt_groups import Known

Head = Callable[[np.ndarray], np.ndarray]
Way = Callable[[np.ndarray, Known, np.ndarray], Head]
SIDES = {"left": 1, "right": -1}


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def as_given(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
    return lambda rows: rows


def centred(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
    return lambda rows: unit(rows - mean)


def whitened(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
    """By the covariance of all pictures, without any answer."""
    one = np.zeros(len(vectors), np.int64)
    return fit(vectors, one, np.arange(len(vectors)), mean).apply


def ours(ball: float = 0.5) -> Way:
    def way(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
        known = known.only(known.teaching)
        return fit(vectors[known.row], known.group, known.visit, mean, ball).apply

    return way


def discriminant(rank: int, ball: float = 0.5) -> Way:
    """Linear discriminant analysis: ours, and then only the directions in which animals differ most."""

    def way(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
        first = ours(ball)(vectors, known, mean)
        known = known.only(known.teaching)
        rows, group = first(vectors[known.row]), np.unique(known.group, return_inverse=True)[1]
        total = np.zeros((int(group.max()) + 1, rows.shape[1]))
        np.add.at(total, group, rows)
        middles = total / np.bincount(group)[:, None]
        axes = np.linalg.eigh(np.cov(middles.T))[1][:, ::-1][:, :rank]
        return lambda rows: unit(first(rows) @ axes)

    return way


def stepwise(loss: str, steps: int = 30, before: Way = centred, rank: int = 64, hold: float = 0.5) -> Way:
    """A low-rank residual head, by Adam: softmax over the other pictures' middles, or hardest triplets."""

    def way(vectors: np.ndarray, known: Known, mean: np.ndarray) -> Head:
        first, known = before(vectors, known, mean), known.only(known.teaching)
        rows, group = first(vectors[known.row]).astype(np.float32), np.unique(known.group, return_inverse=True)[1]
        net = LowRank(rows.shape[1], rank)
        adam = Adam(net.weights, 1e-3)
        for _ in range(steps):
            passed = net.forward(rows)
            slope = (proxies if loss == "proxy" else triplets)(passed.unit, group)
            slope = slope + 2 * hold / len(rows) * (passed.unit - rows)
            adam.step(net.back(passed, slope.astype(np.float32)))
        return lambda rows: net.apply(first(rows).astype(np.float32))

    return way


def proxies(rows: np.ndarray, group: np.ndarray, scale: float = 16.0) -> np.ndarray:
    """The slope of the cross-entropy over cosines to groups' middles, the own picture left out of its own."""
    count, every = int(group.max()) + 1, np.arange(len(rows))
    total = np.zeros((count, rows.shape[1]), rows.dtype)
    np.add.at(total, group, rows)
    middle, own = unit(total), unit(total[group] - rows)
    line = scale * rows @ middle.T
    line[every, group] = scale * (rows * own).sum(axis=1)
    share = np.exp(line - line.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    pull = (share[every, group] - 1) * scale / len(rows)
    share[every, group] = 0
    return (scale / len(rows)) * share @ middle + pull[:, None] * own


def triplets(rows: np.ndarray, group: np.ndarray, margin: float = 0.2) -> np.ndarray:
    """The slope of triplets of every picture, its least alike of one's own and its most alike of another."""
    cosine, same, every = rows @ rows.T, group[:, None] == group, np.arange(len(rows))
    other = np.where(same, -9, cosine).argmax(axis=1)
    np.fill_diagonal(same, False)
    own = np.where(same, cosine, 9).argmin(axis=1)
    hurt = np.flatnonzero(margin + cosine[every, other] > cosine[every, own])
    slope = np.zeros_like(rows)
    slope[hurt] += rows[other[hurt]] - rows[own[hurt]]
    np.add.at(slope, other[hurt], rows[hurt])
    np.add.at(slope, own[hurt], -rows[hurt])
    return slope / len(rows)


WAYS: dict[str, Way] = {
    "as given": as_given,
    "centred": centred,
    "whitened, no answers": whitened,
    "ours": ours(),
    "ours, ball 0.2": ours(0.2),
    "ours, ball 0.8": ours(0.8),
    "discriminant, 64": discriminant(64),
    "discriminant, 256": discriminant(256),
    "low rank, proxies": stepwise("proxy"),
    "low rank, triplets": stepwise("triplet"),
    "ours, then proxies": stepwise("proxy", before=ours()),
}


def measured(vectors: np.ndarray, known: Known, splits: int, wrong: float, few: int) -> None:
    """A table of all ways."""
    sums = {name: np.zeros((2, 3)) for name in WAYS}
    mean = vectors.mean(axis=0)
    for seed in range(splits):
        draw = np.random.default_rng(seed)
        names = np.unique(known.animal)
        half = np.isin(known.animal, draw.permutation(names)[: len(names) // 2])
        half_named = half.copy()
        if few:
            half &= np.isin(known.animal, draw.permutation(np.unique(known.animal[half]))[:few])
        early = np.zeros(len(known), bool)
        for animal in names:
            visits = draw.permutation(np.unique(known.visit[known.animal == animal]))
            early |= (known.animal == animal) & np.isin(known.visit, visits[: (len(visits) + 1) // 2])
        slips = np.flatnonzero((draw.random(len(known)) < wrong) & (known.group >= 0))
        group = known.group.copy()
        group[slips] = draw.choice(known.group[known.group >= 0], len(slips))
        for place, taught in enumerate((half, early)):
            for name, way in WAYS.items():
                head = way(vectors, replace(known, group=group).only(taught), mean)
                inside = np.arange(len(known)) if place else np.flatnonzero(~half_named)
                rows = found(head(vectors[inside]), known.only(inside), ~taught[inside])[1]
                sums[name][place] += rows.mean(axis=0) / splits
    print(f"{'':22} animals: mAP first five   visits: mAP first five")
    for name, (animals, visits) in sums.items():
        told = ["  ".join(f"{one:.3f}" for one in row) for row in (animals, visits)]
        print(f"{name:22} {told[0]:>24}   {told[1]:>22}", flush=True)


def generated(dim: int, seed: int) -> list[tuple[str, np.ndarray, Known]]:
    found = []
    for name, more in KINDS.items():
        vectors, _, who, visit = survey(seed, dim, **more)
        every = np.arange(len(who))
        found.append((name, vectors, Known(every, who, who, visit, np.zeros(len(who), np.int8))))
    return found


def labelled(vectors: Path, labels: Path) -> tuple[np.ndarray, Known]:
    rows, told = np.load(vectors).astype(np.float32), json.loads(labels.read_text(encoding="utf-8"))
    who, every = np.unique(told["who"], return_inverse=True)[1], np.arange(len(rows))
    side = np.array([SIDES.get(one, 0) for one in told.get("side", [""] * len(rows))])
    visit = np.unique(told["visit"], return_inverse=True)[1] if "visit" in told else every
    group = np.where(side == 0, -1, 3 * who + side) if "side" in told else who
    return unit(rows), Known(every, who, group, visit, side.astype(np.int8))


def seconds(count: int, dim: int) -> None:
    from spotid.match import learnt

    draw = np.random.default_rng(0)
    vectors = np.empty((count, dim), np.float16)
    for start in range(0, count, 4096):
        vectors[start : start + 4096] = unit(draw.normal(size=(min(4096, count - start), dim)))
    every, who = np.arange(count), np.arange(count) // 12
    known = Known(every, who, who, every, np.zeros(count, np.int8))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    mean, some = learnt.middle(vectors), learnt.some_of(known, learnt.MOST_CHECKED)
    table = np.asarray(vectors[some.row], np.float32)
    inside = replace(some, row=np.arange(len(some)))
    for by in ("animals", "visits"):
        check(table, inside, by, lambda part: learnt.fitted(table, part, mean))
    print(f"check of {len(some):,} sightings: {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    head = learnt.fitted(vectors, learnt.some_of(known, learnt.MOST_TAUGHT), mean)
    learnt.scale(vectors, head)
    print(f"fit: {time.perf_counter() - began:.0f} s, {head.directions.shape[1]} directions")
    began = time.perf_counter()
    head.apply(vectors, vectors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{count:,} put through: {time.perf_counter() - began:.0f} s; {(peak - before) / 1024:.0f} MB beside the table"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--labels", type=Path)
    for name, default in (("dim", 512), ("seed", 5), ("splits", 3), ("few", 0), ("seconds", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--wrong", type=float, default=0.0)
    chosen = parser.parse_args()
    if chosen.seconds:
        seconds(chosen.seconds, chosen.dim)
        return
    sets = generated(chosen.dim, chosen.seed)
    if chosen.vectors:
        sets = [(chosen.vectors.stem, *labelled(chosen.vectors, chosen.labels))]
    for name, vectors, known in sets:
        print(f"{name}: {len(vectors):,} pictures of {len(np.unique(known.animal)):,} animals")
        measured(vectors, known, chosen.splits, chosen.wrong, chosen.few)


if __name__ == "__main__":
    main()
