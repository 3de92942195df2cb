"""SpeciesNet from its folder: its preprocessing, its forward pass, and that no file runs code unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import ModelFileError
from spotid.prepare import registry
from spotid.prepare.parts import About
from spotid.prepare.species import crops
from spotid.prepare.species.labels import parsed
from spotid.prepare.species.speciesnet import SpeciesNet
from spotid.weights import keep, shelf
from spotid.weights.troubles import CatalogueError
from tests.prepare.species.animals import LABELS, RULES, TAXA
from tests.weights.stock import put

torch = pytest.importorskip("torch")


def gradient(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards, blue both ways and over again."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x + 3 * y) % 256], 2).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((900, 1200), Box(0.1, 0.2, 0.4, 0.3)),
        ((900, 1201), Box(0.333, 0.0, 0.667, 1.0)),
        ((300, 400), Box(0.61, 0.52, 0.2, 0.31)),
        ((480, 480), WHOLE),
        ((1000, 1500), Box(0.5003, 0.5007, 0.0008, 0.0011)),
    ],
)
def test_the_preprocessing_is_the_published_one_to_the_bit(size: tuple[int, int], box: Box) -> None:
    """Without padding, straight to 480², without averaging, cast to 8 bits, channels last: as classifier.py does it."""
    f = pytest.importorskip("torchvision.transforms.functional")
    rgb = gradient(*size)
    tensor = f.convert_image_dtype(f.pil_to_tensor(Image.fromarray(rgb)), torch.float32)
    top, left = int(box.y * size[0]), int(box.x * size[1])
    part = f.crop(tensor, top, left, max(1, int(box.h * size[0])), max(1, int(box.w * size[1])))
    wanted = f.convert_image_dtype(f.resize(part, [480, 480], antialias=False), torch.uint8).permute([1, 2, 0])
    got = crops.straight(crops.boxed(rgb, box), 480)
    assert got.dtype == torch.uint8 and tuple(got.shape) == (480, 480, 3)
    assert torch.equal(got, wanted)


def test_shrinking_takes_two_neighbours_and_not_the_mean_of_all() -> None:
    rgb = np.zeros((4, 1920, 3), np.uint8)
    rgb[:, ::4] = 255  # every fourth column: of four, the second and the third are looked at, so none of these
    assert int(crops.straight(rgb, 480).max()) == 0
    rgb[:, 1::4] = 100
    assert set(crops.straight(rgb, 480).unique().tolist()) == {50}


class Small(torch.nn.Module):
    """Takes pictures with channels last, as SpeciesNet's converted network does."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.stem = torch.nn.Conv2d(3, 6, 7, stride=6)
        self.head = torch.nn.Linear(6, len(LABELS))
        with torch.no_grad():
            self.head.weight.mul_(20)

    def forward(self, pictures: Any) -> Any:
        x = torch.relu(self.stem(pictures.permute(0, 3, 1, 2)))
        return self.head(x.mean(dim=(2, 3)))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as SpeciesNet is published, with a small network: a whole pickled module, as onnx2torch makes them."""
    place = tmp_path_factory.mktemp("speciesnet")
    torch.save(torch.fx.symbolic_trace(Small()), place / "always_crop_1.pt")
    (place / "always_crop_1.labels.txt").write_text("\n".join(LABELS) + "\n", encoding="utf-8")
    (place / "taxonomy_release.txt").write_text("\n".join((*LABELS, *TAXA)) + "\n", encoding="utf-8")
    (place / "geofence_release.json").write_text(json.dumps(RULES), encoding="utf-8")
    info = {"version": "4.0.9a", "type": "always_crop", "detector": "https://example.org/md_v5a.0.1.pt"}
    info |= {"classifier": "always_crop_1.pt", "classifier_labels": "always_crop_1.labels.txt"}
    info |= {"taxonomy": "taxonomy_release.txt", "geofence": "geofence_release.json"}
    (place / "info.json").write_text(json.dumps(info), encoding="utf-8")
    return place


def added(place: Path, *, vouched: bool = True, recipe: str = "", left_out: tuple[str, ...] = ()) -> SpeciesNet:
    """The folder as an own model; ``vouched``: the TOML gives the SHA-256 of its network."""
    others = sorted(one.name for one in place.iterdir() if one.suffix != ".pt" and one.name not in left_out)
    own = shelf.folder() / "own"
    own.mkdir(parents=True, exist_ok=True)
    sha = keep.sums_of(place / "always_crop_1.pt")["sha256"]
    text = f'part = "speciesnet"\nfile = "always_crop_1.pt"\nfiles = {json.dumps(others)}\nneeds = ["torch"]\n'
    text += f'sha256 = "{sha}"\n' if vouched else ""
    (own / "my-speciesnet.toml").write_text(f"{text}[recipe]\n{recipe}", encoding="utf-8")
    for weight in shelf.model("my-speciesnet").weights:
        put(weight, place / weight.file)
    found = registry.classifier("my-speciesnet")
    assert isinstance(found, SpeciesNet)
    return found


def test_the_folder_agrees_with_a_forward_pass_of_its_own(folder) -> None:
    found = added(folder, recipe="least = 0.01")
    rgb = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    rgb = np.asarray(Image.fromarray(rgb).resize((1200, 900), Image.Resampling.BICUBIC))
    animals = [(rgb, Box(0.1, 0.2, 0.4, 0.3)), (gradient(600, 800), WHOLE)]
    said = found.classify(animals)
    module = Small().eval()
    for (picture, box), words in zip(animals, said, strict=True):
        high, wide = picture.shape[:2]
        top, left, tall, broad = int(box.y * high), int(box.x * wide), int(box.h * high), int(box.w * wide)
        part = torch.from_numpy(picture[top : top + tall, left : left + broad].copy()).permute(2, 0, 1).float() / 255
        small = torch.nn.functional.interpolate(part[None], (480, 480), mode="bilinear", align_corners=False)[0]
        eight = (small * 255.999).to(torch.uint8).permute(1, 2, 0).numpy()
        with torch.inference_mode():
            scores = torch.softmax(module(torch.from_numpy(np.float32(eight[None] / 255))), dim=-1)[0]
        best = int(scores.argmax())
        assert words[0].name == parsed(LABELS[best]).name
        assert words[0].score == pytest.approx(float(scores[best]), abs=1e-4)
    assert said[0][0] != said[1][0]
    assert found.classify([]) == []


def test_country_and_animals_are_part_of_who_it_is(folder) -> None:
    plain = added(folder).identity()
    here = added(folder)
    here.suit(About(("Panthera pardus",), "ken"))
    assert here.country == "KEN" and here.identity() != plain
    fixed = added(folder, recipe='country = "BRA"')
    fixed.suit(About((), "KEN"))
    assert fixed.country == "BRA"
    with pytest.raises(CatalogueError, match="country"):
        added(folder).suit(About((), "Kenya"))
    with pytest.raises(CatalogueError, match="unknown"):
        added(folder, recipe="lest = 1")
    for wrong in ('side = "wide"', "side = 3", "country = 254", "least = true", "at_once = 0.5", "memory_mb = -1"):
        with pytest.raises(CatalogueError, match=wrong.split(" ", maxsplit=1)[0]):
            added(folder, recipe=wrong)


class Bomb:
    """Runs something when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(self.where),))

    def __init__(self, where: Path) -> None:
        self.where = str(where)


def test_a_network_for_which_nobody_vouches_is_not_read(folder, tmp_path) -> None:
    place = tmp_path / "other"
    place.mkdir()
    for one in folder.iterdir():
        (place / one.name).write_bytes(one.read_bytes())
    torch.save(Bomb(tmp_path / "ran"), place / "always_crop_1.pt")
    found = added(place, vouched=False)
    with pytest.raises(ModelFileError, match="runs code"):
        found.load()
    assert not (tmp_path / "ran").exists()
    note = keep.note_of(keep.place(found.model.weights[0], shelf.folder()))
    keep.write_json(note, keep.read_json(note) | {"how": "given"})  # a person has compared the sum
    with pytest.raises(ModelFileError, match="no network"):
        found.load()
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("info.json", '{"type": "full_image"}'),
        ("info.json", '{"classifier": "../always_crop_1.pt"}'),
        ("info.json", '{"classifier": "other.pt"}'),
        ("info.json", "[]"),
        ("info.json", "{"),
        ("always_crop_1.labels.txt", "leopard;lion"),
        ("always_crop_1.labels.txt", ""),
        ("geofence_release.json", '{"a": 3}'),
        ("taxonomy_release.txt", "x;y"),
    ],
)
def test_a_folder_that_is_not_speciesnets_is_refused_with_a_sentence(folder, tmp_path, name, content) -> None:
    place = tmp_path / "other"
    place.mkdir()
    for one in folder.iterdir():
        (place / one.name).write_bytes(one.read_bytes())
    (place / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError) as raised:
        added(place).load()
    assert raised.value.sentence.endswith(".") and raised.value.advice


def test_labels_of_another_network_are_noticed(folder, tmp_path) -> None:
    place = tmp_path / "other"
    place.mkdir()
    for one in folder.iterdir():
        (place / one.name).write_bytes(one.read_bytes())
    (place / "always_crop_1.labels.txt").write_text("\n".join(LABELS[:5]), encoding="utf-8")
    with pytest.raises(ModelFileError, match="8 outputs"):
        added(place).classify([(gradient(60, 80), WHOLE)])


def test_the_files_of_the_list_are_told_apart_by_their_names(folder) -> None:
    """As the list of models has them: without info.json."""
    found = added(folder, left_out=("info.json",))
    found.load()
    assert found.classify([(gradient(60, 80), WHOLE)])[0]
    model = shelf.model("speciesnet")
    assert [one.file.split(".")[-1] for one in model.weights] == ["pt", "txt", "txt", "json"]
    assert not model.weights[0].certain  # one source alone gives its sum: a person has to compare it


def test_a_damaged_network_is_a_sentence(folder, tmp_path) -> None:
    place = tmp_path / "other"
    place.mkdir()
    for one in folder.iterdir():
        (place / one.name).write_bytes(one.read_bytes())
    (place / "always_crop_1.pt").write_bytes((folder / "always_crop_1.pt").read_bytes()[:500])
    with pytest.raises(ModelFileError, match="can't be read"):
        added(place).load()
