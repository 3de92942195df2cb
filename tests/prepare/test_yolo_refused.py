"""Files that are no detector, or not the one that they should be: refused with a sentence, and no code of them runs."""

from __future__ import annotations

import io
import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import ModelFileError
from spotid.prepare.detectors.yolo import Yolo
from spotid.settings import quiet_ultralytics
from spotid.weights import shelf
from spotid.weights.troubles import CatalogueError, WrongSumError
from tests.prepare import yolo_files
from tests.weights.stock import shelve

NAME = "mdv6-yolov10-c"


def test_a_file_that_changed_is_not_opened(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = shelve(monkeypatch, {NAME: published})[NAME]
    path = shelf.files(model)[NAME]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(WrongSumError, match="has changed since it came here"):
        Yolo(model).load()


def test_a_word_that_nothing_reads_is_told() -> None:
    model = shelf.model(NAME)
    with pytest.raises(CatalogueError, match="unknown thresold"):
        Yolo(shelf.Model(**{**vars(model), "recipe": {**model.recipe, "thresold": 0.5}}))


@pytest.mark.parametrize("ending", [".torchscript", ".PT", ".yaml"])
def test_an_exported_network_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    file = tmp_path / f"ours{ending}"
    file.write_bytes(b"a program")
    monkeypatch.setattr(shelf, "files", lambda model: {NAME: file})
    detector = Yolo(shelf.model(NAME))
    monkeypatch.setattr("spotid.prepare.detectors.yolo._read", lambda path: pytest.fail("it was opened"))
    monkeypatch.setattr("spotid.prepare.detectors.yolo.check_room", lambda *_: None)
    with pytest.raises(ModelFileError, match=r"no file of the kind .* \(\.pt\)"):
        detector.load()


def renamed(made: Any, path: Path) -> Path:
    """One parameter of one layer under another name."""
    from copy import deepcopy

    odd = deepcopy(made)
    layer = odd.model[3].conv
    layer._parameters["kernel"] = layer._parameters.pop("weight")
    return yolo_files.written(odd, path)


class Hostile:
    """Unpickled, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def hostile(path: Path) -> Path:
    import torch

    torch.save({"model": Hostile(path.with_name("ran")), "train_args": {}}, path)
    return path


def of_yolov5(path: Path) -> Path:
    """A pickle of classes of the older library's package "models"."""
    import torch

    package, module = types.ModuleType("models"), types.ModuleType("models.yolo")
    module.Model = type("Model", (torch.nn.Module,), {"__module__": "models.yolo"})  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "models", package)
        patch.setitem(sys.modules, "models.yolo", module)
        torch.save({"model": module.Model(), "epoch": -1}, path)
    return path


def classifies(path: Path) -> Path:
    from ultralytics.nn import tasks

    made = tasks.ClassificationModel("yolov8n-cls.yaml", ch=3, nc=3, verbose=False)
    made.names, made.task = yolo_files.MEGA, "classify"
    return yolo_files.written(made, path)


def cut_off(path: Path, whole: Path) -> Path:
    path.write_bytes(whole.read_bytes()[:100_000])
    return path


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("renamed", "can't be used: .*weight"),
        ("hostile", "could run code; it was not read"),
        ("yolov5", "older library YOLOv5.*Choose MegaDetector V6"),
        ("classifies", "a network for “classify”"),
        ("cut off", "can't be used"),
        ("no network", "it was not read"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(
    kind: str, sentence: str, ten: Any, published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "MDV6-yolov10-c.pt"
    if kind == "renamed":
        renamed(ten, path)
    elif kind == "hostile":
        hostile(path)
    elif kind == "yolov5":
        of_yolov5(path)
    elif kind == "classifies":
        classifies(path)
    elif kind == "cut off":
        cut_off(path, published)
    else:
        path.write_text("This page could not be found.")
    model = shelve(monkeypatch, {NAME: path})[NAME]
    with pytest.raises(ModelFileError, match=sentence):
        Yolo(model).load()
    assert not (tmp_path / "ran").exists()


def test_a_damaged_photograph_is_told_as_before_once_the_library_is_there(ten: Any) -> None:
    """The library's own way to open pictures looks for packages that are not there."""
    from PIL import Image, UnidentifiedImageError
    from ultralytics.utils import patches

    Image.open = patches.image_open
    quiet_ultralytics()
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(b"nothing"))
