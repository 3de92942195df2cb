"""Classifiers with one output per class: files in the published layout give what an independent forward pass gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import ModelFileError
from spotid.prepare import registry
from spotid.prepare.parts import About
from spotid.prepare.species import classes, crops, published
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, MissingModelError
from tests.weights.stock import put

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")
torchvision = pytest.importorskip("torchvision")

SMALL = "vit_tiny_patch16_dinov3_qkvb"  # the family of DeepFaune's network, 5 million parameters
TINY = "test_vit"  # a third of a million
LABELS = ["lynx", "bear", "human", "empty"]
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture(scope="session")
def network() -> Any:
    torch.manual_seed(7)
    made = timm.create_model(SMALL, pretrained=False, num_classes=4, global_pool="token").eval()
    with torch.no_grad():  # the head's weights are nearly nothing at the start: every animal would be as likely
        made.head.weight.mul_(60)
    return made


@pytest.fixture(scope="session")
def checkpoint(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as DeepFaune publishes them: ``args``, ``state_dict`` with a prefix, and the pickled transforms."""
    t = torchvision.transforms
    transform = t.Compose(
        [
            t.Resize((224, 224), interpolation=t.InterpolationMode.BICUBIC, max_size=None, antialias=None),
            t.ToTensor(),
            t.Normalize(mean=torch.tensor(MEAN), std=torch.tensor(STD)),
        ]
    )
    state = {f"base_model.{key}": value for key, value in network.state_dict().items()}
    path = tmp_path_factory.mktemp("deepfaune") / "deepfaune-small.pt"
    torch.save({"args": {"backbone": SMALL, "num_classes": 4}, "state_dict": state, "transform": transform}, path)
    return path


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same layout around a tiny network, for what has to do with the file alone."""
    made = timm.create_model(TINY, pretrained=False, num_classes=4, global_pool="token")
    state = {f"base_model.{key}": value for key, value in made.state_dict().items()}
    path = tmp_path_factory.mktemp("tiny") / "tiny.pt"
    transform = torchvision.transforms.Compose([torchvision.transforms.ToTensor()])
    torch.save({"args": {"backbone": TINY, "num_classes": 4}, "state_dict": state, "transform": transform}, path)
    return path


@pytest.fixture
def add() -> Iterator[Any]:
    """Puts a file on the shelf of this test's home as an own model, with its TOML."""

    def shelved(name: str, file: Path, part: str, recipe: dict[str, Any]) -> classes.Classes:
        own = shelf.folder() / "own"
        own.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} = {json.dumps(value)}" for key, value in recipe.items()]
        text = f'part = "{part}"\nfile = "{file.name}"\n[recipe]\n' + "\n".join(lines)
        (own / f"{name}.toml").write_text(text, encoding="utf-8")
        put(shelf.model(name).weights[0], file)
        found = registry.classifier(name)
        assert isinstance(found, classes.Classes)
        return found

    yield shelved


def deepfaune(add: Any, file: Path, **more: Any) -> classes.Classes:
    return add(
        "small-fauna",
        file,
        "classes",
        {"arch": SMALL, "pool": "token", "prefix": "base_model.", "side": 224, "labels": LABELS} | more,
    )


def photograph(seed: int = 0, size: tuple[int, int] = (300, 400)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((size[1], size[0]), Image.Resampling.BICUBIC))


def test_the_published_layout_of_deepfaune_agrees_with_a_forward_pass_of_its_own(add, checkpoint, network) -> None:
    found = deepfaune(add, checkpoint)
    animals = [(photograph(1), Box(0.2, 0.3, 0.5, 0.2)), (photograph(2), Box(0.7, 0.1, 0.29, 0.8))]
    said = found.classify(animals)
    transform = torch.load(checkpoint, weights_only=False)["transform"]  # this test has made it itself
    for (rgb, box), names in zip(animals, said, strict=True):
        height, width = rgb.shape[:2]
        x1, y1, x2, y2 = (box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height)
        if x2 - x1 > y2 - y1:
            y1, y2 = y1 - int((x2 - x1 - y2 + y1) / 2), y2 + int((x2 - x1 - y2 + y1) / 2)
        elif y2 - y1 > x2 - x1:
            half = int((y2 - y1 - x2 + x1) / 2)
            x1, x2 = x1 - half, x2 + half
        part = rgb[max(0, int(y1)) : min(int(y2), height), max(0, int(x1)) : min(int(x2), width)]
        with torch.inference_mode():
            wanted = torch.softmax(network(transform(Image.fromarray(part))[None]), dim=1)[0].numpy()
        told = {"lynx": 0, "bear": 1, "human": 2, "": 3}
        assert len(names) == 4 and [one.score for one in names] == sorted((one.score for one in names), reverse=True)
        assert all(abs(one.score - wanted[told[one.name]]) < 1e-4 for one in names)
    assert said[0] != said[1]


def test_its_pooling_matters_and_is_not_to_be_seen_in_the_file(add, checkpoint) -> None:
    animals = [(photograph(3), WHOLE)]
    token = deepfaune(add, checkpoint).classify(animals)[0]
    average = deepfaune(add, checkpoint, pool="avg")
    assert [one.score for one in average.classify(animals)[0]] != pytest.approx([one.score for one in token], abs=1e-3)
    assert average.identity() != deepfaune(add, checkpoint).identity()


def test_the_whole_networks_of_deepfaune_have_the_published_keys() -> None:
    """On no device at all: 320 tensors and 303 million numbers for the published file of 1,212,611,300 bytes."""
    for name, tensors, labels in (("deepfaune-1-5", 320, 40), ("deepfaune-1-3", None, 34)):
        recipe = shelf.model(name).recipe
        with torch.device("meta"):
            more = {"global_pool": recipe["pool"]} if "pool" in recipe else {"dynamic_img_size": True}
            made = timm.create_model(recipe["arch"], pretrained=False, num_classes=len(recipe["labels"]), **more)
        state = made.state_dict()
        assert len(recipe["labels"]) == len(set(recipe["labels"])) == labels
        assert tensors is None or len(state) == tensors
        if tensors:
            numbers = 4 * sum(value.numel() for value in state.values())
            assert 0 < shelf.model(name).weights[0].bytes - numbers < 500_000  # keys, padding, args and transforms


@pytest.mark.parametrize("change", ["renamed", "foreign", "shape", "no-prefix", "code", "cut off", "text"])
def test_another_file_is_refused_with_a_sentence(add, tiny, tmp_path, change: str) -> None:
    found = torch.load(tiny, weights_only=False)
    state = found["state_dict"]
    if change == "renamed":
        state["base_model.blocks.3.attn.qkw.weight"] = state.pop("base_model.blocks.3.attn.qkv.weight")
    elif change == "foreign":
        state["base_model.bird_head.weight"] = torch.zeros(3)
    elif change == "shape":
        state["base_model.head.weight"] = torch.zeros(5, 64)
    elif change == "no-prefix":
        state["head.weight"] = state.pop("base_model.head.weight")
    elif change == "code":
        found["transform"] = Path("/")  # any class that is not on the list
    path = tmp_path / "other.pt"
    torch.save(found, path)
    if change == "cut off":
        path.write_bytes(path.read_bytes()[:10_000])
    elif change == "text":
        path.write_text("not a file of weights")
    with pytest.raises(ModelFileError) as raised:
        deepfaune(add, path, arch=TINY, side=160).load()
    assert raised.value.sentence.endswith(".") and raised.value.advice


def test_a_file_that_changed_on_the_shelf_is_not_opened(add, tiny) -> None:
    found = deepfaune(add, tiny, arch=TINY, side=160)
    before = found.identity()
    place = next(iter(shelf.files(found.model).values()))
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelFileError, match="changed since it came"):
        found.load()
    place.unlink()
    with pytest.raises(MissingModelError):
        found.load()
    with pytest.raises(MissingModelError):
        found.identity()
    assert len(before) == 16


def test_what_the_network_says_does_not_depend_on_the_threshold(add, tiny) -> None:
    one = deepfaune(add, tiny, arch=TINY, side=160)
    other = deepfaune(add, tiny, arch=TINY, side=160, least=0.5)
    assert (one.least, other.least) == (0.8, 0.5) and one.identity() == other.identity()
    assert deepfaune(add, tiny, arch=TINY, side=160, labels=["cat", *LABELS[1:]]).identity() != one.identity()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", "lynx"),
        ("labels", ["lynx"]),
        ("labels", ["a;b", "c"]),
        ("side", 4),
        ("side", True),
        ("mean", [0.5, 0.5]),
        ("std", [0, 0, 0]),
        ("least", 1.5),
        ("least", "much"),
        ("resize", "nicely"),
        ("pool", "tokens"),
        ("poll", "token"),
        ("dynamic", "no"),
        ("scores", "all"),
        ("arch", 3),
    ],
)
def test_a_recipe_that_cannot_be_meant_is_refused(add, tiny, key: str, value: Any) -> None:
    with pytest.raises(CatalogueError, match="small-fauna"):
        deepfaune(add, tiny, **{key: value})


@pytest.mark.parametrize("arch", ["", "vit_of_nobody", "hf-hub:timm/resnet18.a1_in1k", "local-dir:/"])
def test_an_unknown_network_is_told(add, tiny, arch: str) -> None:
    with pytest.raises(CatalogueError, match="small-fauna"):
        deepfaune(add, tiny, arch=arch).load()


def test_torchscript_with_any_preprocessing(add, tmp_path) -> None:
    """As MegaClassifier is fed: the shorter side by bicubic, the middle of it; here with channels last and sigmoids."""
    torch.manual_seed(3)
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 5, stride=4), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    path = tmp_path / "script.pt"
    torch.jit.script(module).save(str(path))
    recipe = {"labels": LABELS, "side": 96, "resize": "bicubic-antialias", "shape": "centre", "cut": "box"}
    recipe["may_run_code"] = True
    recipe |= {"scores": "sigmoid", "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "margin": 0.1}
    found = add("script", path, "torchscript-classes", recipe)
    rgb, box = photograph(5), Box(0.1, 0.2, 0.6, 0.5)
    names = found.classify([(rgb, box)])[0]
    wide = box.padded(0.1)
    part = Image.fromarray(
        rgb[int(wide.y * 300) : int(wide.y * 300) + int(wide.h * 300), int(wide.x * 400) :][:, : int(wide.w * 400)]
    )
    t = torchvision.transforms
    ready = t.Compose(
        [
            t.Resize(96, t.InterpolationMode.BICUBIC),
            t.CenterCrop(96),
            t.ToTensor(),
            t.Normalize((0.5, 0.4, 0.3), (0.2, 0.3, 0.4)),
        ]
    )
    with torch.inference_mode():
        wanted = torch.sigmoid(module(ready(part)[None]))[0].numpy()
    assert sorted(one.score for one in names) == pytest.approx(sorted(wanted), abs=1e-2)  # torchvision rounds otherwise
    assert found.classify([]) == []
    with pytest.raises(ModelFileError, match="to load it is to run a program"):
        add("unasked", path, "torchscript-classes", {"labels": LABELS}).load()
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ModelFileError, match="is no TorchScript"):
        add("broken", path, "torchscript-classes", {"labels": LABELS, "may_run_code": True}).load()
    torch.jit.script(module).save(str(tmp_path / "made.pt"))
    wrong = add("wrong", tmp_path / "made.pt", "torchscript-classes", {"labels": LABELS[:3], "may_run_code": True})
    with pytest.raises(ModelFileError, match="4 outputs"):
        wrong.classify([(rgb, box)])


def test_groups_of_the_projects_animals_are_marked(add, tmp_path) -> None:
    ranked = ["1;mammalia;carnivora;felidae;;;cat family", "2;mammalia;carnivora;felidae;lynx;lynx;eurasian lynx"]
    module = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2))
    path = tmp_path / "cats.pt"
    torch.jit.script(module).save(str(path))
    found = add("cats", path, "torchscript-classes", {"labels": ranked, "may_run_code": True})
    plain = found.identity()
    found.suit(About(("Lynx lynx",)))
    names = {one.name: one for one in found.classify([(photograph(), WHOLE)])[0]}
    assert names["cat family (Felidae)"].wide and not names["eurasian lynx (Lynx lynx)"].wide
    assert names["eurasian lynx (Lynx lynx)"].taxonomy == "mammalia;carnivora;felidae;lynx;lynx"
    assert found.identity() != plain


def test_no_memory_is_a_sentence(monkeypatch) -> None:
    from spotid.nets.device import Device

    def out_of_memory(given: Any) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    pictures = [np.zeros((3, 4, 4), np.float32)] * 4
    with pytest.raises(MemoryError):
        published.scored(Device("cpu", False, 1, ""), pictures, out_of_memory, 4)
    tried: list[int] = []

    def small_card(given: Any) -> Any:
        tried.append(len(given))
        if len(given) > 1:
            raise RuntimeError("out of memory")
        return given.flatten(1)[:, :2]

    monkeypatch.setattr(torch.Tensor, "to", lambda self, *_, **__: self)
    rows = published.scored(Device("cuda", False, 1, ""), pictures, small_card, 4)
    assert rows.shape == (4, 2) and tried == [4, 2, 1, 1, 1, 1]
    with pytest.raises(ValueError, match="no numbers"):
        published.scored(Device("cpu", False, 1, ""), pictures, lambda given: given.flatten(1) * float("nan"), 4)


@pytest.mark.parametrize(
    "box", [Box(0, 0, 0.001, 0.001), Box(0.9999, 0.9999, 0.0001, 0.0001), WHOLE, Box(0.5, 0, 0.5, 1)]
)
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (37, 2), (120, 90)])
def test_no_box_makes_an_empty_crop(box: Box, shape: tuple[int, int]) -> None:
    rgb = np.zeros((*shape, 3), np.uint8)
    for margin in (0.0, 0.3):
        assert min(crops.boxed(rgb, box, margin).shape) > 0 and min(crops.square(rgb, box, margin).shape) > 0
    for form in crops.SHAPES:
        assert crops.sized(crops.square(rgb, box), 32, form, "bicubic-antialias").shape == (32, 32, 3)


@pytest.mark.parametrize(
    "size", [(224, 224), (300, 403), (403, 300), (900, 1201), (333, 120), (224, 227), (667, 1000), (50, 50), (1, 9)]
)
def test_the_middle_is_taken_as_torchvision_takes_it(size: tuple[int, int]) -> None:
    transforms = torchvision.transforms
    how = transforms.InterpolationMode.BICUBIC
    wanted = transforms.Compose([transforms.Resize(224, how), transforms.CenterCrop(224)])
    rgb = photograph(9, size)
    assert np.array_equal(crops.sized(rgb, 224, "centre", "bicubic-antialias"), wanted(Image.fromarray(rgb)))


@pytest.mark.slow
def test_deepfaune_in_full_size_by_its_own_entry_in_the_list(tmp_path, monkeypatch) -> None:
    """1.2 GB of random weights under the published name: read through the list's own recipe, and by timm alone."""
    from tests.weights.stock import shelve

    recipe = shelf.model("deepfaune-1-5").recipe
    torch.manual_seed(1)
    whole = timm.create_model(recipe["arch"], pretrained=False, num_classes=40, global_pool="token").eval()
    with torch.no_grad():
        whole.head.weight.mul_(30)
    path = tmp_path / "deepfaune-vit_large_patch16_dinov3.lvd1689m.pt"
    transform = torchvision.transforms.Compose([torchvision.transforms.ToTensor()])
    state = {f"base_model.{key}": value for key, value in whole.state_dict().items()}
    torch.save(
        {"args": {"backbone": recipe["arch"], "num_classes": 40}, "state_dict": state, "transform": transform}, path
    )
    assert abs(path.stat().st_size - 1_212_611_300) < 100_000  # the published length
    small = np.asarray(Image.fromarray(photograph(8, (224, 224))))
    given = torch.tensor((small / 255.0 - MEAN) / STD, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.inference_mode():
        wanted = torch.softmax(whole(given), dim=1)[0].numpy()
    del whole, state
    shelve(monkeypatch, {"deepfaune-1-5": path})
    names = registry.classifier("deepfaune-1-5").classify([(small, WHOLE)])[0]
    order = np.argsort(-wanted)[:5]
    assert [one.name for one in names] == [recipe["labels"][place] for place in order]
    assert [one.score for one in names] == pytest.approx(wanted[order].tolist(), abs=1e-4)
