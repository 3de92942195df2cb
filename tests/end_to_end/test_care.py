"""The page “Backup and check” and looking only, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from spotid.project import backup
from spotid.web import bench_of, create_app

from .conftest import Review, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def care(page: Page, site: Site) -> Page:
    page.goto(site.url("care"))
    page.wait_for_selector("#care[data-state=ready]")
    return page


def test_back_up_and_put_back_by_keys(review: Review, page: Page, site: Site) -> None:
    review.press("y")
    page.goto(site.url("care"))
    page.wait_for_selector("#care[data-state=ready]")
    page.keyboard.press("b")
    expect(page.locator("#care-told")).to_contain_text("was looked over")
    page.goto(site.url("review"))
    Review(page, site).settled().press("n")
    page.goto(site.url("care"))
    page.wait_for_selector("#care[data-state=ready]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("r")
    expect(page.locator("#ask-text")).to_contain_text("1 answer was given since")
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_hidden()
    assert site.kinds() == ["same", "different"]
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator("#care-told")).to_contain_text("in place, with 1 answers")
    expect(page.locator("#backups tr").first).to_contain_text("before restore")
    assert site.complaints == []


def test_a_check_says_what_is_wrong_and_mends_it(care: Page, site: Site) -> None:
    care.keyboard.press("c")
    expect(care.locator("#check-when")).to_contain_text(
        re.compile(r"things? (is|are) not as they should be"), timeout=30_000
    )
    assert care.locator("#findings li").count() > 0
    expect(care.locator("#mend")).to_be_visible()
    assert site.complaints == []


def test_it_fits_a_small_laptop_in_both_colours(care: Page, site: Site) -> None:
    for _ in range(2):
        wide = care.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert wide, "nothing hangs out at the side"
        boxes = [care.locator(one).bounding_box() for one in ("#back-up", "#check")]
        assert all(box and box["y"] + box["height"] < 768 for box in boxes)
        care.click("#theme")
    assert site.complaints == []


def test_looking_only_is_said_on_every_page_and_presses_nothing(page: Page, site: Site) -> None:
    """Two programs: ours has the project open, the other one looks at it."""
    from threading import Thread

    from werkzeug.serving import make_server

    app = create_app()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        page.goto(address)
        page.fill("#open-path", str(site.project.path))
        page.click("#open-form [type=submit]")
        page.click("text=Open for looking only")
        page.wait_for_url(re.compile("/project/"))
        site.complaints.clear()  # the refusal itself is written into the console by the browser
        for where in ("", "run", "review", "boxes", "individuals", "sightings", "export", "care"):
            page.goto(f"{address}/project/{site.project.id}/{where}")
            expect(page.locator("#looking")).to_contain_text("Open for looking only")
        expect(page.locator("#back-up")).to_be_disabled()
        page.goto(f"{address}/project/{site.project.id}/review")
        page.wait_for_selector("main[data-busy=false]")
        expect(page.locator("[data-act=same]")).to_be_disabled()
        page.keyboard.press("y")
        page.wait_for_timeout(300)
        assert site.kinds() == []
    finally:
        server.shutdown()
        thread.join(10)
        bench_of(app).close()


def test_a_damaged_project_leads_to_its_backups(page: Page, site: Site) -> None:
    layout = site.project.layout
    backup.write(layout, "by hand")
    app = create_app()
    site.project.close()
    layout.database.write_bytes(b"ruin" * 4000)
    page.goto(site.address.rsplit("/project", 1)[0] + "/care?path=" + str(layout.root))
    page.wait_for_selector("#care[data-state=ready]")
    page.keyboard.press("r")
    expect(page.locator("#ask-text")).to_contain_text("Put back the backup of")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/project/.*/care"))
    bench_of(app).close()
