"""The list of weight files: what it holds is well-formed, what is not is refused with a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spotid.errors import NotFoundError
from spotid.weights import catalogue
from spotid.weights.troubles import CatalogueError

GOOD = """
[one]
role = "detector"
file = "one.pt"
about = "A file."
url = "https://example.org/v1/one.pt"
bytes = 3
sha256 = { value = "%s", sources = 2 }
licence = "MIT"
licence_page = "https://example.org/licence"
travels = true
bundled = true
source = "https://example.org/"
cite = "Somebody 2020."
""" % ("ab" * 32)


def read(tmp_path: Path, text: str) -> dict[str, catalogue.Weight]:
    path = tmp_path / "list.toml"
    path.write_text(text, encoding="utf-8")
    return catalogue.read(path)


def test_the_list_can_be_read_and_has_every_role() -> None:
    weights = catalogue.read()
    assert {weight.role for weight in weights.values()} == set(catalogue.ROLES)
    assert len({(weight.name, weight.file) for weight in weights.values()}) == len(weights)
    assert len({weight.url for weight in weights.values()}) == len(weights)


def test_what_the_full_flavour_carries_is_certain_and_free_to_travel() -> None:
    bundled = [weight for weight in catalogue.read().values() if weight.bundled]
    assert [weight.name for weight in bundled] == [
        "mdv6-yolov10-c",
        "mobile-sam",
        "dinov2-small",
        "aliked-n16",
        "aliked-lightglue",
    ]
    for weight in bundled:
        assert weight.certain and weight.travels and weight.bytes, weight.name
        assert not catalogue.BRANCH.search(weight.url), weight.name
    detector = next(weight for weight in bundled if weight.role == "detector")
    assert 5e6 < detector.bytes < 20e6
    assert sum(weight.bytes for weight in bundled) == 185_134_310


def test_a_checksum_in_a_files_own_name_agrees() -> None:
    """SAM's names end with the first digits of the MD5."""
    for weight in catalogue.read().values():
        ending = re.search(r"_([0-9a-f]{6})\.pth$", weight.file)
        if ending:
            known = weight.sum("md5")
            assert known and known.value.startswith(ending[1]), weight.name


def test_how_sure_a_file_is(tmp_path: Path) -> None:
    one = read(tmp_path, GOOD)["one"]
    assert one.certain and one.sureness == "two sources"
    single = read(tmp_path, GOOD.replace("sources = 2", "sources = 1"))["one"]
    assert not single.certain and single.sureness == "one source"
    seen = read(tmp_path, GOOD.replace("sources = 2", 'sources = 1, seen = "2026-11-21"'))["one"]
    assert seen.certain and seen.sureness == "downloaded and compared"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('role = "detector"', 'role = "dreamer"', "is no role"),
        ("[one]", '["../one"]', "no name"),
        ('file = "one.pt"', 'file = "../one.pt"', "plain file name"),
        ('file = "one.pt"', 'file = ".hidden"', "plain file name"),
        ("https://example.org/v1", "http://example.org/v1", "https"),
        ("https://example.org/v1", "https://user:word@example.org/v1", "https"),
        ("ab" * 32, "AB" * 32, "lower-case"),
        ("ab" * 32, "ab" * 20, "64"),
        ("sources = 2", "sources = 0", "1 or more"),
        ("sources = 2", "sources = 2, sorces = 1", "must be a table"),
        ("bytes = 3", 'bytes = "3"', "whole number"),
        ("travels = true", "travels = false", "does not let it travel"),
        ("travels = true", 'travels = "yes"', "true or false"),
        ('cite = "Somebody 2020."', "", "lacks: cite"),
        ('cite = "Somebody 2020."', 'cite = "x"\ncolour = "red"', "unknown: colour"),
        ('licence = "MIT"', 'licence = ""', "must be a text"),
        ("[one]", "[one", "can't be read"),
        ("[one]", "one = 3", "lacks|table|can't"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(CatalogueError, match=sentence):
        read(tmp_path, GOOD.replace(old, new))


def test_a_branch_needs_a_sum(tmp_path: Path) -> None:
    moving = GOOD.replace("https://example.org/v1/", "https://github.com/a/b/raw/main/")
    assert read(tmp_path, moving)
    with pytest.raises(CatalogueError, match="branch"):
        read(tmp_path, re.sub("sha256.*", "", moving))


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="mobile-sam"):
        catalogue.find("mobilesam")
    assert catalogue.find("mobile-sam").file == "mobile_sam.pt"
