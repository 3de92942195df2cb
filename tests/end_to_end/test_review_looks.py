"""Looking at a pair: room for the pictures, matched spots, light, touch, hold to hide, and pictures fetched ahead."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Locator, Page, Route, expect

pytestmark = pytest.mark.browser

SPOTS = [{"a": [0.1, 0.5], "b": [0.3, 0.5]}, {"a": [0.25, 0.4], "b": [0.45, 0.4]}, {"a": [0.5, 0.6], "b": [0.7, 0.6]}]
# The most that the program may have to say of a pair.
MUCH = {
    "rank": 12,
    "of": 15,
    "days_between": 1240.0,
    "km_between": 131.2,
    "kmh": 61.0,
    "speed": "impossible",
    "limit_kmh": 60.0,
    "place": 0.9,
    "located": -4.2,
    "located_says": "against",
    "joins": [16, 24],
    "flanks_compared": "unknown",
    "chance": 0.83,
    "chance_by": "312 answers of this project",
    "spots": 118,
}
WHO = {"individual": "leopard_1234", "individual_name": "Old Torn Ear", "number": 1234, "individual_count": 117}
PROGRESS = {"answered": 12_345, "implied": 156_789, "left": 23_456, "seconds_left": 243_942, "seconds_each": 10.4}
GUESS = {"low": 3, "best": 41, "high": 123}


def much(route: Route, *, more: dict[str, Any] | None = None) -> None:
    """Let the program say as much as it ever does."""
    reply = route.fetch()
    pair = reply.json()
    pair |= MUCH | (more or {})
    for side in ("anchor", "comparison"):
        pair[side] |= WHO | {"station": "Nagarhole-12"}
    pair["progress"] |= PROGRESS | {"undiscovered": GUESS}
    route.fulfill(response=reply, json=pair)


def overflowing(page: Page) -> list[str]:
    """Parts of the bars whose content is cut off; the file's facts may be, as they are told in full on hover."""
    parts = ".bar > :not(.bar-title), .actions > *, .actions .button, .between, #progress-answers, .progress-line"
    return page.evaluate(
        """(parts) => [...document.querySelectorAll(parts)]
          .filter((e) => e.offsetParent && getComputedStyle(e).display !== "inline"
            && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 0.5))
          .map((e) => `${e.id || e.className}: ${e.scrollWidth} > ${e.clientWidth}`)""",
        parts,
    )


def test_the_pictures_own_the_window_however_much_is_said(page, site) -> None:
    page.route("**/pair*", much)
    page.goto(site.url("review"))
    expect(page.locator("main[data-busy=false]")).to_be_visible()
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator(f"html[data-theme={scheme}]")).to_be_attached()
            for side in "ab":
                box = page.locator(f"#pane-{side}").bounding_box()
                assert box["height"] >= 0.85 * height and box["width"] >= 0.49 * width
            assert page.locator(".actions").bounding_box()["y"] < height - 30
            assert overflowing(page) == []
    assert "131 km, 61 km/h" in page.locator("#between").inner_text()
    notes = page.locator("#notes").inner_text()
    assert "Impossible for one animal, unless a clock or a place is wrong" in notes
    assert "A match would join 16 pictures with 24" in notes
    why = page.get_by_text("61 km/h").get_attribute("title") or ""
    assert "at 61 km/h in a straight line, and none goes faster than 60 km/h" in why and "never hidden" in why
    assert "Side not known: compared all the same" in page.locator("#notes").inner_text()
    assert page.locator("#who-b").inner_text() == "leopard_1234 Old Torn Ear · 117 pictures"
    assert page.locator("#who-b a").get_attribute("href").endswith("/individuals/1234")
    assert "12,345 answered · 156,789 implied for free · 23,456 left" in page.locator("#progress-answers").inner_text()
    assert "3 days left" in page.locator(".progress-line").inner_text()
    basis = page.locator("#undiscovered-basis")
    expect(basis).to_be_hidden()
    page.get_by_role("button", name="3–123 undiscovered").focus()
    expect(basis).to_be_visible()
    assert "best guess 41. Known from how often your answers were matches" in basis.inner_text()
    expect(page.get_by_text("same place")).to_have_count(0)  # 131 km apart, whatever the pictures look like
    words = {"speed": "", "kmh": 1.2, "located_says": "against", "likeness": 0.9, "chance": None}
    page.unroute("**/pair*", much)
    page.route("**/pair*", lambda route: much(route, more=words))
    page.set_viewport_size({"width": 1366, "height": 768})
    page.reload()
    expect(page.get_by_text("place and time: against")).to_have_attribute("title", re.compile("place and time speak"))
    assert overflowing(page) == []


def test_what_the_program_does_not_say_is_not_shown(review) -> None:
    text = review.page.locator("main").inner_text()
    assert "undiscovered: not known yet" in text
    assert "10 more matches are needed." in (review.page.locator("#undiscovered-basis").text_content() or "")
    for nothing in ("km", "undefined", "null", "NaN"):
        assert nothing not in text.replace("Not comparable", "")


@pytest.fixture
def spotted(page, site, review) -> Any:
    """The review page, told of three pairs of spots."""
    asked: list[str] = []

    def told(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"pairs": SPOTS, "crops": [[0, 0, 1, 1], [0.5, 0, 0.5, 1]], "sentence": ""})

    page.route("**/spots*", told)
    review.asked = asked
    return review


def across(page: Page, side: str) -> list[float]:
    """Where the marks of a pane stand, as fractions of the picture's width, in the order of their numbers."""
    return page.evaluate(
        """(side) => {
          const frame = document.querySelector(`#pane-${side} .frame > img`).getBoundingClientRect();
          return [...document.querySelectorAll(`#pane-${side} .mark`)].map((mark) => {
            const r = mark.getBoundingClientRect();
            return Math.round(100 * ((r.left + r.right) / 2 - frame.left) / frame.width) / 100;
          });
        }""",
        side,
    )


def test_matched_spots_are_numbered_pairs_that_follow_the_picture(spotted) -> None:
    page = spotted.page
    expect(page.locator(".mark")).to_have_count(0)
    page.keyboard.press("m")
    for side in "ab":
        expect(page.locator(f"#pane-{side} .mark")).to_have_text(["1", "2", "3"])
    expect(page.locator("#toast")).to_have_text("3 spots agree")
    assert across(page, "a") == [0.1, 0.25, 0.5] and across(page, "b") == [0.3, 0.45, 0.7]
    colours = page.eval_on_selector_all(".mark", "marks => marks.map((m) => getComputedStyle(m).borderColor)")
    assert colours[:3] == colours[3:] and len(set(colours)) == 3
    page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowLeft")
    assert across(page, "a") == [0.1, 0.25, 0.5]
    size = page.locator("#pane-a .mark").first.bounding_box()["width"]
    assert size == pytest.approx(22, abs=1), "marks stay small when the picture grows"
    page.keyboard.press("f")
    assert across(page, "b") == [0.7, 0.55, 0.3] and across(page, "a") == [0.1, 0.25, 0.5]
    page.keyboard.press("f")
    page.keyboard.press("1")  # in the original the second crop is its right half
    expect(page.locator("#pane-b .frame.original")).to_be_attached()
    expect(page.locator("#pane-b .mark")).to_have_count(3)
    assert across(page, "a") == [0.1, 0.25, 0.5] and across(page, "b") == [0.65, 0.72, 0.85]
    page.get_by_role("button", name="Spots that agree").click()
    expect(page.locator(".mark")).to_have_count(0)


def test_spots_stay_shown_and_are_those_of_the_next_pair(spotted) -> None:
    first = spotted.shown()
    spotted.press("m", "n")
    expect(spotted.page.locator("#pane-b .mark")).to_have_count(3)
    second = spotted.shown()
    assert first != second
    spotted.press("s")
    third = spotted.shown()
    assert third[0] != second[0]
    expect(spotted.page.locator("#pane-a .mark")).to_have_count(3)
    wanted = [f"a={a}&b={b}" for a, b in (first, second, third)]
    assert [url.split("?")[1] for url in spotted.asked] == wanted


def test_holding_space_hides_everything_drawn(spotted) -> None:
    page = spotted.page
    page.keyboard.press("m")
    page.keyboard.press("a")
    drawn = [".mark >> nth=0", "#pane-a .pane-tags", "#pane-b .pane-tags", "#pane-a .worked", "#toast"]
    for part in drawn:
        expect(page.locator(part)).to_be_visible()
    page.keyboard.down("Space")
    for part in drawn:
        expect(page.locator(part)).to_be_hidden()
    page.keyboard.up("Space")
    expect(page.locator(drawn[0])).to_be_visible()
    page.get_by_role("button", name="Hold to hide everything drawn").hover()
    page.mouse.down()
    expect(page.locator(drawn[0])).to_be_hidden()
    page.mouse.up()
    expect(page.locator(drawn[0])).to_be_visible()


def seen(page: Page) -> tuple[float, float]:
    """Mean and spread of the grey levels in the middle of the anchor, as they are on screen."""
    box = page.locator("#pane-a .frame").bounding_box()
    clip = {"x": box["x"] + 60, "y": box["y"] + 90, "width": 380, "height": 200}
    grey = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L")
    told = ImageStat.Stat(grey)
    return round(told.mean[0], 1), round(told.stddev[0], 1)


def test_light_contrast_and_adaptive_contrast_change_what_is_seen_and_go_back(review) -> None:
    page = review.page
    review.press("n", "n")  # a picture with several spots
    plain = seen(page)
    page.keyboard.press("]")
    assert seen(page)[0] > plain[0] + 5
    page.keyboard.press("0")
    assert seen(page) == plain
    page.keyboard.press("}")
    assert seen(page)[1] > plain[1] * 1.1
    page.keyboard.press("{")
    assert seen(page) == plain
    page.keyboard.press("a")
    worked = seen(page)
    assert abs(worked[0] - plain[0]) + abs(worked[1] - plain[1]) > 2
    expect(page.locator("#tool-adaptive")).to_have_attribute("aria-pressed", "true")
    review.press("n")
    expect(page.locator("#pane-b .worked")).to_be_attached()  # it holds for the next pair, too
    page.get_by_role("button", name="Light and contrast").click()
    panel = page.get_by_role("group", name="Light and contrast")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Darker").click()
    expect(page.locator("#light-now")).to_have_text("Brightness 85 %, contrast 100 %")
    panel.get_by_role("button", name="As it was taken").click()
    expect(page.locator(".worked")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


@pytest.fixture
def touched(browser: Browser, site) -> Iterator[Page]:
    """The review page on a small tablet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    yield page
    context.close()


def tap_once(button: Locator) -> None:
    """Tap until the page has had exactly one click of it.

    The browser takes a finger that rests for half a second as a long press, which clicks nothing, and on a busy
    machine half a second may pass between the two events of a tap. Such a press is repeated; a second click is not.
    """
    button.evaluate("(node) => { window.clicks = 0; node.addEventListener('click', () => { window.clicks += 1; }); }")
    for _ in range(5):
        button.tap()
        button.page.wait_for_timeout(300)
        if button.page.evaluate("window.clicks"):
            break
    assert button.page.evaluate("window.clicks") == 1


def test_fingers_move_and_zoom_and_find_large_buttons(touched) -> None:
    page = touched
    told = page.context.new_cdp_session(page)

    def fingers(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(at)]
        told.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def lens(side: str) -> list[float]:
        matrix = f"new DOMMatrix(getComputedStyle(document.querySelector('#pane-{side} .canvas')).transform)"
        return page.evaluate(f"(() => {{ const m = {matrix}; return [m.a, m.e, m.f]; }})()")

    box = page.locator("#pane-a").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers("touchStart", (x - 50, y), (x + 50, y))
    for step in (70, 100, 150):
        fingers("touchMove", (x - step, y), (x + step, y))
    fingers("touchEnd")
    zoomed = lens("a")
    assert zoomed[0] == pytest.approx(3, rel=0.05) and lens("b") == zoomed
    fingers("touchStart", (x, y))
    fingers("touchMove", (x + 30, y + 20))
    fingers("touchMove", (x + 60, y + 40))
    fingers("touchEnd")
    moved = lens("a")
    assert moved[0] == zoomed[0]
    assert (moved[1] - zoomed[1], moved[2] - zoomed[2]) == pytest.approx((60, 40), abs=3)
    for button in page.locator(".actions .button:visible, .tools .tool:visible").all():
        assert button.bounding_box()["height"] >= 44
    tap_once(page.get_by_role("group", name="Answers").get_by_role("button", name="Not a match"))
    expect(page.locator("#kept")).to_have_text("✓ kept — row 1")


def test_the_next_pictures_are_there_before_the_key(review, site) -> None:
    """Pictures that come next are fetched and decoded while the pair is looked at, and shown without asking again."""
    page = review.page
    waiting = page.evaluate(
        "fetch('/api/project/' + document.body.dataset.project + '/pair').then((r) => r.json()).then((p) => p.prefetch)"
    )
    assert waiting
    page.wait_for_function("url => performance.getEntriesByName(new URL(url, location)).length", arg=waiting[0])
    before = len(site.requests)
    review.press("n")
    shown = review.shown()[1]
    assert f"/picture/{shown}/" in waiting[0]
    assert not [url for url in site.requests[before:] if f"/picture/{shown}/crop" in url]


def test_the_page_tells_which_pair_is_painted(review) -> None:
    page = review.page
    review.press("n")
    a, b = review.shown()
    page.wait_for_function("pair => document.getElementById('main').dataset.painted.endsWith(pair)", arg=f" {a} {b}")


def test_wide_pictures_may_stand_one_above_the_other(review) -> None:
    page = review.page
    panes = [page.locator(f"#pane-{side}") for side in "ab"]
    beside = page.locator("#pane-a .frame").bounding_box()
    page.keyboard.press("v")
    expect(page.locator("#stage.above")).to_be_visible()
    boxes = [pane.bounding_box() for pane in panes]
    assert boxes[0]["width"] == boxes[1]["width"] == 1366 and boxes[1]["y"] > boxes[0]["y"]
    page.wait_for_function(
        "height => document.querySelector('#pane-a .frame').offsetHeight <= height", arg=boxes[0]["height"]
    )
    page.reload()
    review.settled()
    expect(page.locator("#stage.above")).to_be_visible()
    page.get_by_role("button", name="One above the other").click()
    page.wait_for_function(
        "width => document.querySelector('#pane-a .frame').offsetWidth === width", arg=beside["width"]
    )


def test_the_menu_is_folded_on_a_small_laptop_and_open_on_a_large_screen(review) -> None:
    page = review.page
    menu = page.get_by_role("navigation", name="Project")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu.get_by_role("link", name="End session")).to_be_visible()
    page.mouse.click(300, 400)
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(menu.get_by_role("link", name="End session")).to_be_visible()
