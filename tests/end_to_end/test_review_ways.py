"""The ways through the work and the filters on the review page, and the initials that go along with answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from spotid.project import ledger

pytestmark = pytest.mark.browser


def test_another_way_is_chosen_by_key_and_stays(review, site) -> None:
    page = review.page
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog", name="Ways through the work")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("y")  # keys of the page rest while a dialog is open
    assert site.kinds() == []
    page.keyboard.press("Tab")
    with page.expect_response("**/pair?way=certain*"):
        page.keyboard.press("Enter")
    review.settled()
    expect(dialog).to_be_hidden()
    expect(page.locator("main[data-way=certain]")).to_be_attached()
    assert page.url.endswith("/review?way=certain")
    page.reload()
    review.settled()
    expect(page.locator("main[data-way=certain]")).to_be_attached()
    with page.expect_request("**/answers") as sent:
        review.press("n")
    assert sent.value.post_data_json["way"] == "certain" and site.kinds() == ["different"]
    page.locator("#ways-open").click()
    expect(dialog.get_by_role("link", name="Contradictions between answers")).to_be_visible()
    dialog.locator("[data-way=anchor]").click()
    review.settled()
    assert page.url.endswith("/review")


def test_filters_are_chips_that_can_be_taken_away_one_by_one(review, site) -> None:
    page = review.page
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Ask only about a part")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Station").select_option("South")
    dialog.get_by_label("From this day on").fill("2026-03-01")
    with page.expect_response("**/pair?station=South&from=2026-03-01*"):
        dialog.get_by_role("button", name="Show these").click()
    review.settled()
    chips = page.locator(".filter-chip")
    expect(chips).to_have_count(2)
    assert page.url.endswith("/review?station=South&from=2026-03-01")
    assert review.says("facts-a").startswith("South")
    page.reload()
    review.settled()
    expect(chips).to_have_count(2)
    with page.expect_request("**/answers") as sent:
        review.press("n")
    assert sent.value.post_data_json["filters"] == {"station": "South", "from": "2026-03-01"}
    page.get_by_role("button", name="Remove the filter “Station South”").click()
    review.settled()
    expect(chips).to_have_count(1)
    chips.click()
    review.settled()
    expect(chips).to_have_count(0)
    assert page.url.endswith("/review")


def test_where_filters_leave_nothing_the_page_says_how_to_go_on(page, site, review) -> None:
    page.goto(site.url("review?from=2031-01-01"))
    review.settled()
    expect(page.get_by_role("heading", name="Nothing is left to ask with these filters")).to_be_visible()
    page.get_by_role("button", name="Remove the filters", exact=True).click()
    review.settled()
    assert review.state() == "pair" and page.url.endswith("/review")


def test_who_answers_goes_along_with_every_answer(page, site, review) -> None:
    page.evaluate("localStorage.setItem('spotid-initials', 'KR')")
    page.reload()
    review.settled()
    for key, address in (("n", "answers"), ("l", "flank"), ("u", "undo"), ("s", "anchor")):
        with page.expect_request(f"**/{address}") as sent:
            review.press(key)
        assert sent.value.post_data_json["reviewer"] == "KR"
    assert ledger.events(site.project.store)[0].kind == "different"


def test_every_key_that_is_told_does_something_and_every_button_tells_its_key(review) -> None:
    page = review.page
    page.keyboard.press("?")
    told = page.locator("#help-lists").inner_text()
    page.keyboard.press("Escape")
    unknown = page.evaluate(
        """async () => {
          const { KEYS } = await import("/static/js/keys.js");
          const known = new Set(KEYS.flatMap(([, keys]) => keys.map((k) => k.act)));
          return [...document.querySelectorAll("button[data-act]")].map((b) => b.dataset.act)
            .filter((act) => !known.has(act) && !/^flank|^(redraw|unfilter)$/.test(act));
        }"""
    )
    assert unknown == []
    for word in ("Hold to hide everything drawn", "Spots that agree", "Ways through the work", "filters"):
        assert word in told
    buttons = page.locator("main button[data-act]:visible, .tools button:visible")
    without = [b.get_attribute("id") or b.inner_text() for b in buttons.all() if b.locator("kbd, svg").count() == 0]
    assert set(without) <= {"Front", "Rear", "?"}
