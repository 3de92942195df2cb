"""Whether matched spots lie in the same arrangement on two bodies."""

from __future__ import annotations

import numpy as np

FEWEST = 3  # verified matches below this number are chance
PROPOSALS = 60  # the strongest matches, each of which proposes a shift
LOOSE = 0.12  # of the body: a leg swings, a back bends
# How far apart matched spots may lie on the two bodies, as shares of length and height. Spots that do not lie near each
# other are only refused here, after matching. Refusing them before (0.25 and 0.33) took top-1 from 1.00 to 0.95 on 19
# leopard crops, from 0.82 to 0.67 on 33 snow leopard queries, and changed nothing (0.60) on 170 of nyala.
GATE = (0.5, 0.65)
TIGHT = (0.10, 0.07)  # for the two refinements by an affine map
STRETCH = 2.0  # an affine map that stretches or squeezes more than this is no animal
UNMOVED = 0.012  # of the frame's width and height
FURTHEST = (4.0, 96.0)  # percentiles of the points that mark the ends of the body


def unmoved(a: np.ndarray | None, b: np.ndarray | None, count: int) -> np.ndarray:
    """Which of ``count`` matches lie at one place of the frame in both pictures: ``(count,)`` bool.

    ``a`` and ``b`` are ``(count, 2)`` fractions of the frames, or None where that is not known (nothing is unmoved
    then). What stays where it is from visit to visit is a rock, a log or the camera's own writing, never the animal.
    """
    if a is None or b is None:
        return np.zeros(count, bool)
    return np.asarray((np.abs(a - b) < UNMOVED).all(axis=1))


def body(xy: np.ndarray) -> np.ndarray:
    """Points ``(n, 2)`` as shares of the body's length and height, found from where the points lie.

    Boxes are loose by different amounts; the spread of the points themselves is steadier.
    """
    low, high = np.percentile(xy, FURTHEST, axis=0)
    return np.asarray((xy - low) / np.maximum(high - low, 0.05), np.float64)


def verified(a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Which of the matches ``a[n]`` - ``b[n]`` ((m, 2) body places) agree on one map: indices, possibly none.

    Every strong match proposes a shift (no chance is involved, unlike RANSAC); the one with the largest sum of weights
    wins and is refined to an affine map by least squares.
    """
    nothing = np.empty(0, np.int64)
    if len(weights) < FEWEST:
        return nothing
    shift = b - a
    near_place = (np.abs(shift) < GATE).all(axis=1)
    tried = np.flatnonzero(near_place)
    tried = tried[np.argsort(-weights[tried], kind="stable")[:PROPOSALS]]
    if len(tried) < FEWEST:
        return nothing
    near = np.square(shift[tried][:, None] - shift[None]).sum(axis=2) < LOOSE**2
    near &= near_place
    inside = near[int(np.argmax(near @ weights))]
    for reach in TIGHT:
        if inside.sum() < FEWEST + 1:
            break
        there = affine(a[inside], b[inside])
        if there is None:
            break
        gap = np.square(np.c_[a, np.ones(len(a))] @ there - b).sum(axis=1)
        inside = near_place & (gap < reach**2)
    return np.flatnonzero(inside) if inside.sum() >= FEWEST else nothing


def affine(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """The ``(3, 2)`` least-squares map from ``a`` to ``b``, or None where it is no plausible view of the same body."""
    there, _, rank, _ = np.linalg.lstsq(np.c_[a, np.ones(len(a))], b, rcond=None)
    if rank < 3:
        return None
    widest, narrowest = np.linalg.svd(there[:2], compute_uv=False)
    return there if widest <= STRETCH and narrowest >= 1.0 / STRETCH else None
