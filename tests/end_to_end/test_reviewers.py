"""The reviewers page: who answered what, agreement in figures and words, and merging another laptop's answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from spotid.project import ledger
from spotid.project.folder import open_project
from spotid.review import deeds
from spotid.review.desk import Desk
from spotid.words import Verdict

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def grave(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def fits_everywhere(page: Page) -> None:
    """On a small and a large screen, light and dark: nothing sticks out, nothing serious for axe-core."""
    for width, height, scheme in (
        (1366, 768, "light"),
        (1920, 1080, "light"),
        (1366, 768, "dark"),
        (1920, 1080, "dark"),
    ):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)
        assert grave(page) == [], (width, scheme)


def double(desk: Desk, number: int, first: str, second: str, a: str, b: str) -> None:
    """A first answer by one person, and a second opinion by another one."""
    desk.keep(
        ledger.Answer(f"first-{number:06d}", Verdict(first), *sorted((a, b)), reviewer="JD", seconds=5.0 + number % 5)
    )
    deeds.second(desk, f"second-{number:06d}", a, b, second, reviewer="MK", seconds=7.0)
    deeds.take_back(desk, f"undo-first-{number:06d}", f"first-{number:06d}", "JD")


@pytest.fixture
def judged(site, stock) -> None:
    """Forty pairs that two people judged."""
    desk = site.bench.desk(site.project.id)
    for number in range(40):
        a, b = stock.uids[number % 5], stock.uids[5]
        first = "different" if number % 2 else "same"
        second = {0: "cannot_tell", 7: "same", 9: "same", 11: "same", 12: "different"}.get(number, first)
        double(desk, number, first, second, a, b)


@pytest.fixture
def other(site, stock, tmp_path: Path) -> Path:
    """The other laptop's project: one answer that fits, one that contradicts."""
    folder = tmp_path / "their laptop" / "Survey"
    site.bench.desk(site.project.id).keep(ledger.Answer("here-is-same", Verdict.SAME, *stock.uids[:2], reviewer="JD"))
    shutil.copytree(site.project.path, folder, ignore=shutil.ignore_patterns("*.sqlite*", "*.lock"))
    from spotid.project import backup

    made = backup.write(site.project.layout, "by hand")
    shutil.copyfile(made, folder / "project.sqlite")
    project = open_project(folder)
    desk = Desk(project, 5)
    deeds.take_back(desk, "there-undo-1", "here-is-same", "MK")
    desk.keep(ledger.Answer("there-same-1", Verdict.SAME, *sorted(stock.uids[2:4]), reviewer="MK", seconds=4.0))
    desk.keep(ledger.Answer("there-same-2", Verdict.SAME, *sorted(stock.uids[3:5]), reviewer="MK", seconds=4.0))
    desk.keep(ledger.Answer("there-other-3", Verdict.DIFFERENT, *sorted((stock.uids[2], stock.uids[4])), reviewer="MK"))
    project.close()
    return folder


def test_before_anybody_answers_the_page_says_what_will_be_here(page: Page, site) -> None:
    page.goto(site.url("reviewers"))
    expect(page.locator("#reviewers")).to_have_attribute("data-state", "ready")
    expect(page.locator("#people-none")).to_be_visible()
    expect(page.locator("#agreement-lead")).to_contain_text("When 30 pairs were")
    expect(page.locator("#reviewers").get_by_role("link", name="Give second opinions")).to_have_attribute(
        "href", f"/project/{site.project.id}/review?way=blind"
    )
    assert site.complaints == []


def test_agreement_is_told_in_figures_and_words(page: Page, site, judged) -> None:
    page.goto(site.url("reviewers"))
    people = page.locator("#people tr")
    expect(people).to_have_count(2)
    expect(people.filter(has_text="JD").locator("td").first).to_have_text("40")
    expect(people.filter(has_text="MK")).to_contain_text("7.0 s")
    told = page.locator(".agreement")
    expect(told.locator("h3")).to_have_text("Two people")
    expect(told).to_contain_text("35 of 40 pairs")
    expect(told.locator("dt", has_text="Missed").locator("xpath=..")).to_contain_text("3 of 21 pairs")
    expect(told.locator("dt", has_text="False joins").locator("xpath=..")).to_contain_text("1 of 18 pairs")
    fits_everywhere(page)
    assert site.complaints == []


def test_another_laptop_is_looked_at_first_and_then_merged(page: Page, site, other: Path) -> None:
    before = site.kinds()
    page.goto(site.url("reviewers"))
    page.get_by_label("The other project's folder").fill(str(other))
    page.keyboard.press("Enter")
    report = page.locator("#merge-report")
    expect(report).to_contain_text("4 answers would be taken over")
    expect(report).to_contain_text("1 of its answers is here already.")
    expect(report).to_contain_text("Contradictions between answers: 0 before, 1 after.")
    assert site.kinds() == before
    assert grave(page) == []
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(report).to_contain_text("4 answers were taken over")
    expect(page.locator("#merges li")).to_have_count(1)
    expect(page.locator("#conflict-count")).to_have_text("1")
    expect(page.locator("#people tr")).to_have_count(2)
    assert site.kinds() == ["same", "undo", "same", "same", "different"]
    page.get_by_role("button", name="See what would come of it").click()
    expect(report).to_contain_text("is here already")
    expect(page.get_by_role("button", name="Merge", exact=True)).to_be_hidden()
    page.goto(site.url("conflicts"))
    expect(page.locator(".conflict")).to_have_count(1)
    assert site.complaints == []


def test_what_can_not_be_merged_is_said_in_a_sentence(page: Page, site, tmp_path: Path) -> None:
    page.goto(site.url("reviewers"))
    field: Any = page.get_by_label("The other project's folder")
    for typed, says in (
        (str(site.project.path), "This is the project that is open."),
        (str(tmp_path), "is not a SpotID project"),
        ("nowhere", "can't be used"),
    ):
        field.fill(typed)
        page.get_by_role("button", name="See what would come of it").click()
        expect(page.locator("#merge-error")).to_contain_text(says)
    field.fill("")
    page.get_by_label("Browse…").click()
    expect(page.locator("#browse")).to_be_visible()
