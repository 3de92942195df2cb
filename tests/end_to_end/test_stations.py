"""Stations, clocks, outages and effort in a browser: a clock that is 12 hours off is seen, put right and taken back; a
station is typed, an outage said, and the chart shows it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import places_stock
from tests.end_to_end.test_accessible import everywhere, violations

pytestmark = pytest.mark.browser

CLOCK = "River bend · B"


@pytest.fixture
def survey(page: Page, site) -> Page:
    """The served project with cameras whose clocks are wrong."""
    places_stock.survey(site.project)
    return page


def ready(page: Page, address: str, what: str) -> Page:
    page.goto(address)
    expect(page.locator(f"#{what}")).to_have_attribute("data-state", "ready")
    return page


def test_a_clock_12_hours_off_is_seen_put_right_and_taken_back(survey: Page, site) -> None:
    page = survey
    before = site.project.store.all("SELECT id, captured_at, sha256, modified_ns FROM media ORDER BY id")
    ready(page, site.url("clocks"), "clocks")
    expect(page.locator("#clocks-sum")).to_contain_text("3 clocks seem wrong")
    line = page.locator("#clock-rows tr", has_text=CLOCK)
    expect(line).to_have_attribute("data-sign", "hours")
    expect(line).to_contain_text("The clock seems 12 hours off. By this clock, 28 of 33 pictures taken in the dark lie")
    line.get_by_role("link", name=CLOCK).click()
    expect(page.locator("#clock")).to_have_attribute("data-state", "ready")
    expect(page.locator("#sign-verdict")).to_have_text("The clock seems 12 hours off.")
    columns = page.locator("#strip-before .hour")
    expect(columns.nth(12).locator(".tile.dark")).to_have_count(4)
    expect(columns.nth(3).locator(".tile.daylight")).to_have_count(4)
    expect(page.locator("#strip-before .sky .night")).to_have_count(2)
    page.wait_for_selector("body[data-keys=heard]")
    page.keyboard.press("w")  # nothing is kept yet
    after = page.locator("#strip-after .hour")
    expect(after.nth(0).locator(".tile.dark")).to_have_count(4)
    expect(after.nth(12).locator(".tile")).to_have_count(0)
    expect(page.locator("#first-before")).to_have_text("2026-02-28 12:44")
    expect(page.locator("#first-after")).to_have_text("2026-03-01 00:44")
    assert everywhere(page) == {}, "axe finds nothing serious with a correction in hand"
    assert site.project.store.all("SELECT id, captured_at, sha256, modified_ns FROM media ORDER BY id") == before
    page.keyboard.press("r")
    page.keyboard.type("am for pm")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#sign")).to_have_attribute("data-kind", "fine")
    expect(page.locator("#said li")).to_contain_text("+12 h, because: am for pm")
    expect(page.locator("#keep-bar")).to_be_hidden()
    expect(page.locator("#strip-before .hour").nth(12).locator(".tile")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator("#sign")).to_have_attribute("data-kind", "hours")
    expect(page.locator("#said li").first).to_contain_text("taken back")
    expect(page.locator("#take-back")).to_be_hidden()
    again = site.project.store.all("SELECT id, captured_at, sha256, modified_ns FROM media ORDER BY id")
    assert [tuple(row) for row in again] == [tuple(row) for row in before]
    assert site.complaints == []


def test_one_picture_whose_moment_is_known_puts_its_clock_right(survey: Page, site) -> None:
    page = survey
    row = site.project.store.one(
        "SELECT id FROM deployment WHERE station_id = (SELECT id FROM station WHERE name = 'Waterhole')"
    )
    ready(page, site.url(f"clocks/{row['id']}?camera=A"), "clock")
    expect(page.locator("#sign-verdict")).to_contain_text("begun anew")
    page.wait_for_selector("body[data-keys=heard]")
    page.keyboard.press(".")  # the first picture
    expect(page.locator("#chosen-clock")).to_have_text("2000-01-01 00:44")
    expect(page.locator("#chosen-now")).to_contain_text("not trusted")
    page.keyboard.press("e")
    page.keyboard.type("3/4/2026 00:44")
    page.keyboard.press("Enter")
    expect(page.locator("#clock-error")).to_contain_text("may be 2026-03-04 or 2026-04-03")
    page.fill("#exact", "1 March 2026, 00:44")
    page.keyboard.press("Enter")
    expect(page.locator("#keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sign")).to_have_attribute("data-kind", "fine")
    tiles = page.locator("#strip-before .tile")
    tiles.first.focus()  # the pictures themselves by the arrow keys
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#strip-before .hour").nth(1).locator('.tile[aria-current="true"]')).to_have_count(1)
    assert [one for one in site.complaints if "400" not in one] == []


def test_a_station_is_typed_an_outage_said_and_the_chart_shows_it(survey: Page, site) -> None:
    page = survey
    ready(page, site.url("stations"), "stations")
    expect(page.locator("#map .dot")).to_have_count(3)
    page.wait_for_selector("body[data-keys=heard]")
    page.keyboard.press("n")
    expect(page.locator("#station-name")).to_be_focused()
    page.keyboard.type("High ridge")
    page.fill("#station-place", "100, 36.8")
    page.keyboard.press("Enter")
    expect(page.locator("#station-error")).to_contain_text("a latitude is at most 90 degrees")
    page.fill("#station-place", "1°12'00\"S 36°50'00\"E")
    page.keyboard.press("Enter")
    expect(page.locator("#map .dot")).to_have_count(4)
    expect(page.locator("#station-rows tr", has_text="High ridge")).to_contain_text("-1.20000, 36.83333")
    give = page.locator("#without li", has_text="loose")
    give.get_by_label("Station", exact=True).fill("High ridge")
    give.get_by_role("button").click()
    expect(page.locator("#without-box")).to_be_hidden()
    expect(page.locator("#station-rows tr", has_text="High ridge").locator(".number")).to_have_text("6")
    page.get_by_role("link", name="Cameras and outages").click()
    expect(page.locator("#deployments")).to_have_attribute("data-state", "ready")
    page.get_by_role("button", name="Change River bend A").click()
    page.fill("#starts", "2026-02-27")
    page.fill("#ends", "5 April 2026")
    page.keyboard.press("Enter")
    line = page.locator("#deployment-rows tr", has_text="River bend").first
    expect(line).to_contain_text("2026-04-05")
    page.get_by_role("button", name="River bend A did not work for some time").click()
    expect(page.locator("#outage-starts")).to_be_focused()
    page.keyboard.type("2026-03-22")
    page.fill("#outage-ends", "2026-03-30")
    page.fill("#outage-reason", "batteries empty")
    page.keyboard.press("Enter")
    expect(line.locator(".outage-chip")).to_have_text("2026-03-22 – 2026-03-30: batteries empty")
    page.get_by_role("link", name="Surveys and effort").click()
    expect(page.locator("#effort")).to_have_attribute("data-state", "ready")
    expect(page.locator("#total-lost")).to_have_text("8")
    bar = page.locator("#chart g[role=img]", has_text="River bend · A")
    expect(bar.locator(".gap")).to_have_count(1)
    expect(bar).to_have_attribute(
        "aria-label",
        "River bend · A: 2026-02-27 to 2026-04-05; 60 photographs; did not work from 2026-03-22 to 2026-03-30",
    )
    expect(page.locator("#chart .away")).to_contain_text("far from the others; look at the clock")
    page.keyboard.press("n")
    expect(page.locator("#title")).to_be_focused()
    page.keyboard.type("Spring")
    page.fill("#starts", "2026-03-01")
    page.fill("#ends", "2026-03-29")
    page.keyboard.press("Enter")
    expect(page.locator("#occasion-head th")).to_have_count(5)
    expect(page.locator("#survey option:checked")).to_have_text("Spring")
    assert violations(page) == [], "axe finds nothing serious on the chart"
    assert [one for one in site.complaints if "400" not in one] == []
