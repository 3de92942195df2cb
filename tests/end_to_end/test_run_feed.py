"""The run page when something is between it and the program: no events, a cut stream, no program, no room."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from spotid.project import crashes

pytestmark = pytest.mark.browser


class Told:
    """What the program tells at its two addresses, changed as a test goes on."""

    def __init__(self, page: Page) -> None:
        self.done, self.state, self.more = 100, "running", {}
        self.polls = self.streams = 0
        self.posts: list[Any] = []
        self.events_work = self.alive = True
        self.answer: tuple[int, str] | None = None
        page.route("**/job", self._job)
        page.route("**/job/events", self._events)

    def _content(self) -> str:
        stage = {"name": "detect", "sentence": "Finding the animals", "done": self.done, "total": 4800}
        told = {"state": self.state, "kind": "run", "sentence": "", "advice": "", "stage": "detect"}
        told |= {"stages": [stage | {"state": "running"}], "rate": 2.0, "seconds_left": 7200, "unmeasured": []}
        return json.dumps(told | {"problems": 0, "elapsed": 65, "notes": []} | self.more)

    def _job(self, route: Route) -> None:
        if not self.alive:
            route.abort()
            return
        if route.request.method == "POST":
            self.posts.append(route.request.post_data_json)
        self.polls += 1
        status, body = self.answer or (200, self._content())
        route.fulfill(status=status, content_type="application/json", body=body)

    def _events(self, route: Route) -> None:
        self.streams += 1
        if self.events_work and self.alive:  # one state, then the stream is cut
            route.fulfill(status=200, content_type="text/event-stream", body=f"data: {self._content()}\n\n")
        else:
            route.abort()


def test_without_events_the_page_asks_by_itself(page, site) -> None:
    told = Told(page)
    told.events_work = False
    page.goto(site.url("run"))
    expect(page.locator("#stages")).to_contain_text("100 of 4,800")
    told.done = 2400
    expect(page.locator("#stages")).to_contain_text("2,400 of 4,800")
    assert told.streams == 1, "a stream that never told anything is not asked for at every turn"
    expect(page.locator("#run-lost")).to_be_hidden()


def test_a_stream_that_is_cut_is_asked_for_anew(page, site) -> None:
    told = Told(page)
    page.goto(site.url("run"))
    expect(page.locator("#stages")).to_contain_text("100 of 4,800")
    for done in (200, 300, 400):
        told.done = done
        expect(page.locator("#stages")).to_contain_text(f"{done} of 4,800")
    assert told.streams > 1


def test_a_program_that_is_gone_is_told_and_comes_back(page, site) -> None:
    told = Told(page)
    page.goto(site.url("run"))
    expect(page.locator("#stages")).to_contain_text("100 of 4,800")
    told.alive = False
    expect(page.locator("#run-lost")).to_contain_text("SpotID can't be reached.", timeout=8_000)
    expect(page.locator("#run-lost")).to_be_visible()
    told.alive, told.done = True, 555
    expect(page.locator("#stages")).to_contain_text("555 of 4,800", timeout=8_000)
    expect(page.locator("#run-lost")).to_be_hidden()
    site.complaints.clear()  # the browser itself complains of what could not be reached


def test_a_program_that_was_started_anew_says_what_to_do(page, site) -> None:
    told = Told(page)
    page.goto(site.url("run"))
    expect(page.locator("#stages")).to_contain_text("100 of 4,800")
    told.events_work = False
    error = {"error": {"code": "not-found", "sentence": "This project is not open.", "advice": "Open it again."}}
    told.answer = (404, json.dumps(error))
    expect(page.locator("#run-lost")).to_contain_text("This project is not open. Open it again.", timeout=8_000)
    site.complaints.clear()


def test_a_pause_for_want_of_room(page, site) -> None:
    told = Told(page)
    told.state = "paused"
    told.more = {"sentence": "Only 12 MB are free on the disk of this project.", "advice": "Make room."}
    page.goto(site.url("run"))
    expect(page.locator("#run-title")).to_have_text("Waiting for room on the disk")
    expect(page.locator("#run-lead")).to_have_text("Only 12 MB are free on the disk of this project. Make room.")
    assert page.get_by_role("button", name="Cancel").is_visible()
    page.get_by_role("button", name="Look for room again").click()
    expect(page.locator("#run-title")).to_have_text("Waiting for room on the disk")
    assert told.posts == [{"action": "start"}]
    told.state, told.more = "running", {}
    expect(page.locator("#run-title")).to_have_text("Working through your photographs")


def test_the_time_left_is_honest(page, site) -> None:
    told = Told(page)
    page.goto(site.url("run"))
    expect(page.locator("#overall-left")).to_have_text("about 2 hours left")
    told.more = {"unmeasured": ["Describing the coats", "Finding look-alikes"]}
    expect(page.locator("#overall-left")).to_have_text(
        "at least 2 hours left; how long “Describing the coats” and what follows take is not known yet"
    )
    told.more = {"seconds_left": None}
    expect(page.locator("#overall-left")).to_have_text("working out the time left")


def test_a_file_that_stopped_the_program_can_be_tried_again(page, site) -> None:
    store = site.project.store
    uid = store.value("SELECT uid FROM media ORDER BY id LIMIT 1")
    for _ in range(2):
        crashes.died(store, "detect", [uid])
    page.goto(site.url("run"))
    page.locator("#problems summary").click()
    expect(page.locator("#problem-rows")).to_contain_text("stopped the program twice")
    page.get_by_role("button", name="again").click()
    expect(page.locator("#problem-rows")).to_contain_text("It is tried again now.")
    assert crashes.count_troubled(store) == 0
    page.locator("#run[data-state=done]").wait_for(timeout=60_000)
