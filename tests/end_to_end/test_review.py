"""The review page in a browser: by keyboard alone, by mouse alone, and when something goes wrong."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route

from spotid.project import ledger

pytestmark = pytest.mark.browser


def test_keyboard_alone(review, site) -> None:
    first = review.shown()
    review.press("n")
    assert review.says("kept") == "✓ kept — row 1"
    assert review.shown() != first
    review.press("u")
    assert review.says("kept").startswith("✓ taken back — row 1")
    assert review.shown() == first
    review.press("y", "c", "x")
    assert site.kinds() == ["different", "undo", "same", "cannot_tell", "not_comparable"]
    review.press("Control+z")
    assert site.kinds()[-1] == "undo"
    anchor = review.shown()[0]
    review.press("s")
    assert review.shown()[0] != anchor
    review.press("ArrowUp")
    assert review.shown()[0] == anchor
    assert site.complaints == []


def test_mouse_alone(review, site) -> None:
    for label in ("Not a match", "Can't tell", "Not comparable", "Match"):
        review.page.get_by_role("group", name="Answers").get_by_role("button", name=label, exact=True).click()
        review.settled()
    assert site.kinds() == ["different", "cannot_tell", "not_comparable", "same"]
    review.page.get_by_role("button", name="Undo").click()
    review.settled()
    assert site.kinds()[-1] == "undo"
    anchor = review.shown()[0]
    review.page.get_by_role("button", name="Next anchor").first.click()
    review.settled()
    assert review.shown()[0] != anchor
    review.page.get_by_role("button", name="Previous anchor").click()
    review.settled()
    assert review.shown()[0] == anchor
    # After a click the keys keep their meaning: Space and Enter do not press the button again.
    before = site.kinds()
    review.press("Space")
    assert site.kinds() == before


def test_the_pictures_are_those_of_the_answer(review, site) -> None:
    for key in "nnyncnnxnn":
        left, right = review.shown()
        if right is None:
            break
        for side, uid in (("a", left), ("b", right)):
            picture = review.page.query_selector(f"#pane-{side} .frame > img")
            assert picture is not None and f"/picture/{uid}/crop" in str(picture.get_attribute("src"))
        review.press(key)
        event = ledger.events(site.project.store)[-1]
        assert {event.a, event.b} == {left, right}


def test_new_animal_and_unusable_are_about_the_anchor_alone(review, site) -> None:
    anchor = review.shown()[0]
    review.press("Enter")
    other = review.shown()[0]
    assert other != anchor
    review.press("Delete")
    events = ledger.events(site.project.store)
    assert [(event.kind, event.a, event.b) for event in events] == [("new", anchor, None), ("unusable", other, None)]
    assert review.shown()[0] not in (anchor, other)


def test_an_answer_tells_how_long_the_pair_was_looked_at(review) -> None:
    with review.page.expect_request("**/answers") as sent:
        review.page.wait_for_timeout(300)
        review.page.keyboard.press("n")
    body = sent.value.post_data_json
    assert 0.25 < body["seconds"] < 30
    assert body["rank"] == 1 and body["kind"] == "different"


def test_keys_pressed_while_an_answer_is_on_its_way_count_for_nothing(review, site) -> None:
    def slow(route: Route) -> None:
        review.page.wait_for_timeout(400)
        route.continue_()

    review.page.route("**/answers", slow)
    for key in ("n", "n", "y", "u", "s"):
        review.page.keyboard.press(key)
    review.page.wait_for_selector("#kept:not(:empty)")
    review.settled()
    assert site.kinds() == ["different"]


def test_a_held_key_is_one_answer(review, site) -> None:
    for _ in range(6):
        review.page.keyboard.down("n")  # a second "down" without "up" is what a held key sends
        review.settled()
    review.page.keyboard.up("n")
    assert site.kinds() == ["different"]


def test_an_answer_that_was_not_kept_says_so_and_is_sent_again_unchanged(review, site) -> None:
    sent: list[dict[str, object]] = []
    fault = {"error": {"code": "answer-not-kept", "sentence": "The disk is full.", "advice": "Free some room."}}

    def refuse(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        if len(sent) < 3:
            route.fulfill(status=503, content_type="application/json", body=json.dumps(fault))
        else:
            route.continue_()

    review.page.route("**/answers", refuse)
    pair = review.shown()
    review.press("y")
    assert review.page.is_visible("#fault")
    assert "was NOT kept" in review.says("fault-what") and "The disk is full." in review.says("fault-why")
    assert review.shown() == pair and review.says("kept") == ""
    review.press("n")  # another answer would leave it open which of the two was meant
    assert len(sent) == 1 and site.kinds() == []
    review.press("r")
    assert review.page.is_visible("#fault")
    review.page.get_by_role("button", name="Try again").click()
    review.settled()
    assert not review.page.is_visible("#fault")
    assert [body["uid"] for body in sent] == [sent[0]["uid"]] * 3
    assert site.kinds() == ["same"] and review.says("kept") == "✓ kept — row 1"


def test_an_answer_whose_reply_was_lost_is_kept_once(review, site) -> None:
    lost = []

    def drop(route: Route) -> None:
        if not lost:
            lost.append(route.fetch())  # the program has kept it; only the reply never arrives
            route.abort()
        else:
            route.continue_()

    review.page.route("**/answers", drop)
    review.press("y")
    assert review.page.is_visible("#fault")
    review.press("r")
    assert not review.page.is_visible("#fault")
    assert site.kinds() == ["same"]


def test_looking_up_what_was_kept(review, site) -> None:
    review.page.route("**/answers", lambda route: route.abort())
    review.press("y")
    review.page.get_by_role("button", name="Look up what was kept").click()
    review.settled()
    assert not review.page.is_visible("#fault")
    review.page.unroute("**/answers")
    review.press("n")
    assert site.kinds() == ["different"]


def test_a_picture_that_does_not_load_can_not_be_answered(page, site, review) -> None:
    wanted = review.shown()[1]
    page.route(f"**/picture/{wanted}/edges", lambda route: route.abort())
    review.press("5", "y")
    assert site.kinds() == []
    assert page.is_visible("#pane-b .pane-note")
    page.unroute(f"**/picture/{wanted}/edges")
    page.get_by_role("button", name="Load it again").click()
    review.settled().press("y")
    assert site.kinds() == ["same"]


def test_zoom_goes_together_and_apart(review) -> None:
    page = review.page
    page.mouse.move(300, 350)
    page.mouse.wheel(0, -400)
    assert "scale(1)" not in review.lens("a") and review.lens("a") == review.lens("b")
    page.mouse.down()
    page.mouse.move(340, 380, steps=3)
    page.mouse.up()
    assert review.lens("a") == review.lens("b")
    before = review.lens("b")
    page.keyboard.press("k")
    page.mouse.wheel(0, -300)
    assert review.lens("a") != before and review.lens("b") == before
    page.keyboard.press("k")
    page.keyboard.press("z")
    assert review.lens("a") == review.lens("b") == "translate(0px, 0px) scale(1)"
    page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowLeft")
    assert review.lens("a") == review.lens("b") != "translate(0px, 0px) scale(1)"


def test_views_mirror_brightness_and_the_clean_picture(review) -> None:
    page = review.page
    for key, view in enumerate(("original", "crop", "cutout", "pattern", "edges"), 1):
        review.press(str(key))
        assert page.get_attribute("#pane-a .frame > img", "data-view") == view
        assert page.get_attribute(f"button[data-view={view}]", "aria-pressed") == "true"
    review.press("b")
    assert page.is_visible("#pane-a .box")
    page.keyboard.down("Space")
    assert not page.is_visible("#pane-a .box")
    page.keyboard.up("Space")
    assert page.is_visible("#pane-a .box")
    review.press("f", "]")
    assert page.query_selector("#pane-b .frame.mirrored") and not page.query_selector("#pane-a .frame.mirrored")
    assert "Brightness 115 %" in review.says("toast")


def test_the_list_of_keys_keeps_answers_out(review, site) -> None:
    review.page.keyboard.press("?")
    assert review.page.is_visible("#help")
    review.page.keyboard.press("y")
    assert site.kinds() == []
    review.page.keyboard.press("Escape")
    assert not review.page.is_visible("#help")


def test_loading_the_page_again_goes_on_where_it_was(review, page) -> None:
    review.press("n", "n")
    pair = review.shown()
    page.reload()
    review.settled()
    assert review.shown() == pair


def test_a_sighting_can_be_asked_for_as_anchor(review, site, stock) -> None:
    wanted = stock.uids[4]
    review.page.goto(site.url(f"review?anchor={wanted}"))
    review.settled()
    assert review.shown()[0] == wanted and review.page.url.endswith("/review")
    review.page.goto(site.url("review?anchor=0000000000000000"))
    review.page.get_by_text("no look-alikes").wait_for()
    review.settled()
    assert review.shown()[1] is not None


def test_the_pictures_own_the_window(review) -> None:
    box = review.page.query_selector("#stage").bounding_box()
    assert box["width"] == 1366
    assert box["height"] / 768 > 0.83


def test_to_the_end(review, site) -> None:
    for _ in range(40):
        if review.state() == "all_done":
            break
        review.press("n")
    assert review.state() == "all_done"
    assert review.page.get_by_role("link", name="Export results").is_visible()
    review.press("u")
    assert review.state() == "pair"
