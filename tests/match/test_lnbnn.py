"""The index of all spots: own visit left out, growing, able to find a coat again."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.match import lnbnn
from spotid.match.lnbnn import SpotIndex
from spotid.match.parts import Points

pytest.importorskip("faiss")


def coat(seed: int, view: int = 0, count: int = 60) -> Points:
    """An individual's spots as one picture shows them: shifted, with noise, a third of them other spots."""
    own, seen = np.random.default_rng(seed), np.random.default_rng(1000 * seed + view)
    xy = own.uniform(0.1, 0.9, (count, 2)) + seen.normal(0, 0.01, (count, 2)) * (view > 0)
    descriptor = own.exponential(40, (count, 128)) + seen.normal(0, 10, (count, 128)) * (view > 0)
    other = seen.permutation(count)[: count // 3 * (view > 0)]
    xy[other], descriptor[other] = seen.uniform(0.1, 0.9, (len(other), 2)), seen.exponential(40, (len(other), 128))
    nothing = np.zeros(count, np.float32)
    return Points(xy.astype(np.float32), nothing, nothing, np.clip(descriptor, 0, 255).astype(np.uint8))


def filled(individuals: int = 8) -> SpotIndex:
    index = SpotIndex()
    for one in range(individuals):
        for view in range(3):  # views 0 and 1 are one visit, 2 is another
            index.add(10 * one + view, 2 * one + view // 2, coat(one, view))
    return index


def test_finds_the_same_coat_of_another_visit_first() -> None:
    index = filled()
    for one in range(8):
        best = index.query(coat(one, 0), exclude_visit=2 * one)
        assert best[0].sighting == 10 * one + 2
        assert best[0].score > 3 * best[1].score
        same = best[0].pairs[:, 0] == best[0].pairs[:, 1]
        assert len(same) > 25 and same.mean() > 0.95


def test_own_visit_is_left_out_inside_the_search() -> None:
    index = SpotIndex()
    for copy in range(20):  # more near-copies than there are votes
        index.add(copy, 0, coat(1, 3 + copy))
    index.add(100, 1, coat(1, 2))
    index.add(101, 2, coat(2, 0))
    found = index.query(coat(1, 0), exclude_visit=0)
    assert found[0].sighting == 100 and {one.sighting for one in found} <= {100, 101}
    assert {one.sighting for one in index.query(coat(1, 0), exclude_visit=None)} & set(range(20))


def test_grows_after_a_query_and_repeats() -> None:
    index = filled(4)
    before = [(one.sighting, one.score) for one in index.query(coat(3, 0), 6)]
    assert before == [(one.sighting, one.score) for one in filled(4).query(coat(3, 0), 6)]
    index.add(900, 90, coat(3, 5))
    found = index.query(coat(3, 0), 6)
    assert {found[0].sighting, found[1].sighting} == {900, 32}
    assert len(index) == 13 * 60


def test_cells_answer_like_the_exact_search(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = filled()
    exact.query(coat(0), None)
    monkeypatch.setattr(lnbnn, "EXACT_BELOW", 1000)
    monkeypatch.setattr(lnbnn, "SAMPLE", 1000)
    cells = filled()
    for one in range(8):
        assert cells.query(coat(one, 0), 2 * one)[0].sighting == exact.query(coat(one, 0), 2 * one)[0].sighting
    for copy in range(80):  # into the cells that are there
        cells.add(1000 + copy, 500 + copy, coat(50 + copy))
    assert cells.query(coat(60, 4), None)[0].sighting == 1010


def test_empty_and_tiny() -> None:
    empty = Points(*(np.empty(shape, np.float32) for shape in ((0, 2), 0, 0)), np.empty((0, 128), np.uint8))
    index = SpotIndex()
    assert index.query(coat(1), None) == []
    index.add(1, 1, empty)
    assert index.query(coat(1), None) == [] and index.query(empty, None) == []
    index.add(2, 2, coat(1, 0, 2))
    assert index.query(coat(1), 2) == []
    assert all(one.sighting == 2 for one in index.query(coat(1), None))
