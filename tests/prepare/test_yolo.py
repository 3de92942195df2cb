"""Detectors of the ultralytics library, with files made in the layout in which they are published."""

from __future__ import annotations

import shutil
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.errors import JobError, ModelFileError
from spotid.nets import images
from spotid.prepare import registry, room
from spotid.prepare.detectors import yolo
from spotid.prepare.detectors.yolo import Yolo
from spotid.prepare.parts import ANIMAL, PERSON, Frame
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, MissingModelError
from tests.prepare import yolo_files
from tests.prepare.yolo_files import alone, gradient, halved, plain
from tests.weights.stock import shelve

NAME = "mdv6-yolov10-c"


def frame(rgb: np.ndarray, uid: str = "a") -> Frame:
    return Frame(uid, rgb, rgb.shape[1], rgb.shape[0])


def test_without_its_file_or_library_the_sentence_says_what_to_do(home: Path) -> None:
    detector = registry.detector(NAME)
    assert detector.name == NAME and detector.needs_context is False  # type: ignore[attr-defined]
    for ask in (detector.identity, detector.load):
        with pytest.raises(MissingModelError, match=f"not on this computer.*spotid models get {NAME}"):
            ask()
    assert not {"torch", "ultralytics"} & set(sys.modules) or "torch" in sys.modules  # nothing heavy was needed


@pytest.mark.parametrize("recipe", [{"threshold": 2}, {"threshold": "low"}, {"side": 20}, {"side": True}])
def test_a_recipe_that_can_not_be_meant_is_told(recipe: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError, match="must be a number from"):
        Yolo(replace(shelf.model(NAME), recipe=recipe))


def test_a_network_that_does_not_fit_into_the_memory_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(shelf.model(NAME), recipe={"memory_mb": 10**9})
    here = types.SimpleNamespace(kind="cpu")
    with pytest.raises(JobError, match=r"takes 1048576\.0 GB of memory, and .* are free"):
        room.check_room(model, here)  # type: ignore[arg-type]
    room.check_room(model, types.SimpleNamespace(kind="cuda"))  # type: ignore[arg-type]
    room.check_room(shelf.model("mobile-sam"), here)  # type: ignore[arg-type]


# From here on with the libraries.


@pytest.fixture(scope="session")
def looked(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One loaded detector for all tests that only look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPOTID_MODELS", str(tmp_path_factory.mktemp("shelf")))
        shelve(patch, {NAME: published})
        found: Any = registry.detector(NAME)
        found.load()
        return found


def raw(detector: Any, rgb: np.ndarray) -> np.ndarray:
    """What the detector's network says, boxes as fractions."""
    rows = detector._predict([yolo._bgr(rgb)])[0].copy()
    rows[:, [0, 2]] /= rgb.shape[1]
    rows[:, [1, 3]] /= rgb.shape[0]
    return np.asarray(rows)


def test_same_boxes_as_the_library_s_own_network(looked: Any, ten: Any) -> None:
    """Half-precision file, 2024's pickle, letterbox, colours and the published head: all agree to 1e-4."""
    rgb = gradient(360, 640)
    ours, theirs = raw(looked, rgb), alone(halved(ten), rgb, 640)
    assert len(ours) > 50 and ours[:, 4].min() > 0.2 and ours[:, 4].std() > 0.01
    for row in ours[::3]:
        assert np.abs(theirs - row).max(axis=1).min() < 1e-4
    other = plain(halved(ten), rgb, 640)  # the head that needs suppression, which the library would use, says otherwise
    assert np.mean([np.abs(other - row).max(axis=1).min() < 1e-4 for row in ours if row[4] < 0.99]) < 0.1


def test_pictures_reach_the_network_as_they_should(looked: Any) -> None:
    """Red stays red, the shape is kept, the frame round it is grey 114, values lie from 0 to 1."""
    seen = []
    first = looked._predictor.model.model.model[0]
    hook = first.register_forward_pre_hook(lambda _, given: seen.append(given[0].clone()))
    try:
        for rgb in (gradient(360, 640), gradient(240, 320), gradient(3, 600)):
            looked.detect([frame(rgb)], [])
            framed, *_ = images.letterbox(rgb, 640, 32)
            assert framed.shape[0] % 32 == 0 and framed.shape[1] == 640
            wanted = framed.transpose(2, 0, 1)[None].astype(np.float32) / 255
            assert seen[-1].shape == wanted.shape and np.abs(seen[-1].numpy() - wanted).max() < 1e-6
    finally:
        hook.remove()


def test_frames_do_not_depend_on_those_beside_them(looked: Any) -> None:
    draw = np.random.default_rng(3)
    shapes = ((480, 640), (640, 480), (480, 640))
    frames = [frame(draw.integers(0, 255, (*shape, 3), np.uint8), str(n)) for n, shape in enumerate(shapes)]
    before, looked._batch = looked._batch, 4
    together = looked.detect(frames, [])
    looked._batch = before
    for one, found in zip(frames, together, strict=True):
        (single,) = looked.detect([one], [])
        assert len(single) == len(found) > 0
        for a, b in zip(single, found, strict=True):
            assert a.box.iou(b.box) > 0.99 and abs(a.score - b.score) < 1e-3 and a.label == b.label


def test_boxes_that_reach_the_threshold_and_nothing_twice(looked: Any) -> None:
    (found,) = looked.detect([frame(gradient(480, 640))], [])
    assert found and {one.label for one in found} <= {"animal", "person", "vehicle"}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for place, one in enumerate(found):
        assert 0.2 <= one.score <= 1 and one.mask is None
        assert 0 <= one.box.x < one.box.x + one.box.w <= 1.0001 and 0 <= one.box.y < one.box.y + one.box.h <= 1.0001
        assert all(one.box.iou(other.box) <= yolo.OVERLAP for other in found[:place])
        assert one.how == ("detector" if one.label == ANIMAL else f"detector: {one.label}")
    before = looked._threshold
    looked.keep_from(found[0].score)
    assert [one.score for one in looked.detect([frame(gradient(480, 640))], [])[0]] == [found[0].score]
    looked._threshold, looked._asked = before, ""
    assert looked.side == 640 and looked.at_once == 24


def test_identity_names_file_recipe_and_library(
    published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = shelve(monkeypatch, {NAME: published})[NAME]
    before = Yolo(model).identity()
    assert len(before) == 16 and Yolo(model).identity() == before
    assert Yolo(replace(model, recipe={**model.recipe, "memory_mb": 5})).identity() == before, "no result changes"
    assert Yolo(replace(model, recipe={**model.recipe, "threshold": 0.3})).identity() != before
    asked = Yolo(model)
    asked.keep_from(0.3)
    assert asked.identity() != before
    monkeypatch.setattr(yolo, "_version", lambda: "9.0.0")
    assert Yolo(model).identity() != before
    monkeypatch.undo()
    other = tmp_path / "MDV6-yolov10-c.pt"
    other.write_bytes(published.read_bytes() + b"\0")
    assert Yolo(shelve(monkeypatch, {NAME: other})[NAME]).identity() != before


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A small YOLOv8 that somebody trained on four classes, with pictures of 320 pixels."""
    pytest.importorskip("ultralytics")
    made = yolo_files.network("yolov8n.yaml", 240, 320, {0: "leopard", 1: "hyena", 2: "ranger", 3: "bait"})
    return made, yolo_files.written(made, tmp_path_factory.mktemp("own") / "ours.pt", side=320, version="8.4.190")


def test_a_network_that_somebody_trained(
    own: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made, path = own
    model = shelve(monkeypatch, {NAME: path})[NAME]
    with pytest.raises(ModelFileError, match="has 4 classes instead of 3"):
        Yolo(model).load()
    recipe = {
        "classes": {"leopard": "animal", "hyena": "animal", "ranger": "person"},
        **{"others": "ignore", "species": {"hyena": "spotted hyena"}, "threshold": 0.01},
    }
    detector = Yolo(replace(model, recipe=recipe))
    detector.load()
    assert detector.side == 320, "the side that it was trained with"
    (found,) = detector.detect([frame(gradient(240, 320))], [])
    told = {(one.label, one.told) for one in found}
    assert told <= {(ANIMAL, ""), (ANIMAL, "spotted hyena"), (PERSON, "person")} and len(found) > 3
    ours, theirs = raw(detector, gradient(240, 320)), plain(halved(made), gradient(240, 320), 320)
    assert set(ours[:, 5]) <= {0.0, 1.0, 2.0}
    for row in ours[:30]:
        assert np.abs(theirs - row).max(axis=1).min() < 1e-4


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_rt_detr_is_recognised_and_stretches_its_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("ultralytics")
    import torch

    made = yolo_files.network("rtdetr-l.yaml", 160, 160)
    path = yolo_files.written(made, tmp_path / "MDV6-rtdetr-c.pt", version="8.2.2")
    model = shelve(monkeypatch, {"mdv6-rtdetr-c": path})["mdv6-rtdetr-c"]
    detector = Yolo(replace(model, recipe={**model.recipe, "side": 160, "threshold": 0.0}))
    detector.load()
    rgb = gradient(120, 200)
    seen = torch.from_numpy(images.squash(rgb, 160, 160).transpose(2, 0, 1).copy()[None]).float() / 255
    with torch.no_grad():
        rows = halved(made)(seen)[0][0].numpy()
    theirs = np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2, rows[:, 4:]], axis=1)
    ours = raw(detector, rgb)
    assert len(ours) == 300
    assert all(np.abs(theirs - row).max(axis=1).min() < 1e-4 for row in ours[:50])


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "cfg", "side"),
    [
        ("mdv6-yolov9-c", "yolov9c.yaml", 640),
        ("mdv6-yolov9-e-1280", "yolov9e.yaml", 1280),
        ("mdv6-yolov10-e-1280", "yolov10x.yaml", 1280),
        ("mdv1000-sorrel", "yolo11s.yaml", 960),
        ("mdv1000-larch", "yolo11l.yaml", 640),
        ("deepfaune-yolov8s", "yolov8s.yaml", 960),
    ],
)
def test_every_detector_of_the_list_at_its_real_size(
    name: str, cfg: str, side: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ultralytics")
    made = yolo_files.network(cfg, 3 * side // 4, side)
    file = shelf.model(name).weights[0].file
    model = shelve(monkeypatch, {name: yolo_files.written(made, tmp_path / file, side)})[name]
    detector: Any = registry.detector(name)
    assert type(detector) is Yolo and detector.name == model.name
    detector.load()
    assert detector.side == side and detector.at_once == (24 if side == 640 else 8)
    rgb = gradient(3 * side // 4, side)
    # Hundreds of random layers make 1e-3 of a rounding, trained ones do not: both sides count in double precision,
    # with the norms folded into the layers before them by the library's own means.
    inner = detector._predictor.model.model.double()
    hook = inner.register_forward_pre_hook(lambda _, given: (given[0].double(), *given[1:]))
    look = alone if "v10" in cfg else plain
    network = halved(made)
    network.model[-1]._end2end = "v10" in cfg
    theirs, ours = look(network.fuse(verbose=False).double(), rgb, side), raw(detector, rgb)
    hook.remove()
    assert len(ours) > 10
    assert all(np.abs(theirs - row).max(axis=1).min() < 1e-4 for row in ours[:100])
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_boxes_are_fractions_of_the_upright_picture(looked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.array([[32.0, 48.0, 320.0, 240.0, 0.9, 0.0], [0.0, 0.0, 640.0, 0.5, 0.8, 0.0]], np.float32)
    monkeypatch.setattr(looked, "_predict", lambda pictures: [rows for _ in pictures])
    ((found,),) = looked.detect([frame(gradient(480, 640))], [])  # the second is a line
    assert found.box == Box(0.05, 0.1, 0.45, 0.4)


def test_what_takes_too_long_or_too_much_is_done_in_smaller_parts(looked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library gives up on the later pictures of a batch after two seconds, and says so only in its log."""
    import torch

    together: list[int] = []
    real = looked._predictor

    def counted(pictures: list[np.ndarray]) -> Any:
        together.append(len(pictures))
        if len(pictures) > 2:
            raise torch.OutOfMemoryError("the card is full")
        return real(pictures)

    frames = [frame(gradient(96, 128), str(number)) for number in range(4)]
    wanted = looked.detect(frames[:1], [])[0]
    monkeypatch.setattr(looked, "_batch", 4)
    monkeypatch.setattr(looked, "_predictor", counted)
    monkeypatch.setattr(yolo, "PATIENCE", 60.0)
    found = looked.detect(frames, [])
    assert together == [4, 2, 2] and looked._batch == 2
    together.clear()
    monkeypatch.setattr(yolo, "PATIENCE", 0.0)
    slow = looked.detect(frames[:2], [])
    assert together == [2, 1, 1] and looked._batch == 1
    for one in (*found, *slow):
        assert [each.label for each in one] == [each.label for each in wanted]
    monkeypatch.setattr(looked, "_predictor", lambda pictures: counted([*pictures] * 3))
    with pytest.raises(JobError, match=f"no memory left for “{NAME}”"):
        looked.detect(frames[:1], [])
