"""Files that people carry about, lines that break in the wrong moment, and notes that say more than they may."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from spotid.weights import bring, keep
from spotid.weights.fetch import fetch, take
from spotid.weights.troubles import DownloadError, WrongSumError
from tests.weights.host import BODY, OTHER, Host, cut, rules, status, weight, whole

SHA = hashlib.sha256(BODY).hexdigest()


def test_a_file_that_somebody_has_put_in_its_place_is_noted(host: Host, tmp_path: Path) -> None:
    one = weight(host.root + "/f")
    path = keep.place(one, tmp_path)
    path.parent.mkdir()
    path.write_bytes(BODY)
    assert fetch(one, tmp_path, rules=rules()).how == "published" and not host.asked
    assert keep.read_json(keep.note_of(path))["sha256"] == SHA, "without its note it would never count as here"


@pytest.mark.parametrize("known", ["confirmed", "nothing"])
def test_a_file_without_a_note_that_may_be_any_is_fetched_anew(host: Host, tmp_path: Path, known: str) -> None:
    host.answers["/f"] = [whole()]
    one = weight(host.root + "/f", known=known)
    path = keep.place(one, tmp_path)
    path.parent.mkdir()
    path.write_bytes(OTHER)
    assert fetch(one, tmp_path, rules=rules()).sha256 == SHA and path.read_bytes() == BODY


def test_a_whole_part_of_another_address_is_not_taken_for_the_file(host: Host, tmp_path: Path) -> None:
    host.answers["/new"] = [whole()]
    one = weight(host.root + "/new", known="nothing")
    path = keep.place(one, tmp_path)
    path.parent.mkdir()
    keep.part_of(path).write_bytes(OTHER)
    keep.write_json(keep.state_of(path), {"url": host.root + "/old", "mark": '"one"', "bytes": len(OTHER)})
    assert fetch(one, tmp_path, rules=rules()).sha256 == SHA


@pytest.mark.parametrize(("known", "asked"), [("confirmed", ["", "bytes=131072-"]), ("nothing", ["", ""])])
def test_without_a_mark_of_the_host_length_and_sum_have_to_do(
    host: Host, tmp_path: Path, known: str, asked: list[str]
) -> None:
    host.answers["/f"] = [cut(131_072, mark='W/"weak"'), whole(mark='W/"weak"')]
    assert fetch(weight(host.root + "/f", known=known), tmp_path, rules=rules()).sha256 == SHA
    assert host.ranges() == asked and not any("If-Range" in headers for _, headers in host.asked)


def test_a_page_is_not_taken_for_a_file_of_which_nothing_is_known(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole(b"<html>Back soon</html>", Content_Type="text/html; charset=utf-8")]
    with pytest.raises(DownloadError, match="a page instead of the file"):
        fetch(weight(host.root + "/f", known="nothing"), tmp_path, rules=rules())


def test_a_part_that_is_longer_than_the_file_is_begun_anew(host: Host, tmp_path: Path) -> None:
    """The host answers 416."""
    host.answers["/f"] = [whole()]
    one = weight(host.root + "/f", known="nothing")
    path = keep.place(one, tmp_path)
    path.parent.mkdir()
    keep.part_of(path).write_bytes(BODY + b"more")
    keep.write_json(keep.state_of(path), {"url": one.url, "mark": '"one"', "bytes": 0})
    assert fetch(one, tmp_path, rules=rules()).sha256 == SHA
    assert host.ranges() == [f"bytes={len(BODY) + 4}-", ""]


def test_the_sum_that_came_along_counts_after_a_kill_as_well(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole(X_Linked_Etag=f'"{SHA}"')]
    one = weight(host.root + "/f", known="nothing")
    path = keep.place(one, tmp_path)
    real = keep.check

    def killed(*_: object, **__: object) -> tuple[str, str]:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spotid.weights.fetch.check", killed)
        with pytest.raises(KeyboardInterrupt):
            fetch(one, tmp_path, rules=rules())
    assert keep.check is real and keep.part_of(path).stat().st_size == len(BODY)
    keep.part_of(path).write_bytes(OTHER)  # the disk lost what it was to keep
    assert fetch(one, tmp_path, rules=rules()).sha256 == SHA
    assert host.ranges() == ["", ""], "seen by the sum that the host had sent along, and fetched anew"


@pytest.mark.parametrize(
    ("said", "fatal"),
    [
        ("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol", False),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate", True),
    ],
)
def test_only_a_certificate_that_is_not_trusted_ends_it(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, fatal: bool
) -> None:
    import requests

    host.answers["/f"] = [whole()]
    real, broken = requests.Session.get, [requests.exceptions.SSLError(said)]

    def get(self: Any, *given: Any, **more: Any) -> Any:
        if broken:
            raise broken.pop()
        return real(self, *given, **more)

    monkeypatch.setattr(requests.Session, "get", get)
    if fatal:
        with pytest.raises(DownloadError, match="is not trusted"):
            fetch(weight(host.root + "/f"), tmp_path, rules=rules())
        return
    steps: list[str] = []
    fetch(weight(host.root + "/f"), tmp_path, told=lambda step: steps.append(step.sentence), rules=rules())
    assert any("the secure connection to 127.0.0.1 broke" in sentence for sentence in steps)


def test_a_wrong_file_on_a_stick_costs_nothing_that_has_arrived(host: Host, tmp_path: Path) -> None:
    from filelock import FileLock

    host.answers["/f"] = [cut(131_072), status(404)]
    one = weight(host.root + "/f")
    with pytest.raises(DownloadError):
        fetch(one, tmp_path / "here", rules=rules())
    (tmp_path / "stand_in.pt").write_bytes(BODY[:-1])
    with pytest.raises(WrongSumError, match="instead of"):
        take(one, tmp_path, tmp_path / "here")
    host.answers["/f"] = [whole()]
    path = fetch(one, tmp_path / "here", rules=rules()).path
    assert host.ranges()[-1] == "bytes=131072-"
    (tmp_path / "stand_in.pt").write_bytes(BODY)
    with FileLock(path.with_name(path.name + ".lock")), pytest.raises(DownloadError, match="another window"):
        take(one, tmp_path, tmp_path / "here")


def test_a_stick_that_was_pulled_out_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stand_in.pt").write_bytes(BODY)
    real = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        if path == tmp_path / "stand_in.pt":
            raise OSError(5, "Input/output error")
        return real(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(DownloadError, match=r"stand_in\.pt” can't be read: Input") as caught:
        take(weight("https://example.org/f"), tmp_path, tmp_path / "here")
    assert "Plug in" in caught.value.advice


def test_the_note_of_a_stick_is_nobody_s_word(tmp_path: Path) -> None:
    """It lets a file in that differs from one mistyped sum; that a person has compared it is not said by that."""
    doubtful = weight("https://example.org/f", known="wrong")
    file = tmp_path / "stand_in.pt"
    file.write_bytes(BODY)
    keep.note_of(file).write_text(json.dumps({"sha256": SHA, "how": "given"}), encoding="utf-8")
    kept = take(doubtful, tmp_path, tmp_path / "here")
    assert kept.how == keep.read_json(keep.note_of(kept.path))["how"] == "carried"
    assert keep.verify(doubtful, tmp_path / "here").how == "carried"
    assert take(doubtful, tmp_path, tmp_path / "mine", trusting=SHA).how == "given"


def test_a_folder_that_brings_its_own_program_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "net.pt").write_bytes(b"program")
    own = f'file = "net.pt"\nsha256 = "{hashlib.sha256(b"program").hexdigest()}"\n'
    runs = {
        "script": 'part = "torchscript"\n' + own + "[recipe]\nmay_run_code = true\n",
        "pickle": 'part = "speciesnet"\n' + own,
    }
    for name, text in runs.items():
        toml = tmp_path / "own" / f"{name}.toml"
        toml.write_text(text, encoding="utf-8")
        assert bring.risky(toml), "a sum in the TOML says nothing: it is of the same hand"
    done = bring.bring(tmp_path)
    assert [one.name for one in done] == ["pickle", "script"] and all("is a program" in one.sentence for one in done)
    assert bring.add(tmp_path / "own" / "script.toml").name == "script", "chosen by itself, it is added"


@pytest.mark.parametrize(
    ("part", "role"),
    [
        ("spotid.match.matchers.loftr:LoFTR", "embedder"),
        ("spotid.weights.catalogue:Sum", "embedder"),
        ("spotid.errors:SpotIDError", "detector"),
    ],
)
def test_a_class_that_is_no_part_of_its_role_is_told(tmp_path: Path, part: str, role: str) -> None:
    from spotid.weights.troubles import CatalogueError

    (tmp_path / "odd.pt").write_bytes(b"odd")
    toml = tmp_path / "odd.toml"
    toml.write_text(f'part = "{part}"\nrole = "{role}"\nfile = "odd.pt"\n', encoding="utf-8")
    with pytest.raises(CatalogueError):
        bring.add(toml)
