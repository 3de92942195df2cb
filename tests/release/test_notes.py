"""The release's text comes from the changelog, and a tag that does not fit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from release import notes, sbom
from spotid import __version__

TEXT = """# Changelog

## Unreleased

- Something new.

## {version} - 2026-11-21

### Added

- What came out.

## 0.0.1

- The first.
"""


def test_the_chapter_of_the_version() -> None:
    text = TEXT.format(version=__version__)
    assert notes.chapter(text, __version__) == "### Added\n\n- What came out."
    assert notes.chapter(text, "0.0.1") == "- The first."
    assert notes.chapter(text, "0.0") == notes.chapter(text, "9") == ""
    assert notes.version() == sbom.version() == __version__


def test_tag_version_and_changelog_belong_together() -> None:
    text = TEXT.format(version=__version__)
    assert "What came out" in notes.notes(text, f"v{__version__}")
    with pytest.raises(SystemExit, match="would have to be v"):
        notes.notes(text, "v9.9.9")
    unreleased = TEXT.format(version="9.9.9")
    with pytest.raises(SystemExit, match="rename “Unreleased”"):
        notes.notes(unreleased, f"v{__version__}")
    assert "Something new" in notes.notes(unreleased, "")


def test_a_rehearsal_always_has_a_text(tmp_path: Path) -> None:
    out = tmp_path / "new" / "notes.md"
    assert notes.main(["--out", str(out)]) == 0
    assert "SHA256SUMS" in out.read_text(encoding="utf-8")
