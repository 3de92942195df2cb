"""The station-background detector on drawn places: animals found, empty frames left empty, strips never an animal."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.prepare.detectors import scenes
from spotid.prepare.detectors.builtin import StationBackground
from spotid.prepare.parts import Frame

cv2 = pytest.importorskip("cv2")
SIZE = (480, 360)


def place(seed: int, infrared: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    for sigma, strength in ((2, 25), (8, 45), (30, 60)):
        noise = cv2.GaussianBlur(rng.normal(size=picture.shape).astype(np.float32), (0, 0), sigma)
        picture += strength * noise / noise.std()
    picture = 110 + 0.6 * picture
    if infrared:
        picture[:] = picture.mean(axis=2, keepdims=True)
    return picture


def shot(
    scene: np.ndarray, seed: int, animals: tuple[Box, ...] = (), light: float = 1.0, strip: bool = False
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = scene * light + rng.normal(0, 3, scene.shape)
    for box in animals:
        left, top, right, bottom = box.pixels(*SIZE)
        coat = cv2.GaussianBlur(rng.normal(size=(bottom - top, right - left)).astype(np.float32), (0, 0), 3)
        mask = np.zeros(coat.shape, np.uint8)
        cv2.ellipse(
            mask, (coat.shape[1] // 2, coat.shape[0] // 2), (coat.shape[1] // 2, coat.shape[0] // 2), 0, 0, 360, 1, -1
        )
        fur = np.where(coat[..., None] > 0.05, [40.0, 30.0, 20.0], [215.0, 185.0, 130.0])
        if np.ptp(scene, axis=2).max() < 1:
            fur = fur.mean(axis=2, keepdims=True) * np.ones(3)
        picture[top:bottom, left:right] = np.where(mask[..., None] > 0, fur, picture[top:bottom, left:right])
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    if strip:
        picture[-20:] = 0
        cv2.putText(
            picture,
            f"CAM-7 12C 2024-01-{seed % 28:02d} 04:{seed % 60:02d}",
            (6, SIZE[1] - 5),
            0,
            0.5,
            (255, 255, 255),
            1,
        )
    return picture


def frame(name: str, small: np.ndarray, day: int, minute: int = 0, station: str = "A") -> Frame:
    return Frame(name, small, small.shape[1] * 2, small.shape[0] * 2, station, f"2024-01-{day:02d}T04:{minute:02d}:00")


def empties(scene: np.ndarray, count: int, strip: bool = False) -> list[Frame]:
    lights = np.linspace(0.8, 1.2, count)
    return [frame(f"e{n}", shot(scene, 100 + n, light=lights[n], strip=strip), 1 + n) for n in range(count)]


ONE = Box(0.3, 0.4, 0.3, 0.25)


@pytest.mark.parametrize("infrared", [False, True])
def test_finds_one_animal_and_its_outline(infrared: bool) -> None:
    scene = place(1, infrared)
    target = frame("t", shot(scene, 7, (ONE,), light=1.1), 20)
    (found,) = StationBackground().detect([target], empties(scene, 8))
    assert len(found) == 1 and found[0].box.iou(ONE) > 0.6 and 0.3 < found[0].score <= 1
    assert found[0].mask is not None and found[0].mask.shape == target.small.shape[:2]


def test_finds_two_animals() -> None:
    scene, other = place(2), Box(0.7, 0.5, 0.25, 0.25)
    (found,) = StationBackground().detect([frame("t", shot(scene, 7, (ONE, other)), 20)], empties(scene, 8))
    assert len(found) == 2
    assert max(d.box.iou(ONE) for d in found) > 0.6 and max(d.box.iou(other) for d in found) > 0.6


def test_empty_frame_of_a_known_place_is_empty_and_writing_is_no_animal() -> None:
    scene = place(3)
    target = frame("t", shot(scene, 7, light=0.9, strip=True), 20)
    assert StationBackground().detect([target], empties(scene, 8, strip=True)) == [[]]


def test_unknown_place_gives_the_whole_picture_without_its_strip() -> None:
    (found,) = StationBackground().detect([frame("t", shot(place(4), 7, (ONE,), strip=True), 20)], [])
    (only,) = found
    assert only.how == "whole picture" and only.score <= 0.2
    assert only.box.y + only.box.h < 0.96 and only.box.w == 1.0


def test_crops_of_varying_sizes_stay_whole() -> None:
    crops = [
        Frame(
            f"c{n}", place(5 + n)[: 200 + 7 * n, : 300 + 5 * n].clip(0, 255).astype(np.uint8), 300 + 5 * n, 200 + 7 * n
        )
        for n in range(6)
    ]
    assert [[d.how for d in found] for found in StationBackground().detect(crops, crops)] == [["whole picture"]] * 6


def test_animal_resting_for_a_whole_visit_is_found_by_other_visits() -> None:
    scene = place(6)
    visit = [frame(f"v{n}", shot(scene, 7, (ONE,)), 20, minute=n) for n in range(10)]
    for found in StationBackground().detect(visit, [*empties(scene, 8), *visit]):
        assert len(found) == 1 and found[0].box.iou(ONE) > 0.6


def test_frames_of_several_places_in_one_folder_are_told_apart() -> None:
    one, two = place(8), place(9)
    mixed = [frame(f"a{n}", shot(one, 50 + n), 1 + n) for n in range(6)]
    mixed += [frame(f"b{n}", shot(two, 70 + n), 1 + n) for n in range(6)]
    targets = [frame("t1", shot(one, 7, (ONE,)), 20), frame("t2", shot(two, 8), 21)]
    found = StationBackground().detect(targets, mixed)
    assert len(found[0]) == 1 and found[0][0].box.iou(ONE) > 0.6
    assert found[1] == []


def test_same_answer_whatever_came_before() -> None:
    scene = place(10)
    target, context = frame("t", shot(scene, 7, (ONE,)), 20), empties(scene, 8)
    used = StationBackground()
    used.detect(context, context)
    assert used.detect([target], context) == StationBackground().detect([target], context)


def test_strips_are_seen_at_both_ends_and_not_in_plain_pictures() -> None:
    plain = shot(place(11), 3)
    written = plain.copy()
    written[:15] = 0
    cv2.putText(written, "2024-01-01 04:00:00 CAM 3", (5, 12), 0, 0.45, (255, 255, 255), 1)
    top, bottom = scenes.strips(written)
    assert 0.03 < top < 0.06 and bottom == 1.0
    assert scenes.strips(plain) == (0.0, 1.0)
    assert scenes.strips(np.zeros_like(plain)) == (0.0, 1.0)


def test_odd_pictures_do_no_harm() -> None:
    flat = [Frame(f"f{n}", np.full((40, 50, 3), 255 * (n % 2), np.uint8), 50, 40) for n in range(6)]
    for found in StationBackground().detect(flat, flat):
        assert all(0 <= d.score <= 1 for d in found)
