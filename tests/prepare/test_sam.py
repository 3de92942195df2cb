"""Cut-outs by Segment Anything, MobileSAM and SAM 2, with files made in the layout in which they are published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import Box
from spotid.errors import JobError, ModelFileError
from spotid.prepare import registry
from spotid.prepare.cutouts import outline, prompted
from spotid.prepare.cutouts.sam import Sam
from spotid.prepare.cutouts.sam_ultralytics import MobileSam, Sam2
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, MissingModelError
from tests.prepare import sam_files
from tests.prepare.test_outline import drawn
from tests.prepare.yolo_files import gradient
from tests.weights.stock import shelve

pytest.importorskip("cv2")
INNER = Box(0.2, 0.25, 0.6, 0.5)
CROP = (330, 501)  # height and width: neither a square nor even


BODY = (0.2, 0.25, 0.8, 0.72)


def test_the_picture_is_prepared_as_its_makers_do_it() -> None:
    """Longer side 1024, ImageNet's mean and deviation in grey levels, RGB, nothing (not grey) below and beside it."""
    rgb = gradient(*CROP)
    high, wide = prompted.fitted(*CROP)
    assert (high, wide) == (674, 1024) and prompted.fitted(3, 4000) == (1, 1024)
    seen = prompted.prepared(rgb, high, wide)
    assert seen.shape == (3, 1024, 1024) and seen.dtype == np.float32
    large = np.asarray(Image.fromarray(rgb).resize((wide, high), Image.Resampling.BILINEAR), np.float64)
    wanted = (large - [123.675, 116.28, 103.53]) / [58.395, 57.12, 57.375]
    assert np.abs(seen[:, :high].transpose(1, 2, 0) - wanted).max() < 1e-5 and not seen[:, high:].any()


def test_without_its_file_the_sentence_says_what_to_do(home: Path) -> None:
    for name, kind in (("mobile-sam", MobileSam), ("sam21-tiny", Sam2), ("sam-vit-b", Sam)):
        cutter = registry.cutter(name)
        assert type(cutter) is kind and cutter.name == name
        for ask in (cutter.identity, cutter.load):
            with pytest.raises(MissingModelError, match=f"not on this computer.*spotid models get {name}"):
                ask()


# From here on with the libraries.


@pytest.fixture(scope="session")
def mobile() -> Any:
    """MobileSAM's network at its real size."""
    pytest.importorskip("torch")
    pytest.importorskip("ultralytics")
    return sam_files.mobile_sam()


@pytest.fixture(scope="session")
def published(mobile: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file."""
    return sam_files.written(mobile, tmp_path_factory.mktemp("sam") / "mobile_sam.pt")


def ready(name: str, path: Path, patch: pytest.MonkeyPatch, folder: Path) -> Any:
    patch.setenv("SPOTID_MODELS", str(folder))
    shelve(patch, {name: path})
    cutter: Any = registry.cutter(name)
    cutter.load()
    return cutter


@pytest.fixture(scope="session")
def cutter(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One loaded cut-out for all tests that only look."""
    with pytest.MonkeyPatch.context() as patch:
        return ready("mobile-sam", published, patch, tmp_path_factory.mktemp("shelf"))


def asked_alone(made: Any, rgb: np.ndarray, box: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Segment Anything's own steps, written again from its networks: logits at the crop's size, and scores."""
    import torch
    import torch.nn.functional as F

    scale = 1024 / max(rgb.shape[:2])
    high, wide = int(rgb.shape[0] * scale + 0.5), int(rgb.shape[1] * scale + 0.5)
    large = np.asarray(Image.fromarray(rgb).resize((wide, high), Image.Resampling.BILINEAR))
    seen = torch.from_numpy(large.copy()).permute(2, 0, 1)[None].float()
    mean, std = torch.tensor([123.675, 116.28, 103.53]), torch.tensor([58.395, 57.12, 57.375])
    seen = (seen - mean[:, None, None]) / std[:, None, None]
    seen = F.pad(seen, (0, 1024 - wide, 0, 1024 - high))
    corners = torch.tensor([[box[0], box[1]], [box[2], box[3]]]) * torch.tensor(
        [wide / rgb.shape[1], high / rgb.shape[0]]
    )
    with torch.no_grad():
        features = made.image_encoder(seen)
        sparse, dense = made.prompt_encoder(points=None, boxes=corners.reshape(1, 4), masks=None)
        logits, scores = [], []
        for several in (False, True):
            low, said = made.mask_decoder(features, made.prompt_encoder.get_dense_pe(), sparse, dense, several)
            full = F.interpolate(low, (1024, 1024), mode="bilinear", align_corners=False)[..., :high, :wide]
            logits.append(F.interpolate(full, rgb.shape[:2], mode="bilinear", align_corners=False)[0])
            scores.append(said[0])
    return torch.cat(logits).numpy(), torch.cat(scores).numpy()


def ours(cutter: Any, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the cut-out's network says: logits at the crop's size, and scores."""
    import torch

    with torch.inference_mode():
        grids, scores = cutter._asked(rgb, INNER.pixels(rgb.shape[1], rgb.shape[0]))
        return cutter._enlarged(grids[None], *rgb.shape[:2])[0].numpy(), scores.numpy()


def agree(found: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray]) -> None:
    assert found[0].shape == wanted[0].shape and np.abs(found[1] - wanted[1]).max() < 1e-4
    assert np.abs(found[0] - wanted[0]).max() < 1e-4 * max(1.0, float(np.abs(wanted[0]).max()))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_mobile_sam_says_what_its_networks_say(cutter: Any, mobile: Any) -> None:
    rgb = gradient(*CROP)
    agree(ours(cutter, rgb), asked_alone(mobile, rgb, INNER.pixels(CROP[1], CROP[0])))


def test_cuts_are_cleaned_or_left_to_grabcut(cutter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = gradient(*CROP)
    whole = drawn(BODY, size=CROP)
    monkeypatch.setattr(cutter, "proposals", lambda crop, inner: (whole[None], np.array([0.9])))
    found = cutter.cut(rgb, INNER, None)
    assert found.how == "mobile-sam" and 0.7 < found.score <= 0.9 and found.mask.shape == CROP
    monkeypatch.setattr(cutter, "proposals", lambda crop, inner: (~whole[None], np.array([0.9])))
    found = cutter.cut(rgb, INNER, None)
    assert found.how in ("grabcut", "ellipse in the box") and found.mask.any()


def test_a_full_graphics_card_is_told(cutter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(*given: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(cutter, "_asked", full)
    with pytest.raises(JobError, match=r"no memory left for “mobile-sam”.*SPOTID_DEVICE=cpu"):
        cutter.cut(gradient(*CROP), INNER, None)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_crop_of_a_few_pixels(cutter: Any) -> None:
    found = cutter.cut(np.full((2, 3, 3), 90, np.uint8), Box(0.2, 0.2, 0.5, 0.5), None)
    assert found.mask.shape == (2, 3) and 0 <= found.score <= 1


def test_one_key_renamed_is_refused(mobile: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import torch

    state = dict(mobile.state_dict())
    state["mask_decoder.iou_tokens.weight"] = state.pop("mask_decoder.iou_token.weight")
    path = tmp_path / "mobile_sam.pt"
    torch.save(state, path)
    shelve(monkeypatch, {"mobile-sam": path})
    with pytest.raises(ModelFileError, match=r"1 missing: mask_decoder\.iou_token\.weight; 1 unknown"):
        registry.cutter("mobile-sam").load()


def test_identity_follows_file_and_recipe(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = shelve(monkeypatch, {"mobile-sam": published})["mobile-sam"]
    before = MobileSam(model).identity()
    assert len(before) == 16 and MobileSam(model).identity() == before
    assert MobileSam(replace(model, recipe={"side": 1})).identity() != before
    monkeypatch.setattr(outline, "FITS", 0.5)
    assert MobileSam(model).identity() != before


def test_an_unknown_size_is_told(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = shelve(monkeypatch, {"mobile-sam": published})["mobile-sam"]
    for kind in (Sam, Sam2):
        with pytest.raises(CatalogueError, match="“size” must be one of"):
            kind(replace(model, recipe={"size": "giant"})).load()


def by_the_library(made: Any, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """SAM 2's three outlines by the library's own predictor, given the picture as its authors prepare it: stretched."""
    import torch
    import torch.nn.functional as F
    from ultralytics.models.sam.predict import SAM2Predictor

    stretched = np.asarray(Image.fromarray(rgb).resize((1024, 1024), Image.Resampling.BILINEAR))
    predictor = SAM2Predictor(overrides={"imgsz": 1024, "verbose": False, "device": torch.device("cpu")})
    predictor.setup_model(made, verbose=False)
    left, top, right, bottom = INNER.pixels(rgb.shape[1], rgb.shape[0])
    box = np.array([[left, top, right, bottom]], float) * ([1024 / rgb.shape[1], 1024 / rgb.shape[0]] * 2)
    with torch.inference_mode():
        predictor.set_image(np.ascontiguousarray(stretched[..., ::-1]))
        predictor.batch = ([""], [stretched], [""])
        square = torch.zeros(1, 3, 1024, 1024)  # its size alone counts: the picture was seen before
        masks, scores = predictor.prompt_inference(square, bboxes=box, multimask_output=True)
        full = F.interpolate(masks[None], rgb.shape[:2], mode="bilinear", align_corners=False)[0]
    return full.numpy(), scores.numpy()


def check_sam2(made: Any, name: str, patch: pytest.MonkeyPatch, folder: Path) -> None:
    path = sam_files.written(made, folder / shelf.model(name).weights[0].file, "model")
    cutter = ready(name, path, patch, folder / "shelf")
    rgb = gradient(*CROP)
    found = ours(cutter, rgb)
    agree((found[0][1:], found[1][1:]), by_the_library(made, rgb))


def test_sam_2_s_build_says_what_the_library_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("ultralytics")
    from ultralytics.models.sam import build

    made = sam_files.of_21(sam_files.small_sam2())
    monkeypatch.setattr(build, "build_sam2_t", lambda checkpoint: sam_files.small_sam2())
    check_sam2(made, "sam21-tiny", monkeypatch, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("name", "size"), [("sam21-tiny", "t"), ("sam21-small", "s"), ("sam21-base-plus", "b")])
def test_sam_2_says_what_the_library_says(
    name: str, size: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ultralytics")
    check_sam2(sam_files.sam2(size), name, monkeypatch, tmp_path)


def check_sam(made: Any, path: Path, patch: pytest.MonkeyPatch) -> None:
    """Against the predictor of Segment Anything itself."""
    from segment_anything import SamPredictor

    cutter = ready("sam-vit-b", path, patch, path.parent / "shelf")
    rgb = gradient(*CROP)
    predictor = SamPredictor(made)
    predictor.set_image(rgb)
    box = np.array(INNER.pixels(CROP[1], CROP[0]))
    said = [predictor.predict(box=box, multimask_output=several, return_logits=True)[:2] for several in (False, True)]
    agree(ours(cutter, rgb), (np.concatenate([one[0] for one in said]), np.concatenate([one[1] for one in said])))


def test_segment_anything_s_build_says_what_its_own_predictor_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = pytest.importorskip("segment_anything")
    made = sam_files.small_sam()
    monkeypatch.setitem(package.sam_model_registry, "vit_b", lambda checkpoint: sam_files.small_sam())
    check_sam(made, sam_files.written(made, tmp_path / "sam_vit_b_01ec64.pth"), monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_segment_anything_says_what_its_own_predictor_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("segment_anything")
    made = sam_files.sam("vit_b")
    path = sam_files.written(made, tmp_path / "sam_vit_b_01ec64.pth")
    assert abs(path.stat().st_size - 375_042_383) < 50_000, "the published file's length, names in the archive apart"
    check_sam(made, path, monkeypatch)
