"""The original SpotID's network: 540 keys, the stem that does not pad, edges as its fourth channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from spotid.embed.encoders import recipe
from spotid.embed.encoders.original import OriginalSpotId, _colours, edges, matched, network
from spotid.embed.parts import Crop
from spotid.errors import ModelFileError
from spotid.nets.state import load_strictly
from tests.embed.networks import agree, crop, imagenet, shelved, trained, unit

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")


class Theirs(torch.nn.Module):  # type: ignore[misc]
    """Written after the original's description: the parts of timm's network one after the other, then times 64."""

    def __init__(self) -> None:
        super().__init__()
        whole = timm.create_model("tf_efficientnetv2_b2", pretrained=False)
        self.final_backbone = torch.nn.Module()
        self.final_backbone.conv_stem = torch.nn.Conv2d(4, 32, (3, 3), (2, 2), bias=False)
        for name, part in whole.named_children():
            if name != "conv_stem":
                setattr(self.final_backbone, name, part)
        self.embedding_layer = torch.nn.Linear(1000, 1024)

    def forward(self, pictures: Any) -> Any:
        for part in self.final_backbone.children():
            pictures = part(pictures)
        return 64.0 * torch.nn.functional.normalize(self.embedding_layer(pictures))


def pictures(crops: list[Crop]) -> Any:
    """Through files, as the original went: crop, crop without background, edges."""
    made = []
    for one in crops:
        alone = one.rgb * one.mask[..., None]
        grey = cv2.cvtColor(cv2.cvtColor(alone, cv2.COLOR_RGB2BGR), cv2.COLOR_BGR2GRAY)
        found = cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), 55, 160)
        kept = cv2.imdecode(cv2.imencode(".jpg", found)[1], cv2.IMREAD_GRAYSCALE)
        fourth = np.asarray(Image.fromarray(kept).resize((512, 256), Image.Resampling.BILINEAR))
        colours = np.asarray(Image.fromarray(one.rgb).resize((512, 256), Image.Resampling.BILINEAR))
        line = ((fourth / 255.0 - 0.456) / 0.225).astype(np.float32)
        made.append(np.concatenate([imagenet(colours), line[None, None]], axis=1))
    return torch.from_numpy(np.concatenate(made))


CROPS = [crop(1), crop(2, 90, 300)]


@pytest.fixture(scope="module")
def theirs() -> Theirs:
    torch.manual_seed(4)
    return trained(Theirs(), pictures(CROPS))


@pytest.fixture(scope="module")
def path(theirs: Theirs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("original") / "best-model-cosface.pth"
    torch.save(theirs.state_dict(), made)
    return made


@pytest.fixture(scope="module")
def encoder(path: Path) -> OriginalSpotId:
    return shelved(OriginalSpotId, path)


def test_its_file_and_its_rows(theirs: Theirs, path: Path, encoder: OriginalSpotId) -> None:
    assert len(theirs.state_dict()) == 540 and 44_000_000 < path.stat().st_size < 46_000_000
    with torch.inference_mode():
        scaled = theirs(pictures(CROPS))
    assert torch.allclose(scaled.norm(dim=1), torch.tensor(64.0), atol=1e-3)
    rows = encoder.encode(CROPS)
    assert agree(rows, unit(scaled)) and rows.shape == (2, 1024)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-6)


def test_a_renamed_key_is_refused(theirs: Theirs) -> None:
    state = theirs.state_dict()
    state["final_backbone.stem.weight"] = state.pop("final_backbone.conv_stem.weight")
    with pytest.raises(ModelFileError, match=r"missing: final_backbone\.conv_stem\.weight"):
        load_strictly(network(), state, "the original SpotID")


def test_its_reference_photograph_matters(
    encoder: OriginalSpotId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    light = np.random.default_rng(1).integers(180, 250, (40, 50, 3), np.uint8)
    Image.fromarray(light).save(tmp_path / "reference.png")
    plain = encoder.encode(CROPS[:1])
    monkeypatch.setattr(encoder, "_reference", _colours(tmp_path / "reference.png"))
    assert not np.allclose(plain, encoder.encode(CROPS[:1]), atol=1e-3)
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(ModelFileError, match="can't be read as a picture"):
        _colours(tmp_path / "text.jpg")


def test_its_pictures() -> None:
    """256 high, 512 wide; RGB with ImageNet's numbers; the fourth channel with 0.456 and 0.225."""
    encoder = OriginalSpotId.__new__(OriginalSpotId)
    encoder.recipe, encoder._reference = recipe.read("original", {}, OriginalSpotId.defaults), None
    ramp = np.stack([np.tile(np.arange(256, dtype=np.uint8), (128, 1))] * 3, axis=2)
    ready = encoder._prepared(Crop(ramp, np.ones((128, 256), bool)))
    assert ready.shape == (4, 256, 512) and ready.dtype == np.float32
    assert ready[0, 9, 201] == pytest.approx((100 / 255 - 0.485) / 0.229, abs=0.6 / 255 / 0.229)
    assert np.abs(ready[3] + 0.456 / 0.225).max() < 1e-5  # a gradient has no edges


def test_edges_are_of_the_animal_alone() -> None:
    one = crop(3)
    found = edges(one)
    assert found.shape == one.mask.shape and found.max() > 200
    inside = cv2.dilate(one.mask.astype(np.uint8), np.ones((21, 21))) > 0  # JPEG's blocks reach 8 pixels further
    assert found[~inside].max() == 0


def test_colours_are_matched_as_scikit_image_matches_them() -> None:
    """Its own definition, value by value: the quantile of a value among the crop's, looked up among the reference's."""
    rng = np.random.default_rng(2)
    rgb = rng.integers(0, 120, (20, 30, 3), np.uint8)
    other = rng.integers(90, 256, (25, 40, 3), np.uint8)
    counts = np.stack([np.bincount(other[..., n].ravel(), minlength=256) for n in range(3)])
    made = matched(rgb, counts)
    for channel in range(3):
        values, inverse, numbers = np.unique(rgb[..., channel].ravel(), return_inverse=True, return_counts=True)
        theirs, their_numbers = np.unique(other[..., channel].ravel(), return_counts=True)
        quantiles = np.cumsum(numbers) / rgb[..., channel].size
        looked_up = np.interp(quantiles, np.cumsum(their_numbers) / other[..., channel].size, theirs)
        assert np.array_equal(made[..., channel], looked_up.astype(np.uint8)[inverse].reshape(20, 30))
        assert len(values) == len(quantiles)
