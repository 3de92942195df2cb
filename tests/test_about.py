"""What a copy of SpotID says about itself: from a checkout, from a bundle, and from a damaged bundle."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from release import recipe
from spotid import __version__, about


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small bundle with the notes that a build writes."""
    folder = tmp_path / "Zoé's programs" / "_internal"
    entries = []
    for name, kind in (("LICENSE", "DATA"), ("static/css/a.css", "DATA"), ("cv2/cv2.so", "BINARY")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
        entries.append((name, str(path), kind))
    entries.append(("link.so", "cv2/cv2.so", "SYMLINK"))
    (folder / about.FILES).write_text(json.dumps(recipe.file_list(entries)))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(folder), raising=False)
    return folder


def test_a_checkout_says_so_and_misses_nothing() -> None:
    assert about.build() == about.Build("source", __version__, "", "", "")
    assert about.licences() == [] and about.missing() == []


def test_what_the_build_notes_is_what_the_program_says(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.setenv("SPOTID_COMMIT", "abc123")
    monkeypatch.setenv("SPOTID_RELEASES", "https://example.org/spotid/")
    (bundle / about.BUILD).write_text(json.dumps(recipe.facts("full", bundle)))
    told = about.build()
    assert told == about.Build("full", __version__, "abc123", "2026-09-21T14:13:20Z", "https://example.org/spotid")


@pytest.mark.parametrize("text", [None, "{", "[]", '{"flavour": 3}'])
def test_a_damaged_note_stops_nothing(bundle: Path, text: str | None) -> None:
    if text is not None:
        (bundle / about.BUILD).write_text(text)
        (bundle / "licences").mkdir()
        (bundle / "licences" / "licences.json").write_text(text)
    assert about.build().version == __version__
    assert about.licences() == []


def test_licences_lead_to_their_texts(bundle: Path) -> None:
    (bundle / "licences").mkdir()
    one = {"name": "flask", "version": "3", "licence": "BSD-3-Clause", "file": "flask.txt"}
    (bundle / "licences" / "licences.json").write_text(json.dumps([one]))
    (bundle / "licences" / "flask.txt").write_text("Redistribution …", encoding="utf-8")
    (found,) = about.licences()
    assert (found.name, found.licence) == ("flask", "BSD-3-Clause") and found.text_path.is_file()


def test_a_whole_bundle_misses_nothing(bundle: Path) -> None:
    assert about.missing() == []
    (bundle / "cv2" / "cv2.so").write_bytes(b"x" * 1100)  # signing adds to a library
    (bundle / "more.txt").write_text("what a user puts there is no damage")
    assert about.missing() == []


def test_files_that_are_gone_or_cut_short_are_named(bundle: Path) -> None:
    (bundle / "LICENSE").unlink()
    (bundle / "static" / "css" / "a.css").write_bytes(b"x" * 999)
    (bundle / "cv2" / "cv2.so").write_bytes(b"x" * 500)
    assert about.missing() == ["LICENSE", "cv2/cv2.so", "static/css/a.css"]
    (bundle / "static" / "css" / "a.css").unlink()
    (bundle / "static" / "css").rmdir()
    (bundle / "static" / "css").write_text("a file where a folder was")
    assert "static/css/a.css" in about.missing()


@pytest.mark.parametrize("text", [None, "", "[]", '{"": 5}', '{"": {"a": 5}}'])
def test_a_list_of_files_that_is_damaged_is_missing_itself(bundle: Path, text: str | None) -> None:
    (bundle / about.FILES).unlink()
    if text is not None:
        (bundle / about.FILES).write_text(text)
    assert about.missing() == [about.FILES]
