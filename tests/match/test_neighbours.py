"""Nearest neighbours agree with a plain computation, leave the own visit out, and read memory maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.match import neighbours
from spotid.match.neighbours import nearest

pytest.importorskip("faiss")


def table(seed: int, n: int, d: int = 16) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(st.integers(0, 1000), st.integers(1, 60), st.integers(1, 12), st.integers(1, 8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_agrees_with_the_plain_way(seed: int, n: int, k: int, visits: int, half: bool) -> None:
    vectors = table(seed, n).astype(np.float16 if half else np.float32)
    visit = np.random.default_rng(seed).integers(-1, visits, n).astype(np.int32)
    alike = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    for row, found, scores in nearest(vectors, np.arange(n), k, visit):
        allowed = [c for c in range(n) if c != row and (visit[row] < 0 or visit[c] != visit[row])]
        expected = sorted(allowed, key=lambda c: -alike[row, c])[:k]
        assert len(found) == len(expected) == len(set(found))
        assert set(found) <= set(allowed)
        assert np.allclose(scores, alike[row, expected], atol=1e-5)


def test_one_visit_crowding_out_the_others_is_seen_through() -> None:
    vectors = table(1, 400)
    vectors[:300] = vectors[0]
    visit = np.zeros(400, np.int32)
    visit[300:] = np.arange(1, 101)
    ((row, found, _),) = nearest(vectors, np.array([5]), 10, visit)
    assert row == 5 and len(found) == 10 and found.min() >= 300


def test_blocks_and_memory_maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = table(2, 500).astype(np.float16)
    np.save(tmp_path / "v.npy", vectors)
    whole = list(nearest(vectors, np.arange(0, 500, 7), 5))
    monkeypatch.setattr(neighbours, "BLOCK_ROWS", 64)
    monkeypatch.setattr(neighbours, "BATCH_QUERIES", 10)
    mapped = list(nearest(np.load(tmp_path / "v.npy", mmap_mode="r"), np.arange(0, 500, 7), 5))
    for (row, found, scores), (row2, found2, scores2) in zip(whole, mapped, strict=True):
        assert row == row2 and np.array_equal(found, found2) and np.allclose(scores, scores2, atol=1e-5)


def test_nothing_to_find() -> None:
    assert [list(map(len, r[1:])) for r in nearest(table(3, 1), np.array([0]), 5)] == [[0, 0]]
    assert list(nearest(np.empty((0, 8), np.float32), np.array([], np.int64), 5)) == []
