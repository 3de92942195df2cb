"""MegaDescriptor: training checkpoints, timm's key names of before and after 0.9, the squash, and refusals."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.embed.encoders import recipe
from spotid.embed.encoders.megadescriptor import MegaDescriptor
from spotid.embed.encoders.timm_file import build, fitted
from spotid.embed.parts import Crop
from spotid.errors import ModelFileError
from spotid.nets.state import load_strictly
from tests.embed.networks import agree, crop, imagenet, shaken, shelved, unit

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")
TINY = "swin_tiny_patch4_window7_224"


@pytest.fixture(scope="module")
def theirs() -> Any:
    torch.manual_seed(7)
    return shaken(timm.create_model(TINY, pretrained=False, num_classes=0))


def checkpoint(state: Mapping[str, Any]) -> dict[str, Any]:
    """What wildlife-tools' trainer writes, random states of four libraries among it."""
    states = {
        "os_rng_state": None,
        "random_rng_state": random.Random(1).getstate(),
        "numpy_rng_state": np.random.get_state(),
        "torch_rng_state": torch.get_rng_state(),
    }
    optimizer = {"state": {0: {"momentum_buffer": torch.zeros(9)}}, "param_groups": [{"lr": 1e-3, "params": [0]}]}
    scheduler = {"base_lrs": [np.float64(1e-3)], "last_epoch": 3}
    objective = {"weight": torch.zeros(5, 5)}
    made = {"model": dict(state), "objective": objective, "optimizer": optimizer, "epoch": 3}
    return made | {"rng_states": states, "scheduler": scheduler}


def before_09(module: Any) -> dict[str, Any]:
    """The same numbers under timm's old names: down-sampling one layer earlier, and tables that are computed today."""
    made = {}
    for key, value in module.state_dict().items():
        key = re.sub(r"layers\.(\d)\.downsample", lambda found: f"layers.{int(found[1]) - 1}.downsample", key)
        made[key] = value
        if key.endswith("relative_position_bias_table"):
            made[key.replace("bias_table", "index")] = torch.zeros(49, 49, dtype=torch.int64)
    return made | {"layers.0.blocks.1.attn_mask": torch.zeros(64, 49, 49)}


def rows(module: Any, crops: list[Crop], side: int = 224) -> np.ndarray:
    squashed = [Image.fromarray(one.rgb).resize((side, side), Image.Resampling.BILINEAR) for one in crops]
    given = np.concatenate([imagenet(np.asarray(one)) for one in squashed])
    with torch.inference_mode():
        return unit(module(torch.from_numpy(given)))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, theirs: Any) -> Any:
    path = tmp_path_factory.mktemp("made") / "pytorch_model.bin"
    torch.save(checkpoint(before_09(theirs)), path)
    return shelved(MegaDescriptor, path, recipe={"arch": TINY, "dim": 768}, name="mega")


def test_a_training_checkpoint_with_old_names_agrees(encoder: Any, theirs: Any) -> None:
    """And a row does not depend on its neighbours."""
    crops = [crop(1), crop(2)]
    found = encoder.encode(crops)
    assert agree(found, rows(theirs, crops)) and encoder.dim == 768
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    assert np.array_equal(found[1:], encoder.encode(crops[1:]))
    assert encoder.encode([]).shape == (0, 768)


@pytest.fixture(scope="module")
def ours() -> Any:
    return build("mega", TINY, 224, 224)


def test_both_generations_of_names_are_the_same_numbers(ours: Any, theirs: Any) -> None:
    for state in (
        theirs.state_dict(),
        before_09(theirs),
        {**theirs.state_dict(), "head.fc.weight": torch.zeros(9, 768)},
    ):
        found = fitted(ours, state)
        assert set(found) == set(ours.state_dict())
        assert all(torch.equal(value, found[key]) for key, value in theirs.state_dict().items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("layers.0.blocks.0.attn.qkv.weight", "layers.0.blocks.0.attn.qkv.w"),
        ("layers.1.blocks.0.attn.relative_position_bias_table", "layers.9.blocks.0.attn.relative_position_bias_table"),
    ],
)
def test_a_renamed_key_is_refused(ours: Any, theirs: Any, old: str, new: str) -> None:
    state = theirs.state_dict()
    state[new] = state.pop(old)
    with pytest.raises(ModelFileError, match=f"not the file of mega.*{re.escape(old)}"):
        load_strictly(ours, fitted(ours, state), "mega")


def test_what_timm_would_quietly_resize_is_refused(ours: Any, theirs: Any) -> None:
    state = theirs.state_dict()
    key = "layers.0.blocks.0.attn.relative_position_bias_table"
    state[key] = torch.zeros(23 * 23, 3)  # of windows of 12, as L-384 has them
    with pytest.raises(ModelFileError, match=rf"of the wrong shape: {key} \(529×3 instead of 169×3\)"):
        load_strictly(ours, fitted(ours, state), "mega")


def test_its_pictures() -> None:
    """Squashed with averaging: black and white columns, ten of each, become grey at a tenth of the width."""
    own = recipe.read("mega", {"arch": TINY}, MegaDescriptor.defaults)
    columns = np.zeros((300, 2240, 3), np.uint8)
    columns[:, ::2] = 255
    ready = own.prepared(Crop(columns, np.ones(columns.shape[:2], bool)))
    assert ready.shape == (3, 224, 224)
    assert np.abs(ready[0, 100, 5:-5] - (0.5 - 0.485) / 0.229).max() < 0.02
    assert np.abs(ready[2, 100, 5:-5] - (0.5 - 0.406) / 0.225).max() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arch", "side", "dim"),
    [
        ("swin_small_patch4_window7_224", 224, 768),
        ("swin_base_patch4_window7_224", 224, 1024),
        ("swin_large_patch4_window7_224", 224, 1536),
        ("swin_large_patch4_window12_384", 384, 1536),
    ],
)
def test_the_larger_ones_at_their_real_size(tmp_path: Path, arch: str, side: int, dim: int) -> None:
    module = shaken(timm.create_model(arch, pretrained=False, num_classes=0))
    torch.save(checkpoint(before_09(module)), tmp_path / "pytorch_model.bin")
    own = {"arch": arch, "side": side, "dim": dim}
    encoder = shelved(MegaDescriptor, tmp_path / "pytorch_model.bin", recipe=own, name="large")
    crops = [crop(1), crop(2)]
    assert agree(encoder.encode(crops), rows(module, crops, side))
