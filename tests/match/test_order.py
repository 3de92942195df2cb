"""The order of look-alikes: evidence first, then the place; opposite flanks go last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spotid.match.order import MOST_LOCATED, Pairs, Pooling, likely, scores, squeezed

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


def plainly(pairs: Pairs, visit: np.ndarray) -> np.ndarray:
    """The scores as they were before places had coordinates, written down once more."""
    _, number = np.unique(visit, return_inverse=True)
    size = np.bincount(number)
    keys, at = np.unique(number[pairs.anchor] * len(size) + number[pairs.candidate], return_inverse=True)
    mean = (np.bincount(at, pairs.evidence, len(keys)) / (size[keys // len(size)] * size[keys % len(size)]))[at]
    apart = ~pairs.same_visit
    value = np.where(apart, 0.5 * pairs.evidence + 0.5 * mean, pairs.evidence)
    value += 0.3 * np.clip(pairs.likeness, -1.0, 1.0) + 2.5 * pairs.place * apart
    value = value + 1.0 * pairs.side
    return 0.5 + 0.5 * value / (2.0 + np.abs(value))


def drawn(seed: int, count: int = 12) -> tuple[Pairs, np.ndarray]:
    rng = np.random.default_rng(seed)
    pairs = all_pairs(count, {(i, j): float(rng.exponential()) for i in range(count) for j in range(i + 1, count, 2)})
    visit = rng.integers(0, count // 2, count)
    n = len(pairs.anchor)
    same = visit[pairs.anchor] == visit[pairs.candidate]
    return replace(
        pairs, likeness=rng.normal(size=n), place=rng.random(n), same_visit=same, side=-8.0 * (rng.random(n) < 0.2)
    ), visit


@given(st.integers(0, 10_000), st.sampled_from(["calibrated", "product", "off"]))
def test_without_coordinates_nothing_is_ordered_otherwise_than_before(seed: int, fusion: str) -> None:
    pairs, visit = drawn(seed)
    nobody = np.full(len(pairs.anchor), np.nan)
    before = plainly(pairs, visit).tolist()
    assert scores(pairs, visit, fusion).tolist() == before
    assert scores(replace(pairs, located=nobody, feasible=nobody), visit, fusion).tolist() == before
    told = replace(pairs, located=np.ones(len(nobody)), feasible=np.zeros(len(nobody)))
    assert scores(told, visit, "off").tolist() == before


@given(st.integers(0, 10_000))
def test_lists_put_in_order_part_by_part_are_those_of_all_at_once(seed: int) -> None:
    pairs, visit = drawn(seed)
    parts = [pairs.anchor < 5, pairs.anchor >= 5]
    some = [replace(pairs, **{name: value[part] for name, value in columns(pairs).items()}) for part in parts]
    pooling = Pooling(visit)
    for one in some:
        pooling.add(one.anchor, one.candidate, one.evidence)
    found = np.concatenate([scores(one, visit, pooling=pooling) for one in some])
    assert found.tolist() == scores(pairs, visit).tolist()


def columns(pairs: Pairs) -> dict[str, np.ndarray]:
    return {name: value for name, value in vars(pairs).items() if isinstance(value, np.ndarray)}


def test_place_and_time_count_instead_of_the_scenery_and_never_without_end() -> None:
    pairs = all_pairs(2, {(0, 1): 0.0})
    visit = np.arange(2)

    def score(worth: float, located: float, place: float = 0.0) -> float:
        told = replace(pairs, evidence=np.full(2, worth), located=np.full(2, located), place=np.full(2, place))
        return float(scores(told, visit)[0])

    assert score(0.0, 1.0) > score(0.0, 0.0) == score(0.0, 0.0, place=1.0) > score(0.0, -1.0)
    assert score(0.0, 99.0) == score(0.0, MOST_LOCATED) < score(8.0, 0.0), "agreeing spots outweigh it"
    assert score(12.0, -99.0) > score(4.0, 0.0), "and are not hidden by it"
    assert score(0.0, float("nan"), place=1.0) > score(0.0, 1.0)


def test_by_product_a_hurried_pair_falls_and_one_of_one_visit_does_not() -> None:
    pairs = replace(all_pairs(2, {(0, 1): 5.0}), feasible=np.array([0.5, np.nan]))
    visit = np.arange(2)
    hurried, unknown = scores(pairs, visit, "product")
    assert hurried == 0.5 * unknown
    hurried, unknown = scores(replace(pairs, usual=0.2), visit, "product")
    assert 0 < unknown < hurried
    mates = replace(pairs, same_visit=np.ones(2, bool))
    assert len(set(scores(mates, visit, "product").tolist())) == 1
