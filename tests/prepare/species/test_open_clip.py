"""open_clip itself, with random weights in BioCLIP's published layout: scores, preprocessing, words, and no network."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import ModelFileError
from spotid.nets import images
from spotid.prepare import registry
from spotid.prepare.species import captioned, crops, words
from spotid.prepare.species.words import Words
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError
from tests.weights.stock import put, shelve

torch = pytest.importorskip("torch")
open_clip = pytest.importorskip("open_clip", reason="open_clip_torch comes with requirements-test.txt")

# open_clip_config.json of imageomics/bioclip, where how to resize is left to open_clip.
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
BIOCLIP = {
    "model_cfg": {
        "embed_dim": 512,
        "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 16},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
    },
    "preprocess_cfg": {"mean": MEAN, "std": STD},
}
SMALL = {
    "embed_dim": 64,
    "vision_cfg": {"image_size": 224, "layers": 2, "width": 64, "head_width": 32, "patch_size": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}
ASKED = ["leopard (Panthera pardus)", "red fox (Vulpes vulpes)", "person", "empty"]
SHAPES = [(224, 224), (300, 403), (403, 300), (900, 1201), (333, 120), (224, 227), (1000, 667), (50, 50), (1, 9)]


def gradient(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards, blue both ways and over again."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), (x + 3 * y) % 256], 2).astype(
        np.uint8
    )


def photograph(seed: int) -> np.ndarray:
    """(600, 800, 3), blotches of colour."""
    small = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((800, 600), Image.Resampling.BICUBIC))


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every attempt to look up or reach another computer, none of which succeeds; nothing is told to stay offline."""
    heard: list[Any] = []

    def nobody(*address: Any, **_: Any) -> Any:
        heard.append(address)
        raise OSError(101, "the network is closed")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(socket.socket, "connect", nobody)
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield heard


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights for a small network of open_clip's kind, which is in open_clip's list from now on."""
    place = tmp_path_factory.mktemp("small")
    (place / "Small-CLIP.json").write_text(json.dumps(SMALL))
    open_clip.add_model_config(place)
    torch.manual_seed(3)
    network = open_clip.create_model("Small-CLIP", pretrained=None)
    torch.save(network.state_dict(), place / "open_clip_pytorch_model.bin")
    return place / "open_clip_pytorch_model.bin"


def added(file: Path, **recipe: Any) -> Words:
    own = shelf.folder() / "own"
    own.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {json.dumps(value)}" for key, value in recipe.items()]
    text = f'part = "words"\nfile = "{file.name}"\n[recipe]\n' + "\n".join(lines)
    (own / "my-words.toml").write_text(text, encoding="utf-8")
    put(shelf.model("my-words").weights[0], file)
    found = registry.classifier("my-words")
    assert isinstance(found, Words)
    return found


def vectors(network: Any, tokens: Any, names: list[str], sentences: tuple[str, ...]) -> Any:
    """(names, dim): of names, by open_clip's own functions."""
    rows = []
    with torch.inference_mode():
        for name in names:
            both = [part.strip(" )") for part in name.split("(")]
            told = [sentence.format(one) for one in both for sentence in sentences]
            middle = network.encode_text(tokens(told), normalize=True).mean(dim=0)
            rows.append(middle / middle.norm())
    return torch.stack(rows)


def wanted(network: Any, prepare: Any, texts: Any, rgb: np.ndarray) -> np.ndarray:
    """The scores of names for one picture, by open_clip's own functions."""
    with torch.inference_mode():
        image = network.encode_image(prepare(Image.fromarray(rgb))[None], normalize=True)[0]
        return np.asarray(torch.softmax(network.logit_scale.exp() * image @ texts.T, dim=0))


@pytest.mark.parametrize(("mode", "shape"), [("shortest", "centre"), ("squash", "squash")])
def test_the_preprocessing_is_open_clips_to_the_bit(mode: str, shape: str) -> None:
    """Without a word in the published configuration its shorter side is brought to 224 and the middle taken."""
    transform = open_clip.transform
    left_out = {} if mode == "shortest" else {"resize_mode": mode}
    prepare = transform.image_transform_v2(transform.PreprocessCfg(**BIOCLIP["preprocess_cfg"], **left_out), False)
    for size in SHAPES:
        rgb = gradient(*size)
        got = images.normalised(crops.sized(rgb, 224, shape, "bicubic-antialias"), MEAN, STD)
        assert np.array_equal(got, prepare(Image.fromarray(rgb)).numpy()), size


def test_open_clip_itself_agrees_and_reaches_for_nobody(small, reached, caplog) -> None:
    """Saved and read through the part; forward pass, vocabulary and preprocessing are open_clip's own."""
    network, _, prepare = open_clip.create_model_and_transforms("Small-CLIP", pretrained=str(small))
    sentences = ("a photo of {}.",)
    texts = vectors(network.eval(), open_clip.get_tokenizer("Small-CLIP"), ASKED, sentences)
    for shape, mode in (("centre", "shortest"), ("squash", "squash")):
        prepare.transforms[0] = open_clip.image_transform(224, False, resize_mode=mode).transforms[0]
        with caplog.at_level(logging.WARNING):
            found = added(small, arch="Small-CLIP", words=ASKED, margin=0.0, sentences=sentences, shape=shape)
            caplog.clear()
            # At the right edge there is nothing to make the box a square with: 240 × 400 pixels.
            said = {one.name: one.score for one in found.classify([(photograph(4), Box(0.9, 0.2, 0.1, 2 / 3))])[0]}
        assert caplog.records == []  # such as that it has no weights
        scores = wanted(network, prepare, texts, photograph(4)[120:520, 560:])
        assert said == pytest.approx(
            dict(zip(["leopard (Panthera pardus)", "red fox (Vulpes vulpes)", "human", ""], scores, strict=True)),
            abs=1e-4,
        )
    assert reached == []


def test_the_ear_hears(reached, monkeypatch) -> None:
    """Otherwise nothing here would prove anything."""
    monkeypatch.setattr("time.sleep", lambda _: None)  # it asks again and again
    with pytest.raises(Exception, match="imageomics"):
        open_clip.create_model("hf-hub:imageomics/bioclip")
    assert reached


def test_names_of_any_length_are_read_as_open_clip_reads_them(small) -> None:
    network = open_clip.create_model("Small-CLIP", pretrained=str(small)).eval()
    texts = ["leopard", "a camera trap photo of a small animal.", "spotted " * 200]
    tokens = open_clip.get_tokenizer("Small-CLIP")(texts)
    assert tokens.argmax(dim=1).tolist()[0] == 2 and tokens.argmax(dim=1).tolist()[2] == 76  # cut off at the end
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with torch.inference_mode():
        for part in (tokens[:1], tokens[:2], tokens):
            assert torch.allclose(captioned.vectors(network, part), network.encode_text(part), atol=1e-5)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


@pytest.mark.parametrize(
    "arch",
    ["hf-hub:imageomics/bioclip", "local-dir:/tmp", "ViT-B-16-SigLIP", "ViT-B/16-SigLIP", "roberta-ViT-B-32"],
)
def test_a_network_that_would_be_fetched_is_refused(small, reached, arch: str) -> None:
    with pytest.raises(CatalogueError, match="internet"):
        added(small, arch=arch).load()
    assert reached == []


def test_no_other_network_of_its_list_fetches_a_vocabulary() -> None:
    """What is not refused is read with the vocabulary inside the package."""
    for arch in open_clip.list_models():
        text = open_clip.get_model_config(arch)["text_cfg"]
        if not text.get("hf_model_name") and not text.get("hf_tokenizer_name"):
            assert "siglip" not in arch.lower()  # these alone would have one of another kind
    made = open_clip.get_tokenizer("ViT-B-16")
    assert type(made) is open_clip.SimpleTokenizer and made(["leopard"]).shape == (1, 77)


def test_another_file_or_side_is_refused_with_a_sentence(small, tmp_path) -> None:
    state = torch.load(small, weights_only=True)
    state["visual.projection"] = state.pop("visual.proj")
    torch.save(state, tmp_path / "renamed.bin")
    with pytest.raises(ModelFileError, match=r"visual\.proj.*visual\.projection"):
        added(tmp_path / "renamed.bin", arch="Small-CLIP").load()
    with pytest.raises(ModelFileError, match="not the file"):
        added(small, arch="ViT-S-32-alt").load()
    with pytest.raises(CatalogueError, match="224 pixels"):
        added(small, arch="Small-CLIP", side=336).load()
    with pytest.raises(CatalogueError, match="can't build"):
        added(small, arch="ViT-of-nobody").load()


def test_safetensors_are_read_too(small, tmp_path) -> None:
    save = pytest.importorskip("safetensors.torch").save_file
    path = tmp_path / "open_clip_model.safetensors"
    save({key: value.contiguous() for key, value in torch.load(small, weights_only=True).items()}, path)
    one, other = (
        added(file, arch="Small-CLIP", words=ASKED).classify([(photograph(1), WHOLE)]) for file in (small, path)
    )
    assert one == other


@pytest.mark.slow
def test_bioclip_in_full_size_by_its_own_entry_in_the_list(tmp_path, monkeypatch, reached) -> None:
    """600 MB of random weights under the published names: open_clip opens the folder as it does the page of the hub,
    with its configuration; SpotID reads the one file, by the list's own recipe."""
    listed = words.animals()[::10]  # words are slow: some 800 sentences in all
    monkeypatch.setattr(words, "animals", lambda: listed)
    place = tmp_path / "hub"
    place.mkdir()
    torch.manual_seed(1)
    fresh = open_clip.create_model("ViT-B-16", pretrained=None)
    with torch.no_grad():
        fresh.logit_scale.fill_(float(np.log(100)))  # where training ends
    path = place / "open_clip_pytorch_model.bin"
    torch.save(fresh.state_dict(), path)
    assert len(fresh.state_dict()) == 302 and abs(path.stat().st_size - 598_599_013) < 100_000  # the published length
    del fresh
    (place / "open_clip_config.json").write_text(json.dumps(BIOCLIP, indent=4))
    network, _, prepare = open_clip.create_model_and_transforms(f"local-dir:{place}")
    texts = vectors(network.eval(), open_clip.get_tokenizer(f"local-dir:{place}"), listed, words.SENTENCES)
    shelve(monkeypatch, {"bioclip": path})
    found = registry.classifier("bioclip")
    rgb = photograph(6)
    # With a tenth on every side: 576 pixels from (32, 12) on; the edges lie in the middle of a pixel.
    names = found.classify([(rgb, Box(80.5 / 800, 60.5 / 600, 0.6, 0.8)), (rgb[::-1], WHOLE)])
    for picture, said in zip((rgb[12:588, 32:608], rgb[::-1]), names, strict=True):
        scores = wanted(network, prepare, texts, picture)
        order = np.argsort(-scores)[:5]
        assert [one.name for one in said] == [words.labels.plain(listed[place]) for place in order]
        assert [one.score for one in said] == pytest.approx(scores[order].tolist(), abs=1e-4)
        assert said[0].score > 1.5 * said[4].score  # no flat answer, which anything would agree with
    assert reached == []
