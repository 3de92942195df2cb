"""Published matchers: every parameter loaded, the numbers of kornia's own modules, only verified spots counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spotid.errors import ModelFileError
from spotid.match.lnbnn import SpotIndex
from spotid.match.matchers import weights
from spotid.match.matchers.aliked import AlikedLightGlue
from spotid.match.matchers.disk import DiskLightGlue
from spotid.match.matchers.loftr import LoFTR
from spotid.match.matchers.picture import sized
from spotid.match.matchers.sift import SiftLightGlue, root
from spotid.match.parts import Points
from spotid.match.registry import matcher
from spotid.weights import shelf
from spotid.weights.troubles import MissingModelError
from tests.match.matchers import made
from tests.match.test_points import coat
from tests.weights.stock import shelve

cv2 = pytest.importorskip("cv2")
torch = pytest.importorskip("torch")
pytest.importorskip("kornia")
SMALL = {"side": 160, "points": 48}
Shelved = Callable[..., Any]


@pytest.fixture
def shelved(monkeypatch: pytest.MonkeyPatch, checkpoints: dict[str, Path], home: Path) -> Shelved:
    """A matcher by name with its files on the shelf; numbers of its recipe may be changed, files exchanged."""

    def make(kind: type, name: str, files: dict[str, Path] | None = None, **recipe: float) -> Any:
        needed = [one.name for one in shelf.model(name).weights]
        models = shelve(monkeypatch, {one: (files or {}).get(one) or checkpoints[one] for one in needed})
        return kind(replace(models[name], recipe={**models[name].recipe, **recipe}))

    return make


def gradient() -> tuple[np.ndarray, np.ndarray]:
    """A crop whose colours all differ, with a coat on it."""
    rgb, mask = coat(4)
    across = np.linspace(0, 60, rgb.shape[1])[None, :, None] * np.array([1.0, -0.5, 0.3])
    return np.clip(rgb + across, 0, 255).astype(np.uint8), mask


def shown(rgb: np.ndarray, side: int) -> Any:
    """What the networks are told of a crop, worked out apart: area means, RGB in 0 … 1."""
    scale = side / max(rgb.shape[:2])
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(small).permute(2, 0, 1)[None].float() / 255.0


def on_animal(places: np.ndarray, mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    where = cv2.dilate(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.ones((7, 7)))
    return np.array([where[round(float(y)), round(float(x))] > 0 for x, y in places], bool)


def test_aliked_finds_what_kornias_own_pass_finds(shelved: Shelved, checkpoints: dict[str, Path]) -> None:
    from kornia.feature import ALIKED

    rgb, mask = gradient()
    mine = shelved(AlikedLightGlue, "aliked-lightglue", **SMALL)
    points = mine.extract(rgb, mask)
    net = ALIKED("aliked-n16", max_num_keypoints=2048, detection_threshold=0.0)
    state = torch.load(checkpoints["aliked-n16"], weights_only=True)
    net.load_state_dict({**state, "dkd.hw_grid": net.dkd.hw_grid})
    picture = shown(rgb, 160)
    with torch.inference_mode():
        found = net.eval()(picture)[0]
    places = found.keypoints.numpy()
    order = np.argsort(-found.keypoint_scores.numpy(), kind="stable")
    size = (picture.shape[3], picture.shape[2])
    order = order[on_animal(places[order], mask, size)][:48]
    assert len(points.xy) == len(order) > 20 and points.descriptor.dtype == np.float16
    assert np.allclose(points.xy * size - 0.5, places[order], atol=1e-4)
    _, _, _, descriptor = mine.find(*sized(rgb, mask, 160))
    assert np.allclose(descriptor, found.descriptors.numpy()[order], atol=1e-4)


def test_disk_finds_what_kornias_own_pass_finds(shelved: Shelved, checkpoints: dict[str, Path]) -> None:
    from kornia.feature import DISK

    rgb, mask = gradient()
    mine = shelved(DiskLightGlue, "disk-lightglue", **SMALL)
    mine.load()
    net = DISK()
    net.load_state_dict(torch.load(checkpoints["disk"], weights_only=True)["extractor"])
    picture = shown(rgb, 160)
    with torch.inference_mode():
        found = net.eval()(picture, pad_if_not_divisible=True)[0]
    order = np.argsort(-found.detection_scores.numpy(), kind="stable")
    order = order[on_animal(found.keypoints.numpy()[order], mask, (picture.shape[3], picture.shape[2]))][:48]
    places, _, _, descriptor = mine.find(*sized(rgb, mask, 160))
    assert len(order) == 48 and np.array_equal(places, found.keypoints.numpy()[order])
    assert np.allclose(descriptor, found.descriptors.numpy()[order], atol=1e-4)


@pytest.mark.parametrize("oriented", [False, True])
def test_light_glue_says_what_kornias_own_pass_says(shelved: Shelved, tmp_path: Path, oriented: bool) -> None:
    from kornia.feature import LightGlue

    path = made.wild_glue(tmp_path / "wild.pth", oriented)
    kind, name = (SiftLightGlue, "sift-lightglue") if oriented else (DiskLightGlue, "disk-lightglue")
    mine = shelved(kind, name, {name: path}, least=0.0)
    rng = np.random.default_rng(0)

    def some(count: int, frame: tuple[int, int]) -> Points:
        found = rng.normal(size=(count, 128))
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return Points(
            rng.random((count, 2)).astype(np.float32),
            rng.random(count).astype(np.float32) / 10,
            rng.uniform(0, 360, count).astype(np.float32),
            found.astype(np.float16),
            frame=np.array(frame, np.float32),
        )

    def told(points: Points, wide: int, high: int) -> dict[str, Any]:
        said = {
            "keypoints": np.clip(points.xy * [wide, high] - 0.5, 0, [wide, high]),
            "descriptors": points.descriptor,
            "image_size": [wide, high],
            "scales": points.size * max(wide, high),
            "oris": points.angle * np.pi / 180,
        }
        return {key: torch.tensor(np.asarray(value, np.float32))[None] for key, value in said.items()}

    a, b = some(40, (320, 200)), some(30, (280, 240))
    conf = {"depth_confidence": -1, "width_confidence": -1, "filter_threshold": 0.0, "add_scale_ori": oriented}
    net = LightGlue(features=None, weights=None, input_dim=128, **conf).eval()
    net.load_state_dict(torch.load(path, weights_only=True), strict=True)
    with torch.inference_mode():
        theirs = net({"image0": told(a, 320, 200), "image1": told(b, 280, 240)})
    pairs, confidence = mine.matches(a, b)
    assert len(pairs) > 3 and np.array_equal(pairs, theirs["matches"][0].numpy())
    assert np.allclose(confidence, theirs["scores"][0].numpy(), rtol=1e-4, atol=1e-7)


@pytest.mark.slow
def test_loftr_says_what_kornias_own_pass_says(shelved: Shelved, tmp_path: Path) -> None:
    path = made.loftr(tmp_path / "loftr.ckpt")
    mine = shelved(LoFTR, "loftr-outdoor", {"loftr-outdoor": path}, side=160, least=0.0, sure=0.0)
    mine.load()
    mine._net.coarse_matching.thr = 0.0
    (one, mask), (two, _) = gradient(), coat(5)
    a, b = mine.extract(one, mask), mine.extract(two, mask)
    assert a.descriptor.shape == (2, 88, 160) and a.descriptor.dtype == np.uint8
    here, there, confidence = mine.matches(a, b)

    from kornia.feature import LoFTR as Theirs

    net = Theirs(pretrained=None).eval()
    net.load_state_dict(dict(torch.load(path, weights_only=True)["state_dict"]))
    net.coarse_matching.thr = 0.0

    def grey(rgb: np.ndarray) -> Any:
        small = cv2.resize(rgb, (160, 88), interpolation=cv2.INTER_AREA)
        return torch.from_numpy(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))[None, None].float() / 255

    with torch.inference_mode():
        found = net({"image0": grey(one), "image1": grey(two)})
    assert len(here) > 3
    assert np.allclose(here * [160, 88], found["keypoints0"].numpy(), atol=1e-3)
    assert np.allclose(there * [160, 88], np.clip(found["keypoints1"].numpy(), 0, [160, 88]), atol=1e-3)
    assert np.allclose(confidence, found["confidence"].numpy(), rtol=1e-4, atol=1e-7)
    score = mine.compare(a, b)
    assert score.score == mine.compare(b, a).score and score.count == len(score.placed(a, b))


def test_same_coat_scores_far_above_another_and_either_way(shelved: Shelved) -> None:
    mine = shelved(SiftLightGlue, "sift-lightglue", side=240, points=120)
    seen = [mine.extract(*coat(*which)) for which in ((1, 0.0, 1.0), (1, 0.06, 0.7), (2, 0.0, 1.0))]
    same, other = mine.compare(seen[0], seen[1]), mine.compare(seen[0], seen[2])
    assert same.score > 5 * max(other.score, 1.0)
    back = mine.compare(seen[1], seen[0])
    assert back.score == same.score and np.array_equal(back.pairs[:, ::-1], same.pairs)
    places = same.placed(seen[0], seen[1])
    assert np.abs(places[:, :2] - places[:, 2:]).max() < 0.25
    still = replace(seen[0], at=0.3 + 0.2 * seen[0].xy)
    assert mine.compare(still, replace(still)).score == 0.0, "what stays at one place of the frame is no animal"
    index = SpotIndex()
    for number, points in enumerate(seen[1:]):
        index.add(number, number, points)
    assert index.query(seen[0], None)[0].sighting == 0


def test_a_crop_without_any_point(shelved: Shelved) -> None:
    mine = shelved(SiftLightGlue, "sift-lightglue", **SMALL)
    flat = mine.extract(np.full((80, 120, 3), 90, np.uint8), np.ones((80, 120), bool))
    assert flat.xy.shape == (0, 2) and flat.descriptor.shape == (0, 128)
    assert mine.compare(flat, flat).score == 0.0


def test_root_sift_is_of_unit_length_and_keeps_zeros_finite() -> None:
    made_up = np.zeros((3, 128), np.float32)
    made_up[1, 5], made_up[2] = 200.0, np.arange(128)
    found = root(made_up)
    assert np.isfinite(found).all() and np.allclose(np.linalg.norm(found, axis=1), 1.0)
    assert np.allclose(found[2] ** 2, np.arange(128) / np.arange(128).sum(), atol=1e-4)


@pytest.mark.parametrize(
    ("make", "load", "key"),
    [
        (made.glue, lambda path: weights.light_glue(path, "LightGlue"), "self_attn.3.Wqkv.weight"),
        (made.aliked, lambda path: weights.aliked(path, 10), "desc_head.agg_weights"),
        (made.disk, weights.disk, "unet.path_down.1.1.3.bias"),
        pytest.param(
            *(made.loftr, weights.loftr, "matcher.backbone.layer2.0.conv1.weight"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_file_with_one_key_renamed_is_refused(tmp_path: Path, make: Any, load: Any, key: str) -> None:
    load(make(tmp_path / "right.pth"))
    for changed in ({"without": key}, {"extra": "another.weight"}):
        with pytest.raises(ModelFileError, match="This is not the file of"):
            load(make(tmp_path / "wrong.pth", **changed))


def test_another_light_glue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"posenc.Wr.weight .*32×4 instead of 32×2"):
        weights.light_glue(made.glue(tmp_path / "sift.pth", oriented=True), "LightGlue")


def test_superpoint_is_recognised_and_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = dict.fromkeys(weights.SUPERPOINT_KEYS, torch.zeros(2, 2))
    with pytest.raises(ModelFileError, match="SuperPoint"):
        weights.aliked(made.saved(keys, tmp_path / "superpoint_v1.pth"), 10)
    hidden = made.saved({"a": torch.zeros(2)}, tmp_path / "aliked-n16.pth")
    monkeypatch.setattr(weights, "SUPERPOINT", weights._sha256(hidden))
    with pytest.raises(ModelFileError, match="SuperPoint"):
        weights.disk(hidden)


def test_identities_tell_files_and_recipes_apart(shelved: Shelved, tmp_path: Path) -> None:
    small = {name: tmp_path / name for name in ("aliked-n16", "aliked-lightglue", "other")}
    for path in small.values():
        path.write_bytes(path.name.encode())

    def identity(files: dict[str, Path] | None = None, **recipe: float) -> str:
        return str(shelved(AlikedLightGlue, "aliked-lightglue", small | (files or {}), **recipe).identity())

    first = identity()
    assert first == identity() and len(first) == 16
    assert len({first, identity(points=100), identity({"aliked-n16": small["other"]})}) == 3
    with pytest.raises(ModelFileError, match="points"):
        identity(points=-1)
    with pytest.raises(ModelFileError, match="colour"):
        identity(colour=1)


def test_without_its_files_a_matcher_says_how_to_get_them(home: Path) -> None:
    for name in ("aliked-lightglue", "disk-lightglue", "sift-lightglue", "loftr-outdoor"):
        mine: Any = matcher(name)
        assert mine.name == name and mine.most and not mine.quick
        for ask in (mine.identity, mine.load):
            with pytest.raises(MissingModelError, match=name):
                ask()
        assert not shelf.here(shelf.model(name))


def test_a_model_of_ones_own_without_the_file_that_finds_points_says_so(
    monkeypatch: pytest.MonkeyPatch, checkpoints: dict[str, Path], home: Path
) -> None:
    mine = AlikedLightGlue(shelf.model("aliked-lightglue"))
    monkeypatch.setattr(shelf, "files", lambda model: {"aliked-lightglue": checkpoints["aliked-lightglue"]})
    with pytest.raises(ModelFileError, match="aliked-n16"):
        mine.load()
