"""The worked examples of the engineer's guide: put into a copy of the program as the page says, and their tests run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import reading
from tests.docs.reading import ROOT, Block

PAGE = ROOT / "docs" / "engineer" / "adding_parts.md"
FILE = re.compile(r"(?:#|<!--) file: (\S+)(?: -->)?\n")
LINE = re.compile(r"# in (\S+), after: (.+)\n")
NEEDED = ("spotid", "templates", "static", "docs", "pyproject.toml", "LICENSE", "CHANGELOG.md")
FIRST_LINES = ("python", "toml", "html")


def examples() -> list[Block]:
    return [block for block in reading.blocks(PAGE) if block.language in FIRST_LINES]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with every example in it."""
    folder = tmp_path_factory.mktemp("program")
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "pictures", "*.part")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        elif (ROOT / name).exists():
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "tests").mkdir()
    shutil.copyfile(ROOT / "tests" / "conftest.py", folder / "tests" / "conftest.py")
    for block in examples():
        if file := FILE.match(block.text):
            target = folder / file[1]
            assert not target.exists(), f"{block}: {file[1]} is there already"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text[file.end() :], encoding="utf-8")
        elif line := LINE.match(block.text):
            insert(folder / line[1], line[2], block.text[line.end() :], str(block))
        else:
            pytest.fail(f"{block}: say in the first line which file this is, or after which line of which file it goes")
    return folder


def insert(path: Path, after: str, text: str, block: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if after in line]
    assert len(places) == 1, f"{block}: “{after}” stands {len(places)} times in {path.name}"
    lines.insert(places[0] + 1, text)
    path.write_text("".join(lines), encoding="utf-8")


def test_every_example_works(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    tests = sum(len(re.findall(r"^def test_", block.text, re.M)) for block in examples())
    assert f"{tests} passed" in done.stdout


def test_the_examples_keep_to_the_rules_of_the_house(copy: Path) -> None:
    written = [file[1] for block in examples() if block.language == "python" and (file := FILE.match(block.text))]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", *written],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
