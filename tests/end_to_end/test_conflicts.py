"""The conflicts page: cards with chains of answers, the weakest first; one key undoes any answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from spotid.project import ledger, stations_told
from spotid.project.stations_told import Line
from spotid.review import deeds
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


def say(site: Any, uid: str, kind: str, a: int, b: int, **more: Any) -> None:
    """An answer, as another window gives it."""
    desk, uids = site.bench.desk(site.project.id), site.uids
    evidence = more.pop("evidence", None)
    if kind == "second":
        deeds.second(desk, uid, uids[a], uids[b], more.pop("said"), **more)
    else:
        desk.keep(ledger.Answer(uid, Verdict(kind), uids[a], uids[b], evidence=evidence, **more))


@pytest.fixture
def uids(site, stock) -> list[str]:
    """The sightings of the stock."""
    site.uids = stock.uids
    return list(stock.uids)


@pytest.fixture
def contradiction(site, uids) -> None:
    """0 = 1 = 2 and 0 is not 2; the answer between 1 and 2 was quick and of a low chance."""
    say(site, "first-same", "same", 0, 1, reviewer="JD", seconds=12.0, evidence={"chance": 0.93})
    say(site, "weak-same", "same", 1, 2, reviewer="JD", seconds=0.6, evidence={"chance": 0.08})
    say(site, "the-other", "different", 0, 2, reviewer="MK", seconds=9.0, evidence={"chance": 0.2})


def test_where_nothing_contradicts_the_page_says_what_a_conflict_is(page: Page, site) -> None:
    page.goto(site.url("conflicts"))
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "empty")
    expect(page.get_by_text("No answers contradict one another")).to_be_visible()
    assert site.complaints == []


def test_a_card_shows_the_chain_and_one_key_undoes_the_weakest(page: Page, site, contradiction) -> None:
    page.add_init_script("localStorage.setItem('spotid-initials', 'AB')")
    page.goto(site.url("conflicts"))
    card = page.locator(".conflict")
    expect(card).to_have_count(1)
    expect(card.locator(".chain-picture")).to_have_count(3)
    weakest = card.locator(".chain-answer.weakest")
    expect(weakest).to_contain_text("row 2")
    expect(weakest).to_contain_text("Answered quickly, in 0.6 s.")
    expect(weakest).to_contain_text("only 8 % for one animal")
    fits_everywhere(page)
    page.keyboard.press("1")
    expect(page.locator("#conflicts-kept")).to_contain_text("kept — row 4")
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "empty")
    assert site.kinds() == ["same", "same", "different", "undo"]
    row = site.project.store.one(
        "SELECT initials, target FROM decision JOIN reviewer ON reviewer.id = reviewer_id WHERE kind = 'undo'"
    )
    assert tuple(row) == ("AB", "weak-same")
    page.keyboard.press("u")
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "cards")
    assert site.kinds() == ["same", "same", "different", "undo", "same"]
    assert site.complaints == []


def test_any_answer_of_any_card_is_undone_by_keyboard_alone(page: Page, site, contradiction) -> None:
    say(site, "three-four", "same", 3, 4, seconds=11.0, evidence={"chance": 0.7})
    say(site, "not-three-four", "different", 3, 4, seconds=11.0, evidence={"chance": 0.7})
    page.goto(site.url("conflicts"))
    expect(page.locator(".conflict")).to_have_count(2)
    expect(page.locator(".conflict").first).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowDown")
    second = page.locator(".conflict").nth(1)
    expect(second).to_have_attribute("aria-current", "true")
    expect(second.locator(".chain-picture")).to_have_count(2)
    page.keyboard.press("2")
    expect(page.locator(".conflict")).to_have_count(1)
    desk = site.bench.desk(site.project.id)
    assert desk.identities.answer("three-four") is None  # the pictures look alike: to part them is the weaker answer
    assert desk.identities.answer("not-three-four") is not None
    assert site.complaints == []


def shown(page: Page) -> set[str]:
    """The pictures of the larger view: sighting/view."""
    sources = page.locator("#closer img").evaluate_all("all => all.map(img => img.getAttribute('src'))")
    return {"/".join(source.split("/")[-2:]) for source in sources}


def test_a_pair_can_be_looked_at_closer(page: Page, site, contradiction) -> None:
    page.goto(site.url("conflicts"))
    page.locator(".conflict").wait_for()
    page.keyboard.press("l")
    expect(page.locator("#closer img")).to_have_count(2)
    assert grave(page) == []
    assert shown(page) == {f"{uid}/crop" for uid in site.uids[1:3]}  # the pair of the weakest answer
    page.keyboard.press("b")
    assert shown(page) == {f"{uid}/original" for uid in site.uids[1:3]}
    lens = "() => [...document.querySelectorAll('#closer .canvas')].map(c => c.style.transform)"
    page.keyboard.press("+")
    one, other = page.evaluate(lens)
    assert one == other and "scale(1.4)" in one
    page.locator(".closer-pane").first.dblclick()
    assert all("scale(2.8)" in each for each in page.evaluate(lens))
    page.keyboard.press("z")
    assert all("scale(1)" in each for each in page.evaluate(lens))
    page.keyboard.press("1")  # a number undoes nothing while the pair is looked at
    page.keyboard.press("Escape")
    expect(page.locator("#closer")).to_be_hidden()
    assert site.kinds() == ["same", "same", "different"]
    page.locator(".chain-picture").nth(0).click()
    expect(page.locator("#closer img").nth(1)).to_be_visible()
    page.get_by_role("link", name="Review this animal").click()
    page.wait_for_selector("main[data-busy=false]")


def test_a_second_opinion_that_disagrees_is_settled_by_one_key(page: Page, site, uids) -> None:
    say(site, "first-word", "different", 0, 1, reviewer="JD", seconds=8.0)
    say(site, "second-word", "second", 0, 1, said="same", reviewer="MK")
    page.goto(site.url("conflicts"))
    expect(page.locator(".conflict h2")).to_have_text("Two opinions on one pair")
    page.keyboard.press("s")
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "empty")
    assert site.kinds() == ["different", "second", "undo", "same"]
    page.keyboard.press("u")  # that was the wrong key
    expect(page.locator(".conflict h2")).to_have_text("Two opinions on one pair")
    page.keyboard.press("f")
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "empty")
    known = site.bench.desk(site.project.id).identities
    assert known.relation(uids[0], uids[1]) is Verdict.DIFFERENT
    assert site.complaints == []


def test_two_boxes_of_one_photograph_that_were_joined(page: Page, site, uids) -> None:
    with site.project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET media_id = (SELECT media_id FROM sighting WHERE uid = ?) WHERE uid = ?",
            (uids[0], uids[1]),
        )
    site.reread()
    say(site, "joins-boxes", "same", 0, 1, reviewer="JD", seconds=3.0)
    page.goto(site.url("conflicts"))
    expect(page.locator(".conflict h2")).to_have_text("Two boxes of one photograph are said to be one animal")
    expect(page.get_by_role("link", name="See the photograph with its boxes")).to_be_visible()
    page.get_by_role("button", name="Undo the answer of row 1").click()
    expect(page.locator("#conflicts")).to_have_attribute("data-state", "empty")
    assert site.kinds() == ["same", "undo"]


def test_an_answer_worth_a_second_look_is_let_stand_or_taken_back(page: Page, site, uids) -> None:
    store = site.project.store
    stations_told.keep_table(store, [Line("North", "", 0.0, 36.0), Line("South", "", 0.0, 36.9)])
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:00'")
    site.reread()
    seen = site.bench.desk(site.project.id).seen
    a, b = (next(n for n, uid in enumerate(uids) if seen[uid].station == name) for name in ("North", "South"))
    say(site, "too-fast-same", "same", a, b, reviewer="JD", seconds=4.0)
    page.add_init_script("localStorage.setItem('spotid-initials', 'AB')")
    page.goto(site.url("conflicts"))
    card = page.locator("#doubt-list .conflict")
    expect(card).to_have_count(1)
    expect(page.get_by_role("heading", name="Answers worth a second look")).to_be_visible()
    expect(card).to_contain_text("none goes faster than 60 km/h")
    expect(card.locator(".chain-picture")).to_have_count(2)
    fits_everywhere(page)
    page.keyboard.press("k")
    expect(page.locator("#conflicts-kept")).to_contain_text("kept — row 2")
    expect(page.locator("#doubts")).to_be_hidden()
    page.keyboard.press("u")
    expect(card).to_have_count(1)
    page.keyboard.press("1")
    expect(card).to_have_count(0)
    assert site.kinds() == ["same", "same", "undo", "undo"] and site.complaints == []
