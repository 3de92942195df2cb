"""The sums that hosts publish in their own interfaces."""

from __future__ import annotations

from typing import Any

import pytest

from spotid.weights import catalogue, hosts

MD5, SHA = "1" * 32, "2" * 64


def test_zenodo_gives_an_md5() -> None:
    asked: list[str] = []

    def answer(url: str) -> Any:
        asked.append(url)
        return {
            "files": [{"key": "other.pt", "checksum": "md5:" + "3" * 32}, {"key": "a b.pt", "checksum": f"md5:{MD5}"}]
        }

    assert hosts.published("https://zenodo.org/records/15398270/files/a%20b.pt?download=1", ask=answer) == {"md5": MD5}
    assert asked == ["https://zenodo.org/api/records/15398270"]


def test_github_gives_a_sha256_for_newer_files_only() -> None:
    asked: list[str] = []

    def answer(url: str) -> Any:
        asked.append(url)
        return {"assets": [{"name": "new.pt", "digest": f"sha256:{SHA.upper()}"}, {"name": "old.pt", "digest": None}]}

    base = "https://github.com/who/what/releases/download/v1/"
    assert hosts.published(base + "new.pt", ask=answer) == {"sha256": SHA}
    assert hosts.published(base + "old.pt", ask=answer) == {}
    assert asked[0] == "https://api.github.com/repos/who/what/releases/tags/v1"


@pytest.mark.parametrize("said", ["", "md5", "md5:12", "crc:" + "1" * 32, "sha256:" + "g" * 64])
def test_what_is_no_sum_is_left_out(said: str) -> None:
    answer = {"files": [{"key": "f", "checksum": said}]}
    assert hosts.published("https://zenodo.org/records/1/files/f", ask=lambda _: answer) == {}


@pytest.mark.parametrize("said", [[], None, "page", {"files": {"entries": {}}}, {"files": ["f"]}, {"files": None}])
def test_an_interface_that_has_changed_says_nothing(said: Any) -> None:
    assert hosts.published("https://zenodo.org/records/1/files/f", ask=lambda _: said) == {}
    assert hosts.published("https://github.com/a/b/releases/download/v1/f", ask=lambda _: said) == {}


def test_other_hosts_are_not_asked() -> None:
    def answer(url: str) -> Any:
        raise AssertionError(url)

    assert hosts.published("https://dl.fbaipublicfiles.com/a/b.pt", ask=answer) == {}


def test_every_zenodo_and_release_address_of_the_list_is_understood() -> None:
    for weight in catalogue.read().values():
        if "zenodo.org" in weight.url or "/releases/" in weight.url:
            assert hosts.ZENODO.match(weight.url) or hosts.GITHUB.match(weight.url), weight.name
