"""Who is answering: asked once, never in the way, kept in the browser, and sent along."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_initials_are_asked_once_and_never_stand_in_the_way(page: Page, site) -> None:
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    box = page.get_by_role("dialog", name="Who is answering?")
    expect(box).to_be_visible()
    assert page.evaluate("document.activeElement.closest('form.initials')") is None  # the keyboard stays with the pair
    page.keyboard.press("y")
    expect(box).to_have_count(0)
    page.wait_for_function("() => document.querySelector('main').dataset.busy === 'false'")
    expect(page.locator("main")).to_have_attribute("data-busy", "false")
    page.reload()
    page.wait_for_selector("main[data-busy=false]")
    expect(box).to_have_count(0)
    assert site.kinds() == ["same"]
    assert site.complaints == []


def test_initials_are_tidied_kept_and_changed_by_keyboard_alone(page: Page, site) -> None:
    page.goto(site.url("sightings"))
    button = page.locator("#initials")
    expect(button).to_have_text("Who are you?")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#initials-typed")).to_be_focused()
    page.keyboard.type("j. d-")
    page.keyboard.press("Enter")
    expect(button).to_have_text("JD")
    expect(button).to_be_focused()
    page.reload()
    expect(button).to_have_text("JD")
    page.keyboard.press("Tab")
    assert page.evaluate("import('/static/js/initials.js').then(m => m.initials())") == "JD"
    button.click()
    page.get_by_role("button", name="Nobody in particular").click()
    expect(button).to_have_text("Who are you?")
    button.click()
    page.locator("form.initials").get_by_role("button", name="JD", exact=True).click()  # known in this browser
    expect(button).to_have_text("JD")
    button.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Who is answering?")).to_have_count(0)
    assert site.complaints == []


def test_typing_initials_on_the_review_page_answers_nothing(page: Page, site) -> None:
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    page.locator("#initials-typed").fill("")
    page.keyboard.type("ynxcu")
    page.keyboard.press("Enter")
    expect(page.locator("#initials")).to_have_text("YNXCU")
    page.keyboard.press("n")
    expect(page.locator("main")).to_have_attribute("data-busy", "false")
    page.wait_for_function("() => document.querySelector('main').dataset.busy === 'false'")
    page.reload()
    page.wait_for_selector("main[data-busy=false]")
    assert site.kinds() == ["different"]


def test_where_no_project_is_open_nobody_is_asked(page: Page, site) -> None:
    page.goto(site.address)
    expect(page.locator("#initials")).to_have_count(0)
