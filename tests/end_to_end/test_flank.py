"""The side of the animal on the review page: keys, buttons, and what is said of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from spotid.project import flanks, ledger
from spotid.words import Flank

pytestmark = pytest.mark.browser


def sides(site) -> dict[str, str]:
    return {uid: side.flank.value for uid, side in flanks.sides(site.project.store).items()}


def test_keys_say_the_side_of_either_picture_at_once(review, site) -> None:
    anchor, comparison = review.shown()
    assert "side not known" in review.says("facts-b")
    review.press("+")
    lens = review.lens("b")
    review.press("l")
    assert review.says("kept") == "✓ kept — row 1"
    assert "left side, said by you" in review.says("facts-b") and "side not known" in review.says("facts-a")
    assert review.shown() == (anchor, comparison) and review.lens("b") == lens, "what is looked at stays as it is"
    review.press("Shift+L")
    assert "left side, said by you" in review.says("facts-a")
    assert sides(site) == {anchor: "left", comparison: "left"}
    pressed = review.page.get_by_role("group", name="Side of the comparison").get_by_role("button", pressed=True)
    assert pressed.count() == 1 and (pressed.text_content() or "").startswith("Left")
    review.press("u", "u")
    assert sides(site) == {} and review.shown() == (anchor, comparison)
    assert review.says("kept") == "✓ taken back — row 1, Side"
    assert site.kinds() == ["flank", "flank", "undo", "undo"]
    assert site.complaints == []


def test_opposite_sides_are_passed_and_counted_and_undo_brings_the_pair_back(review, site) -> None:
    pair = review.shown()
    review.press("Shift+R", "l")
    assert review.shown() != pair and review.shown()[0] == pair[0]
    assert "1 pair of opposite sides left out" in review.says("progress-answers")
    review.press("u")
    assert review.shown() == pair and "left out" not in review.says("progress-answers")
    review.press("r")
    assert sides(site) == {pair[0]: "right", pair[1]: "right"} and review.shown() == pair


def test_buttons_know_front_rear_and_unknown(review, site) -> None:
    anchor, comparison = review.shown()
    of_anchor = review.page.get_by_role("group", name="Side of the anchor")
    of_anchor.get_by_role("button", name="Front").click()
    review.settled()
    review.page.get_by_role("group", name="Side of the comparison").get_by_title("can't be told").click()
    review.settled()
    assert sides(site) == {anchor: "front", comparison: "unknown"}
    assert "from the front, said by you" in review.says("facts-a")
    assert "side can't be told, said by you" in review.says("facts-b")
    assert [event.kind for event in ledger.events(site.project.store)] == ["flank", "flank"]


def test_the_programs_guess_says_how_sure_it_is(page, site, review) -> None:
    uid = review.shown()[1]
    row = site.project.store.one("SELECT id FROM sighting WHERE uid = ?", uid)
    flanks.keep_guesses(site.project.store, "flank-1", [(row["id"], Flank.RIGHT, 0.937, 0.0)])
    site.reread()  # as the end of a run does
    page.reload()
    review.settled()
    assert "right side, 93 % sure" in review.says("facts-b")


def test_r_tries_again_where_a_side_was_not_kept(review, site) -> None:
    review.page.route("**/flank", lambda route: route.abort())
    review.press("l")
    assert "was NOT kept" in review.says("fault-what")
    review.page.unroute("**/flank")
    review.press("r")
    assert list(sides(site).values()) == ["left"] and not review.page.is_visible("#fault")


def test_the_keys_are_in_the_list(review) -> None:
    review.page.keyboard.press("?")
    assert "The comparison shows its left side" in (review.page.text_content("#help-lists") or "")


def test_a_word_on_two_sides_is_kept_and_doubted(page, site, review) -> None:
    anchor, comparison = review.shown()
    for uid, side in ((anchor, Flank.LEFT), (comparison, Flank.RIGHT)):
        row = site.project.store.one("SELECT id FROM sighting WHERE uid = ?", uid)
        flanks.keep_guesses(site.project.store, "flank-1", [(row["id"], side, 0.8, 0.0)])  # not sure
    site.reread()
    page.reload()
    review.settled()
    assert review.shown() == (anchor, comparison)
    review.press("n")
    expect(page.locator("#toast")).to_contain_text("opposite sides")
    assert site.kinds() == ["different"]
    review.press("u")
    assert review.shown() == (anchor, comparison)
    review.press("x")
    expect(page.locator("#toast")).not_to_contain_text("opposite sides")
    assert site.kinds() == ["different", "undo", "not_comparable"]
