"""The layered detector and the following of drawn animals, on the drawn places of the station-background tests."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.prepare import lesson, track
from spotid.prepare.detectors import eye, layered, proposals, scenes
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


@pytest.mark.parametrize("layers", [layered.STATION, layered.BOTH])
def test_finds_the_animal_with_a_chance_and_an_outline_and_leaves_empty_frames_empty(layers: str) -> None:
    scene = place(1)
    target, nothing = frame("t", shot(scene, 7, (ONE,), light=1.1), 20), frame("n", shot(scene, 8), 21)
    found, none = layered.Layered(layers).detect([target, nothing], empties(scene, 8))
    assert len(found) == 1 and found[0].box.iou(ONE) > 0.6 and layered.KEEP <= found[0].score <= 1
    assert found[0].mask is not None and found[0].mask.shape == target.small.shape[:2]
    assert none == []


def test_same_answer_whatever_came_before() -> None:
    scene = place(10)
    target, context = frame("t", shot(scene, 7, (ONE,)), 20), empties(scene, 6)
    used = layered.Layered()
    used.detect(context, context)
    assert used.detect([target], context) == layered.Layered().detect([target], context)


def test_nothing_known_of_a_place_gives_the_whole_picture() -> None:
    (found,) = layered.Layered(layered.STATION).detect([frame("t", shot(place(4), 7, (ONE,)), 20)], [])
    assert [one.how for one in found] == ["whole picture"] and found[0].score < layered.KEEP


def test_crops_are_taken_as_they_are_and_camera_frames_never() -> None:
    draw = np.random.default_rng(0)
    crops = [
        Frame(
            f"c{n}", place(20 + n)[: 200 + 7 * n, : 300 + 5 * n].clip(0, 255).astype(np.uint8), 300 + 5 * n, 200 + 7 * n
        )
        for n in range(5)
    ]
    assert [[one.how for one in found] for found in layered.Layered().detect(crops, crops)] == [["already a crop"]] * 5
    assert scenes.are_crops([(int(draw.integers(200, 900)), int(draw.integers(150, 700))) for _ in range(20)])
    assert not scenes.are_crops([(640, 480), (640, 360), (1920, 1080), (640, 427)])
    assert not scenes.are_crops([(1920, 1000)] * 6) and not scenes.are_crops([])


def test_drawn_frames_are_known_and_their_animals_are_no_background() -> None:
    scene = place(6)
    visit = [frame(f"v{n}", shot(scene, 7 + n, (ONE,)), 20, minute=n) for n in range(4)]
    others = [frame(f"o{n}", shot(scene, 60 + n, (ONE,)), 1 + n) for n in range(6)]
    known = {one.uid: (ONE,) for one in others} | {"v0": (), "v1": (ONE,)}
    detector = layered.Layered(layered.STATION, layered.Lessons(known))
    said, drawn, *rest = detector.detect(visit, [*visit, *others])
    assert said == [] and [(one.box, one.score, one.how) for one in drawn] == [(ONE, 1.0, "person")]
    # Everywhere the animal lies in the same place; only because it was drawn it does not count as ground.
    evidence = detector.evidence(visit[2], {one.uid: one for one in [*others, visit[0]]})
    assert evidence.few is not None and len(rest) == 2
    untaught = layered.Layered(layered.STATION).evidence(visit[2], {one.uid: one for one in [*others, visit[0]]})
    assert untaught.few is not None
    left, top, right, bottom = ONE.pixels(evidence.shape[1], evidence.shape[0])
    assert evidence.few[top:bottom, left:right].mean() != untaught.few[top:bottom, left:right].mean()


def test_identity_follows_lessons_and_layers() -> None:
    names = {
        layered.Layered().identity(),
        layered.Layered(layered.STATION).identity(),
        layered.Layered(lessons=layered.Lessons({"a": (ONE,)})).identity(),
        layered.Layered(lessons=layered.Lessons({"a": ()})).identity(),
        layered.Layered(lessons=layered.Lessons({"a": (ONE,)}, keep=0.4)).identity(),
    }
    assert len(names) == 5 and layered.Layered().identity() == layered.Layered().identity()


def test_an_animal_is_taken_once() -> None:
    boxes = [ONE, Box(0.32, 0.41, 0.28, 0.24), Box(0.05, 0.05, 0.1, 0.1), Box(0.35, 0.45, 0.05, 0.05)]
    assert layered.chosen_boxes(boxes, np.array([0.9, 0.95, 0.5, 0.7]), 0.4) == [1, 2]
    assert layered.chosen_boxes(boxes, np.array([0.1, 0.2, 0.3, 0.1]), 0.4) == []


def test_odd_pictures_do_no_harm() -> None:
    flat = [Frame(f"f{n}", np.full((40, 50, 3), 255 * (n % 2), np.uint8), 50, 40) for n in range(5)]
    for found in layered.Layered().detect(flat, flat):
        assert all(0 <= one.score <= 1 for one in found)


def test_an_eye_learns_from_drawn_boxes_where_the_animal_is() -> None:
    scene = place(12)
    detector, pool = layered.Layered(layered.STATION), {one.uid: one for one in empties(scene, 6)}
    spots = [Box(0.1 + 0.1 * n, 0.3 + 0.05 * n, 0.25, 0.25) for n in range(6)]
    frames = [frame(f"t{n}", shot(scene, 30 + n, (box,)), 10 + n) for n, box in enumerate(spots)]
    studies = [
        lesson.study_of(detector, one, pool, (box,), str(n))
        for n, (one, box) in enumerate(zip(frames, spots, strict=True))
    ]
    taught = lesson.fitted_eye(studies[:5])
    seen = layered.seen_by(taught, studies[5].looks, studies[5].evidence).eye
    assert seen is not None
    left, top, right, bottom = spots[5].pixels(seen.shape[1], seen.shape[0])
    assert seen[top:bottom, left:right].mean() > 0.6 > 0.2 > np.median(seen)
    again = eye.Eye.of(taught.stacked())
    assert again.identity() == taught.identity()
    choice = lesson.choose(studies, detector.judges())
    assert choice.gain >= 0 and (choice.anything or choice.judges == detector.judges())


def test_two_frames_are_too_few_for_a_lesson() -> None:
    scene = place(13)
    detector = layered.Layered(layered.STATION)
    one = lesson.study_of(detector, frame("t", shot(scene, 7, (ONE,)), 20), {}, (ONE,), "a")
    assert not lesson.choose([one, one], detector.judges()).anything


def test_a_drawn_animal_is_followed_and_known_to_have_left() -> None:
    scene, later = place(14), Box(0.45, 0.42, 0.3, 0.25)
    first = frame("a", shot(scene, 7, (ONE,)), 20)
    second, third = frame("b", shot(scene, 7, (later,)), 20, minute=1), frame("c", shot(scene, 9), 20, minute=2)
    detector = layered.Layered(layered.STATION, layered.Lessons({"a": (ONE,)}))
    pool = {one.uid: one for one in [*empties(scene, 6), first, second, third]}
    drawn = track.Drawn.of(first, ONE)
    box, sure = track.follow(drawn, second, detector, pool)
    assert box is not None and box.iou(later) > 0.5 and sure >= track.SURE
    gone, unsure = track.follow(drawn, third, detector, pool)
    assert gone is None and unsure < sure


def test_proposals_are_described_in_full() -> None:
    scene = place(15)
    evidence = layered.Layered(layered.STATION).evidence(
        frame("t", shot(scene, 7, (ONE,)), 20), {one.uid: one for one in empties(scene, 6)}
    )
    found = proposals.propose(evidence)
    rows = proposals.describe(evidence, found)
    assert 0 < len(found) <= proposals.MOST and rows.shape == (len(found), len(proposals.NAMES))
    assert np.isfinite(rows).all() and max(one.box().iou(ONE) for one in found) > 0.7
    assert proposals.describe(evidence, []).shape == (0, len(proposals.NAMES))
