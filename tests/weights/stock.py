"""Put files that a test has made on the shelf, as if they were the published ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from spotid.weights import catalogue, keep, shelf
from spotid.weights.shelf import Model

PUBLISHED = re.compile(r"^(bytes|sha256|md5|git_blob)\s*=.*\n", re.M)


def shelve(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, Path], more: str = "") -> dict[str, Model]:
    """Models by name, with ``files`` (weight name in the list: file) lying on the shelf of this test's home.

    The list that holds from now on, in child processes too, is SpotID's own without any sums and lengths; ``more`` is
    put at its end. Works with any number of calls, each with the list anew.
    """
    text = PUBLISHED.sub("", catalogue.LIST.read_text(encoding="utf-8"))
    text = re.sub(r"^url = .*$", lambda said: re.sub("/(main|master)/", "/v1/", said[0]), text, flags=re.M)
    shelf.folder().mkdir(parents=True, exist_ok=True)
    path = shelf.folder() / "list.toml"
    path.write_text(text.replace("bundled = true\n", "") + more, encoding="utf-8")
    monkeypatch.setenv(catalogue.ELSEWHERE, str(path))
    weights = catalogue.read(path)
    for name, file in files.items():
        put(weights[name], file)
    return shelf.models()


def put(weight: catalogue.Weight, file: Path, folder: Path | None = None) -> Path:
    """Copy one file to its place with its note, unchecked against anything published."""
    path = keep.place(weight, folder or shelf.folder())
    path.parent.mkdir(parents=True, exist_ok=True)
    part = keep.part_of(path)
    shutil.copyfile(file, part)
    return keep.settle(weight, part, path, keep.sums_of(part)["sha256"], "first use", str(file)).path
