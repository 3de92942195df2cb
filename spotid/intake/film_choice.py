"""Choose the frames of a clip that are kept as stills: the sharpest of each stretch with movement, spread over time."""

from __future__ import annotations

import numpy as np

from spotid.intake.film_look import Look, Movement, background, movement, same

JOINED_MS = 2_000  # an animal may stand still for as long and it is one stretch
APART_MS = 1_000  # parts of a stretch are not made shorter than that
UNMOVED = 3  # stills of a clip in which nothing moves: an animal may sleep in it


def choose(looks: list[Look], most: int) -> list[tuple[int, Movement]]:
    """Numbers of the looks to keep, in order of time, at most ``most``, each with what moved in it.

    Each stretch with movement gives at least one as long as there are no more stretches than ``most`` (else the
    strongest do), then the longest is halved again and again: two animals that pass one after the other are both there.
    """
    if not looks or most < 1:
        return []
    looks = _one_shape(looks)
    still, sway = background(looks)
    moved = [movement(one, still, sway) for one in looks]
    ms = [one.ms for one in looks]
    groups = stretches([one.region is not None for one in moved], ms)
    if groups:
        groups = sorted(sorted(groups, key=lambda group: -sum(moved[i].share for i in group))[:most])
    else:
        groups, most = [list(range(len(looks)))], min(most, UNMOVED)
    kept: list[int] = []
    for part in parts(groups, ms, most):
        best = max(part, key=lambda i: (_worth(moved[i], max(moved[j].share for j in part)), -i))
        if not any(same(looks[best].small, looks[other].small) for other in kept):
            kept.append(best)
    return [(i, moved[i]) for i in sorted(kept)]


def stretches(moves: list[bool], ms: list[int]) -> list[list[int]]:
    """Numbers of the moments with movement, in groups with less than ``JOINED_MS`` between them."""
    groups: list[list[int]] = []
    for i, moving in enumerate(moves):
        if moving and groups and ms[i] - ms[groups[-1][-1]] <= JOINED_MS:
            groups[-1].append(i)
        elif moving:
            groups.append([i])
    return groups


def parts(groups: list[list[int]], ms: list[int], most: int) -> list[list[int]]:
    """The groups, the longest halved (in time) again and again, until there are ``most`` or all are short."""
    found = [list(group) for group in groups]
    while len(found) < most:
        longest = max(range(len(found)), key=lambda k: (ms[found[k][-1]] - ms[found[k][0]], -k))
        group = found[longest]
        length = ms[group[-1]] - ms[group[0]]
        if length < 2 * APART_MS or len(group) < 2:
            break
        middle = ms[group[0]] + length / 2
        halves = [[i for i in group if ms[i] <= middle], [i for i in group if ms[i] > middle]]
        found[longest : longest + 1] = [half for half in halves if half]
    return found


def _worth(one: Movement, largest: float) -> float:
    """Sharpness where something moved, less where only part of it is in the picture."""
    return one.sharpness * float(np.sqrt(one.share / largest)) if largest > 0 and one.region else one.sharpness


def _one_shape(looks: list[Look]) -> list[Look]:
    """Looks of one shape; those of a clip that changes its size on the way are compared in that of the first."""
    shape, cells = looks[0].small.shape, looks[0].edges.shape
    return [one if one.small.shape == shape else Look(one.ms, one.stamp, *_fitted(one, shape, cells)) for one in looks]


def _fitted(one: Look, shape: tuple[int, ...], cells: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.linspace(0, one.small.shape[0] - 1, shape[0]).round().astype(int)
    below = np.linspace(0, one.edges.shape[0] - 1, cells[0]).round().astype(int)
    return one.small[rows], one.edges[below]
