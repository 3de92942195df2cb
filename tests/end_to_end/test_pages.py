"""Every other page in a browser: that it draws, needs no network, and can be used."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.end_to_end.quiet import quiet

pytestmark = pytest.mark.browser

STAGES = (("scan", "Looking for photographs"), ("detect", "Finding the animals"))


def job(state: str, **others: Any) -> str:
    """The state of a run as the program tells it."""
    stages = [
        {
            "name": name,
            "sentence": sentence,
            "done": 1_200,
            "total": 4_800,
            "state": state if state == "done" else "running",
        }
        for name, sentence in STAGES
    ]
    told = {"state": state, "kind": "run", "sentence": "A sentence.", "advice": "", "stage": "scan", "stages": stages}
    return json.dumps(told | {"rate": 12.5, "seconds_left": 290, "problems": 0, "elapsed": 65} | others)


def pretend(page: Page, content: str) -> None:
    """Let the job endpoint tell ``content``, without events."""

    def tell(route: Route) -> None:
        if route.request.url.endswith("/events"):
            route.abort()
        else:
            route.fulfill(status=200, content_type="application/json", body=content)

    page.route("**/job", tell)
    page.route("**/job/events", tell)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_draws_without_the_network(page, site, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for name in ("", "run", "review", "individuals", "sightings", "export"):
        page.goto(site.url(name))
        quiet(page)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{name} is wider than the window"
        )
    assert {urlsplit(url).hostname for url in site.requests} == {"127.0.0.1"}
    assert site.complaints == []


def test_the_menu_says_where_one_is(page, site) -> None:
    for name, label in (("", "Overview"), ("sightings", "Sightings"), ("export", "Export")):
        page.goto(site.url(name))
        assert page.text_content(".menu [aria-current=page]") == label


def test_the_colours_are_remembered(page, site) -> None:
    page.goto(site.url())
    page.get_by_role("button", name="Change to dark colours").click()
    page.goto(site.url("export"))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_home_says_what_is_missing(page, site) -> None:
    page.goto(site.address)
    page.get_by_role("button", name="Run Model").click()
    assert page.get_by_role("alert").filter(visible=True).text_content()
    page.get_by_label("Path to existing embeddings folder", exact=True).fill("/no such folder")
    page.get_by_role("button", name="Open Embeddings").click()
    alert = page.locator("#open-form [role=alert]")
    alert.wait_for(state="visible")
    assert "no" in (alert.text_content() or "")


def test_home_opens_a_project_by_its_path_and_from_the_list(page, site) -> None:
    page.goto(site.address)
    page.get_by_label("Path to existing embeddings folder", exact=True).fill(f'"{site.project.path}"')
    page.get_by_role("button", name="Open Embeddings").click()
    page.wait_for_url(f"**/project/{site.project.id}/**")
    page.goto(site.address)
    page.locator("[data-open]").first.click()
    page.wait_for_url(f"**/project/{site.project.id}/**")


def test_the_folder_chooser_takes_what_was_typed_while_it_was_still_looking(page, site, tmp_path) -> None:
    wanted, slow = tmp_path / "disk" / "wanted", []
    wanted.mkdir(parents=True)

    def late(route: Route) -> None:
        if not slow:  # the first listing is that of a folder which is not there, and comes after the choice
            slow.append(route)
            return
        route.continue_()

    page.goto(site.address)
    images = page.get_by_label("Path to uncropped images", exact=True)
    images.fill(str(tmp_path / "gone" / "cards"))
    page.route("**/api/browse*", late)
    page.get_by_role("button", name="Browse… for the photographs").click()
    typed = page.locator("#browse-typed")
    expect(typed).to_have_value("")
    page.wait_for_timeout(50)
    typed.fill(str(wanted))
    page.locator("#browse-choose").click()
    expect(page.locator("#browse")).to_be_hidden()
    expect(images).to_have_value(str(wanted))
    slow[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(images).to_have_value(str(wanted))


def test_the_folder_chooser_by_keyboard(page, site, tmp_path) -> None:
    for name in ("a cards", "b cards"):
        (tmp_path / "disk" / name / "inside").mkdir(parents=True)
    page.goto(site.address)
    images = page.get_by_label("Path to uncropped images", exact=True)
    images.fill(str(tmp_path / "disk"))
    page.get_by_role("button", name="Browse… for the photographs").press("Enter")
    typed = page.locator("#browse-typed")
    page.locator(".browse-item .name", has_text="b cards").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".browse-item .name", has_text="inside").wait_for()
    assert typed.input_value() == str(tmp_path / "disk" / "b cards")
    page.keyboard.press("Backspace")
    page.locator(".browse-item .name", has_text="a cards").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.locator(".browse-item .name", has_text="inside").wait_for()
    page.get_by_role("button", name="Choose this folder").press("Enter")
    assert images.input_value() == str(tmp_path / "disk" / "a cards")
    page.get_by_role("button", name="Browse… for the photographs").click()
    page.keyboard.press("Escape")
    assert not page.locator("#browse").is_visible()


def test_the_run_page_while_it_works(page, site) -> None:
    pretend(page, job("running", notes=["It runs slowly.", "It was started again.", "It runs slowly."]))
    page.goto(site.url("run"))
    page.get_by_text("Working through your photographs").wait_for()
    expect(page.locator("#run-notes")).to_have_text("It runs slowly. It was started again.")
    page.get_by_text("1,200 of 4,800 · 13 a second").first.wait_for()
    assert "about 5 minutes left" in (page.text_content("#overall-left") or "")
    page.get_by_role("link", name="Review while it runs").wait_for()
    assert page.get_by_role("button", name="Cancel").is_visible()


def test_the_run_page_when_it_is_done_and_when_it_has_stopped(page, site) -> None:
    pretend(page, job("done"))
    page.goto(site.url("run"))
    page.get_by_role("link", name="Start reviewing").wait_for()
    page.unroute_all()
    pretend(page, job("failed", sentence="The disk is full.", advice="Free some room and resume."))
    page.goto(site.url("run"))
    page.get_by_text("The disk is full. Free some room and resume.").wait_for()
    assert page.get_by_role("button", name="Resume").is_visible()
    page.unroute_all()
    pretend(page, job("done", kind="export"))
    page.goto(site.url("run"))
    page.get_by_role("heading", name="No run is at work").wait_for()
    page.get_by_role("link", name="Review what is ready").wait_for()


NARROW = ("", "run", "review", "boxes", "individuals/1", "conflicts", "stations", "export", "/help/guide/parts")


def test_on_a_telephone_no_page_is_wider_than_its_window(page, site) -> None:
    desk = site.bench.desk(site.project.id)
    desk.answer("11111111-aaaa", "same", *site.uids[:2])
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for name in NARROW:
        page.goto(site.address + name if name.startswith("/") else site.url(name))
        quiet(page)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            wide[name] = width
    assert wide == {}


def test_an_export_is_followed_to_its_end(page, site, tmp_path) -> None:
    page.goto(site.url("export"))
    page.get_by_label("Folder for the results", exact=True).fill(str(tmp_path / "results"))
    page.locator("#export-go").click()
    page.get_by_text("The export is written.").wait_for(timeout=60_000)
    assert (tmp_path / "results" / "leopard_matches.csv").is_file()
    listed = page.locator("#exports").get_by_text(str(tmp_path / "results"))
    listed.first.wait_for()  # without loading the page again
    page.goto(site.url("export"))
    listed.first.wait_for()


def test_individuals_are_found_and_ordered(page, site) -> None:
    page.goto(site.url("review"))
    page.wait_for_selector("main[data-busy=false]")
    page.keyboard.press("y")
    page.wait_for_selector("#kept:not(:empty)")
    page.goto(site.url("individuals"))
    page.get_by_role("heading", name="leopard_1", exact=True).wait_for()
    page.get_by_label("Find a name or station").fill("north")
    page.wait_for_url("**find=north**")
    assert page.locator(".animal:visible").count() == 1
    page.get_by_label("Find a name or station").fill("nowhere")
    page.locator(".animal").wait_for(state="detached")
    assert "No individual" in (page.text_content("#found") or "")
