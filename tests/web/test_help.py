"""Help: the manual inside the program, for every screen, and nothing but the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from spotid.reference import routes
from spotid.web import create_app, help, manual

LOCAL = "http://127.0.0.1"


@pytest.fixture(scope="module")
def served() -> Flask:
    return create_app()


def ask(served: Flask, address: str, **headers: str):  # type: ignore[no-untyped-def]
    return served.test_client().get(address, base_url=LOCAL, headers=headers)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manual of three pages, one of which this copy was made without."""
    docs = tmp_path / "docs"
    (docs / "guide").mkdir(parents=True)
    (docs / "pictures").mkdir()
    (docs / "pictures" / "one.png").write_bytes(b"\x89PNG picture")
    (docs / "secret.txt").write_text("not a page")
    (docs / "index.md").write_text(
        "# Book\n\n## Guide\n\n- [One](guide/one.md)\n- [Two](guide/two.md)\n\n## Engine\n\n- [Gone](engine/gone.md)\n",
        "utf-8",
    )
    (docs / "guide" / "one.md").write_text(
        "# One\n\n<!-- not run: nobody sees this -->\n\nText <script>alert(1)</script> [two](two.md#it's-here) and"
        " [gone](../engine/gone.md), [far](https://example.org/x), [up](../index.md), [out](../../README.md).\n\n"
        "![A leopard seen](../pictures/one.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## Same\n\nfirst\n\n## Same\n",
        "utf-8",
    )
    (docs / "guide" / "two.md").write_text("# Two\n\n## It's here: “yes”\n\nÉcru spots\n", "utf-8")
    monkeypatch.setattr(manual, "folder", lambda: docs)
    return docs


def test_every_page_of_the_manual_is_shown(served: Flask) -> None:
    names = [name for part in manual.contents() for name, _ in part.pages]
    assert len(names) > 10
    for name in names:
        reply = ask(served, f"/help/{name}")
        assert reply.status_code == 200 and "<h1" in reply.text, name


def test_every_link_and_picture_of_a_shown_page_is_answered(served: Flask) -> None:
    asked = set()
    for part in manual.contents():
        for name, _ in (("", ""), *part.pages):
            asked |= set(re.findall(r'(?:href|src)="(/help/[^"#]*)', ask(served, f"/help/{name}").text))
    assert len(asked) > 15
    for address in sorted(asked):
        assert ask(served, address).status_code == 200, address


def test_every_screen_has_its_chapter(served: Flask) -> None:
    screens = {
        rule.endpoint
        for rule in served.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and routes.for_people(rule.rule) and not rule.endpoint.startswith("help.")
    }
    assert screens <= set(help.SCREENS), "say in SCREENS which chapter explains these"
    for screen, place in help.SCREENS.items():
        name, _, anchor = place.partition("#")
        page = manual.page(name, "/help/")
        assert page is not None, f"{screen}: there is no {name}"
        assert not anchor or anchor in {heading.slug for heading in page.headings}, f"{screen}: {place}"


def test_templates_know_the_chapter_of_their_screen(served: Flask) -> None:
    with served.test_request_context("/", base_url=LOCAL):
        assert help.help_here()["help_url"] == "/help/" + help.SCREENS["home.home"]
        assert help.help_for("unheard.of") == "/help/guide/troubleshooting"
        assert help.help_for("help.help_page") == "/help/"


def test_links_lead_to_pages_of_the_program(served: Flask, book: Path) -> None:
    text = ask(served, "/help/guide/one").text
    assert 'href="/help/guide/two#it' in text and 'href="/help/"' in text
    assert '<a class="help-absent">gone</a>' in text and '<a class="help-absent">out</a>' in text
    assert re.search(r'<a href="https://example.org/x"[^>]*rel="noreferrer"', text)
    assert '<img src="/help/pictures/one.png" alt="A leopard seen"' in text
    assert ask(served, "/help/pictures/one.png").data == b"\x89PNG picture"
    assert "<td>2</td>" in text


def test_html_of_a_page_is_left_out(served: Flask, book: Path) -> None:
    text = ask(served, "/help/guide/one").text
    assert "nobody sees this" not in text and "<script>alert" not in text and "&lt;script" not in text


def test_headings_are_named_as_on_the_website(book: Path) -> None:
    one, two = manual.page("guide/one", "/help/"), manual.page("guide/two", "/help/")
    assert one is not None and two is not None
    assert [heading.slug for heading in one.headings] == ["one", "same", "same-1"]
    assert two.headings[1].slug == "its-here-yes"
    assert 'id="same-1"' in one.content


def test_pages_follow_one_another_as_in_the_contents(served: Flask, book: Path) -> None:
    text = ask(served, "/help/guide/one").text
    assert re.search(r'rel="prev" href="/help/"', text) and re.search(r'rel="next" href="/help/guide/two"', text)
    index = ask(served, "/help/").text
    assert ">One</a>" in index.partition("<article")[2]
    for shown in (text, index):
        assert "Gone" not in shown and "Engine" not in shown, "what this copy was made without is not listed"


def test_the_search_has_every_heading_with_its_words(served: Flask, book: Path) -> None:
    entries = ask(served, "/api/help/index").json["entries"]
    assert [entry["title"] for entry in entries] == ["One", "Same", "Same", "Two", "It's here: “yes”"]
    assert entries[-1] == {
        "page": "Two",
        "title": "It's here: “yes”",
        "url": "/help/guide/two#its-here-yes",
        "words": "Écru spots",
    }
    assert "nobody" not in str(entries) and "1 2" in entries[0]["words"]


@pytest.mark.parametrize(
    "name", ["secret.txt", "../secret", "guide/../../x", "guide/%2e%2e/secret", "guide", "a" * 400]
)
def test_nothing_but_pages_is_read(served: Flask, book: Path, name: str) -> None:
    reply = ask(served, f"/help/{name}")
    assert reply.status_code == 404 and "not a page" not in reply.text
    assert ask(served, f"/help/pictures/../{name}").status_code == 404


def test_no_page_lies_outside_of_the_manual(book: Path) -> None:
    (book.parent / "outside.md").write_text("# Outside", "utf-8")
    for name in ("../outside", "guide/../../outside", str(book.parent / "outside"), "guide/..\\..\\outside", ""):
        assert manual.page(name, "/help/") is None, name
    assert manual.page("guide/one", "/help/") is not None


def test_a_copy_without_its_manual_says_so(served: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "folder", lambda: tmp_path / "nothing")
    for address in ("/help/", "/help/guide/review"):
        reply = ask(served, address)
        assert reply.status_code == 404 and "came without its manual" in reply.text
    assert ask(served, "/api/help/index").json == {"entries": []}
    assert ask(served, "/").status_code == 200


def test_other_languages_are_told_that_the_manual_is_english(served: Flask, book: Path) -> None:
    assert "manual está en inglés" in ask(served, "/help/", **{"Accept-Language": "es"}).text
    assert "manuel est en anglais" in ask(served, "/help/", **{"Accept-Language": "fr"}).text
    assert "manual is in English" not in ask(served, "/help/", **{"Accept-Language": "en"}).text


def test_a_page_that_changes_is_read_anew(served: Flask, book: Path) -> None:
    ask(served, "/help/guide/two")
    (book / "guide" / "two.md").write_text("# Two\n\nOther words.\n", "utf-8")
    import os

    os.utime(book / "guide" / "two.md", (1, 1))
    assert "Other words" in ask(served, "/help/guide/two").text
