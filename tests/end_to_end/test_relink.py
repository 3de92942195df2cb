"""Photographs that are not where they were, from the overview: looked for, and linked where they are now."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spotid.project import media

pytestmark = pytest.mark.browser


def test_a_moved_folder_is_linked_from_the_overview(page: Page, site, tmp_path: Path) -> None:
    cards, store = tmp_path / "cards", site.project.store
    with store.write() as connection:
        for row in store.all("SELECT id, relpath FROM media"):
            digest = hashlib.sha256((cards / row["relpath"]).read_bytes()).hexdigest()
            connection.execute("UPDATE media SET sha256 = ? WHERE id = ?", (digest, row["id"]))
    page.goto(site.url(""))
    page.wait_for_load_state("networkidle")
    expect(page.locator("#relink")).to_be_hidden()
    place = cards.rename(tmp_path / "<b>moved & co")
    page.goto(site.url(""))
    expect(page.locator(".relink-path")).to_have_text(str(cards))
    page.get_by_label("Where they are now").fill(str(tmp_path / "nowhere"))
    page.keyboard.press("Enter")
    expect(page.locator(".relink-error")).to_contain_text("There is no folder")
    page.get_by_role("button", name="Browse… for the photographs").click()
    page.locator("#browse-typed").fill(str(place))
    page.locator("#browse-choose").click()
    page.get_by_role("button", name="Look for them").click()
    expect(page.locator(".relink-told")).to_contain_text("6 of 6 files are in")
    expect(page.locator(".relink-told")).to_contain_text("From now on they are read from")
    assert list(media.roots(store).values()) == [place]
    assert [one for one in site.complaints if "404" not in one] == []
