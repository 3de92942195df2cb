"""Every link and picture of the documents leads somewhere, to the very heading; every file that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spotid.web import manual
from tests.docs import reading
from tests.docs.reading import DOCUMENTS, ROOT

EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=reading.name)


@EACH
def test_every_link_leads_to_a_page_and_a_heading(document: Path) -> None:
    for token in reading.inline(document):
        target = str(token.attrs.get("href", "")) if token.type == "link_open" else ""
        if not target or re.match(r"https?://|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        assert path.exists() and path.is_relative_to(ROOT), target
        if anchor:
            assert anchor in reading.anchors(path), f"{target}: there is no such heading"


@EACH
def test_every_picture_is_there_and_is_described(document: Path) -> None:
    for token in reading.inline(document):
        if token.type == "image":
            source = str(token.attrs["src"])
            assert (document.parent / source).resolve().is_file(), source
            assert len(token.content.split()) >= 3, f"{source} needs a description for people who can't see it"


def test_every_picture_is_shown() -> None:
    shown = {
        (document.parent / str(token.attrs["src"])).resolve()
        for document in DOCUMENTS
        for token in reading.inline(document)
        if token.type == "image"
    }
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture in shown, f"no page shows {picture.name}"


@EACH
def test_every_file_that_is_named_exists(document: Path) -> None:
    for token in reading.inline(document):
        named = re.fullmatch(
            r"(?:spotid|tests|benchmarks|training|docs|release|jobs|review)/[\w./-]+\.\w+",
            token.content if token.type == "code_inline" else "",
        )
        if named:
            name = named[0]
            assert (ROOT / name).exists() or (ROOT / "spotid" / name).exists(), name


def test_every_page_is_in_the_contents() -> None:
    listed = {name for part in manual.contents() for name, _ in part.pages}
    docs = ROOT / "docs"
    assert {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")} == {*listed, "index"}
    links = [str(token.attrs["href"]) for token in reading.inline(docs / "index.md") if token.type == "link_open"]
    assert {link.partition("#")[0][:-3] for link in links} == listed


@pytest.mark.parametrize("document", sorted((ROOT / "docs").rglob("*.md")), ids=reading.name)
def test_a_page_has_one_title_and_its_headings_are_found_by_all_three_readers(document: Path) -> None:
    page = manual.page(document.relative_to(ROOT / "docs").with_suffix("").as_posix(), "/help/")
    assert page is not None
    assert [heading.level for heading in page.headings].count(1) == 1 and page.headings[0].level == 1
    assert {heading.slug for heading in page.headings} == reading.anchors(document)
    slugs = pytest.importorskip("myst_parser.slugs", reason="the site's packages are not installed")
    for heading in reading.headings(document):
        assert manual.slug(heading) == slugs.github_slugify(heading)
