"""release/fetch_weights.py against a host on 127.0.0.1: what it takes into a bundle, and how a file is pinned."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from release import fetch_weights
from spotid.weights import catalogue
from tests.weights.host import BODY, OTHER, Host, cut, status, whole

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "release" / "fetch_weights.py"
SHA = hashlib.sha256(BODY).hexdigest()
TABLE = """
# A word that must stay.
[{name}]
role = "detector"
file = "{name}.pt"
about = "A file for tests."
url = "https://example.org/{name}"
{sums}licence = "{licence}"
licence_page = "https://example.org/licence"
travels = {travels}
bundled = {bundled}
source = "https://example.org/"
cite = "Nobody."
"""


@pytest.fixture
def host() -> Iterator[Host]:
    pytest.importorskip("requests", reason="belongs to the packages of the published models")
    host = Host()
    yield host
    host.close()


def table(
    name: str, sources: int = 3, *, licence: str = "Apache-2.0", travels: bool = True, bundled: bool = True
) -> str:
    sums = f'bytes = {len(BODY)}\nsha256 = {{ value = "{SHA}", sources = {sources} }}\n' if sources else ""
    said = {"travels": str(travels).lower(), "bundled": str(bundled).lower()}
    return TABLE.format(name=name, sums=sums, licence=licence, **said)


@dataclass
class Done:
    """How a call of the script ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The script with a list of its own. The list itself insists on https: 127.0.0.1 is put in on the way."""
    real = catalogue.read
    monkeypatch.chdir(tmp_path)

    def call(listed: str, *arguments: str, host: Host | None = None) -> Done:
        path = tmp_path / "list.toml"
        if not path.exists():
            path.write_text(listed, encoding="utf-8")
        root = host.root if host else "https://example.org"

        def read(path: Path | None = None) -> dict[str, catalogue.Weight]:
            return {
                name: dataclasses.replace(one, url=one.url.replace("https://example.org", root))
                for name, one in real(path).items()
            }

        with monkeypatch.context() as patch:
            patch.setattr(catalogue, "read", read)
            code = fetch_weights.main(["--catalogue", str(path), "--local", *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


def test_it_fetches_what_the_bundle_carries(host: Host, tmp_path: Path, run: Callable[..., Done]) -> None:
    host.answers["/one"], host.answers["/two"] = [status(504), cut(131_072), whole()], [whole()]
    listed = table("one") + table("two", licence="BSD-3-Clause") + table("three", bundled=False)
    done = run(listed, "--to", "weights", host=host)
    assert done.returncode == 0, done.stderr
    assert "2 files" in done.stdout and "504" in done.stdout and SHA in done.stdout
    found = {path.relative_to(tmp_path / "weights").as_posix() for path in (tmp_path / "weights").rglob("*.*")}
    assert found == {
        "weights.json",
        *(f"{name}/{file}" for name in ("one", "two") for file in (f"{name}.pt", f"{name}.pt.json", "LICENCE.txt")),
    }
    notes = json.loads((tmp_path / "weights" / "weights.json").read_text())["weights"]
    assert [(note["path"], note["sha256"], note["bytes"]) for note in notes] == [
        ("one/one.pt", SHA, len(BODY)),
        ("two/two.pt", SHA, len(BODY)),
    ]
    for note in notes:
        assert (tmp_path / "weights" / note["path"]).read_bytes() == BODY
    said = (tmp_path / "weights" / "two" / "LICENCE.txt").read_text()
    assert "BSD-3-Clause" in said and "Redistribution and use" in said and "Nobody." in said


def test_a_wrong_file_ends_it(host: Host, tmp_path: Path, run: Callable[..., Done]) -> None:
    host.answers["/one"] = [whole(OTHER)]
    done = run(table("one"), "--to", "weights", host=host)
    assert done.returncode == 1 and "not the published file" in done.stderr
    assert not list((tmp_path / "weights").rglob("*.pt")) and not (tmp_path / "weights" / "weights.json").exists()


@pytest.mark.parametrize("sources", [0, 1])
def test_a_file_without_a_confirmed_sum_is_refused_with_the_way_to_pin_it(
    tmp_path: Path, run: Callable[..., Done], sources: int
) -> None:
    done = run(table("one") + table("two", sources), "--to", "weights")
    assert done.returncode == 1
    assert "two" in done.stderr and "python release/fetch_weights.py --pin two" in done.stderr
    assert not (tmp_path / "weights" / "one").exists()  # seen before anything is fetched


def test_a_file_that_may_not_travel_is_refused(run: Callable[..., Done]) -> None:
    listed = table("one", licence="CC-BY-NC-4.0", travels=False, bundled=False)
    done = run(listed, "--to", "weights", "--names", "one")
    assert done.returncode == 1 and "does not let the file travel" in done.stderr
    done = run(listed, "--to", "weights", "--names", "none")
    assert done.returncode == 1 and "There are: one" in done.stderr


def test_from_a_folder(tmp_path: Path, run: Callable[..., Done]) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "one.pt").write_bytes(BODY)
    done = run(table("one"), "--to", "weights", "--from", "stick")
    assert done.returncode == 0 and (tmp_path / "weights" / "one" / "one.pt").read_bytes() == BODY


@pytest.mark.parametrize("sources", [0, 1])
def test_pinning_writes_the_sum_and_nothing_else(
    host: Host, tmp_path: Path, run: Callable[..., Done], sources: int
) -> None:
    host.answers["/two"] = [whole()]
    listed = table("one") + table("two", sources) + "\n# ---- the end\n" + table("three", 0)
    done = run(listed, "--pin", "two", host=host)
    assert done.returncode == 0, done.stderr
    assert SHA in done.stdout and "no sum of its own" in done.stdout
    after = (tmp_path / "list.toml").read_text(encoding="utf-8")
    two = catalogue.read(tmp_path / "list.toml")["two"]
    pinned = two.sum("sha256")
    assert two.certain and two.bytes == len(BODY) and pinned and pinned.value == SHA and pinned.seen
    old, new = listed.splitlines(), after.splitlines()
    assert [line for line in old if line not in new and "sources = 1" not in line] == []
    assert sorted(set(new) - set(old)) == sorted(
        line for line in new if "seen" in line or (not sources and line == f"bytes = {len(BODY)}" and line not in old)
    )
    assert run("", "--to", "weights", "--names", "two", host=host).returncode == 0


def test_pinning_against_a_confirmed_sum_writes_nothing(host: Host, tmp_path: Path, run: Callable[..., Done]) -> None:
    host.answers["/one"] = [whole(OTHER)]
    done = run(table("one"), "--pin", "one", host=host)
    assert done.returncode == 1 and "not the published" in done.stderr
    assert (tmp_path / "list.toml").read_text(encoding="utf-8") == table("one")


def test_the_list_can_be_shown() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--list"], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0 and "mobile-sam" in done.stdout
    assert len(done.stdout.splitlines()) == len(catalogue.read())


def test_every_licence_that_travels_has_its_text() -> None:
    texts = ROOT / "release" / "weight_licences"
    for weight in catalogue.read().values():
        if weight.bundled:
            known = texts / f"{weight.licence}.txt"
            assert known.is_file() or weight.licence.startswith("AGPL-3.0"), weight.licence
