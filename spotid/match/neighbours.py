"""The most alike sightings of each sighting, by exact inner product, never holding all pairs at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_ROWS = 8192  # rows of the table looked at together: 16 MB at 512 dimensions
BATCH_QUERIES = 1024


def nearest(
    vectors: np.ndarray, queries: np.ndarray, k: int, visit: np.ndarray | None = None
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """For each query row its ``k`` most alike rows, best first: ``(row, rows (k,) int64, scores (k,) float32)``.

    ``vectors`` is ``(n, d)`` float16 or float32 and may be a memory map; ``queries`` are row numbers. The query itself
    and, with ``visit`` (``(n,)`` int32, -1 for none), every row of its own visit are left out; fewer than ``k`` come
    back only where there are no more. Equal scores are ordered by row. Memory: one block of vectors, one batch.
    """
    rows = np.asarray(queries, np.int64)
    if k <= 0 or len(vectors) == 0:
        for row in rows:
            yield int(row), np.empty(0, np.int64), np.empty(0, np.float32)
        return
    crowd = _largest_visit(visit)
    for start in range(0, len(rows), BATCH_QUERIES):
        batch = rows[start : start + BATCH_QUERIES]
        deep = k + 1
        while True:
            scores, found = _search(vectors, batch, min(deep, len(vectors)))
            lists = [_allowed(int(row), found[i], scores[i], visit) for i, row in enumerate(batch)]
            if deep >= min(k + crowd, len(vectors)) or all(len(neighbours) >= k for neighbours, _ in lists):
                break
            deep = min(
                deep * 4, k + crowd, len(vectors)
            )  # somebody's visit filled the list: look deeper, for this batch only
        for row, (neighbours, values) in zip(batch, lists, strict=True):
            yield int(row), neighbours[:k], values[:k]


def _largest_visit(visit: np.ndarray | None) -> int:
    """How many rows can at most be left out for one query."""
    if visit is None or len(visit) == 0:
        return 1
    known = np.asarray(visit)[np.asarray(visit) >= 0]
    return int(np.unique(known, return_counts=True)[1].max()) if len(known) else 1


def _allowed(
    row: int, found: np.ndarray, scores: np.ndarray, visit: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    keep = (found >= 0) & (found != row)
    if visit is not None and visit[row] >= 0:
        keep &= np.asarray(visit)[np.maximum(found, 0)] != visit[row]
    return found[keep], scores[keep]


def _search(vectors: np.ndarray, batch: np.ndarray, deep: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``deep`` best of all rows for a batch, merged block by block: ``(batch, deep)`` scores and rows."""
    import faiss

    wanted = np.ascontiguousarray(vectors[batch], np.float32)
    best = np.full((len(batch), deep), -np.inf, np.float32)
    where = np.full((len(batch), deep), -1, np.int64)
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = np.ascontiguousarray(vectors[start : start + BLOCK_ROWS], np.float32)
        scores, rows = faiss.knn(wanted, block, min(deep, len(block)), metric=faiss.METRIC_INNER_PRODUCT)
        best = np.concatenate([best, scores], axis=1)
        where = np.concatenate([where, np.where(rows >= 0, rows + start, -1)], axis=1)
        order = np.lexsort((where, -best), axis=1)[:, :deep]
        best, where = np.take_along_axis(best, order, 1), np.take_along_axis(where, order, 1)
    return best, where
