"""SPAL and ConfSPAL on generated animals."""

from __future__ import annotations

import numpy as np
import pytest
from asking_helpers import animals, found, review

from spotid.review.asking import Constraints
from spotid.review.asking.confspal import ConfSpal
from spotid.review.asking.greedy import Greedy
from spotid.review.asking.spal import Spal

SIZES = [10, 8, 6, 5, 4, 4, 3, 2, 2, 1, 1, 1]


def test_borders_of_two_clusters() -> None:
    at = np.array([0.0, 0.1, 0.2, 1.0, 1.1, 5.0])
    likeness = (1 - np.abs(at[:, None] - at[None, :])).astype(np.float32)
    constraints = Constraints(6)
    strategy = Spal(likeness, constraints, radius=0.15)
    asked = review(strategy, constraints, np.array([0, 0, 0, 1, 1, 2]))
    assert asked[:3] == [(0, 2), (3, 4), (2, 3)]  # least alike inside, the worst first; then the nearest outside
    assert strategy.rounds >= 2 and constraints.relation(0, 1) is True


def test_spal_ends_when_borders_are_settled() -> None:
    who, vectors = animals(SIZES, spread=0.6)
    constraints = Constraints(len(who))
    asked = review(Spal(vectors @ vectors.T, constraints, cap=12), constraints, who)
    everything = Constraints(len(who))
    assert len(asked) < len(review(Greedy(vectors @ vectors.T, everything), everything, who))
    assert found(constraints, who) > 0.6


def test_confspal_leaves_nothing_and_learns() -> None:
    who, vectors = animals(SIZES, spread=0.9)
    likeness = np.maximum(vectors @ vectors.T, 0)
    runs = []
    for _ in range(2):
        constraints = Constraints(len(who))
        strategy = ConfSpal(likeness, constraints, vectors, lambda image: image, again=20)
        runs.append(review(strategy, constraints, who))
        assert found(constraints, who) == 1.0 and strategy.ask() is None and strategy.learnt > 1
    assert runs[0] == runs[1]  # deterministic


def test_what_may_not_be_asked_never_is() -> None:
    who, vectors = animals([6, 6, 6, 2], spread=0.5)
    flank = np.arange(len(who)) % 2
    allowed = flank[:, None] == flank[None, :]
    constraints = Constraints(len(who))
    strategy = ConfSpal(vectors @ vectors.T, constraints, vectors, lambda image: image, allowed=allowed, again=10)
    asked = review(strategy, constraints, who)
    assert asked and all(flank[a] == flank[b] for a, b in asked)


def test_location_is_worked_in_anew_when_the_head_learnt() -> None:
    who, vectors = animals(SIZES, spread=0.9)
    seen = []

    def fuse(image: np.ndarray) -> np.ndarray:
        seen.append(image)
        return image * 0.5

    constraints = Constraints(len(who))
    review(ConfSpal(fuse(vectors @ vectors.T), constraints, vectors, fuse, again=15), constraints, who, most=60)
    assert len(seen) > 2
    assert all(image.shape == (len(who), len(who)) and image.min() >= 0 for image in seen[1:])
    assert not np.allclose(seen[-1], seen[0], atol=0.01)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_sightings(n: int) -> None:
    _, vectors = animals([1, 1], dim=4)
    vectors = vectors[:n]
    for make in (Spal, lambda s, c: ConfSpal(s, c, vectors, lambda image: image)):
        constraints = Constraints(n)
        assert len(review(make(vectors @ vectors.T, constraints), constraints, np.arange(n))) <= 1


def test_unknown_similarities() -> None:
    who, vectors = animals([4, 4, 4])
    likeness = vectors @ vectors.T
    likeness[2, :] = likeness[:, 2] = np.nan
    constraints = Constraints(len(who))
    review(
        ConfSpal(likeness, constraints, vectors, lambda image: np.where(image > 0.2, image, np.nan)), constraints, who
    )
    assert found(constraints, who) == 1.0
