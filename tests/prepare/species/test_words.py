"""Species by words alone: the names that are asked about, and an independent forward pass."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import ModelFileError
from spotid.prepare import registry
from spotid.prepare.parts import About
from spotid.prepare.species import words
from spotid.prepare.species.words import Words
from spotid.profiles import load_profile
from spotid.profiles.names import Names
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, MissingModelError
from tests.weights.stock import put

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
ASKED = ["leopard (Panthera pardus)", "red fox (Vulpes vulpes)", "person", "empty"]


def test_the_animals_of_the_world_are_names_that_profiles_understand() -> None:
    listed = words.animals()
    assert len(listed) == len(set(listed)) > 100
    assert {"person", "vehicle", "empty"} <= set(listed)
    ours = Names(load_profile("leopard").species).ours
    assert ours("leopard (Panthera pardus)") is True and ours("leopard cat (Prionailurus bengalensis)") is False
    assert ours("spotted hyaena (Crocuta crocuta)") is False and ours("person") is False


def test_the_projects_animals_stand_beside_them() -> None:
    asked = words.wanted(["leopard", "Panthera pardus", "Panthera onca", "Prionailurus viverrinus"], words.animals())
    assert asked == ["Prionailurus viverrinus"]  # the others stand in the list anyway
    assert words.wanted(["numbat", "numbats"], words.animals()) == ["numbat"]
    assert words.wanted([], ["a"]) == []
    assert len(words.wanted([f"Genus species{chr(97 + n)}" for n in range(26)], [])) == words.MOST_OURS


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        (["leopard", "Panthera pardus", "Indian leopard", "leopardo", "Leopardo africano"], []),  # one and the same
        (["tiger", "Panthera tigris", "Bengal tiger", "Siberian tiger"], []),
        (["lynx", "Lynx lynx", "Lynx", "Iberian lynx", "Lynx pardinus"], ["Lynx pardinus"]),
        (["zebra", "Equus quagga", "Equus zebra", "giraffa", "Giraffa giraffa"], ["Equus zebra", "Giraffa giraffa"]),
        (["seal", "Weddell seal", "Phoca", "Phoca vitulina"], ["Phoca vitulina"]),
    ],
)
def test_kinds_of_one_animal_do_not_share_its_score(listed: list[str], asked: list[str]) -> None:
    """Each name that is asked about takes its share: of eight for leopards none would be sure."""
    assert words.wanted(listed, words.animals()) == asked


torch = pytest.importorskip("torch")


class Network(torch.nn.Module):
    """What open_clip's networks can do, with next to nothing inside."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(11)
        self.logit_scale = torch.nn.Parameter(torch.tensor(2.5))
        self.visual = torch.nn.Conv2d(3, 8, 16, stride=16)
        self.token_embedding = torch.nn.Embedding(128, 8)

    def encode_image(self, pictures: Any) -> Any:
        return self.visual(pictures).mean(dim=(2, 3))

    def encode_text(self, tokens: Any) -> Any:
        return self.token_embedding(tokens).mean(dim=1)


def tokenize(texts: list[str]) -> Any:
    return torch.tensor([[ord(letter) % 128 for letter in f"{text:80.80}"] for text in texts])


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for open_clip: its three functions that are used; test_open_clip.py has the library itself."""

    def create_model(arch: str, pretrained: Any = "none given") -> Any:
        assert pretrained is None  # anything else would be fetched
        if arch != "ViT-B-16":
            raise RuntimeError(f"Model config for {arch} not found")
        return Network()

    made = types.ModuleType("open_clip")
    made.create_model = create_model  # type: ignore[attr-defined]
    made.get_model_config = lambda arch: {"text_cfg": {}} if arch == "ViT-B-16" else None  # type: ignore[attr-defined]
    made.get_tokenizer = lambda arch: tokenize  # type: ignore[attr-defined]
    made.__spec__ = types.SimpleNamespace(name="open_clip")  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "open_clip", made)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "open_clip_pytorch_model.bin"
    torch.save(Network().state_dict(), path)
    return path


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


def test_names_are_told_as_an_independent_forward_pass_tells_them(library, file) -> None:
    found = added(file, words=ASKED, margin=0.0, least=0.5)
    rgb = np.random.default_rng(2).integers(0, 256, (60, 80, 3), np.uint8)
    rgb = np.asarray(Image.fromarray(rgb).resize((800, 600)))
    said = found.classify([(rgb, Box(0.1, 0.1, 0.6, 0.8)), (rgb[::-1], WHOLE)])[0]
    network = Network()
    # The box is a square already: 480 pixels, brought to 224 by Pillow's bicubic.
    small = Image.fromarray(rgb[60:540, 80:560]).resize((224, 224), Image.Resampling.BICUBIC)
    given = torch.tensor((np.asarray(small, np.float64) / 255 - MEAN) / STD, dtype=torch.float32).permute(2, 0, 1)
    names = [["leopard", "Panthera pardus"], ["red fox", "Vulpes vulpes"], ["person"], ["empty"]]
    with torch.no_grad():
        image = network.encode_image(given[None])[0]
        image /= image.norm()
        cosines = []
        for both in names:
            told = [sentence.format(name) for name in both for sentence in words.SENTENCES]
            vectors = network.encode_text(tokenize(told))
            vectors /= vectors.norm(dim=1, keepdim=True)
            middle = vectors.mean(dim=0)
            cosines.append(float(image @ middle / middle.norm()))
        scores = torch.softmax(torch.tensor(cosines) * float(torch.tensor(2.5).exp()), dim=0).tolist()
    wanted = dict(zip(["leopard (Panthera pardus)", "red fox (Vulpes vulpes)", "human", ""], scores, strict=True))
    assert {one.name: one.score for one in said} == pytest.approx(wanted, abs=1e-4)
    assert [one.score for one in said] == sorted((one.score for one in said), reverse=True)


def test_the_projects_animals_make_another_classifier_of_it(library, file) -> None:
    found = added(file, words=ASKED)
    plain = found.identity()
    found.suit(About(("leopard", "Panthera pardus")))
    assert found.identity() == plain  # stands in the list anyway
    found.suit(About(("Prionailurus viverrinus",)))
    assert found.words[0] == "Prionailurus viverrinus" and found.identity() != plain
    assert len(found.classify([(np.zeros((9, 9, 3), np.uint8), WHOLE)])[0]) == 5
    assert found.classify([]) == []


def test_another_file_or_recipe_is_refused_with_a_sentence(library, file, tmp_path) -> None:
    state = Network().state_dict()
    state["visual.wait"] = state.pop("visual.weight")
    other = tmp_path / "other.bin"
    torch.save(state, other)
    with pytest.raises(ModelFileError, match=r"visual\.weight"):
        added(other).load()
    with pytest.raises(CatalogueError, match="open_clip"):
        added(file, arch="ViT-of-nobody").load()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("words", "leopard"),
        ("words", []),
        ("word", ["a"]),
        ("sentences", ["a photo"]),
        ("arch", 16),
        ("mean", [1]),
        ("std", [0, 1, 1]),
        ("side", "wide"),
        ("side", 224.5),
        ("shape", "round"),
        ("resize", "nicely"),
        ("margin", -1),
        ("least", 2),
        ("at_once", 0),
        ("memory_mb", "much"),
    ],
)
def test_a_recipe_that_cannot_be_meant_is_refused(file, key: str, value: Any) -> None:
    with pytest.raises(CatalogueError, match=f"my-words.*{key}"):
        added(file, **{key: value})


def test_without_the_library_it_says_what_is_missing(file, monkeypatch) -> None:
    monkeypatch.setattr(shelf, "lacking", lambda model: ("open_clip",))
    with pytest.raises(MissingModelError, match="open_clip"):
        added(file).load()
