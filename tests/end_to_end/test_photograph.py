"""A photograph's page in a browser: each animal in it is given to somebody, or to nobody, and any of it is undone."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from spotid.review import deeds, marks

pytestmark = pytest.mark.browser


def new() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def shown(site):
    """The first photograph has two boxes; pictures 3 and 4 are leopard_1, called Tiga, and 5 is leopard_2."""
    store = site.project.store
    rows = store.all("SELECT sighting.uid, media.uid AS media FROM sighting JOIN media ON media.id = media_id")
    uids = [row["uid"] for row in rows]
    with store.write() as connection:
        connection.execute(
            "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, state, recipe)"
            " SELECT 'abcdefabcdefabcd', media_id, 0.6, 0.1, 0.3, 0.5, 1, 'x', 'embedded', recipe FROM sighting"
            " WHERE uid = ?",
            (uids[0],),
        )
        connection.execute("UPDATE sighting SET x = 0.05, y = 0.1, w = 0.4, h = 0.6 WHERE uid = ?", (uids[0],))
    path = site.project.layout.crop("abcdefabcdefabcd", "test")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(site.project.layout.crop(uids[0], "test").read_bytes())
    desk = site.bench.desk(site.project.id)
    desk.reload()
    deeds.assign(desk, new(), uids[3], uids[4])
    marks.mark(desk, new(), "new", uids[5])
    deeds.describe(desk, new(), uids[3], {"name": "Tiga"})
    return {"desk": desk, "uids": [uids[0], "abcdefabcdefabcd", *uids[1:]], "media": [row["media"] for row in rows]}


def kept(page, kind: str) -> None:
    expect(page.locator("#kept")).to_have_text(re.compile(f"^{kind} — row"))


def large(page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def who(page, place: int):
    return page.locator(".box-card").nth(place).locator(".box-who b")


def test_both_animals_are_assigned_and_it_is_undone(page, site, shown) -> None:
    desk, (one, two) = shown["desk"], shown["uids"][:2]
    page.goto(site.url(f"photograph/{shown['media'][0]}"))
    expect(page.locator(".animal-box")).to_have_count(2)
    expect(who(page, 0)).to_have_text("nobody yet")
    page.keyboard.press("a")
    choices = page.locator(f"#assign-{one}-list [role=option]")
    expect(choices).to_have_count(2)
    expect(choices.first).to_contain_text("leopard_1 Tiga")  # the one used last, without typing
    page.keyboard.type("TIG")
    expect(choices).to_have_count(1)
    page.keyboard.press("Enter")
    kept(page, "kept")
    expect(who(page, 0)).to_have_text("leopard_1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(who(page, 1)).to_have_text("leopard_3")
    assert (desk.identities.individual(one), desk.identities.individual(two)) == (1, 3)
    large(page)
    page.keyboard.press("u")
    expect(who(page, 1)).to_have_text("nobody yet")
    page.keyboard.press("u")
    expect(who(page, 0)).to_have_text("nobody yet")
    assert desk.identities.individual(one) is None
    assert site.complaints == []


def test_moving_one_picture_leaves_the_others_where_they_are(page, site, shown) -> None:
    desk, uids = shown["desk"], shown["uids"]
    page.goto(site.url(f"photograph/{shown['media'][3]}"))
    page.keyboard.press("a")
    page.keyboard.type("leopard_2")
    expect(page.locator("[role=listbox] [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#kept")).to_have_text("kept — rows 4 to 5")
    assert site.kinds()[3:] == ["release", "assign"]
    assert desk.identities.individual(uids[4]) == desk.identities.individual(uids[6]) == 2
    assert desk.identities.individual(uids[5]) != 2
    page.keyboard.press("u")
    expect(page.locator("#kept")).to_have_text(re.compile("^2 answers taken back"))
    assert desk.identities.individual(uids[4]) == desk.identities.individual(uids[5]) == 1


def test_unusable_sides_release_and_back(page, site, shown) -> None:
    desk, uids = shown["desk"], shown["uids"]
    page.goto(site.url(f"photograph/{shown['media'][0]}"))
    page.keyboard.press("2")
    page.keyboard.press("l")
    kept(page, "kept")
    expect(page.locator('.box-card[data-now] [data-flank="left"]')).to_have_attribute("aria-pressed", "true")
    assert desk.sides.side(uids[1]).flank == "left"
    page.keyboard.press("Delete")
    expect(who(page, 1)).to_have_text("unidentifiable")
    large(page)
    page.keyboard.press("e")
    expect(who(page, 1)).to_have_text("nobody yet")
    assert not desk.identities.is_unusable(uids[1])
    page.goto(site.url(f"photograph/{shown['media'][3]}"))
    page.keyboard.press("x")
    expect(who(page, 0)).to_have_text("nobody yet")
    assert site.kinds()[-1] == "release"


def test_the_same_animal_twice_in_one_photograph_is_told(page, site, shown) -> None:
    for uid in shown["uids"][:2]:
        deeds.assign(shown["desk"], new(), uid, shown["uids"][4])
    page.goto(site.url(f"photograph/{shown['media'][0]}"))
    expect(page.locator(".notice.bad")).to_contain_text("Two boxes are said to be leopard_1")


def test_going_on_by_keys_and_by_mouse(page, site, shown) -> None:
    media = shown["media"]
    page.goto(site.url(f"photograph/{media[0]}"))
    page.locator(".animal-box").last.click()
    expect(page.locator(".box-card").last).to_have_attribute("data-now", "")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/photograph/{media[1]}")
    page.goto(site.url(f"photograph/{media[3]}?shelf=identified"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/photograph/{media[4]}?shelf=identified")
    expect(page.get_by_role("link", name="Draw or correct boxes")).to_have_attribute("href", re.compile(media[4]))
    expect(page.get_by_role("link", name="Compare it in the review")).to_have_attribute("href", re.compile("anchor="))
