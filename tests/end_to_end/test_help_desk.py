"""Help and the end of the program, as a person meets them in the browser."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

pytestmark = pytest.mark.browser


@pytest.fixture
def ends(site) -> list[int]:
    """Lets the page end the program; what is in the list afterwards are the ends."""
    ended: list[int] = []
    site.app.extensions["quit"] = lambda: ended.append(1)
    return ended


def test_quit_says_on_every_open_page_that_all_is_kept(page: Page, site, ends) -> None:
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    other = page.context.new_page()
    other.goto(site.url("export"))
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    other.locator("#more summary").click()
    other.get_by_role("button", name="Quit SpotID").click()
    for one in (other, page):
        expect(one.get_by_role("heading", name="SpotID has ended")).to_be_visible()
        expect(one.get_by_text("Every answer is kept. You may close this tab.")).to_be_visible()
    assert ends == [1]
    page.bring_to_front()
    page.keyboard.press("y")  # no key answers anything on a page that is covered
    expect(page.locator("main")).to_have_attribute("inert", "")
    assert site.kinds() == [] and site.complaints == []


def test_quit_asks_first_while_a_run_goes_on(page: Page, site, ends, monkeypatch) -> None:
    monkeypatch.setattr(type(site.bench), "at_work", lambda self: ["Survey 1"])
    page.goto(site.url("care"))
    page.locator("#care[data-state=ready]").wait_for()
    page.keyboard.press("Alt+q")
    dialog = page.get_by_role("dialog", name="Quit SpotID?")
    expect(dialog).to_contain_text("A run goes on in “Survey 1”.")
    expect(dialog.get_by_role("button", name="Go on working")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert ends == []
    for _ in range(3):  # on a busy machine the browser loses a key now and then
        page.keyboard.press("Alt+q")
        try:
            dialog.wait_for(timeout=3000)
            break
        except PlaywrightTimeoutError:
            continue
    dialog.get_by_role("button", name="Quit all the same").click()
    expect(page.get_by_role("heading", name="SpotID has ended")).to_be_visible()
    assert ends == [1]


def test_a_program_that_is_gone_is_noticed_and_one_that_is_back_too(page: Page, site) -> None:
    page.clock.install()
    page.goto(site.url("export"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    gone = page.get_by_role("heading", name="SpotID does not answer any more")
    for address in ("**/api/alive", "**/static/**"):
        page.route(address, lambda route: route.abort("connectionrefused"))
    for milliseconds in (5000, 1000):
        with page.expect_event("requestfailed"):
            page.clock.run_for(milliseconds)
    expect(gone).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('#ended img')].map(img => img.naturalWidth > 0)") == [True]
    page.unroute("**/api/alive")
    with page.expect_response("**/api/alive"):
        page.clock.run_for(5000)
    expect(gone).to_have_count(0)
    expect(page.locator("main")).not_to_have_attribute("inert", "")


def test_f1_opens_the_manual_and_the_menu_has_all_help(page: Page, site) -> None:
    page.goto(site.url("care"))
    page.locator("#care[data-state=ready]").wait_for()
    page.locator("#more summary").click()
    for name in ("Manual", "Report a problem", "Check for a newer version", "About SpotID"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Check for a newer version").click()
    expect(page.get_by_role("button", name="Check for a newer version")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#newer-told")).to_contain_text("not made from a release")
    with page.expect_popup() as opened:
        page.keyboard.press("F1")
    opened.value.wait_for_url(re.compile("/help/guide/install"))
    assert page.url.endswith("/about#newer"), "the page itself stays"
    assert all(asked.startswith(site.address) for asked in site.requests)


def test_the_report_is_shown_and_saved(page: Page, site, tmp_path) -> None:
    page.goto(f"{site.address}/report")
    ready = page.locator("#report-page[data-state=ready]")
    ready.wait_for()
    page.get_by_text("about.txt").click()
    expect(page.get_by_role("group", name="about.txt")).to_contain_text("screen: ")
    page.get_by_label("What did you do").fill("It stopped.")
    expect(page.get_by_text("answers.csv")).to_have_count(0)
    page.get_by_label("Put my answers in").check()
    expect(page.get_by_text("project_1_answers.csv")).to_be_visible()
    ready.wait_for()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Save the report").click()
    assert begun.value.suggested_filename.startswith("SpotID report")
    begun.value.save_as(tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert archive.read("what_happened.txt") == b"It stopped.\n"
        assert "project_1_answers.csv" in archive.namelist()
    expect(page.get_by_role("status").filter(has_text="is saved where")).to_be_visible()
    assert site.complaints == []
