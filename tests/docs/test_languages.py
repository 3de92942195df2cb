"""Blocks in R are run among the tables of an export where R is installed; those in Python in a process of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import reading
from tests.docs.reading import DOCUMENTS, ROOT

WORKED = ROOT / "docs" / "engineer" / "adding_parts.md"  # test_adding_parts.py has these


def pages(language: str) -> list[Path]:
    """The pages with blocks of a language that are to be run."""
    return [
        path
        for path in DOCUMENTS
        if path != WORKED and any(one.language == language and not one.reason for one in reading.blocks(path))
    ]


def script(path: Path, language: str) -> str:
    """All blocks of a page as one script, in order."""
    return "\n".join(one.text for one in reading.blocks(path) if one.language == language and not one.reason)


@pytest.fixture
def exported(stock, tmp_path: Path) -> Path:
    """A folder of matches: two individuals at two stations, named, and one photograph of nobody known."""
    from spotid.export.folders import export_matches
    from spotid.progress import Silent
    from spotid.review.desk import Desk

    desk = Desk(stock.project, 5)
    for number, (kind, a, b) in enumerate((("same", 0, 1), ("same", 1, 3), ("same", 2, 4), ("different", 0, 2))):
        desk.answer(f"{number}-answer", kind, stock.uids[a], stock.uids[b])
    export_matches(stock.project, tmp_path / "matches", Silent())
    return tmp_path / "matches"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed on this computer")
@pytest.mark.parametrize("page", pages("r"), ids=reading.name)
def test_r_reads_an_export_as_the_page_says(page: Path, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "page.R").write_text(script(page, "r"), "utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(tmp_path / "page.R")],
        cwd=exported,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("page", pages("python"), ids=reading.name)
def test_python_does_what_the_page_says(page: Path, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(script(page, "python"), "utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "page.py")],
        cwd=exported,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_r_blocks_are_balanced_where_there_is_no_r() -> None:
    pairs = {")": "(", "]": "[", "}": "{"}
    for page in pages("r"):
        open_: list[str] = []
        for letter in _bare(script(page, "r")):
            if letter in pairs.values():
                open_.append(letter)
            elif letter in pairs:
                assert open_ and open_.pop() == pairs[letter], reading.name(page)
        assert not open_, reading.name(page)


def _bare(text: str) -> str:
    """R without its strings and comments."""
    return re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#.*", "", text)
