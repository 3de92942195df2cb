"""The order of look-alikes: evidence first, then the place; opposite flanks go last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spotid.match.order import Pairs, likely, scores, squeezed

evidence = st.floats(0, 500)
likeness = st.floats(-1, 1)


def all_pairs(count: int, own: dict[tuple[int, int], float]) -> Pairs:
    a, b = (each.ravel() for each in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
    apart = a != b
    a, b = a[apart], b[apart]
    worth = np.array([own.get((min(i, j), max(i, j)), 0.0) for i, j in zip(a.tolist(), b.tolist(), strict=True)])
    no, nothing = np.zeros(len(a), bool), np.zeros(len(a))
    return Pairs(count, a, b, worth, nothing, nothing, no, no)


def best_of(pairs: Pairs, visit: np.ndarray, anchor: int) -> list[int]:
    result = scores(pairs, visit)
    mine = np.flatnonzero(pairs.anchor == anchor)
    return pairs.candidate[mine[np.argsort(-result[mine], kind="stable")]].tolist()


@given(evidence, evidence, likeness)
def test_rises_with_evidence(a: float, b: float, alike: float) -> None:
    assert 0 <= likely(min(a, b), alike) <= likely(max(a, b), alike) <= 1


@given(evidence, likeness, likeness)
def test_rises_with_likeness(spots: float, a: float, b: float) -> None:
    assert likely(spots, min(a, b)) <= likely(spots, max(a, b))


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_squeezing_keeps_the_order(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= squeezed(np.array(low)) <= squeezed(np.array(high)) <= 1


def test_the_place_orders_those_without_evidence_and_loses_to_agreeing_spots() -> None:
    assert likely(0.0, 0.2, place=1.0) > likely(0.0, 0.9)
    assert likely(0.0, 0.2, place=1.0) < likely(8.0, 0.2)


def test_opposite_flanks_go_below_everybody() -> None:
    assert likely(1.0, 1.0, place=1.0, side=-8.0) < likely(0.0, -1.0)


def test_frames_of_a_visit_share_their_evidence() -> None:
    # 0, 1 are one visit; 2, 3 another; 4, 5 a third. Only frame 1 shows the coat that 2 and 3 show.
    own = {(1, 2): 6.0, (1, 3): 6.0, (0, 4): 0.4}
    visit = np.array([0, 0, 1, 1, 2, 2])
    pairs = all_pairs(6, own)
    same = visit[pairs.anchor] == visit[pairs.candidate]
    pairs = replace(pairs, same_visit=same)
    others = [one for one in best_of(pairs, visit, 0) if visit[one] != 0]
    assert set(others[:2]) == {2, 3}
    alone = [one for one in best_of(pairs, np.arange(6), 0) if visit[one] != 0]
    assert alone[0] == 4


def test_scores_are_symmetric_where_the_evidence_is() -> None:
    rng = np.random.default_rng(3)
    own = {(i, j): float(rng.exponential()) for i in range(8) for j in range(i + 1, 8)}
    pairs = all_pairs(8, own)
    table = np.zeros((8, 8))
    table[pairs.anchor, pairs.candidate] = scores(pairs, np.arange(8) // 2)
    assert np.allclose(table, table.T)
