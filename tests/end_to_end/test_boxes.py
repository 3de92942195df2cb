"""Boxes in a browser: by mouse alone, by keyboard alone, by finger, and when something goes wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from spotid.jobs import teaching
from spotid.project import frames, media
from spotid.web import bench_of, create_app

pytestmark = pytest.mark.browser


@pytest.fixture
def stock(stock, picture, monkeypatch):
    """Four pictures in which nothing was found, beside the six with an animal."""
    monkeypatch.setattr(teaching, "looked_for", lambda project, uid, boxes: [])
    for number in range(4):
        name = f"East/IMG_{number:04d}.JPG"
        stock.add(name, picture((30 + 50 * number, 90, 60), (320, 240)), (), f"2026-03-09T06:0{number}:00")
    return stock


class Boxes:
    """The page as a person sees it."""

    def __init__(self, page: Page, site: Any) -> None:
        self.page, self.site, self.store = page, site, site.project.store

    def open(self, query: str = "") -> Boxes:
        self.page.goto(self.site.url(f"boxes{query}"))
        return self.settled()

    def settled(self) -> Boxes:
        self.page.wait_for_selector("main[data-busy=false]:not([data-state=loading])")
        return self

    def press(self, *keys: str) -> Boxes:
        for key in keys:
            if key in ("Enter", "e"):
                self.page.wait_for_timeout(320)  # a second press within 0.3 s counts as a slip
            heard = self.page.evaluate(
                "() => window.heard ?? (addEventListener('keyup', () => window.heard++), window.heard = 0)"
            )
            self.page.keyboard.press(key)
            self.page.wait_for_function("heard => window.heard > heard", arg=heard)
            self.settled()
        return self

    def drag(self, x: float, y: float, w: float, h: float, button: str = "left") -> Boxes:
        """Drag over a part of the picture, given in fractions of it."""
        at = self.page.locator(".picture").bounding_box()
        assert at is not None
        self.page.mouse.move(at["x"] + x * at["width"], at["y"] + y * at["height"])
        self.page.mouse.down(button=button)
        self.page.mouse.move(at["x"] + (x + w / 2) * at["width"], at["y"] + (y + h / 2) * at["height"])
        self.page.mouse.move(at["x"] + (x + w) * at["width"], at["y"] + (y + h) * at["height"])
        self.page.mouse.up(button=button)
        return self

    def shown(self) -> str | None:
        """The frame on the screen, by the picture itself."""
        picture = self.page.query_selector(".picture img")
        return picture.get_attribute("data-uid") if picture else None

    def sides(self) -> list[list[float]]:
        """The boxes on the screen, in fractions."""
        script = "() => [...document.querySelectorAll('.abox')].map(b => [b.style.left, b.style.top, b.style.width,"
        found = self.page.evaluate(script + " b.style.height].map(s => parseFloat(s) / 100))")
        return [[round(side, 4) for side in box] for box in found]

    def kinds(self) -> list[str | None]:
        return [box.get_attribute("data-by") for box in self.page.query_selector_all(".abox")]

    def says(self, part: str) -> str:
        return (self.page.text_content(f"#{part}") or "").strip()

    def rows(self) -> list[Any]:
        return self.store.all("SELECT * FROM frame_answer ORDER BY id")

    def kept(self) -> list[int]:
        """How many boxes each answer has."""
        return [len(json.loads(row["boxes"])) for row in self.rows()]


@pytest.fixture
def boxes(page: Page, site: Any) -> Boxes:
    """The page with the first picture without an animal."""
    return Boxes(page, site).open()


def test_mouse_alone(boxes: Boxes, site) -> None:
    first = boxes.shown()
    boxes.drag(0.2, 0.3, 0.4, 0.3)
    assert boxes.sides() == [pytest.approx([0.2, 0.3, 0.4, 0.3], abs=0.01)]
    assert boxes.says("keep-label") == "Keep 1 box"
    boxes.drag(0.7, 0.6, 0.2, 0.2)
    boxes.page.get_by_role("group", name="Answers").get_by_role("button", name="Keep 2 boxes").click()
    boxes.settled()
    assert boxes.says("kept") == "✓ kept — row 1, 2 boxes"
    assert boxes.shown() != first and boxes.sides() == []
    assert [row["boxed_by"] for row in frames.live(boxes.store, first)] == ["person", "person"]
    boxes.page.wait_for_timeout(320)
    boxes.page.get_by_role("button", name="No animal here").click()
    boxes.settled()
    assert boxes.kept() == [2, 0]
    boxes.page.get_by_role("button", name="Undo").click()
    boxes.settled()
    boxes.page.get_by_role("button", name="Next", exact=False).last.click()
    boxes.settled()
    assert [row["uid"][:5] for row in boxes.rows()][2:] == ["undo0"]
    assert site.complaints == []


def test_keyboard_alone(boxes: Boxes, site) -> None:
    first = boxes.shown()
    boxes.press("b")
    (before,) = boxes.sides()
    for _ in range(4):
        boxes.page.keyboard.press("ArrowRight")
    for _ in range(2):
        boxes.page.keyboard.press("Shift+ArrowDown")
    (after,) = boxes.sides()
    assert after == pytest.approx([before[0] + 0.02, before[1], before[2], before[3] + 0.01], abs=1e-3)
    boxes.press("Enter")
    assert boxes.says("kept") == "✓ kept — row 1, 1 box"
    second = boxes.shown()
    boxes.press("ArrowRight")
    assert boxes.shown() not in (first, second)
    boxes.press("ArrowLeft")
    assert boxes.shown() == second
    boxes.press("e", "z")
    assert boxes.shown() == second and boxes.says("kept").startswith("✓ taken back — row 2")
    boxes.press("b", "Escape", "a", "Delete")
    assert boxes.sides() == []
    boxes.press("z", "z")
    assert boxes.sides() == [], "what was drawn here is taken back first"
    boxes.press("2")
    assert boxes.kinds() == ["search"] and "Weak boxes: 1 of 6" in boxes.says("facts-place")
    assert site.complaints == []


def test_a_box_of_the_search_is_accepted_with_enter(boxes: Boxes) -> None:
    boxes.press("2")
    frame = boxes.shown()
    before = [row["uid"] for row in frames.live(boxes.store, frame)]
    assert boxes.says("keep-label") == "Keep 1 box"
    boxes.press("Enter")
    after = frames.live(boxes.store, frame)
    assert [row["uid"] for row in after] == before and after[0]["boxed_by"] == "person"
    assert boxes.shown() != frame


def test_handles_resize_and_the_middle_moves(boxes: Boxes) -> None:
    boxes.drag(0.3, 0.3, 0.3, 0.3)
    boxes.drag(0.6, 0.6, 0.1, 0.2)  # the lower right corner
    assert boxes.sides() == [pytest.approx([0.3, 0.3, 0.4, 0.5], abs=0.012)]
    boxes.drag(0.5, 0.5, -0.2, 0.1)  # the body
    assert boxes.sides() == [pytest.approx([0.1, 0.4, 0.4, 0.5], abs=0.012)]
    boxes.press("z")
    assert boxes.sides() == [pytest.approx([0.3, 0.3, 0.4, 0.5], abs=0.012)]
    boxes.press("z", "z")
    assert boxes.sides() == []
    boxes.drag(0.8, 0.8, 0.5, 0.5)  # beyond the edge ends at the edge
    assert boxes.sides() == [pytest.approx([0.8, 0.8, 0.2, 0.2], abs=0.01)]


def test_a_click_and_a_slip_draw_nothing(boxes: Boxes) -> None:
    boxes.drag(0.4, 0.4, 0.002, 0.002)
    boxes.drag(0.4, 0.4, 0.1, 0.001)
    assert boxes.sides() == []
    boxes.drag(0.2, 0.2, 0.2, 0.2)
    boxes.drag(0.8, 0.8, 0.0, 0.0)
    assert boxes.page.query_selector(".abox.chosen") is None
    boxes.drag(0.3, 0.3, 0.0, 0.0)
    assert boxes.page.query_selector(".abox.chosen") is not None


def test_a_drawn_box_takes_the_place_of_the_whole_picture(boxes: Boxes) -> None:
    with boxes.store.write() as connection:
        connection.execute("UPDATE sighting SET how = 'whole picture' WHERE id = 1")
    boxes.press("3")
    assert boxes.kinds() == ["search"]
    boxes.drag(0.2, 0.2, 0.3, 0.3)
    assert boxes.kinds() == ["person"]
    boxes.press("z")
    assert boxes.kinds() == ["search"]


def test_zoom_keeps_the_boxes_where_they_are(boxes: Boxes) -> None:
    boxes.drag(0.4, 0.4, 0.2, 0.2)
    (before,) = boxes.sides()
    boxes.page.mouse.wheel(0, -500)
    wide = boxes.page.locator(".picture").bounding_box()
    assert wide is not None and wide["width"] > 1366
    assert boxes.sides() == [before]
    boxes.page.wait_for_selector(".picture img[data-full=true]")
    boxes.drag(0.5, 0.5, 0.01, 0.0, button="right")
    assert boxes.sides() == [before], "the right button moves the picture"
    boxes.press("f")
    assert boxes.page.locator(".picture").bounding_box()["width"] < 1366


def test_fingers_draw_and_pinch(browser: Browser, site) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True)
    page = context.new_page()
    boxes = Boxes(page, site).open()
    touch = context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    send("touchStart", (400, 300))
    send("touchMove", (480, 360))
    send("touchMove", (560, 420))
    send("touchEnd")
    assert boxes.kinds() == ["person"]
    before = page.locator(".picture").bounding_box()["width"]
    send("touchStart", (450, 350))
    send("touchStart", (450, 350), (500, 350))
    send("touchMove", (400, 350), (560, 350))
    send("touchMove", (350, 350), (620, 350))
    send("touchEnd")
    assert page.locator(".picture").bounding_box()["width"] > before * 1.5
    assert boxes.kinds() == ["person"], "two fingers draw nothing"
    context.close()


def test_pressing_enter_twice_answers_once(boxes: Boxes) -> None:
    boxes.drag(0.2, 0.2, 0.3, 0.3)
    boxes.page.evaluate(
        "() => { for (const key of ['Enter', 'Enter']) dispatchEvent(new KeyboardEvent('keydown', {key})) }"
    )
    boxes.page.wait_for_selector("#kept:not(:empty)")
    boxes.page.keyboard.press("Enter")
    boxes.settled()
    assert boxes.kept() == [1]


def test_an_answer_that_is_not_kept_stays_and_is_sent_again_with_enter(boxes: Boxes) -> None:
    sent = []

    def fail(route: Route) -> None:
        sent.append(route.request.post_data_json)
        if len(sent) == 1:
            route.abort()
        elif len(sent) == 2:
            error = {"code": "disk-full", "sentence": "The disk is full.", "advice": "Free some room."}
            route.fulfill(status=507, content_type="application/json", body=json.dumps({"error": error}))
        else:
            route.continue_()

    frame = boxes.shown()
    boxes.page.route(f"**/frames/{frame}", fail)
    boxes.drag(0.2, 0.2, 0.3, 0.3).press("Enter")
    assert boxes.shown() == frame and len(boxes.sides()) == 1
    assert "NOT kept" in boxes.says("fault-what") and boxes.says("kept") == ""
    boxes.press("ArrowRight")
    assert boxes.shown() == frame, "nothing moves on"
    boxes.press("Enter")
    assert "The disk is full." in boxes.says("fault-why") and boxes.says("kept") == ""
    boxes.press("Enter")
    assert boxes.says("kept") == "✓ kept — row 1, 1 box" and not boxes.page.is_visible("#fault")
    assert len({body["uid"] for body in sent}) == 1 and boxes.kept() == [1]


def test_an_answer_whose_reply_was_lost_is_kept_once(boxes: Boxes) -> None:
    lost = []

    def drop(route: Route) -> None:
        if not lost:
            lost.append(route.fetch())  # the program has kept it; only the reply never arrives
            route.abort()
        else:
            route.continue_()

    boxes.page.route(f"**/frames/{boxes.shown()}", drop)
    boxes.press("e")
    assert boxes.page.is_visible("#fault")
    boxes.press("Enter")
    assert boxes.kept() == [0] and boxes.says("kept") == "✓ kept — row 1, no animal"


def test_loading_the_page_again_keeps_everything(boxes: Boxes, page: Page) -> None:
    frame = boxes.shown()
    boxes.drag(0.2, 0.2, 0.3, 0.3).press("Enter", "z")
    assert boxes.shown() == frame
    boxes.drag(0.25, 0.2, 0.3, 0.3).press("Enter")
    following = boxes.shown()
    page.reload()
    boxes.settled()
    assert boxes.shown() == following and "1 box drawn" in boxes.says("teach-text")
    boxes.open(f"?queue=visit&of={frame}&frame={frame}")
    assert boxes.kinds() == ["person"] and boxes.sides() == [pytest.approx([0.25, 0.2, 0.3, 0.3], abs=0.01)]
    assert "looked at by a person: 1 box" in boxes.says("facts-said")


def test_what_is_drawn_is_not_left_without_a_word(boxes: Boxes) -> None:
    frame = boxes.shown()
    boxes.drag(0.2, 0.2, 0.3, 0.3).press("Escape", "ArrowRight")
    assert boxes.shown() == frame and "not kept" in boxes.says("toast")
    boxes.press("ArrowRight")
    assert boxes.shown() != frame and boxes.kept() == []


def test_two_windows_on_one_picture(boxes: Boxes, page: Page, site) -> None:
    frame = boxes.shown()
    second = page.context.new_page()
    other = Boxes(second, site).open()
    assert other.shown() == frame
    other.drag(0.1, 0.1, 0.2, 0.2).press("Enter")
    page.bring_to_front()
    boxes.drag(0.5, 0.5, 0.2, 0.2).press("Enter")
    assert "answered in another window meanwhile (row 1: 1 box)" in boxes.says("toast")
    (standing,) = frames.live(boxes.store, frame)
    assert standing["x"] == pytest.approx(0.5, abs=0.01)
    # The older window is told as soon as it is looked at again, and shows what counts.
    other.open(f"?queue=visit&of={frame}&frame={frame}")
    boxes.press("z")
    second.evaluate("dispatchEvent(new Event('focus'))")
    second.get_by_text("answered in another window; this is what counts now").wait_for()
    assert other.sides() == [pytest.approx([0.1, 0.1, 0.2, 0.2], abs=0.01)]
    second.close()


def test_proposals_are_dashed_and_accepted_with_enter(boxes: Boxes, monkeypatch) -> None:
    with boxes.store.write() as connection:
        connection.execute("UPDATE media SET visit = 7 WHERE state = 'no_animal'")
    uids = [row["uid"] for row in boxes.store.all("SELECT uid FROM media WHERE state = 'no_animal' ORDER BY id")]

    def found(_project: object, _uid: str, _boxes: object) -> list[dict[str, Any]]:
        sides = {"x": 0.3, "y": 0.3, "w": 0.3, "h": 0.3}
        return [{"media_uid": uid, "confidence": 0.83, **sides} for uid in uids[1:3]]

    monkeypatch.setattr(teaching, "looked_for", found)
    boxes.open().drag(0.2, 0.3, 0.3, 0.3).press("Enter")
    boxes.page.wait_for_selector(".abox[data-by=proposal]")
    assert boxes.shown() == uids[1] and boxes.says("keep-label") == "Accept 1 box"
    assert "proposed 83 %" in (boxes.page.text_content(".abox") or "")
    monkeypatch.setattr(teaching, "looked_for", lambda *_: [])
    boxes.page.wait_for_timeout(500)
    boxes.press("Enter")
    assert boxes.kept() == [1, 1]
    boxes.page.wait_for_selector(".abox[data-by=proposal]")
    boxes.press("e")
    assert boxes.kept() == [1, 1, 0]


def test_answers_at_stake_are_asked_about(boxes: Boxes, site) -> None:
    page = boxes.page
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    anchor = page.get_attribute("#pane-a .frame > img", "data-uid")
    page.keyboard.press("y")
    page.wait_for_selector("#kept:not(:empty)")
    asked = "SELECT media.uid FROM media JOIN sighting ON media_id = media.id WHERE sighting.uid = ?"
    frame = boxes.store.value(asked, anchor)
    boxes.open(f"?frame={frame}").press("Delete")
    boxes.drag(0.1, 0.1, 0.3, 0.3).press("Enter")
    assert "1 answer hangs" in boxes.says("fault-why") and boxes.kept() == []
    boxes.page.get_by_role("button", name="Take the change back").click()
    boxes.settled()
    assert boxes.kinds() == ["search"]
    boxes.press("Delete", "Enter", "Enter")
    assert boxes.kept() == [0]


def test_from_the_shelf_and_back(page: Page, site) -> None:
    page.goto(site.url("sightings?shelf=no_animal"))
    page.keyboard.press("d")
    page.wait_for_url("**/boxes?*")
    boxes = Boxes(page, site).settled()
    boxes.press("e")
    page.keyboard.press("Escape")
    page.wait_for_url("**/sightings?shelf=no_animal")
    assert page.get_by_text("looked at by a person").count() == 1
    page.get_by_role("link", name="Draw a box in IMG_0002.JPG").click()
    boxes.settled()
    assert boxes.shown() == boxes.store.value("SELECT uid FROM media WHERE relpath = 'East/IMG_0002.JPG'")
    page.goto(site.url("sightings?shelf=review"))
    page.get_by_role("link", name="Draw a box in IMG_0000.JPG").first.click()
    boxes.settled()
    assert boxes.kinds() == ["search"] and "This visit" in boxes.says("facts-place")


def test_the_bar_says_what_was_shown_and_starts_the_search(boxes: Boxes, monkeypatch) -> None:
    page = boxes.page
    assert boxes.says("teach-text") == "0 boxes drawn; from 5 on the search learns from them."
    assert page.get_by_role("button", name="Search the rest again").is_disabled()
    boxes.press("2", "Enter", "Enter", "Enter", "Enter", "Enter")
    assert boxes.says("teach-text") == "5 boxes drawn, 0 pictures called empty"
    stages = [{"name": "detect", "sentence": "Finding the animals", "done": 3, "total": 9, "state": "running"}]
    told = {"state": "running", "kind": "run", "sentence": "", "advice": "", "stage": "detect", "stages": stages}
    ended = told | {"state": "done", "stages": [stages[0] | {"state": "done"}]}
    running = [True]
    page.route("**/job", lambda route: route.fulfill(json=told if running[0] else ended))
    page.route("**/job/events", lambda route: route.abort())
    page.route("**/frames/search", lambda route: route.fulfill(json=told))
    boxes.press("r")
    page.get_by_text("Finding the animals: 3 of 9").wait_for()
    assert (
        page.get_by_role("button", name="Stop").is_visible()
        and page.get_by_role("link", name="See the run").is_visible()
    )
    running[0] = False
    page.get_by_role("button", name="Search the rest again").wait_for(state="visible")


def test_the_end_of_a_queue_says_so(boxes: Boxes) -> None:
    boxes.press("e", "e", "e", "e")
    assert boxes.page.is_visible("#says") and "looked at" in boxes.says("says-title")
    boxes.press("z")
    assert not boxes.page.is_visible("#says") and boxes.shown() is not None
    boxes.press("e")
    boxes.page.get_by_role("button", name="Weak boxes (6)").click()
    boxes.settled()
    assert boxes.kinds() == ["search"]


def test_two_boxes_on_one_animal_are_told_and_can_be_mended(boxes: Boxes) -> None:
    frame = boxes.shown()
    boxes.drag(0.2, 0.2, 0.4, 0.4).press("Escape")
    boxes.drag(0.2, 0.2, 0.4, 0.405).press("Enter")
    assert "same animal" in boxes.says("toast") and not boxes.page.is_visible("#fault")
    assert boxes.shown() == frame and boxes.kept() == []
    boxes.press("Delete", "Enter")
    assert boxes.kept() == [1]


def test_a_picture_that_does_not_load_can_not_be_answered(boxes: Boxes, site) -> None:
    boxes.page.route("**/small", lambda route: route.abort())
    boxes.press("ArrowRight")
    assert boxes.page.is_visible("#note") and boxes.shown() is None
    boxes.press("Enter", "e")
    assert boxes.kept() == []
    boxes.page.unroute("**/small")
    boxes.page.get_by_role("button", name="Load it again").click()
    boxes.page.wait_for_selector(".picture img")
    boxes.press("e")
    assert boxes.kept() == [0]


@pytest.mark.parametrize(("size", "scheme"), [((1366, 768), "light"), ((1920, 1080), "dark")])
def test_the_picture_owns_the_window(boxes: Boxes, site, size: tuple[int, int], scheme: Any) -> None:
    boxes.page.set_viewport_size({"width": size[0], "height": size[1]})
    boxes.page.emulate_media(color_scheme=scheme)
    boxes.open()
    assert boxes.page.evaluate("document.documentElement.dataset.theme") == scheme and site.complaints == []
    stage = boxes.page.query_selector("#stage").bounding_box()
    assert stage["width"] == size[0] and stage["height"] / size[1] > 0.78
    assert boxes.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert boxes.page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_the_keys_are_listed(boxes: Boxes) -> None:
    boxes.page.keyboard.press("?")
    assert boxes.page.is_visible("#help") and boxes.page.get_by_text("No animal here, and go on").is_visible()
    boxes.page.keyboard.press("e")
    boxes.page.keyboard.press("Escape")
    assert boxes.kept() == [] and not boxes.page.is_visible("#help")


@pytest.mark.slow
def test_a_drawn_animal_is_cropped_described_and_reviewed(page: Page, tmp_path: Path, repository: Path) -> None:
    """From an empty-looking frame to the review: draw, run, compare."""
    from spotid.project.folder import create_project

    originals = tmp_path / "card"
    shutil.copytree(repository / "sample_data" / "ST06", originals / "ST06")
    made = create_project(tmp_path / "project")
    media.root_id(made.store, originals)
    made.close()
    app = create_app()
    project = bench_of(app).open(tmp_path / "project")
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    import threading

    threading.Thread(target=server.serve_forever, daemon=True).start()

    class Here:
        address = f"http://127.0.0.1:{server.port}"

        def url(self, rest: str = "") -> str:
            return f"{self.address}/project/{project.id}/{rest}"

    here = Here()
    here.project = project  # type: ignore[attr-defined]
    try:
        assert bench_of(app).run(project).wait(240)
        frame = project.store.one(
            "SELECT uid FROM media WHERE state IN ('animal', 'no_animal') ORDER BY state DESC, id"
        )
        boxes = Boxes(page, here).open(f"?queue=visit&of={frame['uid']}&frame={frame['uid']}")
        boxes.drag(0.32, 0.42, 0.3, 0.33)
        boxes.press("Enter")
        (drawn,) = [row for row in frames.live(project.store, frame["uid"]) if row["boxed_by"] == "person"][-1:]
        assert drawn["state"] == "detected"
        page.goto(here.url("run"))
        # The page asks for the job's state by itself, at the same address: only the reply to the start counts.
        with page.expect_response(lambda reply: reply.url.endswith("/job") and reply.request.method == "POST"):
            page.get_by_role("button", name="Look for new photographs").click()
        run = bench_of(app).jobs.of(project)
        assert run is not None and run.wait(240)
        drawn = project.store.one("SELECT * FROM sighting WHERE uid = ?", drawn["uid"])
        assert drawn["state"] == "embedded" and project.layout.crop(drawn["uid"], drawn["recipe"]).is_file()
        page.goto(here.url(f"review?anchor={drawn['uid']}"))
        page.wait_for_selector("main[data-state=pair][data-busy=false]")
        assert page.get_attribute("#pane-a .frame > img", "data-uid") == drawn["uid"]
    finally:
        server.shutdown()
        bench_of(app).close()
