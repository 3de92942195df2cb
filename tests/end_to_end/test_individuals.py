"""The pages about individuals in a browser: naming, merging, splitting, releasing, linking, the bin; each undone."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from spotid.project import ledger
from spotid.review import deeds, marks

pytestmark = pytest.mark.browser


def new() -> str:
    return str(uuid.uuid4())


def large(page) -> None:
    """From a small laptop by day to a large screen by night; a test does one half on either."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.fixture
def desk(site):
    """leopard_1: pictures 0, 1, 2; leopard_2: 3, 4; leopard_3: 5 alone. Sides: left, right, left, left, right, left."""
    store = site.project.store
    with store.write() as connection:
        connection.execute("UPDATE station SET latitude = 10, longitude = 20 WHERE name = 'North'")
        connection.execute("UPDATE station SET latitude = 10.1, longitude = 20.2 WHERE name = 'South'")
    uids = sighted(site)
    with store.write() as connection:
        for uid, side in zip(uids, ("left", "right", "left", "left", "right", "left"), strict=True):
            connection.execute("UPDATE sighting SET flank = ? WHERE uid = ?", (side, uid))
    made = site.bench.desk(site.project.id)
    made.reload()
    deeds.assign(made, new(), uids[0], uids[1])
    deeds.assign(made, new(), uids[2], uids[1])
    deeds.assign(made, new(), uids[3], uids[4])
    marks.mark(made, new(), "new", uids[5])
    return made


def sighted(site) -> list[str]:
    return [row["uid"] for row in site.project.store.all("SELECT uid FROM sighting ORDER BY id")]


def kept(page, kind: str) -> None:
    """The bar tells a row as kept, or as taken back."""
    expect(page.locator("#kept")).to_have_text(re.compile(f"^{kind} — row"))


def undo(page) -> None:
    large(page)
    page.keyboard.press("u")
    kept(page, "taken back")


def test_the_list_finds_orders_and_filters(page, site, desk) -> None:
    page.goto(site.url("individuals"))
    cards = page.locator(".animal h2")
    expect(cards).to_have_text(["leopard_1", "leopard_2", "leopard_3"])
    page.get_by_label("Find a name or station").fill("south")
    expect(cards).to_have_text(["leopard_2", "leopard_3"])
    page.get_by_label("Which individuals").select_option("once")
    expect(cards).to_have_text(["leopard_3"])
    expect(page.locator("#found")).to_have_text("1 individual found.")
    assert "kind=once" in page.url, "the address says which filters made this list"
    page.get_by_label("Which individuals").select_option("")
    page.get_by_label("Find a name or station").fill("nowhere")
    expect(cards).to_have_count(0)
    expect(page.locator("#found")).to_contain_text("No individual")
    large(page)
    page.get_by_label("Find a name or station").fill("")
    page.get_by_label("Order").select_option("single")
    expect(cards).to_have_text(["leopard_3", "leopard_2", "leopard_1"])
    page.goto(site.url("individuals#leopard_2"))
    expect(page.locator("#leopard_2")).to_be_in_viewport()
    assert site.complaints == []


def test_an_individual_has_its_page(page, site, desk) -> None:
    page.goto(site.url("individuals/1"))
    expect(page.get_by_role("heading", name="leopard_1", level=1)).to_be_visible()
    expect(page.locator(".shelf h2")).to_have_text(["Left side 2", "Right side 1"])
    expect(page.locator(".about .figures")).to_contain_text("2026-03-01")
    expect(page.get_by_role("img", name="Seen on 3 days, from 2026-03-01 to 2026-03-03")).to_be_visible()
    expect(page.locator(".map .here")).to_have_count(1)
    expect(page.locator(".map .elsewhere")).to_have_count(1)
    expect(page.locator(".scale text")).to_have_text(re.compile(r"\d+ km"))
    expect(page.locator(".history li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    large(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/individuals/2")
    page.wait_for_selector("body[data-keys]")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/individuals/3")
    page.wait_for_selector("body[data-keys]")
    expect(page.get_by_role("link", name="seen once: worth a second look")).to_have_attribute(
        "href", re.compile(r"review\?way=second&anchor=[0-9a-f]{16}")
    )
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Give it a name")
    assert site.complaints == []


def test_renaming_refusals_and_undo(page, site, desk) -> None:
    page.goto(site.url("individuals/1"))
    page.keyboard.press("n")
    page.keyboard.type("<b>Tiga</b>")
    page.keyboard.press("Enter")
    kept(page, "kept")
    expect(page.locator("h1")).to_have_text("leopard_1 <b>Tiga</b>")
    undo(page)
    expect(page.locator("h1")).to_have_text("leopard_1")
    for name, sentence in (("NA", "can't be the name of one animal"), ("Luna", "Another individual is called “Luna”")):
        if name == "Luna":
            deeds.describe(desk, new(), sighted(site)[3], {"name": "Luna"})
        page.get_by_label("Name").fill(name)
        page.keyboard.press("Enter")
        expect(page.locator("#name-fault")).to_contain_text(sentence)
    page.get_by_label("Sex").select_option("female")
    kept(page, "kept")
    page.get_by_label("Notes").fill("Notch in the left ear")
    page.get_by_label("Notes").blur()
    expect(page.locator(".history")).to_contain_text("Notch in the left ear")
    assert desk.identities.facts(1) == {"sex": "female", "notes": "Notch in the left ear"}


def test_what_is_being_typed_survives_another_deed(page, site, desk) -> None:
    page.goto(site.url("individuals/1"))
    held = []
    page.route("**/deeds/describe", lambda route: route.continue_() if held else held.append(route))
    page.get_by_label("Sex").select_option("female")
    page.get_by_label("Notes").fill("half a senten")
    expect(page.locator("#live")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    kept(page, "kept")
    expect(page.locator(".history")).to_contain_text("female")
    expect(page.get_by_label("Notes")).to_be_focused()
    page.get_by_label("Notes").blur()
    expect(page.locator(".history")).to_contain_text("half a senten")
    assert desk.identities.facts(1) == {"sex": "female", "notes": "half a senten"}


def test_merging_and_undo(page, site, desk) -> None:
    page.goto(site.url("individuals/2"))
    page.keyboard.press("m")
    page.keyboard.type("leopard_1")
    expect(page.locator("#merge-with-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#merge-whom")).to_have_text("leopard_1")
    page.keyboard.press("y")
    page.wait_for_url("**/individuals/1")
    kept(page, "kept")
    expect(page.locator(".about .figures dd").first).to_have_text("5")
    assert site.kinds()[-1] == "merge"
    undo(page)
    expect(page.locator(".about .figures dd").first).to_have_text("3")
    assert len(desk.identities.group(sighted(site)[3])) == 2


def test_splitting_releasing_and_undo(page, site, desk) -> None:
    uids = sighted(site)
    page.goto(site.url("individuals/1"))
    page.locator(f'[data-pick="{uids[2]}"]').check()
    expect(page.locator("#picked-count")).to_have_text("1 picture chosen")
    page.keyboard.press("a")
    kept(page, "kept")
    expect(page.locator(".about .figures dd").first).to_have_text("2")
    assert desk.identities.individual(uids[2]) not in (None, 1)
    undo(page)
    expect(page.locator(".about .figures dd").first).to_have_text("3")
    assert desk.identities.individual(uids[2]) == 1
    page.locator(f'[data-pick="{uids[2]}"]').check()
    page.keyboard.press("x")
    kept(page, "kept")
    assert desk.identities.individual(uids[2]) is None
    undo(page)
    assert desk.identities.individual(uids[2]) == 1


def test_a_portrait_and_an_undo_from_the_history(page, site, desk) -> None:
    uids = sighted(site)
    page.goto(site.url("individuals/1"))
    shown = page.locator(".about .portrait img").first.get_attribute("src") or ""
    other = uids[2] if uids[0] in shown else uids[0]
    page.locator(f'[data-pick="{other}"]').check()
    page.keyboard.press("p")
    kept(page, "kept")
    expect(page.locator(".about .portrait img").first).to_have_attribute("src", re.compile(other))
    large(page)
    page.locator(".history li").first.get_by_role("button", name="Undo row 5").click()
    kept(page, "taken back")
    expect(page.locator(".about .portrait img").first).to_have_attribute("src", shown)
    expect(page.locator(".history li.gone")).to_contain_text("taken back by row 6")


def test_suggested_merges_by_keys(page, site, desk) -> None:
    page.goto(site.url("likely"))
    before = page.locator(".pair").count()
    assert before >= 2
    first = page.locator(".pair").first.get_attribute("data-a")
    page.keyboard.press("s")
    expect(page.locator(".pair").last).to_have_attribute("data-a", str(first))
    page.keyboard.press("n")
    kept(page, "kept")
    expect(page.locator(".pair")).to_have_count(before - 1)
    assert site.kinds()[-1] == "different"
    undo(page)
    expect(page.locator(".pair")).to_have_count(before)
    page.keyboard.press("y")
    kept(page, "kept")
    assert site.kinds()[-1] == "merge"


def test_linking_both_flanks_by_keys(page, site, desk) -> None:
    uids = sighted(site)
    deeds.release(desk, new(), [uids[1]])
    with site.project.store.write() as connection:
        connection.execute(
            "UPDATE media SET captured_at = '2026-03-01T06:00:04', camera = 'B'"
            " WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
            (uids[1],),
        )
    page.goto(site.url("flanks"))
    pair = page.locator(".pair")
    expect(pair).to_have_count(1)
    expect(pair).to_contain_text("North")
    expect(pair).to_contain_text("4.0 seconds between")
    expect(page.locator(".basis")).to_contain_text("the cameras' own clocks")
    page.keyboard.press("y")
    kept(page, "kept")
    expect(pair).to_have_count(0)
    assert site.kinds()[-1] == "link"
    assert desk.identities.individual(uids[1]) == desk.identities.individual(uids[0]) == 1
    undo(page)
    expect(pair).to_have_count(1)
    page.keyboard.press("n")
    kept(page, "kept")
    expect(pair).to_have_count(0)
    assert site.kinds()[-1] == "different"
    assert site.complaints == []


def test_the_bin_and_back(page, site, desk) -> None:
    uids = sighted(site)
    deeds.release(desk, new(), uids[3:5])
    for uid in uids[3:5]:
        marks.mark(desk, new(), "unusable", uid)
    page.goto(site.url("unidentifiable"))
    cards = page.locator("#bin > li")
    expect(cards).to_have_count(2)
    cards.first.get_by_role("button", name="Take row").click()
    kept(page, "taken back")
    expect(cards).to_have_count(1)
    large(page)
    page.keyboard.press("u")
    expect(cards).to_have_count(2)
    page.keyboard.press("e")
    expect(page.locator("#kept")).to_have_text(re.compile("^2 answers taken back — rows"))
    expect(page.get_by_role("heading", name="Nothing lies here")).to_be_visible()
    assert not any(desk.identities.is_unusable(uid) for uid in uids)


def test_a_deed_that_was_not_kept_says_so_and_changes_nothing(page, site, desk) -> None:
    page.goto(site.url("individuals/1"))
    page.route("**/deeds/describe", lambda route: route.abort())
    page.get_by_label("Sex").select_option("male")
    expect(page.get_by_role("alert").filter(has_text="SpotID can't be reached")).to_be_visible()
    expect(page.locator("#kept")).to_have_text("")
    assert len(ledger.events(site.project.store)) == 4
