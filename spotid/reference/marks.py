"""Markdown from plain words: tables, cells and code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"([\\*_\[\]<>#])")


def plain(text: str) -> str:
    """A text that Markdown shows as it is; ``double backticks`` of docstrings become code."""
    parts = re.split(r"``(.+?)``", " ".join(text.split()))
    return "".join(code(part) if at % 2 else SPECIAL.sub(r"\\\1", part) for at, part in enumerate(parts))


def code(text: str) -> str:
    """A name as code."""
    return f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def page(title: str, lead: str, *parts: str) -> str:
    """A whole page: its title, what it is, and its parts, each a chapter that ends with a line break."""
    return "\n".join([f"# {title}\n", f"{lead}\n", *parts])


def chapter(title: str, lead: str, content: str, level: int = 2) -> str:
    """A heading, a sentence or none, and what stands below."""
    return f"{'#' * level} {title}\n\n" + (f"{lead}\n\n" if lead else "") + content


def first(docstring: str | None) -> str:
    """The first paragraph of a docstring."""
    return (docstring or "").strip().split("\n\n")[0]
