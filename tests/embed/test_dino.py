"""DINOv2 with the names of its makers' files, at their own side and at another; DINOv3 with timm's and Meta's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.embed.encoders import recipe
from spotid.embed.encoders.dino import Dino
from spotid.embed.encoders.timm_file import build, fitted
from spotid.embed.parts import Crop
from spotid.errors import ModelFileError
from spotid.nets.state import load_strictly
from tests.embed.networks import agree, crop, imagenet, shaken, shelved, unit

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")
V2, V3 = "vit_small_patch14_dinov2", "vit_small_patch16_dinov3"
PLACES = 37 * 37 + 1


@pytest.fixture(scope="module")
def v2() -> dict[str, Any]:
    """The state of timm's network at 518 pixels."""
    torch.manual_seed(8)
    return shaken(timm.create_model(V2, pretrained=False, num_classes=0)).state_dict()


def meta_names(state: dict[str, Any]) -> dict[str, Any]:
    """dinov2_vits14_pretrain.pth: timm's names, and one token of training more."""
    assert state["pos_embed"].shape == (1, PLACES, 384)
    return {**state, "mask_token": torch.zeros(1, 384)}


def rows(module: Any, crops: list[Crop], side: int) -> np.ndarray:
    squashed = [Image.fromarray(one.rgb).resize((side, side), Image.Resampling.BICUBIC) for one in crops]
    given = np.concatenate([imagenet(np.asarray(one)) for one in squashed])
    with torch.inference_mode():
        return unit(module.eval()(torch.from_numpy(given)))


def test_at_another_side_its_positions_are_resized(tmp_path: Path, v2: dict[str, Any]) -> None:
    torch.save(meta_names(v2), tmp_path / "dinov2_vits14_pretrain.pth")
    encoder = shelved(Dino, tmp_path / "dinov2_vits14_pretrain.pth", recipe={"arch": V2, "side": 98}, name="v2")
    independent = timm.create_model(V2, pretrained=False, num_classes=0, img_size=98)
    square = v2["pos_embed"][:, 1:].reshape(1, 37, 37, 384).permute(0, 3, 1, 2)
    smaller = torch.nn.functional.interpolate(square, (7, 7), mode="bicubic", antialias=True)
    smaller = smaller.permute(0, 2, 3, 1).reshape(1, 49, 384)
    independent.load_state_dict({**v2, "pos_embed": torch.cat([v2["pos_embed"][:, :1], smaller], 1)})
    crops = [crop(1), crop(2)]
    assert agree(encoder.encode(crops), rows(independent, crops, 98)) and encoder.dim == 384


@pytest.mark.slow
def test_at_its_own_side(tmp_path: Path, v2: dict[str, Any]) -> None:
    torch.save(meta_names(v2), tmp_path / "dinov2_vits14_pretrain.pth")
    size = (tmp_path / "dinov2_vits14_pretrain.pth").stat().st_size
    assert abs(size - 88_283_115) < 40_000  # the published one; names inside the archive make the difference
    encoder = shelved(Dino, tmp_path / "dinov2_vits14_pretrain.pth", name="native")
    independent = timm.create_model(V2, pretrained=False, num_classes=0)
    independent.load_state_dict(v2)
    crops = [crop(1), crop(2)]
    assert agree(encoder.encode(crops), rows(independent, crops, 518))


@pytest.mark.parametrize("old", ["blocks.3.ls1.gamma", "pos_embed", "norm.bias"])
def test_a_renamed_key_is_refused(v2: dict[str, Any], old: str) -> None:
    module = build("v2", V2, 98, 98)
    state = meta_names(v2)
    state["renamed." + old] = state.pop(old)
    with pytest.raises(ModelFileError, match=rf"missing: {old}"):
        load_strictly(module, fitted(module, state), "DINOv2")


@pytest.fixture(scope="module")
def v3() -> Any:
    torch.manual_seed(9)
    module = shaken(timm.create_model(V3, pretrained=False, num_classes=0))
    for key, value in module.state_dict().items():
        if "gamma" in key:  # they begin as 1e-5, which hides every block from the row
            value.fill_(0.5)
    return module


@pytest.mark.slow
def test_v3_with_timms_names(tmp_path: Path, v3: Any) -> None:
    from safetensors.torch import save_file

    save_file(v3.state_dict(), tmp_path / "model.safetensors")
    crops = [crop(1), crop(2)]
    encoder = shelved(Dino, tmp_path / "model.safetensors", recipe={"arch": V3, "side": 256}, name="v3")
    assert agree(encoder.encode(crops), rows(v3, crops, 256))


def test_v3_with_metas_names(v3: Any) -> None:
    timms, metas = v3.state_dict(), {}
    for key, value in timms.items():
        key = key.replace("reg_token", "storage_tokens").replace("gamma_1", "ls1.gamma").replace("gamma_2", "ls2.gamma")
        metas[key] = value
        if key.endswith("qkv.weight"):  # all zero in Meta's files, as are the biases that timm leaves out
            metas[key.replace("weight", "bias")] = torch.zeros(1152)
            metas[key.replace("weight", "bias_mask")] = torch.ones(1152)
    metas |= {"mask_token": torch.zeros(1, 384), "rope_embed.periods": torch.zeros(16)}
    found = fitted(v3, metas)
    assert set(found) == set(timms) and all(torch.equal(value, found[key]) for key, value in timms.items())


def test_its_pictures() -> None:
    own = recipe.read("dinov2-small", {}, Dino.defaults)
    flat = np.full((30, 90, 3), (255, 0, 102), np.uint8)
    ready = own.prepared(Crop(flat, np.ones((30, 90), bool)))
    assert ready.shape == (3, 518, 518)
    for channel, expected in enumerate((2.2489, -2.0357, (0.4 - 0.406) / 0.225)):
        assert np.abs(ready[channel] - expected).max() < 1e-3
