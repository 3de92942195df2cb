"""Teaching a low-rank head by pairs: the cosine of two vectors, none below 0, should be a given number.

The plain way multiplies the (n, d) vectors with each other twice a step. Here the inner products of the vectors as they
were given are worked out once, and each step adds what the head changes, of its rank alone; the gradients go back the
same way. It is the same mathematics, at rank 32 and d 512 in a fifth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotid.heads.low_rank import LowRank

TILE = 512  # sightings a side: a tile of cosines, 1 MB, stays in the processor's cache


@dataclass(frozen=True)
class Lesson:
    """What the cosines of ``b`` sightings should be, and how much each counts."""

    given: np.ndarray  # (b, d) float32 vectors
    inner: np.ndarray  # (b, b) float32, their inner products
    target: np.ndarray  # (b, b) float32, symmetric
    weight: np.ndarray  # (b, b) float32, symmetric; 0 = no lesson. Every pair stands there twice.


def gradients(head: LowRank, lesson: Lesson) -> tuple[float, list[np.ndarray]]:
    """The loss, the weighted sum of (max(0, cosine) - target)², and the gradients of the head's weights."""
    given, passed = lesson.given, head.forward(lesson.given)
    shrink = 1 / passed.length  # (b, 1)
    waist = np.column_stack([passed.waist, np.ones(len(given), given.dtype)])  # the bias is a waist that is always 1
    way = np.vstack([head.up, head.up_bias])
    # (z + w U)(z + w U)' = zz' + w (zU')' + (zU') w' + w UU' w', symmetric: halves of it with each side of w
    half = given @ way.T + waist @ (way @ way.T) / 2
    one, other = shrink * np.column_stack([half, waist]), shrink * np.column_stack([waist, half])
    seen = passed.unit @ head.up.T  # (b, rank)
    wanted = np.column_stack([shrink * waist, seen])
    value, back, along = _over_tiles(lesson, one, other, shrink, wanted)
    rank, along = head.rank, along[:, None]
    up = (back[:, : rank + 1] - along * wanted[:, : rank + 1]).T @ passed.unit
    into = shrink * (back[:, rank + 1 :] - along * seen) * (passed.waist > 0)
    return value, [given.T @ into, into.sum(axis=0), up[:rank], up[rank]]


def _over_tiles(
    lesson: Lesson, one: np.ndarray, other: np.ndarray, shrink: np.ndarray, wanted: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """With G the loss's slope by each cosine: the loss, G @ wanted, and each row's sum of G times its cosines."""
    value, back, along = 0.0, np.zeros_like(wanted), np.zeros(len(wanted), wanted.dtype)
    for top in range(0, len(wanted), TILE):
        rows = slice(top, top + TILE)
        for left in range(top, len(wanted), TILE):
            columns = slice(left, left + TILE)
            cosine = lesson.inner[rows, columns] * shrink[columns, 0]
            cosine *= shrink[rows]
            cosine += one[rows] @ other[columns].T
            np.maximum(cosine, 0, out=cosine)
            short = cosine - lesson.target[rows, columns]
            slope = short * lesson.weight[rows, columns]
            mirrored = left != top  # tiles below the diagonal mirror those above
            value += (2.0 if mirrored else 1.0) * float(np.vdot(slope, short))
            slope *= 4.0  # 2 of the square, and 2 because each pair stands in the matrix twice
            slope *= cosine > 0
            back[rows] += slope @ wanted[columns]
            cosine *= slope
            along[rows] += cosine.sum(axis=1)
            if mirrored:
                back[columns] += slope.T @ wanted[rows]
                along[columns] += cosine.sum(axis=0)
    return value, back, along
