"""Weights are checked before they are read: a damaged or exchanged file is told of, and nothing in it is parsed."""

from __future__ import annotations

import ast
import hashlib
import shutil
from pathlib import Path

import pytest

from spotid import seal
from spotid.errors import ModelFileError


def test_the_seals_fit_the_weights_that_ship() -> None:
    """After training: ``python -m spotid.seal``."""
    assert seal._seals() == seal.shipped()
    assert len(seal.shipped()) >= 6
    for name in seal.shipped():
        assert seal.content(seal.PACKAGE / name)


def test_every_kind_of_weights_in_the_repository_is_sealed(repository: Path) -> None:
    kinds = {".npz", ".npy", ".onnx", ".pt", ".pth", ".safetensors", ".bin", ".pkl"}
    found = {
        path.relative_to(seal.PACKAGE).as_posix()
        for path in (repository / "spotid").rglob("*")
        if path.suffix in kinds and path.is_file()
    }
    assert found <= set(seal.shipped())


@pytest.fixture
def package(tmp_path: Path, monkeypatch) -> Path:
    """A package with one file of weights and its seal."""
    folder = tmp_path / "package"
    (folder / "weights").mkdir(parents=True)
    shutil.copy(seal.PACKAGE / "prepare" / "weights" / "flank.onnx", folder / "weights" / "flank.onnx")
    monkeypatch.setattr(seal, "PACKAGE", folder)
    monkeypatch.setattr(seal, "_seals", lambda: SEALS)
    return folder / "weights" / "flank.onnx"


SEALS = {"weights/flank.onnx": seal.shipped()["prepare/weights/flank.onnx"]}


def test_one_changed_bit_is_told_before_anything_is_read(package: Path, monkeypatch) -> None:
    import cv2
    import numpy as np

    from spotid.prepare import flank

    opened: list[int] = []
    real = cv2.dnn.readNetFromONNX
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", lambda buffer: opened.append(1) or real(buffer))
    page = np.zeros((64, 96), np.float32)
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 1
    package.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"flank\.onnx.*damaged"):
        flank._raw(page, package)
    assert not opened
    content[len(content) // 2] ^= 1
    package.write_bytes(content)
    flank._network(package)
    assert opened


def test_weights_without_a_seal_are_refused_in_the_package_and_taken_elsewhere(package: Path, tmp_path: Path) -> None:
    stranger = package.with_name("stranger.onnx")
    stranger.write_bytes(b"x")
    with pytest.raises(ModelFileError) as fault:
        seal.content(stranger)
    assert "Install SpotID again" in fault.value.advice
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(b"mine")
    assert seal.content(mine) == b"mine"
    with pytest.raises(ModelFileError):
        seal.content(package.with_name("gone.onnx"))


def test_a_downloaded_model_is_checked_by_its_sum(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"weights" * 1000)
    right = hashlib.sha256(b"weights" * 1000).hexdigest()
    assert seal.checked(path, right.upper()) == path
    for wrong in ("", "0" * 64, right[:-1], right + "0"):
        with pytest.raises(ModelFileError):
            seal.checked(path, wrong)
    with pytest.raises(ModelFileError):
        seal.checked(tmp_path / "gone.pt", right)


def test_the_line_ends_of_a_text_do_not_matter(tmp_path: Path) -> None:
    assert seal._sum(Path("a.json"), b"{\r\n}") == seal._sum(Path("a.json"), b"{\n}")
    assert seal._sum(Path("a.npz"), b"{\r\n}") != seal._sum(Path("a.npz"), b"{\n}")


def test_nothing_is_ever_unpickled(repository: Path) -> None:
    """NumPy reads arrays only where it is told that nothing may be unpickled; torch only weights; pickle nobody.

    One file alone can't be read otherwise: SpeciesNet's network is a pickled module. It is opened where its sum is
    beyond doubt or a person has vouched for it (``tests/prepare/species/test_speciesnet.py``).
    """
    vouched = repository / "spotid/prepare/species/speciesnet.py"
    for path in [*(repository / "spotid").rglob("*.py"), *(repository / "training").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {"pickle", "joblib", "shelve", "dill", "marshal"} & set(names), path
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "load":
                continue
            said = {one.arg: one.value for one in node.keywords}
            if ast.unparse(node.func) == "np.load":
                assert ast.unparse(said.get("allow_pickle", ast.Constant(None))) == "False", f"{path}:{node.lineno}"
            if ast.unparse(node.func) == "torch.load" and path != vouched:
                assert ast.unparse(said.get("weights_only", ast.Constant(None))) == "True", f"{path}:{node.lineno}"
