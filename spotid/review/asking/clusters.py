"""Clusters that respect the answers: density-based clustering with must-links and cannot-links.

DBSCAN (Ester et al. 1996) with constraints on single pairs (C-DBSCAN, Ruiz, Spiliopoulou and Menasalvas 2007), in the
form that support-pair active learning uses (SPAL, Jin et al. 2022, arXiv:2204.10008):

- A sighting is *core* if at least ``least`` sightings, itself included, are within the radius.
- A cluster starts at a core sighting that is in none, with the whole group that answers join to it, core or not.
- It takes in what is within the radius of one of its core sightings, again with its whole group, unless answers hold
  one of these apart from a sighting that is in the cluster.
- A group that is softly apart from one in the cluster stays out too.
- What is left is noise, except groups that answers join: those are clusters of their own. So is a core sighting whose
  neighbours all went elsewhere.

Two things are settled here that the sources leave to chance. A cluster takes in the nearest first, so that where two
neighbours exclude each other the nearer one comes in, whatever the order of the sightings; and clusters start at the
core sighting with the most neighbours. The distance is one minus the similarity, whatever the similarity's scale.
"""

from __future__ import annotations

import numpy as np

from spotid.review.asking.open_pairs import OpenPairs

NOISE = -1


def clusters(
    similarity: np.ndarray, pairs: OpenPairs, radius: float, least: int = 2, most: int | None = None
) -> np.ndarray:
    """The cluster of every sighting, (n,) int64: 0 and up in order of first sighting, ``NOISE`` for those in none.

    ``similarity``: (n, n), higher is more alike, NaN never within the radius. Pairs that may not be asked (of one
    photograph, of opposite flanks) are no neighbours and come together only where answers join them. ``most``: stop as
    soon as a cluster of several groups holds more sightings; the labels are then good only to see that (``radius``).
    """
    n = len(similarity)
    close = np.where(pairs.allowed & (similarity >= 1.0 - radius), similarity, -np.inf).astype(np.float32)
    density = (close > -np.inf).sum(axis=1) + 1 - (close.diagonal() > -np.inf)
    core = density >= least
    shut = ~pairs.open
    labels = np.full(n, NOISE, np.int64)
    label = 0
    for start in np.argsort(-density, kind="stable").tolist():
        if labels[start] == NOISE and core[start]:
            held = _grow(start, label, close, core, shut, pairs, labels, most)
            label += 1
            if most is not None and held > most:
                break
    constraints = pairs.constraints
    for root in np.unique(constraints.labels[labels == NOISE]).tolist():
        group = constraints.members(root)
        if len(group) > 1:
            labels[group] = label
            label += 1
    return _in_order(labels)


def _grow(
    start: int,
    label: int,
    close: np.ndarray,
    core: np.ndarray,
    shut: np.ndarray,
    pairs: OpenPairs,
    labels: np.ndarray,
    most: int | None,
) -> int:
    """Grow one cluster from a core sighting; returns how many sightings it holds, 0 for one group alone."""
    constraints = pairs.constraints
    out = labels != NOISE
    reach = np.full(len(labels), -np.inf, np.float32)  # similarity to the nearest core member within the radius
    comes, held = start, 0
    roots: list[int] = []
    while True:
        root = constraints.root(comes)
        group = constraints.members(root)
        if any(constraints.softly(root, other) for other in roots):
            out[group] = True
        else:
            labels[group] = label
            held += len(group)
            roots.append(root)
            if most is not None and held > most and len(roots) > 1:
                return held
            out |= shut[group].all(axis=0) if len(group) > 1 else shut[group[0]]
            for one in group:
                if core[one]:
                    np.maximum(reach, close[one], out=reach)
        reach[out] = -np.inf
        comes = int(reach.argmax())
        if reach[comes] == -np.inf:
            return held if len(roots) > 1 else 0


def _in_order(labels: np.ndarray) -> np.ndarray:
    """The same clusters, numbered by their first sighting."""
    found, first = np.unique(labels, return_index=True)
    order = found[found != NOISE][np.argsort(first[found != NOISE])]
    number = np.full(int(labels.max(initial=-1)) + 2, NOISE, np.int64)  # the last one is for NOISE
    number[order] = np.arange(len(order))
    return number[labels]
