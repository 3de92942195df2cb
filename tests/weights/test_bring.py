"""Bringing models in without a network, adding one's own, and removing them."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import BadRequestError, NotFoundError, SpotIDError
from spotid.weights import bring, catalogue, keep, licences, shelf
from spotid.weights.catalogue import Sum, Weight
from spotid.weights.troubles import CatalogueError
from tests.weights.stock import put, shelve

OWN = 'part = "yolo"\nfile = "ours.pt"\nabout = "Ours."\n[recipe]\nside = 640\n'


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Each file of the list has bytes of its own, of which the sum is known; two of them alone have none."""
    real = catalogue.read
    bodies = {name: name.encode() * 50 for name in real()}

    def read(path: Any = None) -> dict[str, Weight]:
        sums = {name: (Sum("sha256", hashlib.sha256(body).hexdigest(), 3),) for name, body in bodies.items()}
        sums |= {"dinov3-small": (), "mdv6-rtdetr-c": ()}
        return {name: dataclasses.replace(one, bytes=0, sums=sums[name]) for name, one in real(path).items()}

    monkeypatch.setattr(catalogue, "read", read)
    shelf._listed.cache_clear()
    return bodies


def lay(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_stick_with_loose_files_and_with_folders(known: dict[str, bytes], tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    lay(stick / "mobile_sam.pt", known["mobile-sam"])
    lay(stick / "megadescriptor-t-224" / "pytorch_model.bin", known["megadescriptor-t-224"])
    lay(stick / "models" / "aliked-n16" / "aliked-n16.pth", known["aliked-n16"])
    lay(stick / "sam_vit_b_01ec64.pth", b"another file")
    lay(stick / "holiday.jpg", b"no weights")
    done = {one.name: one for one in bring.bring(stick)}
    assert set(done) == {"mobile-sam", "megadescriptor-t-224", "aliked-n16", "sam-vit-b"}
    assert done["mobile-sam"].how == "published" and "not the published file" in done["sam-vit-b"].sentence
    assert not shelf.missing(shelf.model("mobile-sam")) and shelf.missing(shelf.model("sam-vit-b"))
    with pytest.raises(NotFoundError):
        (stick / "sam_vit_b_01ec64.pth").unlink()
        bring.bring(stick)
    with pytest.raises(NotFoundError, match="no folder"):
        bring.bring(tmp_path / "not plugged in")


def test_a_name_that_several_share_is_told_by_its_bytes(known: dict[str, bytes], tmp_path: Path) -> None:
    lay(tmp_path / "a" / "pytorch_model.bin", known["megadescriptor-l-384"])
    assert [one.name for one in bring.bring(tmp_path / "a")] == ["megadescriptor-l-384"]
    # Nothing is published about this one: loose, it could be any of its name; in its own folder it is meant.
    lay(tmp_path / "b" / "model.safetensors", b"who knows")
    with pytest.raises(NotFoundError, match="folder named after"):
        bring.bring(tmp_path / "b")
    lay(tmp_path / "c" / "dinov3-small" / "model.safetensors", b"who knows")
    assert [(one.name, one.how) for one in bring.bring(tmp_path / "c")] == [("dinov3-small", "first use")]


def test_one_file_alone(known: dict[str, bytes], tmp_path: Path) -> None:
    lay(tmp_path / "MDV6-rtdetr-c.pt", b"once")
    lay(tmp_path / "mobile_sam.pt", known["mobile-sam"])
    assert [one.name for one in bring.bring(tmp_path / "MDV6-rtdetr-c.pt")] == ["mdv6-rtdetr-c"]
    assert "here already" in bring.bring(tmp_path / "MDV6-rtdetr-c.pt")[0].sentence
    assert shelf.missing(shelf.model("mobile-sam"))
    assert [one.name for one in bring.bring(tmp_path, ["mobile-sam"])] == ["mobile-sam"]


def test_a_file_under_another_name_is_told_by_its_bytes(
    known: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path / "one" / "sam (1).pt", known["mobile-sam"])
    lay(tmp_path / "one" / "holiday.pt", b"none of the list")
    with pytest.raises(NotFoundError):
        bring.bring(tmp_path / "one" / "holiday.pt")
    assert [one.name for one in bring.bring(tmp_path / "one" / "sam (1).pt")] == ["mobile-sam"]
    # In a folder only files of a published length are looked into.
    read = catalogue.read
    length = len(known["aliked-n16"])

    def with_length(path: Any = None) -> dict[str, Weight]:
        return {n: dataclasses.replace(one, bytes=length * (n == "aliked-n16")) for n, one in read(path).items()}

    monkeypatch.setattr(catalogue, "read", with_length)
    lay(tmp_path / "two" / "points.bin", known["aliked-n16"])
    lay(tmp_path / "two" / "matcher.bin", known["aliked-lightglue"])
    assert [one.name for one in bring.bring(tmp_path / "two")] == ["aliked-n16"]


def test_an_own_model_is_added_told_and_removed(tmp_path: Path) -> None:
    lay(tmp_path / "our-own.toml", OWN.encode())
    with pytest.raises(NotFoundError, match=r"ours\.pt"):
        bring.add(tmp_path / "our-own.toml")
    assert "our-own" not in shelf.models()
    lay(tmp_path / "ours.pt", b"trained")
    assert bring.risky(tmp_path / "our-own.toml")
    assert [one.name for one in bring.bring(tmp_path / "our-own.toml")] == ["our-own"]
    model = shelf.model("our-own")
    assert model.own and not shelf.missing(model) and model.recipe["side"] == 640
    with pytest.raises(CatalogueError, match="already"):
        bring.add(tmp_path / "our-own.toml")
    # The whole folder of models can be carried to another computer, own models with it.
    stick = shelf.folder().rename(tmp_path / "stick")
    assert [one.name for one in bring.bring(stick)] == ["our-own"]
    assert bring.remove(shelf.model("our-own")) >= 7
    assert "our-own" not in shelf.models() and not list(shelf.folder().rglob("ours.pt*"))


def test_a_recipe_that_cannot_be_meant_is_told_before_anything_is_copied(tmp_path: Path) -> None:
    lay(tmp_path / "ours.pt", b"trained")
    for wrong in ("side = -5", 'side = "large"'):
        lay(tmp_path / "wrong.toml", OWN.replace("side = 640", wrong).encode())
        with pytest.raises(SpotIDError):
            bring.add(tmp_path / "wrong.toml")
    lay(tmp_path / "wrong.toml", OWN.replace('"yolo"', '"spotid.nothing:Here"\nrole = "detector"').encode())
    with pytest.raises(CatalogueError, match="has not"):
        bring.add(tmp_path / "wrong.toml")
    assert not shelf.folder().exists()


def test_an_own_model_may_not_take_a_listed_name_and_its_sum_counts(tmp_path: Path) -> None:
    lay(tmp_path / "mobile-sam.toml", OWN.encode())
    with pytest.raises(CatalogueError, match="own list"):
        bring.add(tmp_path / "mobile-sam.toml")
    right = hashlib.sha256(b"trained").hexdigest()
    lay(tmp_path / "sure.toml", OWN.replace("[recipe]", f'sha256 = "{right}"\n[recipe]').encode())
    assert not bring.risky(tmp_path / "sure.toml")
    lay(tmp_path / "ours.pt", b"exchanged")
    with pytest.raises(Exception, match="not the published"):
        bring.add(tmp_path / "sure.toml")
    assert "sure" not in shelf.models()
    lay(tmp_path / "ours.pt", b"trained")
    assert bring.add(tmp_path / "sure.toml").name == "sure"


def test_removing_spares_what_another_model_uses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "made.bin"
    file.write_bytes(b"x" * 1000)
    more = '\n[second]\nalso = ["aliked-n16"]\n' + "".join(
        f'{word} = "{said}"\n'
        for word, said in {
            "role": "local matcher",
            "file": "second.pth",
            "about": "Another with the same points.",
            "url": "https://example.org/second.pth",
            "licence": "MIT",
            "licence_page": "https://example.org/",
            "source": "https://example.org/",
            "cite": "Nobody.",
            "part": "spotid.weights.shelf:Model",
        }.items()
    )
    models = shelve(monkeypatch, {"aliked-lightglue": file, "aliked-n16": file}, more + "travels = true\nneeds = []\n")
    put(models["second"].weights[0], file)
    points = keep.place(models["second"].weights[1], shelf.folder())
    assert 1000 < bring.remove(models["aliked-lightglue"]) < 2000 and points.is_file()
    assert bring.remove(models["second"]) > 2000 and not points.exists()
    with pytest.raises(NotFoundError):
        bring.remove(models["second"])
    monkeypatch.setattr(shelf, "bundled", lambda: tmp_path / "bundle")
    for one in models["mobile-sam"].weights:
        put(one, file, tmp_path / "bundle")
    with pytest.raises(BadRequestError, match="came with"):
        bring.remove(models["mobile-sam"])


def test_every_licence_of_the_list_has_words_and_is_accepted_once() -> None:
    weights = list(catalogue.read().values())
    for weight in weights:
        for one in licences.of(weight):
            assert one.key.split(" ")[0] in licences.KNOWN, weight.name
    miewid = shelf.model("miewid-msv3").weights
    megadescriptor = shelf.model("megadescriptor-t-224").weights
    assert licences.commercial(miewid) == "ask" and licences.commercial(megadescriptor) == "no"
    assert licences.commercial([*miewid, *megadescriptor]) == "no"
    with pytest.raises(BadRequestError, match="No licence published"):
        licences.accept(miewid, [])
    key = licences.to_accept(miewid)[0].key
    assert "miewid" in key, "another maker who published none is asked for anew"
    licences.accept(miewid, [key])
    assert licences.to_accept(miewid) == [] and licences.to_accept(megadescriptor)
    licences.accept(miewid, [])
