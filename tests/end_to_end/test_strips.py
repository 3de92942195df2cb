"""The times read from pictures, by keyboard: a card is chosen, its order said, confirmed and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from spotid.intake import strips_read
from spotid.intake.strip import Seen
from spotid.intake.strip_dates import moment
from spotid.project import strips

pytestmark = pytest.mark.browser


@pytest.fixture
def cards(site) -> None:
    store = site.project.store
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = NULL, clock_at = NULL, time_source = NULL, sha256 = uid")
    readings = []
    for number, row in enumerate(store.all("SELECT * FROM media ORDER BY id")):
        text = f"04/03/2021 10:0{number}:00"
        seen = Seen(text, moment(text, (1.0,) * len(text)), ("CREEK <7>",))
        readings.append(strips.Reading(row["id"], strips.card_of(row), row["sha256"], strips_read.written(seen), ("",)))
    strips.keep(store, readings)


def captured(site) -> list[str]:
    return [row["captured_at"] for row in site.project.store.all("SELECT captured_at FROM media ORDER BY id")]


def test_by_keys_alone(page: Page, site, cards) -> None:
    page.goto(site.url(""))
    page.locator("#strips-wait a").click()
    chosen = page.locator("#strip-cards [aria-current=true]")
    expect(chosen).to_contain_text("North")
    expect(page.locator("#strip-confirm")).to_be_disabled()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("South")
    expect(page.locator("#strip-title")).to_contain_text("South")
    page.keyboard.press("1")
    expect(page.locator(".strip-said time").first).to_have_text("2021-03-04 10:03:00")
    page.keyboard.press("2")
    expect(page.locator(".strip-said time").first).to_have_text("2021-04-03 10:03:00")
    page.keyboard.press("n")
    page.keyboard.press("c")
    expect(page.locator("#strips-told")).to_contain_text("3 pictures have a time now.")
    assert captured(site) == [None] * 3 + [f"2021-04-03T10:0{n}:00" for n in range(3, 6)]
    assert not site.project.store.value("SELECT COUNT(*) FROM media WHERE camera != ''")
    expect(chosen).to_contain_text("North")
    page.keyboard.press("r")
    expect(page.locator("#strips-told")).to_have_text("These times are not used.")
    page.keyboard.press("u")
    expect(page.locator("#strips-told")).to_have_text("Taken back: the card waits again.")
    assert site.complaints == []
