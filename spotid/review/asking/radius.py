"""The radius of the clusters, found from the sizes that the clusters get.

Spotted chose it by hand for every data set and every model, "by qualitative inspection of the resulting distribution of
cluster sizes, with the objective of limiting excessively large clusters, while reducing the number of single-element
clusters". Without answers the two wishes pull one way each: a larger radius never leaves more sightings alone, and
never makes the largest cluster smaller. So the rule is: the largest radius at which no cluster holds more than ``cap``
sightings. Groups that answers join do not count against the cap, however large.
"""

from __future__ import annotations

import numpy as np

from spotid.review.asking.clusters import clusters
from spotid.review.asking.open_pairs import OpenPairs

CAP = 20
PAIRS_EACH = 30  # the radius is one of the distances of so many nearest pairs a sighting


def fitting(similarity: np.ndarray, pairs: OpenPairs, cap: int = CAP, least: int = 2) -> float:
    """The largest radius whose clusters hold at most ``cap`` sightings each, as a distance (1 − similarity).

    Found by halving among the distances of the nearest pairs that may be asked, in some 14 clusterings. Where even the
    nearest make a cluster that is too large (chances that are all rounded to 1), it is theirs; ``-inf`` without pairs.
    """
    score = np.asarray(similarity, np.float32)[np.triu(pairs.allowed, 1)]
    score = score[np.isfinite(score)]
    most = PAIRS_EACH * len(similarity)
    if len(score) > most:
        score = np.partition(score, -most)[-most:]
    steps = 1.0 - np.unique(score)[::-1].astype(np.float64)  # from the nearest pair's distance up
    if not len(steps):
        return float("-inf")
    low, high = 0, len(steps)  # steps[low] fits, or is the nearest of all; steps[high] does not
    while high - low > 1:
        middle = (low + high) // 2
        labels = clusters(similarity, pairs, float(steps[middle]), least, most=cap)
        if too_large(labels, pairs, cap):
            high = middle
        else:
            low = middle
    return float(steps[low])


def too_large(labels: np.ndarray, pairs: OpenPairs, cap: int) -> bool:
    """Whether a cluster of more than one group holds more than ``cap`` sightings."""
    sizes = np.bincount(labels[labels >= 0])
    for label in np.flatnonzero(sizes > cap).tolist():
        if len(np.unique(pairs.constraints.labels[labels == label])) > 1:
            return True
    return False
