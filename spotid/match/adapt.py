"""Embeddings adapted to one survey without any answer: what cannot be one animal is pushed apart, what may be drawn in.

After "Spotted": a low-rank head with a bridge, z + up(relu(down(z))), on the frozen embedding. Its teacher is the
feasibility S of place and time alone: pairs of low S are negatives, pairs of high S weak positives, and the loss is the
weighted mean squared difference of max(0, cosine) and S (Eq. 4-6 as far as they can be told from the text). Adam; every
pair at once for 300 epochs up to ``AdaptSettings.at_once`` sightings, beyond that drawn batches of sightings, the pairs
inside a batch being compared.

The paper's thresholds, rank and rate are lost with its equations. Here the thresholds are quantiles of the survey's own
S, so that they mean the same for a dense and a wide survey. All were chosen on generated surveys, together with the
positives' weight, which is 0.1 here and 1 in the paper (``PAPER``). Most pairs of high S are two animals, and taught as
much as the others they lead the head to learn places by heart. Mean average precision by cosine, of generated animals
whose pictures say little: 0.24 as given, 0.36 after the paper's weights, 0.70 after these
(``python -m benchmarks.adapting``).

300 epochs of 2,000 sightings at 512 dimensions take 11 s of one core and 140 MB, of 5,000 50 s and 650 MB; 20,000 in
drawn batches 45 s and 270 MB (``--seconds``). Bit for bit the same for one number of threads of the linear algebra.

An adapted embedding knows of places: its cosines and what place and time say are no longer independent, and a score
that takes them as such counts places twice. What holds is a calibration learnt from the embedding as given, applied to
both, and the mean of their log-odds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from spotid.heads.adam import Adam
from spotid.heads.low_rank import LowRank
from spotid.heads.pairs import Lesson, gradients
from spotid.movement.feasible import Feasibility, of_survey
from spotid.movement.records import Records
from spotid.progress import Progress, Silent

FULL_SIZE = 32 * 512  # weights of a layer for which the rate is given
SAMPLE = 2000  # sightings whose pairs tell the thresholds


@dataclass(frozen=True)
class AdaptSettings:
    """How a head is trained."""

    rank: int = 32
    rate: float = 2e-4  # Adam's, at rank 32 and 512 dimensions
    epochs: int = 300  # of every pair at once
    low: float = 0.5  # quantile of S: negatives up to it
    high: float = 0.5  # quantile of S: positives from it on
    most_low: float = 0.5  # no pair above is called a negative, whatever the quantile
    least_high: float = 0.5
    weight_low: float = 2.0
    weight_high: float = 0.1
    decay: float = 1.0  # rate of the feasibility score
    at_once: int = 5000
    batch: int = 2048
    steps: int = 300  # of drawn batches: what a head moves grows with the square of its steps, not with its passes
    seed: int = 0


PAPER = AdaptSettings(rate=1e-4, low=0.25, high=0.75, most_low=0.1, weight_high=1.0)  # its weights, and what suits them


@dataclass(frozen=True)
class Adapted:
    """Adapted embeddings. Where place and time taught nothing, ``pairs_used`` is 0 and the vectors are as given."""

    vectors: np.ndarray  # (n, d) float32, unit rows
    head: LowRank
    pairs_used: tuple[int, int] = (0, 0)  # negatives and positives; of drawn batches, all pairs that were met
    loss_course: list[float] = field(default_factory=list)
    thresholds: tuple[float, float] = (float("nan"), float("nan"))


def adapt(
    vectors: np.ndarray,
    records: Records,
    settings: AdaptSettings | None = None,
    progress: Progress | None = None,
    flank: np.ndarray | None = None,
) -> Adapted:
    """Train a head on a survey and put its embeddings through it.

    ``vectors`` (n, d) unit rows, float16 or float32; ``records`` of the same n; ``flank`` (n,) int8, 1 left, -1 right,
    0 not known: opposite ones are never a pair. Deterministic for one seed on one machine. Sightings without place or
    time teach nothing, and are adapted like the others. ``progress`` steps once an epoch or batch; its ``Cancelled``
    passes through.
    """
    chosen, told = settings or AdaptSettings(), progress or Silent()
    given = _unit(np.asarray(vectors, np.float32))
    if len(given) != len(records):
        raise ValueError(f"{len(given)} embeddings, but {len(records)} places and times")
    head = LowRank(given.shape[1], chosen.rank, chosen.seed)
    survey = of_survey(records, chosen.decay)
    known = np.flatnonzero(np.isfinite(records.days) & np.isfinite(records.at).all(axis=1))
    low, high = thresholds(survey, records.only(known), chosen)
    if not low <= high:
        return Adapted(given, head)
    whole = len(known) <= chosen.at_once
    told.expect(chosen.epochs if whole else chosen.steps)
    size = chosen.rank * given.shape[1]  # what weights of one size move together grows with their number
    adam, course = Adam(head.weights, chosen.rate * (FULL_SIZE / size) ** 0.5), []
    lesson: Lesson | None = None
    used = pairs = np.zeros(2, np.int64)
    for rows in _batches(known, chosen):
        if lesson is None or not whole:
            side = np.zeros(len(rows), np.int8) if flank is None else np.asarray(flank)[rows]
            lesson, pairs = lesson_of(given[rows], survey.matrix(records.only(rows)), side, (low, high), chosen)
            used = used + pairs
        told.step()
        if not pairs.all():  # nothing to push apart, or nothing to draw together
            continue
        value, slopes = gradients(head, lesson)
        adam.step(slopes)
        course.append(value)
    if not course:
        return Adapted(given, head, thresholds=(low, high))
    return Adapted(head.apply(given), head, (int(used[0]), int(used[1])), course, (low, high))


def lesson_of(
    given: np.ndarray, feasible: np.ndarray, flank: np.ndarray, limits: tuple[float, float], settings: AdaptSettings
) -> tuple[Lesson, np.ndarray]:
    """What (b, d) vectors of this feasibility ((b, b), NaN = no opinion) teach; numbers of negatives and positives."""
    may = flank[:, None] * flank[None, :] >= 0
    np.fill_diagonal(may, False)
    low, high = (feasible <= limits[0]) & may, (feasible >= limits[1]) & may
    counts = np.array([int(low.sum()), int(high.sum())], np.int64)
    weight = np.zeros(feasible.shape, np.float32)
    weight[low] = settings.weight_low / max(1, counts[0])
    weight[high] = settings.weight_high / max(1, counts[1])
    return Lesson(given, given @ given.T, np.nan_to_num(feasible, nan=0.0), weight), counts // 2


def thresholds(survey: Feasibility, records: Records, settings: AdaptSettings) -> tuple[float, float]:
    """Below the first, S says two animals; above the second, perhaps one. Both NaN where there is nothing to compare.

    Quantiles of S over all pairs, of a drawn part of the sightings where there are many; never above ``most_low`` or
    below ``least_high``, so that a survey at one station has no negatives.
    """
    draw = np.random.default_rng(settings.seed)
    some = np.arange(len(records))
    if len(some) > SAMPLE:
        some = np.sort(draw.choice(some, SAMPLE, replace=False))
    if len(some) < 2:
        return float("nan"), float("nan")
    pairs = survey.matrix(records.only(some))[np.triu_indices(len(some), 1)]
    low, high = np.quantile(pairs, [settings.low, settings.high])
    return min(float(low), settings.most_low), max(float(high), settings.least_high)


def _batches(known: np.ndarray, settings: AdaptSettings) -> Iterator[np.ndarray]:
    """The sightings of each step."""
    if len(known) <= settings.at_once:
        for _ in range(settings.epochs):
            yield known
        return
    draw, steps = np.random.default_rng(settings.seed), 0
    while True:
        for part in np.array_split(draw.permutation(known), -(-len(known) // settings.batch)):
            if steps == settings.steps:
                return
            steps += 1
            yield np.sort(part)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
