"""The small pictures on the review page: other frames of the visit, and the individual's best pictures."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from spotid.project import ledger, media
from tests.end_to_end.test_accessible import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def bursts(stock) -> Any:
    """The three photographs of either station are one visit each."""
    for station in (stock.ids[:3], stock.ids[3:]):
        began = datetime(2026, 3, 1 + station[0], 6)
        for second, sighting in enumerate(station):
            with stock.project.store.write() as connection:
                connection.execute(
                    "UPDATE media SET captured_at = ?1, clock_at = ?1"
                    " WHERE id = (SELECT media_id FROM sighting WHERE id = ?2)",
                    ((began + timedelta(seconds=second)).isoformat(), sighting),
                )
    media.number_visits(stock.project.store, 30)
    return stock


@pytest.fixture
def film(bursts, page, site, review) -> Any:
    """The review page of two visits, with all small pictures loaded."""
    expect(page.locator("#film-a .thumb[data-loaded=true]")).to_have_count(3)
    expect(page.locator("#film-b .thumb[data-loaded=true]")).to_have_count(3)
    return review


def frames(film, side: str) -> list[str]:
    """The other pictures of a visit, as they are offered."""
    thumbs = film.page.locator(f"#film-{side} .thumb").all()
    return [str(thumb.get_attribute("data-uid")) for thumb in thumbs][1:]


def looked_at(film, side: str, uid: str | None) -> None:
    """Wait until a pane shows a picture."""
    expect(film.page.locator(f"#pane-{side} .frame > img")).to_have_attribute("data-uid", str(uid))


def test_an_answer_covers_the_frames_that_are_shown(film, site) -> None:
    anchor, comparison = film.shown()
    mine, other = frames(film, "a"), frames(film, "b")
    assert len({anchor, comparison, *mine, *other}) == 6
    with film.page.expect_request("**/answers") as sent:
        film.press("y")
    body = sent.value.post_data_json
    assert (body["a"], body["b"]) == (anchor, comparison)
    assert body["a_with"] == mine and body["b_with"] == other
    assert film.says("kept") == "✓ kept — row 1"
    assert set(ledger.events(site.project.store)[-1].more["with"][anchor]) == set(mine)


def test_a_picture_that_is_unusable_says_nothing_of_the_others_of_its_visit(film, site) -> None:
    anchor, mine = film.shown()[0], frames(film, "a")
    film.press("Delete")
    (event,) = ledger.events(site.project.store)
    assert (event.kind, event.a) == ("unusable", anchor) and not (event.more or {}).get("with")
    film.page.goto(site.url(f"review?anchor={mine[0]}"))
    film.settled()
    assert film.state() == "pair" and film.shown()[0] in mine, "the visit goes on with another picture"


def test_a_frame_of_another_animal_is_left_out_by_key_or_click(film) -> None:
    comparison = film.shown()[1]
    mine, other = frames(film, "a"), frames(film, "b")
    page = film.page
    page.keyboard.press("o")
    expect(page.locator("#toast")).to_contain_text("First look at another picture")
    page.keyboard.press(".")
    looked_at(film, "b", other[0])
    expect(page.locator("#pane-b .peek")).to_have_text("Another picture of this visit; Esc goes back")
    page.keyboard.press("o")
    looked_at(film, "b", comparison)  # what is looked at is what the answer is about
    page.locator("#film-a .thumb-out").nth(1).click()
    expect(page.locator(".thumb.out")).to_have_count(2)
    page.locator("#film-a .thumb-out").nth(0).click()
    page.locator("#film-a .thumb-out").nth(0).click()  # said and taken back
    with page.expect_request("**/answers") as sent:
        film.press("n")
    body = sent.value.post_data_json
    assert body["a_with"] == mine[:1] and body["b_with"] == other[1:]


def test_frames_are_flipped_through_by_key_and_click_and_the_pair_comes_back(film) -> None:
    anchor, comparison = film.shown()
    mine, other = frames(film, "a"), frames(film, "b")
    page = film.page
    for key, side, uid in ((".", "b", other[0]), (".", "b", other[1]), (".", "b", comparison), (",", "b", other[1])):
        page.keyboard.press(key)
        looked_at(film, side, uid)
    page.keyboard.press("Shift+>")
    looked_at(film, "a", mine[0])
    page.keyboard.press("Escape")
    looked_at(film, "a", anchor)
    looked_at(film, "b", comparison)
    page.locator("#film-b .thumb-look").nth(2).click()
    looked_at(film, "b", other[1])
    film.press("1")  # another view of what is looked at
    expect(page.locator("#pane-b .frame.original")).to_be_attached()
    looked_at(film, "b", other[1])
    page.locator("#film-b .thumb-look").nth(0).click()
    looked_at(film, "b", comparison)


def test_a_frame_that_could_not_be_seen_is_not_covered(bursts, page, site, review) -> None:
    expect(page.locator("#film-b .thumb[data-loaded=true]")).to_have_count(3)
    lost = frames(review, "b")[0]
    page.route(f"**/picture/{lost}/thumb", lambda route: route.abort())
    page.reload()
    expect(page.locator("#film-b .thumb[data-loaded=true]")).to_have_count(2)
    with page.expect_request("**/answers") as sent:
        review.press("n")
    assert lost not in sent.value.post_data_json["b_with"]


@pytest.fixture
def known(page, site, stock) -> Any:
    """The program knows the comparison's individual by two more pictures, unless the way is blind."""
    page.way = "anchor"

    def told(route: Route) -> None:
        reply = route.fetch()
        content = json.loads(reply.text())
        pair = content.get("pair", content)
        pair["way"] = page.way
        if pair.get("comparison"):
            others = [uid for uid in stock.uids if uid not in (pair["anchor"]["uid"], pair["comparison"]["uid"])][:2]
            strip = [
                {"uid": uid, "station": "South", "captured_at": None, "flank": "left", "quality": 0.8} for uid in others
            ]
            pair["comparison"] |= {"individual": "leopard_3", "individual_count": 3, "number": 3, "strip": strip}
        route.fulfill(response=reply, json=content)

    page.route("**/pair*", told)
    page.route("**/answers", told)
    return page


def test_the_individuals_best_pictures_are_held_to_look_at(known, review, stock) -> None:
    page, pair = known, review.shown()
    best = page.get_by_role("group", name="The individual's best pictures")
    thumbs = best.locator(".thumb")
    expect(thumbs).to_have_count(2)
    uids = [thumb.get_attribute("data-uid") for thumb in thumbs.all()]
    thumbs.nth(1).hover()
    page.mouse.down()
    looked_at(review, "b", uids[1])
    page.mouse.up()
    looked_at(review, "b", pair[1])
    page.keyboard.press("j")
    looked_at(review, "b", uids[0])
    expect(page.locator("#pane-b .peek")).to_have_text("Another picture of leopard_3; Esc goes back")
    with page.expect_request("**/answers") as sent:
        review.press("n")  # still about the pair, and about nothing else
    assert (sent.value.post_data_json["a"], sent.value.post_data_json["b"]) == pair
    assert sent.value.post_data_json["b_with"] == []
    expect(thumbs).to_have_count(2)
    page.keyboard.press("g")
    expect(best).to_have_count(0)
    page.reload()
    review.settled()
    expect(best).to_have_count(0)
    page.get_by_role("button", name="The individual's best pictures").click()
    expect(thumbs).to_have_count(2)


def test_a_blind_answer_sees_no_individual(known, review) -> None:
    known.way = "blind"
    known.reload()
    review.settled()
    assert "leopard_3" not in known.locator("main").inner_text()
    expect(known.locator(".film .thumb")).to_have_count(0)
    expect(known.get_by_role("button", name="New animal")).to_be_disabled()


def test_axe_finds_nothing_serious_in_small_pictures_panels_and_dialogs(bursts, known, review) -> None:
    page, found = known, {}
    expect(page.get_by_role("group", name="The individual's best pictures").locator(".thumb")).to_have_count(2)
    page.keyboard.press(".")
    page.keyboard.press("i")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found[scheme] = violations(page)
        for key in ("w", "/", "?"):
            page.keyboard.press(key)
            expect(page.locator("dialog[open]")).to_be_visible()
            found[scheme, key] = violations(page)
            page.keyboard.press("Escape")
    assert [told for told in found.values() if told] == []
