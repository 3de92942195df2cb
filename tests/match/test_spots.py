"""Two kinds of spots in one: kinds are never mixed, and what stands still in the frame is not the animal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spotid.match.lnbnn import SpotIndex
from spotid.match.parts import Points
from spotid.match.spots import MOST, CoatSpots
from tests.match.test_points import coat

pytest.importorskip("cv2")


@pytest.fixture(scope="module")
def seen() -> list[Points]:
    matcher = CoatSpots()
    matcher.load()
    return [matcher.extract(*coat(*which)) for which in ((1, 0.0, 1.0), (1, 0.06, 0.7), (2, 0.0, 1.0))]


def test_both_kinds_are_found_and_capped(seen: list[Points]) -> None:
    for points in seen:
        assert points.kind is not None
        counts = np.bincount(points.kind, minlength=2)
        assert len(counts) == 2 and counts.min() > 50 and counts.max() <= MOST


def test_same_coat_scores_far_above_another_and_either_way(seen: list[Points]) -> None:
    matcher = CoatSpots()
    same, other = matcher.compare(seen[0], seen[1]), matcher.compare(seen[0], seen[2])
    assert same.score > 5 * max(other.score, 1.0)
    assert matcher.compare(seen[1], seen[0]).score == same.score


def test_pairs_join_spots_of_one_kind_at_one_place_of_the_coat(seen: list[Points]) -> None:
    pairs = CoatSpots().compare(seen[0], seen[1]).pairs
    assert seen[0].kind is not None and seen[1].kind is not None
    assert np.array_equal(seen[0].kind[pairs[:, 0]], seen[1].kind[pairs[:, 1]])
    assert np.abs(seen[0].xy[pairs[:, 0]] - seen[1].xy[pairs[:, 1]]).max() < 0.2


def test_what_stays_at_one_place_of_the_frame_is_no_evidence(seen: list[Points]) -> None:
    matcher = CoatSpots()
    rock = replace(seen[0], at=0.3 + 0.2 * seen[0].xy)
    animal = replace(seen[0], at=0.5 + 0.2 * seen[0].xy)
    assert matcher.compare(rock, replace(rock)).score < 0.05 * matcher.compare(rock, animal).score
    index = SpotIndex()
    index.add(1, 1, rock.of_kind(0)[0])
    index.add(2, 2, seen[2].of_kind(0)[0])
    assert index.query(animal.of_kind(0)[0], None)[0].sighting == 1
    still = {one.sighting: one.score for one in index.query(rock.of_kind(0)[0], None)}
    assert still.get(1, 0.0) < 0.05 * index.query(animal.of_kind(0)[0], None)[0].score


def test_without_a_known_place_nothing_stands_still(seen: list[Points]) -> None:
    assert CoatSpots().compare(seen[0], replace(seen[0], at=seen[0].xy)).score > 50


def test_points_of_one_kind_keep_their_order(seen: list[Points]) -> None:
    part, chosen = seen[0].of_kind(1)
    assert np.array_equal(part.xy, seen[0].xy[chosen]) and len(part.strongest(10).xy) == 10
    assert np.array_equal(part.strongest(10).xy, part.xy[:10])
    plain = Points(part.xy, part.size, part.angle, part.descriptor)
    assert len(plain.of_kind(0)[0].xy) == len(part.xy) and len(plain.of_kind(1)[0].xy) == 0
