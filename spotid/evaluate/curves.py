"""How well a similarity of all pairs finds the same individual again: top-k, CMC and mean average precision.

``ranking`` scores lists as the program shows them; here every other sighting is ranked, as papers do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPTHS = 20  # top-k is told for k = 1 to this
DEEPEST = 1000  # how far the cumulative match curve is followed
DRAWS = 1000  # of individuals, for the intervals
BLOCK = 512  # rows ranked at a time


@dataclass(frozen=True)
class Curve:
    """What a ranking is worth. Shares are 0 to 1; *query* counts every query alike, *individual* every individual."""

    queries: int
    individuals: int
    top: np.ndarray  # (DEPTHS,) share of queries with a picture of their individual among the first 1, 2, ...
    top_individual: np.ndarray  # (DEPTHS,) the same, averaged within individuals first
    low: np.ndarray  # (DEPTHS,) lower end of the 95 % interval of ``top``, individuals drawn anew
    high: np.ndarray  # (DEPTHS,) upper end
    match: np.ndarray  # (m,) cumulative match curve: ``top`` followed further, m up to DEEPEST
    precision: float  # mean average precision over queries
    precision_individual: float  # over individuals


def curve_of(
    similarity: np.ndarray, same: np.ndarray, allowed: np.ndarray, identity: np.ndarray, seed: int = 0
) -> Curve | None:
    """Rank for every query all that it is ``allowed`` to find, most similar first; None where nobody can be found.

    ``similarity`` (n, n), higher is more alike; NaN, no opinion, stands in the middle of the query's others (at their
    median), or level with all where nothing is known. ``same`` (n, n) bool says what counts as found again; a query
    with nothing to be found is left out. Ties are broken by a draw for each query (``seed``): sightings often lie
    sorted by individual, and an order that follows them would find by itself.
    """
    n = len(similarity)
    draw, everyone = np.random.default_rng(seed), np.arange(n)
    firsts, precisions, queries = [], [], []
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(n, start + BLOCK))
        may = allowed[rows].copy()
        may[np.arange(len(rows)), rows] = False
        findable = same[rows] & may
        asked = findable.any(axis=1)
        rows, may, findable = rows[asked], may[asked], findable[asked]
        if not len(rows):
            continue
        drawn = draw.permuted(np.broadcast_to(everyone, may.shape), axis=1)
        score = np.take_along_axis(np.where(may, _opinions(similarity[rows], may), -np.inf), drawn, axis=1)
        order = np.take_along_axis(drawn, np.argsort(-score, axis=1, kind="stable"), axis=1)
        hits = np.take_along_axis(findable, order, axis=1)
        firsts.append(hits.argmax(axis=1))
        places = np.arange(1, n + 1)
        precisions.append((np.cumsum(hits, axis=1) * hits / places).sum(axis=1) / findable.sum(axis=1))
        queries.append(rows)
    if not queries:
        return None
    first, precision, who = np.concatenate(firsts), np.concatenate(precisions), identity[np.concatenate(queries)]
    hit = first[:, None] < np.arange(1, DEPTHS + 1)[None]
    _, person = np.unique(who, return_inverse=True)
    people = int(person.max()) + 1
    count = np.bincount(person, minlength=people).astype(np.float64)
    total = np.zeros((people, DEPTHS))
    np.add.at(total, person, hit.astype(np.float64))
    low, high = _interval(total, count, seed)
    deep = np.arange(1, min(n, DEEPEST) + 1)
    return Curve(
        len(first),
        people,
        hit.mean(axis=0),
        (total / count[:, None]).mean(axis=0),
        low,
        high,
        np.searchsorted(np.sort(first), deep, side="left") / len(first),
        float(precision.mean()),
        float((np.bincount(person, weights=precision, minlength=people) / count).mean()),
    )


def _opinions(rows: np.ndarray, may: np.ndarray) -> np.ndarray:
    """The rows with the median of what is known of each query where nothing is known."""
    unknown = np.isnan(rows)
    if not unknown.any():
        return rows
    rows = rows.copy()
    for row, missing, open_ in zip(rows, unknown, may, strict=True):
        known = row[open_ & ~missing]
        row[missing] = np.median(known) if len(known) else 0.0
    return rows


def _interval(total: np.ndarray, count: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of the share found, by drawing individuals with replacement (percentile bootstrap, Efron
    1979): sightings of one individual rise and fall together, so that drawing sightings would make it too narrow."""
    people = len(count)
    weight = np.random.default_rng(seed + 1).multinomial(people, np.full(people, 1 / people), size=DRAWS)
    share = (weight @ total) / (weight @ count)[:, None]
    low, high = np.percentile(share, (2.5, 97.5), axis=0)
    return low, high
