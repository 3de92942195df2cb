"""A mesh from a signed distance: naive surface nets (Gibson, "Constrained elastic surface nets", 1998)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def surface(
    distance: Callable[[Array], Array], axes: tuple[Array, Array, Array]
) -> tuple[Array, npt.NDArray[np.int32]]:
    """The zero surface of a signed distance as points ``(n, 3)`` and triangles ``(m, 3)`` wound outwards.

    ``distance`` takes points ``(k, 3)``; ``axes`` are the grid's rising coordinates, spaced as finely as wanted. One
    point per grid cell that the surface crosses, one square per crossed grid edge.
    """
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    shape = grid.shape[:3]
    value = distance(grid.reshape(-1, 3)).reshape(shape)
    inside = value < 0
    cells = tuple(n - 1 for n in shape)
    total, count = np.zeros((*cells, 3)), np.zeros(cells)
    corner = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)]

    def part(array: Array, c: tuple[int, ...]) -> Array:
        return array[c[0] : c[0] + cells[0], c[1] : c[1] + cells[1], c[2] : c[2] + cells[2]]

    for c in corner:
        for axis in range(3):
            if c[axis]:
                continue
            d = tuple(v + (n == axis) for n, v in enumerate(c))
            va, vb = part(value, c), part(value, d)
            crossed = (va < 0) != (vb < 0)
            t = np.where(crossed, va / np.where(crossed, va - vb, 1), 0)[..., None]
            total += np.where(crossed[..., None], part(grid, c) * (1 - t) + part(grid, d) * t, 0)
            count += crossed
    used = count > 0
    number = np.full(cells, -1, np.int32)
    number[used] = np.arange(int(used.sum()), dtype=np.int32)
    points = total[used] / count[used][:, None]
    squares = []
    for axis in range(3):
        side, other = (axis + 1) % 3, (axis + 2) % 3
        here, ahead = [slice(1, -1)] * 3, [slice(1, -1)] * 3
        here[axis], ahead[axis] = slice(0, -1), slice(1, None)
        first, second = inside[tuple(here)], inside[tuple(ahead)]
        for out, flip in ((first & ~second, False), (~first & second, True)):
            at = np.argwhere(out) + np.array([1 if n != axis else 0 for n in range(3)])
            ring = []
            for db, dc in ((0, 0), (-1, 0), (-1, -1), (0, -1)):
                q = at.copy()
                q[:, side] += db
                q[:, other] += dc
                ring.append(number[q[:, 0], q[:, 1], q[:, 2]])
            square = np.stack(ring[::-1] if flip else ring, 1)
            squares.append(square)
    quads = np.concatenate(squares)
    quads = quads[(quads >= 0).all(1)]
    return points, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def corner_normals(points: Array, faces: npt.NDArray[np.int32]) -> Array:
    """A unit normal per vertex, ``(n, 3)``, the mean of its faces weighted by area."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    out = np.empty_like(points)
    index = faces.reshape(-1)
    for axis in range(3):
        out[:, axis] = np.bincount(index, np.repeat(flat[:, axis], 3), minlength=len(points))
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))
