"""SpeciesNet's folder with a network that onnx2torch has made of an ONNX file, pickled as the published one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import ModelFileError
from spotid.prepare import registry
from spotid.prepare.species.labels import parsed
from spotid.prepare.species.speciesnet import SpeciesNet
from spotid.weights import bring, keep, licences, shelf
from tests.prepare.species import converted
from tests.prepare.species.animals import LABELS, RULES, TAXA

torch = pytest.importorskip("torch")
onnx2torch = pytest.importorskip("onnx2torch", reason="onnx2torch comes with requirements-test.txt")

STEM = "always_crop_99710272_22x8_v12_epoch_00148"
# As info.json of version 4.0.2a names them.
FILES = {
    "classifier": f"{STEM}.pt",
    "classifier_labels": f"{STEM}.labels.20251208.txt",
    "taxonomy": "taxonomy_release.20251208.txt",
    "geofence": "geofence_release.20251208.json",
}


@pytest.fixture(scope="module")
def graph() -> Any:
    return converted.model(len(LABELS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, graph: Any) -> Path:
    """SpeciesNet's folder as it is published, with a small network."""
    place = tmp_path_factory.mktemp("speciesnet")
    torch.save(onnx2torch.convert(graph), place / FILES["classifier"])
    (place / FILES["classifier_labels"]).write_text("\n".join(LABELS) + "\n", encoding="utf-8")
    (place / FILES["taxonomy"]).write_text("\n".join((*LABELS, *TAXA)) + "\n", encoding="utf-8")
    (place / FILES["geofence"]).write_text(json.dumps(RULES), encoding="utf-8")
    info = {"version": "4.0.2a", "type": "always_crop", **FILES, "detector": "md_v5a.0.0.pt"}
    (place / "info.json").write_text(json.dumps(info), encoding="utf-8")
    return place


def described(place: Path, sha256: str = "") -> Path:
    """The TOML that the manual gives, in the folder, as a person writes it."""
    lines = ['part = "speciesnet"', f'file = "{FILES["classifier"]}"']
    lines.append(f"files = {json.dumps(['info.json', *list(FILES.values())[1:]])}")
    lines += [f'sha256 = "{sha256}"'] if sha256 else []
    path = place / "my-speciesnet.toml"
    path.write_text("\n".join([*lines, "[recipe]", "least = 0.01"]), encoding="utf-8")
    return path


def copied(folder: Path, place: Path) -> Path:
    return Path(shutil.copytree(folder, place))


def photograph() -> np.ndarray:
    """(900, 1200, 3), blotches of colour."""
    small = np.random.default_rng(2).integers(0, 256, (9, 12, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((1200, 900), Image.Resampling.BICUBIC))


ANIMALS = [(photograph(), Box(0.125, 0.25, 0.5, 0.25)), (photograph()[::-1], WHOLE)]
PARTS = [ANIMALS[0][0][225:450, 150:750], ANIMALS[1][0]]  # of the same two


def scores(graph: Any) -> np.ndarray:
    """(animals, classes) by onnx's own reference, from the pictures as the published program prepares them."""
    from onnx.reference import ReferenceEvaluator

    given = []
    for part in PARTS:
        floats = torch.from_numpy(part.copy()).permute(2, 0, 1)[None].float() / 255
        small = torch.nn.functional.interpolate(floats, (480, 480), mode="bilinear", align_corners=False)[0]
        given.append(np.float32((small * 255.999).to(torch.uint8).permute(1, 2, 0).numpy() / 255))
    logits = ReferenceEvaluator(graph).run(None, {"input_1": np.stack(given)})[0].astype(np.float64)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def agrees(found: SpeciesNet, graph: Any) -> None:
    wanted = scores(graph)
    assert wanted[0].argmax() != wanted[1].argmax()
    for said, row in zip(found.classify(ANIMALS), wanted, strict=True):
        best = int(row.argmax())
        assert 0.2 < row[best] < 0.999  # no answer that anything would agree with
        assert said[0].name == parsed(LABELS[best]).name
        assert said[0].score == pytest.approx(row[best], abs=1e-4)


def test_a_converted_network_agrees_with_onnx(folder, graph, tmp_path) -> None:
    place = copied(folder, tmp_path / "speciesnet")
    toml = described(place, keep.sums_of(place / FILES["classifier"])["sha256"])
    bring.add(toml)
    found = registry.classifier("my-speciesnet")
    assert isinstance(found, SpeciesNet)
    agrees(found, graph)


def test_without_its_sum_it_is_not_opened(folder, tmp_path, monkeypatch) -> None:
    toml = described(copied(folder, tmp_path / "speciesnet"))
    assert bring.risky(toml)
    bring.add(toml)
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(ModelFileError, match="runs code"):
        registry.classifier("my-speciesnet").load()


def test_the_lists_own_entry_asks_a_person_for_the_sum(folder, graph, tmp_path) -> None:
    """One source gives the sum of the published file, and ours is another: refused, until a person gives its sum."""
    place = copied(folder, tmp_path / "stick")
    for file, name in (("classifier_labels", f"{STEM}.labels.txt"), ("taxonomy", "taxonomy_release.txt")):
        (place / FILES[file]).rename(place / name)
    (place / FILES["geofence"]).rename(place / "geofence_release.json")
    asked = licences.to_accept(shelf.model("speciesnet").weights)
    assert [one.key for one in asked] == ["Apache-2.0"]
    licences.accept(shelf.model("speciesnet").weights, ["Apache-2.0"])
    sha256 = keep.sums_of(place / FILES["classifier"])["sha256"]
    refused = [one for one in bring.bring(place, ["speciesnet"]) if one.sentence]
    assert [one.file for one in refused] == [FILES["classifier"]] and sha256 in refused[0].sentence
    taken = bring.bring(place / FILES["classifier"], ["speciesnet"], trusting=sha256)
    assert [(one.how, one.sentence) for one in taken] == [("given", "")]
    found = registry.classifier("speciesnet")
    assert isinstance(found, SpeciesNet)
    agrees(found, graph)


def test_a_network_made_for_a_version_that_is_not_here_is_a_sentence(folder, tmp_path, monkeypatch) -> None:
    """A pickle names the classes that it is made of."""
    place = copied(folder, tmp_path / "speciesnet")
    bring.add(described(place, keep.sums_of(place / FILES["classifier"])["sha256"]))
    monkeypatch.delattr("onnx2torch.node_converters.transpose.OnnxTranspose")
    with pytest.raises(ModelFileError, match="OnnxTranspose") as raised:
        registry.classifier("my-speciesnet").load()
    assert "onnx2torch" in raised.value.advice
