"""The first-run tour: four steps, shown once, left at any moment, and found again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
STEPS = (
    ("Begin with a folder of photographs", "/"),
    ("SpotID finds the animals", "/run"),
    ("You say which are the same", "/review"),
    ("Take the results with you", "/export"),
)


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Page]:
    """A browser that has never seen SpotID."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    yield opened
    context.close()


def step(page: Page, title: str) -> None:
    expect(page.get_by_role("dialog", name=title)).to_be_visible()


def test_it_is_shown_once_and_by_keys_alone(newcomer: Page, site) -> None:
    page = newcomer
    page.goto(site.address)
    for number, (title, _) in enumerate(STEPS, start=1):
        step(page, title)
        expect(page.locator(".tour")).to_contain_text(f"Step {number} of 4")
        expect(page.locator("#tour-title")).to_be_focused()
        for _ in range(2 if number > 1 else 1):  # Back stands before Next
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(page.locator(".tour")).to_have_count(0)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".tour")).to_have_count(0)


def test_escape_leaves_it_and_nothing_is_answered_by_its_keys(newcomer: Page, site) -> None:
    page = newcomer
    page.goto(site.address)
    step(page, STEPS[0][0])
    page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    page.locator("#more summary").click()
    page.get_by_role("button", name="Show me around").click()
    step(page, STEPS[2][0])
    expect(page.locator("#tour-title")).to_be_focused()
    for key in "ynu":
        page.keyboard.press(key)
    assert site.kinds() == []
    page.get_by_role("button", name="Skip the tour").click()
    expect(page.locator(".tour")).to_have_count(0)


def test_in_a_project_it_leads_from_page_to_page(page: Page, site) -> None:
    page.goto(site.url("run"))
    page.locator("#more summary").click()
    page.get_by_role("button", name="Show me around").click()
    for title, address in STEPS[1:]:
        step(page, title)
        expect(page.locator(".tour-shown")).to_have_count(1)
        assert page.url.endswith(address)
        page.locator(".tour .primary").click()
    expect(page.locator(".tour")).to_have_count(0)
    assert page.url.endswith("/export")
