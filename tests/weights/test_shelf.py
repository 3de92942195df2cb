"""The shelf: which models there are, which can be used here, and that no changed byte is ever opened."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from spotid.errors import NotFoundError
from spotid.lookup import made
from spotid.weights import catalogue, keep, own, shelf, wishes
from spotid.weights.troubles import CatalogueError, MissingModelError, WrongSumError
from tests.weights.stock import put, shelve


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "made.bin"
    path.write_bytes(b"weights" * 1000)
    return path


def test_every_model_of_the_list_has_its_files_and_its_packages() -> None:
    models = shelf.models()
    assert {"mdv6-yolov10-c", "mobile-sam", "miewid-msv3", "aliked-lightglue"} <= set(models)
    assert [one.name for one in models["aliked-lightglue"].weights] == ["aliked-lightglue", "aliked-n16"]
    assert {one.role for one in models.values()} == set(catalogue.ROLES)
    for model in models.values():
        assert model.needs and not model.own and hash(model)


def test_every_model_of_the_list_can_be_made_and_nothing_heavy_is_loaded_for_it() -> None:
    code = (
        "import sys; from spotid.lookup import made; from spotid.weights import shelf;"
        "parts = [(one.name, made({}, one.name, 'part', one.role).name) for one in shelf.models().values()];"
        "assert all(name == own for name, own in parts), parts; heavy = {'torch', 'timm', 'cv2', 'kornia', 'requests'};"
        "print(len(parts), heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split(" ", 1) == [str(len(shelf.models())), "set()\n"], done.stderr[-2000:]
    for short, (role, made_by, _) in own.KINDS.items():
        module, maker = made_by.split(":")
        assert hasattr(import_module(module), maker) and role in catalogue.ROLES, short


def test_what_is_missing_is_told_with_the_way_to_get_it(home: Path) -> None:
    model = shelf.model("aliked-lightglue")
    assert not shelf.here(model)
    assert "aliked-n16.pth are missing" in shelf.why_not(model)
    assert "spotid models get aliked-lightglue" in shelf.how_to_get(model)
    with pytest.raises(MissingModelError):
        shelf.sums(model)
    with pytest.raises(MissingModelError):
        shelf.files(model)
    assert not shelf.folder().exists(), "asking makes nothing"
    with pytest.raises(NotFoundError, match="mobile-sam"):
        shelf.model("nothing")


def test_a_file_without_its_note_is_not_here(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    model = shelve(monkeypatch, {"disk": file, "mobile-sam": file})["mobile-sam"]
    path = keep.place(model.weights[0], shelf.folder())
    assert not shelf.missing(model)
    keep.note_of(path).unlink()
    assert shelf.missing(model)


def test_the_files_are_compared_before_they_are_given(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    model = shelve(monkeypatch, {"aliked-lightglue": file, "aliked-n16": file})["aliked-lightglue"]
    monkeypatch.setattr(shelf, "find_spec", lambda name: object())
    assert shelf.here(model) and not shelf.why_not(model)
    found = shelf.files(model)
    assert set(found) == {"aliked-lightglue", "aliked-n16"} and found["aliked-n16"].read_bytes() == file.read_bytes()
    found["aliked-n16"].write_bytes(b"WEIGHTS" * 1000)
    assert shelf.here(model), "cheap: it opens nothing"
    with pytest.raises(WrongSumError, match="changed"):
        shelf.files(model)


def test_sums_tell_files_and_recipes_apart(monkeypatch: pytest.MonkeyPatch, file: Path, tmp_path: Path) -> None:
    first = shelf.sums(shelve(monkeypatch, {"mobile-sam": file})["mobile-sam"])
    other = tmp_path / "other.bin"
    other.write_bytes(b"others")
    assert shelf.sums(shelve(monkeypatch, {"mobile-sam": other})["mobile-sam"]) != first
    again = shelve(monkeypatch, {"mobile-sam": file}, "")
    assert shelf.sums(again["mobile-sam"]) == first
    changed = shelf.Model(**{**vars(again["mobile-sam"]), "recipe": {"side": 3}})
    assert shelf.sums(changed) != first


def test_without_its_packages_a_model_is_not_here(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    model = shelve(monkeypatch, {"mobile-sam": file})["mobile-sam"]
    monkeypatch.setattr(shelf, "find_spec", lambda name: None)
    assert not shelf.here(model)
    assert "needs torch, ultralytics" in shelf.why_not(model) and "launch.py models" in shelf.how_to_get(model)
    with pytest.raises(MissingModelError):
        shelf.files(model)


def test_what_the_bundle_carries_counts_and_the_users_own_goes_before(
    monkeypatch: pytest.MonkeyPatch, file: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(shelf, "bundled", lambda: tmp_path / "weights")
    model = shelve(monkeypatch, {})["mobile-sam"]
    in_bundle = put(model.weights[0], file, tmp_path / "weights")
    monkeypatch.setattr(shelf, "find_spec", lambda name: object())
    assert shelf.files(model)["mobile-sam"] == in_bundle
    mine = put(model.weights[0], file)
    assert shelf.files(model)["mobile-sam"] == mine


def test_a_part_is_made_with_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(
        monkeypatch,
        {},
        """
[pretend]
role = "embedder"
file = "pretend.bin"
about = "For this test."
url = "https://example.org/pretend.bin"
licence = "MIT"
licence_page = "https://example.org/"
travels = true
source = "https://example.org/"
cite = "Nobody."
part = "spotid.weights.shelf:Told"
""",
    )

    class Told:
        def __init__(self, model: shelf.Model) -> None:
            self.name = model.name

    monkeypatch.setattr(shelf, "Told", Told, raising=False)
    assert made({}, "pretend", "encoder", "embedder").name == "pretend"
    with pytest.raises(NotFoundError, match="There is no detector called pretend"):
        made({"layered": "a:b"}, "pretend", "detector", "detector")
    with pytest.raises(NotFoundError, match="Choose one of: layered"):
        made({"layered": "a:b"}, "pretend", "detector")


def test_a_folder_elsewhere(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> None:
    assert shelf.folder() == home / "models"
    wishes.write(folder=str(tmp_path / "kept"))
    assert shelf.folder() == tmp_path / "kept"
    monkeypatch.setenv(wishes.FOLDER, str(tmp_path / "said"))
    assert shelf.folder() == tmp_path / "said" and wishes.read().fixed == ("folder",)


OWN = """
part = "yolo"
file = "our leopards.pt"
about = "Trained on our own photographs."
[recipe]
side = 640
[recipe.classes]
leopard = "animal"
ranger = "person"
"""


def test_an_own_model_is_read_beside_the_list(home: Path) -> None:
    place = shelf.folder() / "own"
    place.mkdir(parents=True)
    (place / "our-leopards.toml").write_text(OWN, encoding="utf-8")
    (place / "broken.toml").write_text("part = 3", encoding="utf-8")
    model = shelf.model("our-leopards")
    assert model.own and model.role == "detector" and model.recipe["classes"]["ranger"] == "person"
    assert model.needs == ("torch", "ultralytics") and "models add" in shelf.how_to_get(model)
    assert set(own.faults(shelf.folder())) == {"broken.toml"}
    assert "broken" not in shelf.models()


def test_a_package_that_nobody_can_have_breaks_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "odd_one", ModuleType("odd_one"))  # like __main__: find_spec raises ValueError
    place = shelf.folder() / "own"
    place.mkdir(parents=True)
    (place / "odd.toml").write_text(OWN.replace("[recipe]", 'needs = ["odd_one"]\n[recipe]', 1), encoding="utf-8")
    assert all(isinstance(shelf.why_not(one), str) for one in shelf.models().values())


def test_an_own_model_of_several_files(home: Path, file: Path) -> None:
    place = shelf.folder() / "own"
    place.mkdir(parents=True)
    (place / "many.toml").write_text(OWN.replace("[recipe]", 'files = ["info.json"]\n[recipe]', 1), encoding="utf-8")
    model = shelf.model("many")
    assert [one.file for one in model.weights] == ["our leopards.pt", "info.json"]
    for weight in model.weights:
        assert shelf.missing(model)
        put(weight, file)
    found = shelf.files(shelf.Model(**{**vars(model), "needs": ()}))
    assert set(found) == {"many", "info.json"} and found["info.json"].parent == found["many"].parent
    assert shelf.sums(model).count("many") == 2


def test_an_own_model_cannot_take_the_name_of_a_listed_one(home: Path) -> None:
    place = shelf.folder() / "own"
    place.mkdir(parents=True)
    (place / "mobile-sam.toml").write_text(OWN, encoding="utf-8")
    assert not shelf.model("mobile-sam").own


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('part = "yolo"', "", "lacks “part”"),
        ('part = "yolo"', 'part = "os:system"', "class of SpotID"),
        ('part = "yolo"', 'part = "spotid.lookup:Made"', "role"),
        ("our leopards.pt", "../leopards.pt", "plain name"),
        ("side = 640", 'side = "', "can't be read"),
        ("about =", "colour =", "unknown: colour"),
        ('about = "Trained on our own photographs."', "about = 3", "must be a text"),
        ("[recipe]", 'files = ["../up"]\n[recipe]', "list of plain"),
        ("[recipe]", 'files = ["our leopards.pt.json"]\n[recipe]', "name of its own"),
        ("[recipe]", 'sha256 = "12"\n[recipe]', "64 hexadecimal"),
        ("side = 640", f"side = {'[' * 3000}", "can't be read"),
    ],
)
def test_an_own_model_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in OWN
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=sentence):
        own.parsed(path)
