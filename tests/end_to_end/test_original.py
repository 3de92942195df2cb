"""Embeddings of the original SpotID, given on the start page: converted, told about, and open in the review."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.jobs.test_original import made  # noqa: F401

pytestmark = pytest.mark.browser


def test_from_the_old_folder_into_the_review(page: Page, site, made, tmp_path: Path) -> None:  # noqa: F811
    folder: Path = made()
    (folder.parent / "crops").rename(tmp_path / "crops & co")
    page.goto(site.address)
    page.locator("#open-path").fill(str(folder))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a project of them").click()
    expect(page.get_by_role("button", name="Go on without these pictures")).to_be_visible()
    page.locator("#original-crops").fill(str(tmp_path / "crops & co"))
    page.get_by_role("button", name="Make a project of them").click()
    expect(page.locator(".converted")).to_contain_text("2 matches and 0 refusals were kept as answers.")
    expect(page.get_by_role("link", name="Open the project")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-busy=false]")
    assert "/review" in page.url
    expect(page.locator("[data-view=cutout]").first).to_be_disabled()
    assert [one for one in site.complaints if "409" not in one] == []
