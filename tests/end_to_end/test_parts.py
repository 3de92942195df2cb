"""The parts of a project on its run page, in a real browser: shown, switched by the keyboard, several species."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spotid.project import parts_kept
from tests.end_to_end.test_run_feed import Told

pytestmark = pytest.mark.browser


def test_parts_are_switched_by_the_keyboard_and_species_added(page: Page, site: Any) -> None:
    page.goto(site.url("run"))
    names = page.locator("#parts-names")
    expect(names).to_have_text("Leopard and other spotted cats: layered · network · coat-vlad · coat-spots")
    expect(page.locator("#run")).not_to_have_attribute("data-state", "loading")
    page.keyboard.press("p")
    choice = page.get_by_label("Removing the background")
    expect(choice).to_be_enabled()
    expect(choice.locator("option:disabled", has_text="mobile-sam")).to_have_count(1)
    choice.select_option("grabcut")
    expect(page.locator("#parts-said")).to_contain_text("New animals are cut out by grabcut.")
    expect(names).to_contain_text("grabcut")
    expect(choice).to_be_focused()
    assert parts_kept.kept(site.project.store, "leopard") == {"cutout": "grabcut"}
    page.get_by_label("Hyenas").check()
    expect(page.locator(".run-parts-of")).to_have_count(2)
    page.get_by_label("Comparing look-alikes").nth(1).select_option("coat-points")
    expect(page.locator("#parts-said")).to_contain_text("compares look-alikes with coat-points")
    assert parts_kept.kept(site.project.store, "hyena") == {"matcher": "coat-points"}
    parts_kept.keep(site.project.store, "leopard", {"encoder": "miewid-msv3"})
    page.reload()
    expect(page.locator("#parts-missing")).to_contain_text("works with the encoder “miewid-msv3”")
    page.keyboard.press("p")
    page.get_by_role("combobox", name="Describing the coats").first.select_option("coat-vlad")
    expect(page.locator("#parts-missing")).to_be_hidden()


def test_the_choices_follow_the_run(page: Page, site: Any) -> None:
    told = Told(page)
    page.goto(site.url("run"))
    expect(page.locator("#run")).to_have_attribute("data-state", "running")
    page.route("**/parts", lambda route: route.fulfill(json=route.fetch().json() | {"busy": told.state == "running"}))
    page.keyboard.press("p")
    choice = page.get_by_role("combobox", name="Describing the coats")
    expect(choice).to_be_disabled()
    expect(page.locator("#parts-said")).to_have_text("Parts can be switched when the run has ended.")
    told.state = "done"
    expect(choice).to_be_enabled(timeout=5_000)
    expect(page.locator("#parts-said")).to_be_hidden()
    choice.select_option("coat-vlad")
    expect(page.get_by_role("button", name="Start the run")).to_be_visible()
    parts_kept.keep(site.project.store, "leopard", {"encoder": "miewid-msv3"})  # not on this computer
    page.keyboard.press("Escape")
    page.locator("#parts > summary").click()
    page.get_by_role("button", name="Look for new photographs").click()
    told.state = "failed"
    expect(page.locator("#parts-missing")).to_contain_text("works with the encoder “miewid-msv3”")
    page.locator("#parts-missing").get_by_role("link", name="Parts").click()
    expect(choice).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
