"""All lists put in order, some anchors at a time: old laptops have little memory, large surveys ten million pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spotid.match.located import Whereabouts
from spotid.match.order import Pairs, Pooling, scores
from spotid.match.seen import Seen
from spotid.progress import Progress
from spotid.project.candidates import Candidates

ANCHORS = 2000  # lists ordered together: some 100 MB
EVIDENCE = ("anchor", "candidate", "votes", "local")
DIGITS = 3


def order_lists(
    known: Seen, candidates: Candidates, where: Whereabouts | None, fusion: str, progress: Progress
) -> None:
    """Score every pair with all lists in view; what place and time say of it is kept beside its score."""
    numbers = Numbers(known)
    pooling = Pooling(known.visit)
    for table in candidates.numbers(ANCHORS, EVIDENCE, worth=True):
        rows, anchor, candidate = numbers.of(table)
        pooling.add(anchor, candidate, _evidence(table)[rows])
        progress.step(0)
    for table in candidates.numbers(ANCHORS):
        rows, pairs = _pairs(numbers, table)
        if where is not None:
            pairs = _located(pairs, where)
        fresh = [scores(pairs, known.visit, fusion, pooling)]
        fresh += [np.full(len(rows), np.nan) if one is None else one for one in (pairs.located, pairs.feasible)]
        kept = (table[name][rows] for name in ("score", "located", "feasible"))
        moved = np.any([_comparable(a) != _comparable(b) for a, b in zip(fresh, kept, strict=True)], axis=0)
        if moved.any():
            values = [[None if value != value else value for value in column[moved].tolist()] for column in fresh]
            keys = [table[name][rows[moved]].astype(np.int64).tolist() for name in ("anchor", "candidate")]
            candidates.keep_order(zip(*values, *keys, strict=True))
        progress.step(0)


class Numbers:
    """From ids of sightings to their numbers, many at once."""

    def __init__(self, known: Seen) -> None:
        self.count = len(known.ids)
        self._order = np.argsort(np.array(known.ids, np.int64), kind="stable")
        self._ids = np.array(known.ids, np.float64)[self._order]

    def of(self, table: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of which both are known, and the numbers of their anchors and candidates."""
        at = [np.searchsorted(self._ids, table[name]) for name in ("anchor", "candidate")]
        a, b = (np.minimum(one, self.count - 1) for one in at)
        rows = np.flatnonzero((self._ids[a] == table["anchor"]) & (self._ids[b] == table["candidate"]))
        return rows, self._order[a[rows]], self._order[b[rows]]


def _evidence(table: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.nan_to_num(table["local"], nan=0.0) + table["votes"]


def _comparable(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), -np.inf, values)


def _pairs(numbers: Numbers, table: Mapping[str, np.ndarray]) -> tuple[np.ndarray, Pairs]:
    rows, anchor, candidate = numbers.of(table)
    likeness, place, same_visit, side = (table[name][rows] for name in ("likeness", "place", "same_visit", "side"))
    evidence = _evidence(table)[rows]
    return rows, Pairs(numbers.count, anchor, candidate, evidence, likeness, place, same_visit != 0, side)


def _located(pairs: Pairs, where: Whereabouts) -> Pairs:
    """With what place and time say; of pairs of one visit they say nothing. Rounded, as one sighting more would else
    change every row by next to nothing."""
    located, feasible = (
        np.where(pairs.same_visit, np.nan, told(pairs.anchor, pairs.candidate)).round(DIGITS)
        for told in (where.located, where.feasible)
    )
    return replace(pairs, located=located, feasible=feasible, usual=where.usual)
