"""Blocks of code that are not run say why, and nothing that looks like a command hides in a block that nobody reads."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.docs import reading, sandbox
from tests.docs.reading import DOCUMENTS, Block

BLOCKS = [block for document in DOCUMENTS for block in reading.blocks(document)]
CONSOLE = [block for block in BLOCKS if block.language == "console"]
LANGUAGES = {"console", "python", "r", "toml", "powershell", "text", "markdown", "csv", "html", ""}
# Lines that a person would type, wherever they stand.
TYPED = re.compile(r"^\s*(?:[$>] |(?:python3?|py|spotid|spotid-cli|pip|git|sudo|apt|brew|Rscript) )", re.M)
# Blocks that only show what a command looks like.
SHOWN = "reference/commands.md"


@pytest.mark.parametrize("block", [block for block in CONSOLE if block.reason], ids=str)
def test_a_command_that_is_not_run_is_one_all_the_same(block: Block) -> None:
    print(f"{block} is not run: {block.reason}")
    for line in reading.commands(block):
        assert not list(sandbox.readable(line)), line


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_run_or_says_why_not(block: Block) -> None:
    assert block.language in LANGUAGES, f"{block}: nobody knows how to run “{block.language}”"
    if block.language == "powershell":
        assert block.reason, f"{block}: say in a comment before the block why it is not run"
    if block.language in ("", "text") and not block.reason and not block.path.as_posix().endswith(SHOWN):
        typed = TYPED.search(block.text)
        assert not typed, f"{block}: “{typed and typed[0].strip()}” looks like a command: make it a console block"
    if block.language == "console":
        assert reading.commands(block), f"{block}: lines that are typed begin with “$ ”"


def test_the_words_in_capitals_are_explained() -> None:
    text = (reading.ROOT / "docs" / "engineer" / "documentation.md").read_text(encoding="utf-8")
    assert all(f"`{word}`" in text for word in sandbox.WORDS)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "toml"], ids=str)
def test_toml_can_be_read(block: Block) -> None:
    assert tomllib.loads(block.text)


def test_lines_are_read_as_they_are_typed() -> None:
    block = Block(reading.ROOT / "README.md", 1, "console", "$ spotid run A \\\n    --project B\n12 rows\n$ ls\n", "")
    assert reading.commands(block) == ["spotid run A --project B", "ls"]
    assert list(sandbox.readable("python3 launch.py nonsense")) == ["there is no command nonsense"]
    assert list(sandbox.readable("spotid export --projet X"))
    assert list(sandbox.readable("python benchmarks/nothing_here.py")) == ["there is no benchmarks/nothing_here.py"]
    assert not list(sandbox.readable("./SpotID/spotid-cli export --project PROJECT"))
    assert sandbox.shorter(["simulate", "X", "--frames", "500", "--seed", "3"])[3:6] == ["1", "--seed", "1"]
    assert TYPED.search("python3 launch.py") and TYPED.search("x\n  $ ls") and not TYPED.search("SpotID/\n  spotid.exe")
