"""The documents as tests see them: their blocks of code with what stands before them, links, headings and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
NOT_RUN = re.compile(r"<!--\s*not run:\s*(.*?)\s*-->", re.S)


@dataclass(frozen=True)
class Block:
    """A fenced or indented block of code: where it begins, its language, and the reason why it is not run."""

    path: Path
    line: int
    language: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{name(self.path)}:{self.line}"


def name(path: Path) -> str:
    """A document's path as it is shown."""
    return path.relative_to(ROOT).as_posix()


@cache
def tokens(path: Path) -> list[Token]:
    """The document, parsed as the program itself parses it."""
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))


@cache
def blocks(path: Path) -> list[Block]:
    """All blocks of code of a document, in order."""
    found, before = [], None
    for token in tokens(path):
        if token.type in ("fence", "code_block"):
            reason = NOT_RUN.fullmatch(before.content.strip()) if before and before.type == "html_block" else None
            line = (token.map or [0])[0] + 1
            found.append(Block(path, line, token.info.strip(), token.content, reason[1] if reason else ""))
        before = token
    return found


def commands(block: Block) -> list[str]:
    """The lines of a ``console`` block that a person types; a line that ends with a backslash goes on."""
    text = re.sub(r"\\\n(?:> )?\s*", "", block.text)
    return [line[2:].strip() for line in text.splitlines() if line.startswith("$ ")]


def inline(path: Path) -> Iterator[Token]:
    """Every piece of running text: words, links, pictures, code."""
    for token in tokens(path):
        yield from token.children or []


def headings(path: Path) -> list[str]:
    """The words of every heading."""
    found = []
    for opening, content in pairwise(tokens(path)):
        if opening.type == "heading_open":
            children = content.children or []
            found.append("".join(one.content or " " for one in children if one.type in ("text", "code_inline")))
    return found


def anchors(path: Path) -> set[str]:
    """The names of the headings as the repository's website makes them; written apart from the program's own."""
    found: list[str] = []
    for heading in headings(path):
        kept = "".join(letter for letter in heading.strip().lower() if letter.isalnum() or letter in "-_ ")
        slug = kept.replace(" ", "-")
        found.append(slug if slug not in found else f"{slug}-{sum(one == slug for one in found)}")
    return set(found)
