"""The commands for published models: told, asked once, fetched, brought in, compared, removed."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.weights import catalogue, fetch, keep, licences, shelf
from spotid.weights.catalogue import Sum, Weight
from tests.weights.host import BODY, OTHER, Host, cut, rules, status, whole

SHA = hashlib.sha256(BODY).hexdigest()


def run(*arguments: object, say: str = "") -> Result:
    return CliRunner().invoke(main, ["models", *(str(one) for one in arguments)], input=say)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Every file of the list comes from 127.0.0.1; one source alone knows the sum of S-224, and mistyped it."""
    pytest.importorskip("requests", reason="belongs to the packages of the published models")
    host, real = Host(), catalogue.read

    def read(path: Any = None) -> dict[str, Weight]:
        said = {}
        for name, one in real(path).items():
            sums = (Sum("sha256", SHA, 3),)
            if name == "megadescriptor-s-224":
                sums = (Sum("sha256", "0" * 64, 1),)
            said[name] = dataclasses.replace(one, url=f"{host.root}/{name}", bytes=len(BODY), sums=sums)
        return said

    monkeypatch.setattr(catalogue, "read", read)
    monkeypatch.setattr(fetch, "wished", lambda: dataclasses.replace(rules(), local=True))
    shelf._listed.cache_clear()
    yield host
    host.close()
    shelf._listed.cache_clear()


def test_the_list_tells_role_size_licence_and_what_is_here() -> None:
    done = run("list")
    assert done.exit_code == 0
    lines = {line.split()[0]: line for line in done.output.splitlines()}
    assert set(shelf.models()) == set(lines)
    assert "not here" in lines["mobile-sam"] and "41 MB" in lines["mobile-sam"] and "Apache-2.0" in lines["mobile-sam"]
    assert "commercial use: no" in lines["megadescriptor-t-224"] and "about 204 MB" in lines["megadescriptor-t-224"]
    assert "ask its makers" in lines["miewid-msv3"] and " ? " in lines["mdv6-rtdetr-c"]
    only = run("list", "--role", "detector").output.splitlines()
    assert only and all(" detector " in line for line in only)
    assert run("list", "--role", "dreamer").exit_code == 2


def test_sizes_and_licences_are_told_before_anything_is_fetched(host: Host) -> None:
    host.answers["/aliked-lightglue"], host.answers["/aliked-n16"] = [status(503), cut(131_072), whole()], [whole()]
    no = run("get", "aliked-lightglue", say="n\n")
    assert no.exit_code == 1 and host.asked == [] and licences.to_accept(shelf.model("aliked-lightglue").weights)
    assert "Together 0.6 MB" in no.output and "BSD License" in no.output and "Accept these licences" in no.output
    yes = run("get", "aliked-lightglue", say="y\n")
    assert yes.exit_code == 0, yes.output
    assert SHA in yes.output and "503" in yes.output and not shelf.missing(shelf.model("aliked-lightglue"))
    assert not licences.to_accept(shelf.model("aliked-lightglue").weights)
    asked = len(host.asked)
    assert "here already" in run("get", "aliked-lightglue").output and len(host.asked) == asked
    assert "here" in run("list").output


def test_a_sum_that_may_be_mistyped_can_be_overruled(host: Host) -> None:
    host.answers["/megadescriptor-s-224"] = [whole()]
    wrong = run("get", "--yes", "megadescriptor-s-224")
    assert wrong.exit_code == 10 and SHA in wrong.output and shelf.missing(shelf.model("megadescriptor-s-224"))
    assert run("get", "--yes", "megadescriptor-s-224", "--sha256", "1" * 64).exit_code == 10
    good = run("get", "--yes", "megadescriptor-s-224", "--sha256", SHA)
    assert good.exit_code == 0 and "sum that you gave" in good.output


def test_a_sum_that_is_none_is_told_before_anything_is_fetched(host: Host, tmp_path: Path) -> None:
    for command in (("get", "mobile-sam", "--yes"), ("import", tmp_path)):
        done = run(*command, "--sha256", "12ab")
        assert done.exit_code == 2 and "no SHA-256" in done.output
    assert not host.asked


def test_offline_and_nothing_named(host: Host) -> None:
    assert run("get").exit_code == 2
    assert run("get", "nothing", "--yes").exit_code == 3
    assert run("where", "--offline", "--mirror", "https://mirror.example").exit_code == 0
    told = run("where")
    assert (
        "never: offline" in told.output
        and "https://mirror.example" in told.output
        and str(shelf.folder()) in told.output
    )
    assert run("where", "--online", "--mirror", "").exit_code == 0
    assert "only when you fetch" in run("where").output and host.asked == []
    assert run("where", "--mirror", "ftp://x").exit_code == 2


def test_import_verify_remove(host: Host, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "mobile_sam.pt").write_bytes(BODY)
    (stick / "sam_vit_b_01ec64.pth").write_bytes(OTHER)
    done = run("import", stick)
    assert done.exit_code == 0 and "mobile-sam: taken in" in done.output and "not the published" in done.output
    assert "Apache License" in done.output, "whoever brings a file in is told what its licence asks"
    assert run("import", stick / "sam_vit_b_01ec64.pth").exit_code == 10
    assert run("import", tmp_path / "none").exit_code == 3
    assert "1 files compared, 0 wrong" in run("verify").output
    keep.place(shelf.model("mobile-sam").weights[0], shelf.folder()).write_bytes(OTHER)
    bad = run("verify", "mobile-sam")
    assert bad.exit_code == 10 and "not the published file" in bad.output
    assert run("remove", "mobile-sam").exit_code == 0 and run("remove", "mobile-sam").exit_code == 3
    assert run("remove").exit_code == 2 and host.asked == []


def test_an_own_model_is_asked_for_trust(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('part = "yolo"\nfile = "ours.pt"\n', encoding="utf-8")
    (tmp_path / "ours.pt").write_bytes(b"trained")
    no = run("add", tmp_path / "ours.toml", say="n\n")
    assert no.exit_code == 1 and "can hold a program" in no.output and "ours" not in shelf.models()
    no = run("import", tmp_path / "ours.toml", say="n\n")
    assert no.exit_code == 1 and "can hold a program" in no.output and "ours" not in shelf.models()
    assert run("add", tmp_path / "ours.toml", "--yes").exit_code == 0 and shelf.model("ours").own
    assert "ours" in run("list").output
    assert run("get", "ours").exit_code == 2
    (shelf.folder() / "own" / "broken.toml").write_text("[", encoding="utf-8")
    assert "broken.toml is left out" in run("list").output
    assert run("remove", "ours").exit_code == 0 and "ours" not in shelf.models()
