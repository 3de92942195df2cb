"""The manual as the program shows it: the Markdown files under ``docs``, rendered when they are asked for.

The same files make the site (``docs/conf.py``) and are read on the repository's website, so that links and names of
headings follow the habits of all three. Nothing is fetched; links that lead out of the manual open elsewhere.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from spotid.places import program_folder

PICTURES = "pictures"
LONGEST_NAME = 100
LINE = re.compile(r"^[-*] \[(?P<title>[^\]]+)\]\((?P<page>[\w/-]+)\.md\)", re.M)
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 is the page's title), its text and its name in addresses."""

    level: int
    text: str
    slug: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the plain words below it, for the search."""

    heading: Heading
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page, rendered."""

    name: str  # "guide/flanks"
    title: str
    content: str  # HTML made from Markdown alone: raw HTML in the file is left out
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the contents: its name and its pages, (name, title) each."""

    title: str
    pages: tuple[tuple[str, str], ...]


def folder() -> Path:
    """Where the manual lies in this copy of the program."""
    return program_folder() / "docs"


def contents() -> list[Part]:
    """The parts of the manual with those of their pages that are in this copy; empty where there is no manual."""
    try:
        index = (folder() / "index.md").read_text(encoding="utf-8")
    except OSError:
        return []
    parts = []
    for text in re.split(r"^## ", index, flags=re.M)[1:]:
        title, _, rest = text.partition("\n")
        pages = [(line["page"], line["title"]) for line in LINE.finditer(rest)]
        if here := tuple(page for page in pages if is_page(page[0])):
            parts.append(Part(title.strip(), here))
    return parts


def is_page(name: str) -> bool:
    """Whether there is such a page; names that lead out of the manual are none."""
    plain = len(name) < LONGEST_NAME and re.fullmatch(r"[\w-]+(/[\w-]+)*", name, re.ASCII)
    return bool(plain) and (folder() / f"{name}.md").is_file()


def page(name: str, base: str) -> Page | None:
    """The page called ``name``, such as ``guide/flanks``, with links below the address ``base``, or None."""
    if not is_page(name):
        return None
    path = folder() / f"{name}.md"
    return _page(path, path.stat().st_mtime_ns, name, base)


def everything(base: str) -> Iterator[Page]:
    """Every page, in the order of the contents."""
    for part in contents():
        for name, _ in part.pages:
            if found := page(name, base):
                yield found


def slug(text: str) -> str:
    """The name of a heading in addresses, as the repository's website and MyST make it."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


@lru_cache(maxsize=64)
def _page(path: Path, changed: int, name: str, base: str) -> Page:
    reader = MarkdownIt("commonmark").enable("table")
    text = path.read_text(encoding="utf-8")
    tokens = reader.parse(_here_alone(text) if name == "index" else text)
    headings = _name_headings(tokens)
    for token in _all(tokens):
        if token.type in ("html_block", "html_inline"):  # comments for the tests; nothing else is written as HTML
            token.content = ""
        elif token.type == "link_open":
            _lead(token, name, base)
        elif token.type == "image":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), str(token.attrs.get("src", ""))))
            token.attrs = {"src": f"{base}{target}", "alt": "", "loading": "lazy"}
    content = str(reader.renderer.render(tokens, reader.options, {}))
    title = headings[0].text if headings else name
    return Page(name, title, content, tuple(headings), tuple(_sections(tokens, headings, title)))


def _here_alone(index: str) -> str:
    """The contents without the pages, and the parts, that this copy was made without."""
    kept = LINE.sub(lambda line: line[0] if is_page(line["page"]) else "", index)
    first, *parts = re.split(r"^(?=## )", kept, flags=re.M)
    return "".join([first, *(part for part in parts if LINE.search(part))])


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _name_headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give every heading its name as ``id``; a second one of the same text gets a number."""
    found: list[Heading] = []
    used: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = _plain(inline)
            name = slug(text)
            again = used.get(name, 0)
            used[name] = again + 1
            unique = f"{name}-{again}" if again else name
            opening.attrs["id"] = unique
            found.append(Heading(int(opening.tag[1]), text, unique))
    return found


def _lead(token: Token, name: str, base: str) -> None:
    """Turn a link between files into one between pages of the program."""
    target = str(token.attrs.get("href", ""))
    if target.startswith("#"):
        return
    if OUTSIDE.match(target):
        token.attrs |= {"target": "_blank", "rel": "noreferrer", "class": "help-outside"}
        return
    path, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    if path.endswith(".md") and is_page(path[:-3]):
        token.attrs["href"] = f"{base}{'' if path == 'index.md' else path[:-3]}{'#' + anchor if anchor else ''}"
    else:  # a file beside the manual, or a page that this copy was made without
        token.attrs = {"class": "help-absent"}


def _plain(token: Token) -> str:
    """The words of a line without their marks."""
    shown = {"text", "code_inline", "softbreak", "hardbreak"}
    return "".join(one.content or " " for one in token.children or [] if one.type in shown)


def _sections(tokens: Sequence[Token], headings: Sequence[Heading], title: str) -> Iterator[Section]:
    heading, words, left = Heading(1, title, ""), list[str](), iter(headings)
    within = False  # the words of a heading itself
    for token in tokens:
        if token.type == "heading_open":
            if words or heading.slug:
                yield Section(heading, " ".join(words))
            heading, words, within = next(left), [], True
        elif token.type == "heading_close":
            within = False
        elif token.type == "inline" and not within:
            words.append(_plain(token))
        elif token.type == "fence":
            words.append(" ".join(token.content.split()))
    if words or heading.slug:
        yield Section(heading, " ".join(words))
