"""Clusters that respect the answers, and the radius that fits them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from asking_helpers import animals
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.asking.clusters import NOISE, clusters
from spotid.review.asking.constraints import Constraints
from spotid.review.asking.open_pairs import OpenPairs
from spotid.review.asking.radius import fitting, too_large


def line(*places: float) -> np.ndarray:
    """Similarities of sightings that lie on a line."""
    at = np.array(places, np.float64)
    return (1 - np.abs(at[:, None] - at[None, :])).astype(np.float32)


def test_without_answers_it_is_dbscan() -> None:
    pairs = OpenPairs(Constraints(7))
    likeness = line(0, 0.1, 0.2, 1, 1.1, 1.2, 5)
    assert clusters(likeness, pairs, 0.15, least=3).tolist() == [0, 0, 0, 1, 1, 1, NOISE]
    assert clusters(likeness, pairs, 0.15, least=4).tolist() == [NOISE] * 7
    assert clusters(likeness, pairs, 0.05).tolist() == [NOISE] * 7
    assert clusters(likeness, pairs, 9.0).tolist() == [0] * 7
    assert clusters(likeness[:0, :0], OpenPairs(Constraints(0)), 1.0).tolist() == []


def test_a_must_link_comes_along_and_a_cannot_link_stays_out() -> None:
    likeness = line(0, 0.1, 0.2, 3, 3.1)
    constraints = Constraints(5)
    constraints.apply(0, 3, True)
    assert clusters(likeness, OpenPairs(constraints), 0.15).tolist() == [0, 0, 0, 0, 0]  # 4 is near to 3
    constraints.apply(4, 1, False)
    labels = clusters(likeness, OpenPairs(constraints), 0.15).tolist()
    assert labels[0] == labels[3] and labels[1] != labels[4]


def test_the_nearer_of_two_that_exclude_each_other_comes_in() -> None:
    constraints = Constraints(4)
    constraints.apply(2, 3, False)
    likeness = line(0, 0.05, 0.16, -0.1)  # 3 is nearer to 0 than 2 is to 1
    assert clusters(likeness, OpenPairs(constraints), 0.12).tolist() == [0, 0, 1, 0]


def test_a_joined_group_is_never_noise() -> None:
    constraints = Constraints(3)
    constraints.apply(0, 2, True)
    assert clusters(line(0, 5, 9), OpenPairs(constraints), 0.1).tolist() == [0, NOISE, 0]


def test_a_soft_link_keeps_out_too() -> None:
    likeness = line(0, 0.1, 0.2)
    assert clusters(likeness, OpenPairs(Constraints(3, soft=[(0, 1)])), 0.12).tolist() == [0, 1, 1]
    allowed = np.ones((3, 3), bool)
    allowed[0, 1] = False
    assert clusters(likeness, OpenPairs(Constraints(3), allowed), 0.12).tolist() == [NOISE, 0, 0]


N = 10
PAIRS = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda pair: pair[0] != pair[1])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(PAIRS, st.booleans()), max_size=15), st.integers(0, 99), st.floats(-0.2, 1.2))
def test_no_cluster_goes_against_an_answer(
    answers: list[tuple[tuple[int, int], bool]], seed: int, radius: float
) -> None:
    constraints = Constraints(N)
    for (a, b), same in answers:
        constraints.apply(a, b, same)
    likeness = np.random.default_rng(seed).random((N, N), np.float32)
    likeness = (likeness + likeness.T) / 2
    pairs = OpenPairs(constraints)
    labels = clusters(likeness, pairs, radius)
    for a, b in combinations(range(N), 2):
        if constraints.relation(a, b) is True:
            assert labels[a] == labels[b] != NOISE
        elif constraints.relation(a, b) is False:
            assert labels[a] != labels[b] or labels[a] == NOISE
    kept = labels[labels != NOISE]
    assert list(dict.fromkeys(kept.tolist())) == list(range(len(set(kept.tolist()))))  # numbered as they come
    for least in (1, 3):
        radius = fitting(likeness, pairs, cap=4, least=least)
        nearest = 1 - np.float64(likeness[~np.eye(N, dtype=bool)].max())
        assert radius == nearest or not too_large(clusters(likeness, pairs, radius, least), pairs, 4)


def test_the_radius_fits_the_sizes() -> None:
    who, vectors = animals([12, 8, 5, 3, 1, 1], spread=0.4)
    likeness = vectors @ vectors.T
    pairs = OpenPairs(Constraints(len(who)))
    radius = fitting(likeness, pairs, cap=12)
    labels = clusters(likeness, pairs, radius)
    sizes = np.bincount(labels[labels != NOISE])
    assert sizes.max() <= 12 and (labels == NOISE).sum() <= 6
    assert all(len(set(who[labels == label])) == 1 for label in range(len(sizes)))
    steps = np.unique(1 - likeness[np.triu_indices(len(who), 1)].astype(np.float64))
    larger = steps[steps > radius + 1e-9][0]
    assert too_large(clusters(likeness, pairs, float(larger) + 1e-9), pairs, 12)


def test_any_scale_and_nothing_near() -> None:
    who, vectors = animals([6, 6, 6], spread=0.3)
    likeness = vectors @ vectors.T
    pairs = OpenPairs(Constraints(len(who)))
    plain = clusters(likeness, pairs, fitting(likeness, pairs, cap=8))
    scaled = clusters(likeness * 64, pairs, fitting(likeness * 64, pairs, cap=8))
    assert plain.tolist() == scaled.tolist() == who.tolist()
    one = OpenPairs(Constraints(1))
    assert fitting(np.ones((1, 1), np.float32), one) == float("-inf")
    unknown = np.full((18, 18), np.nan, np.float32)
    assert clusters(unknown, pairs, 0.5).tolist() == [NOISE] * 18
    assert fitting(unknown, pairs) == float("-inf")
    assert fitting(np.ones((18, 18), np.float32), pairs, cap=4) == 0.0  # all alike: no radius can fit
