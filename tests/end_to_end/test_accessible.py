"""Every page, light and dark, on a small and a large screen: axe-core finds nothing serious."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.end_to_end.quiet import quiet

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
OF_COLOURS = ("color-contrast", "link-in-text-block")  # all others are the same in the dark
GRAVE = ("serious", "critical")
SMALL, LARGE = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
PAGES = {
    **{"overview": "", "run": "run", "review": "review", "boxes": "boxes", "individuals": "individuals"},
    **{"one individual": "individuals/1", "photograph": "photograph/{photograph}"},
    **{"unidentifiable": "unidentifiable", "conflicts": "conflicts", "reviewers": "reviewers"},
    **{
        "sightings": "sightings",
        "export": "export",
        "care": "care",
        "stations": "stations",
        "deployments": "deployments",
        "clocks": "clocks",
        "effort": "effort",
        "strips": "strips",
        "species": "species?shelf=line",
        "recognitions": "recognitions",
        "error": "nothing-here",
    },
    **{"about": "/about", "report": "/report", "models": "/models", "imports": "imports"},
}


def violations(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds serious or critical on the page, each with the pieces concerned; ``rules``: these alone."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {json.dumps([node['html'][:160] for node in one['nodes'][:3]])}"
        for one in found["violations"]
        if one["impact"] in GRAVE
    ]


def everywhere(page: Page) -> dict[str, list[str]]:
    """The violations of the page that is open: light on a small screen, and the colours of the dark on a large one."""
    found = {}
    for scheme, size in (("dark", LARGE), ("light", SMALL)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        if told := violations(page, OF_COLOURS if scheme == "dark" else ()):
            found[f"{scheme} {size['width']}"] = told
    return found


@pytest.fixture
def answered(page: Page, site) -> Page:
    """A project with an individual of two sightings, and one sighting that nobody can be identified in."""
    from spotid.review.desk import Desk

    desk: Desk = site.bench.desk(site.project.id)
    first, second, third, fourth, *_ = site.uids
    desk.answer("11111111-aaaa", "same", first, second)
    desk.answer("22222222-aaaa", "new", third)
    desk.answer("33333333-aaaa", "unusable", fourth)
    return page


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_page(answered: Page, site) -> None:
    page, bad = answered, {}
    photograph = site.project.store.one("SELECT uid FROM media ORDER BY id LIMIT 1")["uid"]
    for name, address in {"home": None, **PAGES}.items():
        if address is None or address.startswith("/"):
            reply = page.goto(site.address + (address or ""))
        else:
            reply = page.goto(site.url(address.format(photograph=photograph)))
        assert reply is not None and (name == "error") == (reply.status >= 400), f"{name} gave {reply}"
        quiet(page)
        if told := everywhere(page):
            bad[name] = told
    assert bad == {}, json.dumps(bad, indent=1)


def test_what_opens_on_top_is_accessible_too(page: Page, site, monkeypatch) -> None:
    page.goto(site.address)
    page.get_by_role("button", name="Browse… for the photographs").click()
    page.locator(".browse-item").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#more summary").click()
    page.get_by_role("button", name="Show me around").click()
    page.get_by_role("dialog", name="Begin with a folder of photographs").wait_for()
    assert violations(page) == []
    monkeypatch.setattr(type(site.bench), "at_work", lambda self: ["Survey 1"])
    site.app.extensions["quit"] = lambda: None
    page.keyboard.press("Alt+q")
    page.get_by_role("dialog", name="Quit SpotID?").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Quit all the same").click()
    page.get_by_role("heading", name="SpotID has ended").wait_for()
    assert violations(page) == []


def test_every_page_can_be_left_by_keyboard_and_shows_where_the_focus_is(page: Page, site) -> None:
    for address in ("", "sightings", "export", "care"):
        page.goto(site.url(address))
        quiet(page)
        seen = set()
        for _ in range(12):
            page.keyboard.press("Tab")
            told = page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.outerHTML.slice(0, 80), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2] }"
            )
            seen.add(told[0])
            assert told[1], f"no focus to be seen on {told[0]}"
        assert len(seen) == 12, "Tab goes round in a circle"
