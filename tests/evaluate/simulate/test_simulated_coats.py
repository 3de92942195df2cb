"""Coats: one per individual and flank, the same in every picture, told apart by their spots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from spotid.evaluate.simulate import body, flesh, rosettes, skeleton
from spotid.evaluate.simulate.coats import coat_of, render_crop


def spots(seed: int, flank: str) -> npt.NDArray[np.float32]:
    return rosettes.draw_spots(seed, flank)[0]


def overlap(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    return float(np.corrcoef(a[::4, ::4].ravel(), b[::4, ::4].ravel())[0, 1])


def test_a_coat_is_the_same_every_time() -> None:
    first = coat_of(3, "left").levels[0].copy()
    coat_of.cache_clear()
    assert np.array_equal(first, coat_of(3, "left").levels[0])


def test_flanks_and_individuals_differ() -> None:
    left, right, other = spots(3, "left"), spots(3, "right"), spots(4, "left")
    # The tail's bands and the legs' density are common to all leopards; the spots themselves are not.
    assert overlap(left, spots(3, "left")) == pytest.approx(1.0)
    assert overlap(left, right) < 0.35
    assert overlap(left, other) < 0.35


def test_crop_is_a_picture_with_its_outline() -> None:
    rgb, mask = render_crop(3, "left", 1, width=320)
    assert rgb.dtype == np.uint8 and mask.dtype == np.bool_
    assert rgb.shape == (*mask.shape, 3) and rgb.shape[1] == 320
    assert 0.15 < mask.mean() < 0.6
    again, same = render_crop(3, "left", 1, width=320)
    assert np.array_equal(rgb, again) and np.array_equal(mask, same)
    assert not np.array_equal(render_crop(3, "left", 2, width=320)[1].shape, (1, 1))


def test_infrared_crop_is_grey() -> None:
    rgb, _ = render_crop(3, "right", 5, width=320, kind="infrared")
    assert int(np.ptp(rgb.astype(int), axis=2).max()) <= 2


def test_the_head_points_the_way_the_flank_says() -> None:
    # The tail is thin, the head and chest are not: the half with the head holds more of the upper body.
    for flank, head_left in (("left", True), ("right", False)):
        _, mask = render_crop(11, flank, 2, width=320, yaw=0.0)
        ends = mask[:, : mask.shape[1] // 8].sum(), mask[:, -mask.shape[1] // 8 :].sum()
        assert (ends[0] > ends[1]) == head_left


def test_local_features_match_the_same_flank_and_no_other() -> None:
    import cv2

    finder = cv2.SIFT_create(500)

    def features(seed: int, flank: str, pose: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        rgb, mask = render_crop(seed, flank, pose, width=560, kind="day", yaw=8.0)
        points, found = finder.detectAndCompute(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), mask.astype(np.uint8))
        return np.array([p.pt for p in points], np.float32), np.sqrt(found / found.sum(1, keepdims=True))

    def agreeing(a: tuple[npt.NDArray[np.float32], ...], b: tuple[npt.NDArray[np.float32], ...]) -> int:
        pairs = [m for m, n in cv2.BFMatcher().knnMatch(a[1], b[1], k=2) if m.distance < 0.85 * n.distance]
        if len(pairs) < 4:
            return 0
        there = b[0][[m.trainIdx for m in pairs]]
        _, good = cv2.estimateAffine2D(a[0][[m.queryIdx for m in pairs]], there, ransacReprojThreshold=10)
        return 0 if good is None else int(good.sum())

    mine, again = features(21, "left", 0), features(21, "left", 1)
    assert agreeing(mine, again) > 3 * max(
        agreeing(mine, features(22, "left", 1)), agreeing(mine, features(21, "right", 1))
    )


def test_skin_is_whole_and_every_pose_keeps_its_feet_near_the_ground() -> None:
    skin = flesh.skin()
    assert np.allclose(skin.weights.sum(1), 1)
    edges = np.sort(np.concatenate([skin.faces[:, [0, 1]], skin.faces[:, [1, 2]], skin.faces[:, [2, 0]]]), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert (uses % 2 == 0).all()
    for seed in range(12):
        points = body.posed(skeleton.random_pose(np.random.default_rng(seed)))
        assert -0.09 < points[:, 2].min() < 0.04
        assert 0.5 < points[:, 2].max() < 1.1
