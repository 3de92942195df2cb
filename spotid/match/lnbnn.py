"""Which sightings share rare spots: local naive Bayes nearest neighbours over every spot of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spotid.match import geometry
from spotid.match.parts import Points

WIDTH = 64  # dimensions kept, of 128 mostly; 64 floats a spot are half of the memory and half of the time
VOTES = 5  # nearest spots that each spot of a query votes for; the next one says what a chance match looks like
EXACT_BELOW = 20_000  # spots; fewer are compared one with another, unreduced
CELLS = 2.0  # times the root of the number of spots
LOOK_IN = 8  # cells searched for each spot
SAMPLE = 20_000  # spots from which the reduction is learnt
CHECKED = 50  # best candidates of a query whose arrangement is checked
UNCHECKED_SHARE = 1e-4  # what evidence without a common arrangement counts: it only orders those without any


@dataclass(frozen=True)
class Found:
    """One candidate of a query: a score (0 and up, comparable within the query) and the spots that say so."""

    sighting: int
    score: float
    pairs: np.ndarray  # (k, 2) int32: spot of the query, spot of the candidate; verified ones, best first


class SpotIndex:
    """Spots of many sightings, searched together; sightings are added at any time.

    LNBNN (McCann and Lowe 2012, as in HotSpotter): a spot's nearest spots in the whole survey each get the squared
    distance by which they are nearer than the next one. A spot that is everywhere (grass, fur) gives nothing to
    anybody. The query's own visit is left out while searching: its near-copies would otherwise take all the votes.
    """

    def __init__(self, votes: int = VOTES) -> None:
        self._votes = votes
        self._raw: list[np.ndarray] = []  # descriptors as they came, until the reduction is learnt
        self._places: list[np.ndarray] = []
        self._frames: list[np.ndarray] = []  # places in the whole frame; not a number where that is unknown
        self._visits: list[int] = []
        self._sightings: list[int] = []
        self._owner = np.empty(0, np.int32)  # place in the lists of each spot's sighting, brought up to date by queries
        self._where = np.empty((0, 2), np.float32)
        self._first = [0]  # spot number at which each sighting begins, and the end
        self._index: Any = None
        self._mean = np.zeros(0, np.float32)
        self._axes = np.zeros((0, 0), np.float32)
        self._cells = False  # laid out in cells, the descriptors themselves let go

    def __len__(self) -> int:
        """The number of spots."""
        return self._first[-1]

    @property
    def sightings(self) -> list[int]:
        """The sightings in the order in which they were added."""
        return list(self._sightings)

    def add(self, sighting: int, visit: int, points: Points) -> None:
        """Take a sighting's spots in. ``visit`` is any number that the sightings of one visit share."""
        raw = np.ascontiguousarray(points.descriptor)
        self._places.append(
            geometry.body(points.xy).astype(np.float32) if len(points.xy) else np.empty((0, 2), np.float32)
        )
        unknown = np.full((len(points.xy), 2), np.nan, np.float32)
        self._frames.append(unknown if points.at is None else points.at.astype(np.float32))
        self._visits.append(visit)
        self._sightings.append(sighting)
        self._first.append(self._first[-1] + len(points.xy))
        if self._index is not None and len(raw):
            self._index.add(self._reduced(raw))
        if not self._cells:
            self._raw.append(raw)

    def query(
        self, points: Points, exclude_visit: int | None, most: int = CHECKED, without: np.ndarray | None = None
    ) -> list[Found]:
        """The sightings that share rare spots with ``points``, best first; none of ``exclude_visit``.

        ``without`` ((sightings,) bool, in the order in which they were added) leaves out others, such as those seen
        from the opposite side.
        """
        if len(points.xy) == 0 or len(self) == 0:
            return []
        self._ready()
        if len(self._owner) != len(self):
            self._owner = np.repeat(np.arange(len(self._sightings), dtype=np.int32), np.diff(self._first))
            self._where = np.concatenate(self._frames)
        owner = self._owner
        left_out = np.array([visit == exclude_visit for visit in self._visits], bool)
        allowed = ~(left_out if without is None else left_out | without)[owner]
        distance, near = self._search(points.descriptor, allowed)
        spot, candidate, target, weight = self._voted(distance, near, owner)
        if points.at is not None:
            moved = ~geometry.unmoved(points.at[spot], self._where[target], len(spot))
            spot, candidate, target, weight = spot[moved], candidate[moved], target[moved], weight[moved]
        total = np.bincount(candidate, weight, len(self._sightings))
        here = geometry.body(points.xy)
        found = []
        for number in np.argsort(-total, kind="stable")[:most].tolist():
            if total[number] <= 0:
                break
            mine = np.flatnonzero(candidate == number)
            there = target[mine] - self._first[number]
            kept = geometry.verified(here[spot[mine]], self._places[number][there], weight[mine])
            kept = kept[np.argsort(-weight[mine][kept], kind="stable")]
            score = float(weight[mine][kept].sum() + UNCHECKED_SHARE * total[number])
            pairs = np.stack([spot[mine][kept], there[kept]], axis=1).astype(np.int32)
            found.append(Found(self._sightings[number], score, pairs))
        return sorted(found, key=lambda one: (-one.score, one.sighting))

    def _search(self, descriptor: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Squared distances ``(n, votes + 1)`` and numbers of each spot's nearest allowed spots; -1 for none."""
        import faiss

        bits = np.packbits(allowed, bitorder="little")
        chosen = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bits))
        how: Any = faiss.SearchParametersIVF() if self._cells else faiss.SearchParameters()
        how.sel = chosen
        if self._cells:
            how.nprobe = LOOK_IN
        distance, near = self._index.search(self._reduced(descriptor), self._votes + 1, params=how)
        return np.maximum(distance, 0.0), near

    def _voted(
        self, distance: np.ndarray, near: np.ndarray, owner: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Votes: spot of the query, candidate (place in the list), spot of the index, weight; one for each pair."""
        last = np.where(near >= 0, distance, 0.0).max(axis=1)  # fewer spots than votes: the farthest there is
        weight = last[:, None] - distance[:, :-1]
        spot = np.repeat(np.arange(len(near)), near.shape[1] - 1)
        target, weight = near[:, :-1].ravel(), weight.ravel()
        real = (target >= 0) & (weight > 0)
        spot, target, weight = spot[real], target[real], weight[real].astype(np.float64)
        candidate = owner[target]
        # Neighbours come nearest first, and np.unique gives the first of equals: the best of a candidate's spots.
        _, once = np.unique(spot * np.int64(len(self._sightings)) + candidate, return_index=True)
        return spot[once], candidate[once], target[once], weight[once]

    def _reduced(self, descriptor: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray((_unit(descriptor) - self._mean) @ self._axes, np.float32)

    def _ready(self) -> None:
        """Learn the reduction and the cells once there are enough spots; from then on spots are added to these."""
        import faiss

        if self._cells or (self._index is not None and len(self) < EXACT_BELOW):
            return
        every = np.concatenate(self._raw)
        if len(every) < EXACT_BELOW:
            wide = every.shape[1]
            self._mean, self._axes = np.zeros(wide, np.float32), np.eye(wide, dtype=np.float32)
            self._index = faiss.IndexFlatL2(wide)
        else:
            sample = _unit(every[:: len(every) // SAMPLE])
            self._mean = sample.mean(axis=0)
            _, axes = np.linalg.eigh(np.cov((sample - self._mean).T))
            self._axes = np.ascontiguousarray(axes[:, ::-1][:, :WIDTH], np.float32)
            cells = round(CELLS * len(every) ** 0.5)
            # Whole bytes instead of floats: 64 bytes a spot, 160 MB for 2.5 million.
            self._index = faiss.index_factory(self._axes.shape[1], f"IVF{cells},SQ8")
            self._index.cp.niter, self._index.cp.max_points_per_centroid, self._index.cp.seed = 8, 64, 1
            self._index.train(self._reduced(every[:: max(1, len(every) // (64 * cells))]))
            self._cells = True
            self._raw = []
        for start in range(0, len(every), 65536):
            self._index.add(self._reduced(every[start : start + 65536]))


def _unit(descriptor: np.ndarray) -> np.ndarray:
    values = descriptor.astype(np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6), np.float32)
