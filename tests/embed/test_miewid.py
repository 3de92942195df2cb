"""MiewID: both layouts of its file, the numbers of an independent network, and refusal of anything else.

The default suite exchanges the backbone for a small one of the same kind; one slow test has the real size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from spotid.embed.encoders import miewid, recipe
from spotid.embed.encoders.miewid import MiewId
from spotid.embed.parts import Crop
from spotid.errors import ModelFileError
from tests.embed.networks import agree, crop, imagenet, shaken, shelved, trained, unit

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")
safetensors = pytest.importorskip("safetensors.torch")
SMALL = "test_efficientnet"


class Theirs(torch.nn.Module):  # type: ignore[misc]
    """Written after the published description, apart from SpotID's own."""

    def __init__(self, arch: str) -> None:
        super().__init__()
        self.backbone = timm.create_model(arch, pretrained=False)
        width = self.backbone.classifier.in_features
        self.backbone.global_pool = torch.nn.Identity()
        self.backbone.classifier = torch.nn.Identity()
        self.p = torch.nn.Parameter(torch.full((1,), 2.7))
        self.bn = torch.nn.BatchNorm1d(width)

    def forward(self, pictures: Any) -> Any:
        maps = self.backbone.forward_features(pictures).clamp(min=1e-6).pow(self.p)
        pooled = torch.nn.functional.avg_pool2d(maps, maps.shape[-2:]).pow(1.0 / self.p)
        return self.bn(pooled.flatten(1))

    def layout(self, new: bool) -> dict[str, Any]:
        """The keys of the published msv3 file, or those of newer code."""
        state = {key: value.clone() for key, value in self.state_dict().items()}
        state["pooling.p" if new else "backbone.global_pool.p"] = state.pop("p")
        if not new:
            width = self.bn.num_features
            state |= {"final.weight": torch.randn(10, width), "final.bias": torch.randn(10)}
        return state

    def rows(self, crops: list[Crop]) -> np.ndarray:
        with torch.inference_mode():
            return unit(self(pictures(crops)))


def pictures(crops: list[Crop]) -> Any:
    squashed = [cv2.resize(one.rgb, (440, 440), interpolation=cv2.INTER_LINEAR) for one in crops]
    return torch.from_numpy(np.concatenate([imagenet(one) for one in squashed]))


@pytest.fixture(scope="module")
def theirs() -> Theirs:
    torch.manual_seed(5)
    return trained(shaken(Theirs(SMALL)), pictures([crop(1), crop(2)]))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, theirs: Theirs) -> dict[str, Any]:
    monkeypatch.setattr(miewid, "BACKBONE", SMALL)
    monkeypatch.setattr(miewid, "ROW", theirs.bn.num_features)
    return {"dim": theirs.bn.num_features}


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("ending", ["safetensors", "bin"])
def test_both_layouts_agree_with_an_independent_network(
    tmp_path: Path, theirs: Theirs, small: dict[str, Any], new: bool, ending: str
) -> None:
    path = tmp_path / f"model.{ending}"
    (safetensors.save_file if ending == "safetensors" else torch.save)(theirs.layout(new), path)
    encoder = shelved(MiewId, path, recipe=small)
    crops = [crop(1), crop(2, 300, 90)]
    rows = encoder.encode(crops)
    assert rows.shape == (2, encoder.dim) and rows.dtype == np.float32
    assert agree(rows, theirs.rows(crops))


def test_the_layer_of_any_loss_is_left_out(tmp_path: Path, theirs: Theirs, small: dict[str, Any]) -> None:
    """People who trained it further may have used another loss than the makers did."""
    torch.save(theirs.layout(new=True) | {"final.kernel": torch.randn(7, 3)}, tmp_path / "ours.bin")
    encoder = shelved(MiewId, tmp_path / "ours.bin", recipe=small)
    crops = [crop(1), crop(2)]
    assert agree(encoder.encode(crops), theirs.rows(crops))


def test_a_renamed_key_is_refused(tmp_path: Path, theirs: Theirs, small: dict[str, Any]) -> None:
    state = theirs.layout(new=False)
    state["backbone.conv_stem.w"] = state.pop("backbone.conv_stem.weight")
    safetensors.save_file(state, tmp_path / "model.safetensors")
    encoder = shelved(MiewId, tmp_path / "model.safetensors", recipe=small)
    with pytest.raises(ModelFileError, match=r"not the file of MiewID.*backbone\.conv_stem\.weight"):
        encoder.load()


def test_without_its_exponent_it_is_refused(tmp_path: Path, theirs: Theirs, small: dict[str, Any]) -> None:
    state = theirs.layout(new=True)
    del state["pooling.p"]
    safetensors.save_file(state, tmp_path / "model.safetensors")
    with pytest.raises(ModelFileError, match=r"1 missing: pooling\.p"):
        shelved(MiewId, tmp_path / "model.safetensors", recipe=small).load()


def test_its_pictures() -> None:
    """440 × 440 by OpenCV without averaging, RGB, ImageNet's numbers: worked out on gradients."""
    own = recipe.read("miewid-msv3", {}, MiewId.defaults)
    ramp = np.tile(np.arange(220, dtype=np.uint8), (110, 1))
    rgb = np.stack([ramp, 2 * (ramp // 2), np.zeros_like(ramp)], axis=2)
    ready = own.prepared(Crop(rgb, np.ones(rgb.shape[:2], bool)))
    assert ready.shape == (3, 440, 440) and ready.dtype == np.float32
    # Twice as wide: pixel 101 of 440 lies at (101 + 0.5) / 2 - 0.5 = 50.25 of 220. Red is 50.25 there, written as 50;
    # green is 50 in both columns.
    assert ready[0, 7, 101] == pytest.approx((50 / 255 - 0.485) / 0.229, abs=1e-5)
    assert ready[1, 7, 101] == pytest.approx((50 / 255 - 0.456) / 0.224, abs=1e-5)
    assert ready[2, 0, 0] == pytest.approx(-0.406 / 0.225, abs=1e-5)


@pytest.mark.slow
def test_the_real_size_is_the_published_file(tmp_path: Path) -> None:
    """1,210 keys and 205,809,924 bytes as safetensors; 1,208 keys in the newer layout."""
    torch.manual_seed(6)
    theirs = trained(Theirs("efficientnetv2_rw_m"), pictures([crop(3), crop(4)]))
    state = theirs.layout(new=False)
    path = tmp_path / "model.safetensors"
    safetensors.save_file(state, path, metadata={"format": "pt"})
    assert len(state) == 1210 and path.stat().st_size == 205_809_924
    assert len(theirs.layout(new=True)) == 1208
    encoder = shelved(MiewId, path)
    crops = [crop(3), crop(4)]
    assert agree(encoder.encode(crops), theirs.rows(crops)) and encoder.dim == 2152
