"""The overview: what waits for whom, every figure a link, and the figures add up."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def test_its_counts_add_up_to_the_files_found_and_lead_to_their_shelves(page: Page, site) -> None:
    desk = site.bench.desk(site.project.id)
    desk.answer("11111111-aaaa", "same", site.uids[0], site.uids[1])
    desk.answer("22222222-aaaa", "new", site.uids[2])
    desk.answer("33333333-aaaa", "unusable", site.uids[3])
    page.goto(site.url())
    total = int(page.locator("[data-total]").get_attribute("data-total") or -1)
    counts = [int(one.get_attribute("data-count") or -1) for one in page.locator("[data-count]").all()]
    assert total == sum(counts) == 6
    links = [one.get_attribute("href") or "" for one in page.locator(".shelf-list a").all()]
    for address, count in zip(links, counts, strict=True):
        page.goto(site.address + address)
        assert page.locator("tbody tr").count() == count, address


def test_it_says_what_waits(page: Page, site) -> None:
    desk = site.bench.desk(site.project.id)
    desk.answer("22222222-aaaa", "new", site.uids[2])
    page.goto(site.url())
    expect(page.locator("#review-text")).to_contain_text("left;")
    expect(page.locator("#review-text")).to_contain_text("of your time")
    expect(page.get_by_role("link", name="1 Individual seen only once")).to_have_attribute(
        "href", f"/project/{site.project.id}/review?way=second"
    )
    expect(page.locator("[data-conflicts]")).to_have_text("0")
    expect(page.locator("#conflict-count")).to_be_hidden()
    expect(page.get_by_role("link", name="Run", exact=True).last).to_be_visible()


def test_a_conflict_is_counted_in_the_menu_of_every_page(page: Page, site) -> None:
    desk = site.bench.desk(site.project.id)
    a, b, c, *_ = site.uids
    desk.answer("11111111-aaaa", "same", a, b)
    desk.answer("22222222-aaaa", "same", b, c)
    desk.answer("33333333-aaaa", "different", a, c)
    for address in ("", "sightings"):
        page.goto(site.url(address))
        expect(page.locator("#conflict-count")).to_have_text("1")
    assert site.complaints == []


NOTHING = {"answered": 0, "implied": 0, "left": 0, "seconds_left": 0}


def test_a_task_at_work_is_followed(page: Page, site) -> None:
    stage = {"name": "detect", "sentence": "Finding the animals", "done": 1200, "total": 4800, "state": "running"}
    job = {
        "state": "running",
        "kind": "run",
        "sentence": "At work.",
        "advice": "",
        "stage": "detect",
        "stages": [stage],
    }

    def tell(route: Route) -> None:
        told = json.dumps(job | {"rate": 12.5, "seconds_left": 290, "problems": 0, "elapsed": 65, "notes": []})
        route.fulfill(status=200, content_type="application/json", body=told)

    def pairs(route: Route) -> None:
        if job["state"] == "running":
            route.fulfill(json={"state": "empty", "sentence": "Wait for the look-alikes.", "progress": NOTHING})
        else:
            route.continue_()

    page.route("**/pair", pairs)
    page.route("**/job", tell)
    page.route("**/job/events", lambda route: route.abort())
    page.goto(site.url())
    expect(page.locator("#review-text")).to_have_text("Wait for the look-alikes.")
    expect(page.locator("#review-go")).to_be_hidden()
    expect(page.locator("#run-text")).to_have_text("Finding the animals: 1,200 of 4,800")
    expect(page.locator("#task-bar")).to_be_visible()
    expect(page.locator("#task-left")).to_have_text("about 5 minutes left")
    expect(page.locator("#task-run")).to_have_text("at work")
    expect(page.locator("#run-start")).to_be_hidden()
    job["state"] = "done"
    expect(page.locator("#review-text")).to_contain_text("pairs are left")
    expect(page.locator("#review-go")).to_be_visible()
