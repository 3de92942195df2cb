"""What all published networks share: recipes, identity, refusals, memory, rows that are no numbers, own files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.embed.encoders import recipe
from spotid.embed.encoders.timm_file import TimmFile
from spotid.embed.encoders.torchscript import TorchScript
from spotid.embed.registry import encoder as made
from spotid.errors import JobError, ModelFileError
from spotid.nets.device import Device
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, MissingModelError, WrongSumError
from tests.embed.networks import agree, crop, imagenet, shaken, shelved, unit

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")
OWN = {"arch": "test_vit", "side": 160}


@pytest.fixture(scope="module")
def module() -> Any:
    torch.manual_seed(3)
    return shaken(timm.create_model("test_vit", pretrained=False, num_classes=12))


@pytest.fixture(scope="module")
def path(module: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("published") / "ours.pth"
    torch.save({"state_dict": {"backbone." + key: value for key, value in module.state_dict().items()}}, file)
    return file


@pytest.fixture
def encoder(path: Path) -> Any:
    return shelved(TimmFile, path, recipe={**OWN, "prefix": "backbone."})


def test_a_file_trained_by_a_person_agrees(encoder: Any, module: Any) -> None:
    """Its classifier is left out, the begin of its keys taken off; bicubic with averaging, ImageNet's numbers."""
    crops = [crop(1), crop(2)]
    squashed = [np.asarray(Image.fromarray(one.rgb).resize((160, 160), Image.Resampling.BICUBIC)) for one in crops]
    with torch.inference_mode():
        given = torch.from_numpy(np.concatenate([imagenet(one) for one in squashed]))
        expected = unit(module.forward_head(module.forward_features(given), pre_logits=True))
    assert agree(encoder.encode(crops), expected) and encoder.dim == 64


def test_convolutions_and_their_side(tmp_path: Path) -> None:
    small = shaken(timm.create_model("test_efficientnet", pretrained=False))
    torch.save(small.state_dict(), tmp_path / "conv.pth")
    wide = shelved(
        TimmFile, tmp_path / "conv.pth", recipe={"arch": "test_efficientnet", "side": [96, 160]}, name="wide"
    )
    assert wide.encode([crop(1)]).shape == (1, 256)


def test_identity_follows_file_recipe_and_kind(path: Path, tmp_path: Path, encoder: Any) -> None:
    before = encoder.identity()
    assert len(before) == 16 and before == shelved(TimmFile, path, recipe=encoder.model.recipe).identity()
    fewer = shelved(TimmFile, path, recipe={**encoder.model.recipe, "at_once": 2})
    assert fewer.identity() == before, "how many at once a card holds is no reason to describe a survey anew"
    other = {**OWN, "prefix": "backbone.", "side": 144}
    torch.save({"x": torch.zeros(2)}, tmp_path / "ours.pth")
    changed = [
        shelved(TimmFile, path, recipe=other),
        shelved(TimmFile, tmp_path / "ours.pth", recipe=encoder.model.recipe),
    ]
    assert len({before, *(one.identity() for one in changed)}) == 3


def test_a_file_that_is_not_here_or_has_changed_is_told(path: Path) -> None:
    gone = shelved(TimmFile, path, recipe=OWN, name="gone")
    files = shelf.files(gone.model)
    files["gone"].write_bytes(b"changed")
    with pytest.raises(WrongSumError, match="has changed"):
        gone.load()
    files["gone"].unlink()
    with pytest.raises(MissingModelError, match="not on this computer"):
        gone.load()
    with pytest.raises(MissingModelError):
        gone.identity()


def test_backgrounds_are_kept_unless_the_recipe_removes_them(path: Path) -> None:
    own = {**OWN, "prefix": "backbone."}
    one = crop(4)
    other = type(one)(np.where(one.mask[..., None], one.rgb, 255 - one.rgb), one.mask)
    kept = shelved(TimmFile, path, recipe=own, name="kept").encode([one, other])
    alone = shelved(TimmFile, path, recipe={**own, "background": "removed", "fill": [9, 9, 9]}, name="alone")
    removed = alone.encode([one, other])
    assert not np.allclose(kept[0], kept[1], atol=1e-4) and np.array_equal(removed[0], removed[1])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"side": 5}, "“side” must be pixels"),
        ({"side": [224]}, "“side” must be pixels"),
        ({"side": True}, "“side” must be pixels"),
        ({"side": 9999}, "“side” must be pixels"),
        ({"resize": "magic"}, "“resize” must be one of"),
        ({"background": "blue"}, "“background” must be one of"),
        ({"mean": [0.5, 0.5]}, "“mean” must be three numbers"),
        ({"std": [0, 1, 1]}, "“std” must be three numbers"),
        ({"mean": "grey"}, "“mean” must be three numbers"),
        ({"fill": [0, 0, 300]}, "“fill” must be three numbers"),
        ({"dim": -1}, "“dim” must be a whole number"),
        ({"at_once": 0}, "“at_once” must be a whole number"),
        ({"arch": 3}, "“arch” must be a text"),
        ({"may_run_code": "yes"}, "“may_run_code” must be true or false"),
        ({"colour": 1}, "unknown colour"),
        ({"height": 1}, "unknown height"),
    ],
)
def test_a_recipe_that_can_not_be_meant_is_a_sentence(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        recipe.read("ours", wrong, TimmFile.defaults)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"arch": "leopard_net"}, "timm has no network “leopard_net”"),
        ({**OWN, "prefix": "backbone.", "side": 161}, "can't take 161 × 161"),
        ({**OWN, "prefix": "backbone.", "dim": 65}, "gives 64 numbers; its recipe says 65"),
    ],
)
def test_a_network_that_can_not_be_built_is_a_sentence(path: Path, own: dict[str, Any], told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        shelved(TimmFile, path, recipe=own, own=True).load()


@pytest.mark.parametrize("wrong", [{**OWN, "dim": "many"}, {**OWN, "sid": 160}, {"side": 160}])
def test_a_recipe_is_read_before_anything_is_copied(wrong: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError):
        shelved(TimmFile, recipe=wrong)


def test_a_crop_without_numbers_is_told_alone(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.load()
    plain = type(encoder)._forward

    def broken(self: Any, network: Any, batch: Any) -> Any:
        rows = plain(self, network, batch)
        return rows * float("nan") if float(batch.mean()) > 100 else rows

    monkeypatch.setattr(type(encoder), "_forward", broken)
    prepared = encoder._prepared
    monkeypatch.setattr(encoder, "_prepared", lambda one: prepared(one) + np.float32(1e6 * (one.rgb.max() == 0)))
    dark = type(crop(1))(np.zeros((20, 20, 3), np.uint8), np.ones((20, 20), bool))
    assert np.isfinite(encoder.encode([crop(1)])).all()
    with pytest.raises(ValueError, match="no numbers"):
        encoder.encode([crop(1), dark])


def test_a_row_without_length_is_still_a_row(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.load()
    monkeypatch.setattr(type(encoder), "_forward", lambda self, network, batch: torch.zeros(len(batch), 64))
    assert np.linalg.norm(encoder.encode([crop(1)])[0]) == 1.0


class Card:
    """A graphics card that holds ``most`` crops, imitated on the processor."""

    def __init__(self, encoder: Any, patch: pytest.MonkeyPatch, most: int, told: str = "CUDA out of memory") -> None:
        encoder.load()
        patch.setattr(encoder, "_device", Device("cuda", False, 1, ""))
        patch.setattr(torch.cuda, "empty_cache", lambda: None)
        self.sizes: list[int] = []
        own = encoder._network

        def rows(batch: np.ndarray) -> np.ndarray:
            self.sizes.append(len(batch))
            if len(batch) > most:
                raise RuntimeError(told)
            with torch.inference_mode():
                return own(torch.from_numpy(batch)).numpy()

        patch.setattr(encoder, "_rows", rows)


def test_a_full_card_gets_smaller_batches(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    crops = [crop(n) for n in range(9)]
    alone = encoder.encode(crops)
    card = Card(encoder, monkeypatch, 2)
    assert np.abs(encoder.encode(crops) - alone).max() < 1e-5
    assert card.sizes == [9, 4, 2, 2, 2, 2, 1]


@pytest.mark.parametrize("told", ["CUDA out of memory", "CUDA error: device-side assert", "MPS backend failed"])
def test_a_card_that_fails_stops_the_run_with_a_sentence(
    encoder: Any, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    Card(encoder, monkeypatch, 0, told)
    with pytest.raises(JobError, match=r"graphics card.*SPOTID_DEVICE=cpu"):
        encoder.encode([crop(1)])


def test_a_processor_without_memory_and_other_faults(encoder: Any) -> None:
    encoder.load()
    with pytest.raises(MemoryError):
        encoder._smaller(1, RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    with pytest.raises(RuntimeError, match="size mismatch"):
        encoder._smaller(1, RuntimeError("size mismatch"))


def test_what_half_precision_can_not_hold_is_computed_in_full(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.load()
    full = encoder.encode([crop(1)])
    calls: list[bool] = []
    plain = type(encoder)._forward

    class Half(Device):
        def counting(self) -> Any:
            return torch.autocast("cpu", torch.bfloat16)

    def overflowing(self: Any, network: Any, batch: Any) -> Any:
        calls.append(torch.is_autocast_enabled("cpu"))
        return plain(self, network, batch) * (float("inf") if calls[-1] else 1.0)

    monkeypatch.setattr(encoder, "_device", Half("cpu", True, 1, ""))
    monkeypatch.setattr(type(encoder), "_forward", overflowing)
    assert np.array_equal(encoder.encode([crop(1)]), full) and calls == [True, False]


class Script(torch.nn.Module):  # type: ignore[misc]
    """Written apart from any library: a convolution, a mean, a norm."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 20, 7, 4)

    def forward(self, pictures: Any) -> Any:
        return self.first(pictures).relu().mean((2, 3))


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("script") / "ours.ts"
    torch.manual_seed(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # TorchScript is deprecated, and people have files of it
        torch.jit.save(torch.jit.trace(Script().eval(), torch.zeros(1, 3, 96, 96)), str(file))
    return file


def test_a_torchscript_file_is_loaded_with_consent_alone(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = shelved(TorchScript, script, recipe={"side": 96}, name="asked")
    with monkeypatch.context() as patch:
        patch.setattr(torch.jit, "load", lambda *given, **more: pytest.fail("it was loaded"))
        with pytest.raises(ModelFileError, match=r"may_run_code = true under \[recipe\] in asked\.toml"):
            asked.load()
    own = {"side": 96, "may_run_code": True}
    loaded = shelved(TorchScript, script, recipe=own, name="trusted")
    torch.manual_seed(2)
    independent, crops = Script().eval(), [crop(1), crop(2)]
    squashed = [np.asarray(Image.fromarray(one.rgb).resize((96, 96), Image.Resampling.BILINEAR)) for one in crops]
    with torch.inference_mode():
        expected = unit(independent(torch.from_numpy(np.concatenate([imagenet(one) for one in squashed]))))
    assert agree(loaded.encode(crops), expected) and loaded.dim == 20


@pytest.mark.parametrize("content", [b"", b"no network", b"PK\x03\x04 damaged"])
def test_a_damaged_torchscript_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ours.ts").write_bytes(content)
    own = {"side": 96, "may_run_code": True}
    with pytest.raises(ModelFileError, match="can't be used as a TorchScript network"):
        shelved(TorchScript, tmp_path / "ours.ts", recipe=own, name="damaged").load()


def test_every_encoder_of_the_list_is_made_by_its_name_without_loading_anything() -> None:
    embedders = [one for one in shelf.models().values() if one.role == "embedder"]
    assert len(embedders) >= 8
    for model in embedders:
        one: Any = made(model.name)
        assert one.name == model.name and one.dim > 0 and one._network is None
        own = recipe.read(model.name, model.recipe, type(one).defaults)
        if isinstance(one, TimmFile):
            assert own.arch in timm.list_models()
