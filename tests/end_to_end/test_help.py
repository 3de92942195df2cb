"""Help in a real browser: looking for words, turning pages, keys; nothing of it comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spotid.web import manual
from tests.end_to_end.test_accessible import everywhere

pytestmark = pytest.mark.browser


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    docs = tmp_path / "docs"
    (docs / "guide").mkdir(parents=True)
    (docs / "index.md").write_text(
        "# Book\n\n## Guide\n\n- [Clocks](guide/clocks.md)\n- [Keys](guide/keys.md)\n", "utf-8"
    )
    (docs / "guide" / "clocks.md").write_text(
        "# Clocks\n\nWhen the *battery* was out, a clock begins at zéro. [Keys](keys.md)\n\n"
        + "## Clocks that are wrong\n\nSet them <b>right</b> with care & patience.\n\n" * 6,
        "utf-8",
    )
    (docs / "guide" / "keys.md").write_text(
        "# Keys\n\n| key | does |\n|---|---|\n| `U` | takes back |\n\n> **Note.** x\n", "utf-8"
    )
    monkeypatch.setattr(manual, "folder", lambda: docs)
    yield docs


def test_words_are_found_and_lead_to_their_chapter(page: Page, site, book: Path) -> None:
    page.goto(f"{site.address}/help/")
    results, contents = page.locator("#help-results li"), page.locator("#help-contents")
    page.keyboard.press("/")
    expect(page.locator("#help-words")).to_be_focused()
    page.keyboard.type("ZERO battery")
    expect(results).to_have_count(1)
    expect(results.locator("mark")).to_have_text(["battery", "zéro"])
    expect(contents).to_be_hidden()
    expect(page.locator("#help-count")).to_have_text("1 place found")
    page.locator("#help-words").fill("leopards of Mars")
    expect(page.locator("#help-none")).to_be_visible()
    expect(results).to_have_count(0)
    page.locator("#help-words").fill("clocks wrong")
    expect(results).to_have_count(6)
    expect(results.first.locator("strong")).to_have_text("Clocks that are wrong")
    expect(results.first).to_contain_text("right with care & patience")
    page.keyboard.press("Escape")
    expect(contents).to_be_visible()
    expect(page.locator("#help-words")).to_have_value("")
    page.keyboard.type("takes back")
    expect(results).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/guide/keys#keys")
    page.get_by_role("link", name="← Clocks").click()
    page.wait_for_url("**/help/guide/clocks")
    page.locator("#help-contents").get_by_role("link", name="Clocks that are wrong").nth(2).click()
    page.wait_for_url("**/clocks#clocks-that-are-wrong-2")
    assert not site.complaints and all(one.startswith(site.address) for one in site.requests)


def test_help_is_for_everybody(page: Page, site, book: Path) -> None:
    bad = {}
    for name in ("", "guide/clocks", "guide/keys"):
        page.goto(f"{site.address}/help/{name}")
        if found := everywhere(page):
            bad[name] = found
        narrow = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert narrow, name
    assert not bad
