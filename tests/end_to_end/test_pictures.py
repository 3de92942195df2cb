"""The pictures of the documentation, of the sample survey as a reviewer who knows its truth left it.

``SPOTID_PICTURES=1 python -m pytest tests/end_to_end/test_pictures.py`` makes those under ``docs/pictures`` anew: it
works through the whole sample survey, page by page as a newcomer does, which takes two minutes. Without it one picture
is taken of a drawn project.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from spotid.project import clocks, deployments
from spotid.project.store import Store
from spotid.review.desk import Desk
from spotid.web import bench_of, create_app
from tests.end_to_end import shots
from tests.end_to_end.sample_survey import REVIEWER, review_half

pytestmark = pytest.mark.browser
whole = pytest.mark.skipif(os.environ.get(shots.VARIABLE) != "1", reason=f"only with {shots.VARIABLE}=1")
PROGRAM_MS = 240_000  # the run of the sample survey on a busy machine
PHOTOS = (1180, 700)  # the window of pictures that show photographs; they are large files


def test_a_picture_is_small_and_of_the_window(page: Page, site, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(shots.VARIABLE, raising=False)
    page.goto(site.url())
    taken = shots.take(page, "overview", tmp_path, scheme="dark")
    assert taken.parent == tmp_path and taken.stat().st_size <= shots.LARGEST_BYTES
    with Image.open(taken) as picture:
        assert picture.size == (1366, 768)
        assert ImageStat.Stat(picture.convert("L")).mean[0] < 90, "it is not dark"


def test_the_documentation_shows_no_picture_that_is_not_there(repository: Path) -> None:
    for path in [repository / "README.md", *(repository / "docs").rglob("*.md")]:
        for part in path.read_text(encoding="utf-8").split("](")[1:]:
            name = part.split(")")[0]
            if name.endswith(".png"):
                assert (path.parent / name).is_file(), f"{path.name} shows {name}"


def test_the_pictures_are_small() -> None:
    sizes = {one.name: one.stat().st_size for one in shots.PICTURES.glob("*.png")}
    assert not [name for name, size in sizes.items() if size > shots.LARGEST_BYTES]
    assert sum(sizes.values()) <= shots.ALL_BYTES


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[str, Path, Path, Callable[[str], Desk]]]:
    """The address of the program, a folder of photographs, where the project will lie, and its desk by its address."""
    repository = Path(__file__).resolve().parents[2]
    photographs = tmp_path / "Photographs 2025"
    shutil.copytree(repository / "sample_data", photographs, ignore=shutil.ignore_patterns("truth"))
    app = create_app()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def desk(project: str) -> Desk:
        return bench_of(app).desk(project.rstrip("/").rsplit("/", 1)[1])

    yield f"http://127.0.0.1:{server.port}", photographs, tmp_path / "Survey 2025", desk
    server.shutdown()
    bench_of(app).close()


# Where the project lies on this computer is nobody's business: another place is written into the page.
ELSEWHERE = """base => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const clean = text => text.replace(new RegExp(`(/private)?${base}/[^/]+`, "g"), "/home/ana/SpotID");
  while (texts.nextNode()) texts.currentNode.nodeValue = clean(texts.currentNode.nodeValue);
  for (const field of document.querySelectorAll("input")) field.value = clean(field.value);
}"""


@whole
@pytest.mark.timeout(900)
def test_the_pictures_of_the_documentation(
    browser: Browser, program, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    address, photographs, folder, desk = program
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB", timezone_id="UTC")
    context.add_init_script(
        f"localStorage.setItem('spotid-tour', 'yes'); localStorage.setItem('spotid-initials', '{REVIEWER}');"
        "localStorage.setItem('spotid-initials-asked', '1')"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    base = str(tmp_path_factory.getbasetemp())

    def take(name: str, of: str = "", *, photos: bool = False, moving: bool = False) -> None:
        page.evaluate(ELSEWHERE, base)
        size = PHOTOS if photos else (1366, 768)
        shots.take(page, name, tmp_path, size=size, of=page.locator(of) if of else None, moving=moving)

    try:
        project = first_survey(page, address, photographs, folder, take)
        review(page, project, take)
        review_half(Path(__file__).resolve().parents[2], desk(project))
        afterwards(page, address, project, take)
        places_and_times(page, project, desk(project).project.store, take)
    finally:
        context.close()  # before the program: a page that hears from a closed project would bring it down


Take = Callable[..., None]


def first_survey(page: Page, address: str, photographs: Path, folder: Path, take: Take) -> str:
    """From the start page to a finished run; gives the address of the project."""
    page.goto(address)
    take("home")
    page.fill("#project-path", str(folder))
    page.fill("#images-path", str(photographs))
    page.click("[data-browse=images-path]")
    expect(page.locator("#browse-list button")).to_have_count(6)
    take("chooser", "#browse")
    page.keyboard.press("Escape")
    page.fill("#project-path", str(folder))  # the pictures' own writing of places is not to be sent
    page.fill("#images-path", str(photographs))
    page.click("#run-form [type=submit]")
    page.wait_for_url("**/import/**")
    expect(page.locator("#import")).to_have_attribute("data-state", "ready")
    take("import")
    page.get_by_label("pictures and clips of individuals that nobody has told apart yet").check()
    page.click("#import-take")
    page.wait_for_selector('[data-stage="crop"][data-state="running"]', timeout=PROGRAM_MS)
    page.wait_for_function("() => document.querySelector('[data-stage=crop] progress').value >= 8", timeout=PROGRAM_MS)
    take("run-at-work", moving=True)
    page.wait_for_selector("#run[data-state=done]", timeout=PROGRAM_MS)
    expect(page.locator("#done-text")).to_contain_text("wait for you")
    take("run")
    return page.url.removesuffix("run")


def opened(page: Page, address: str) -> None:
    """A page of the review, with its pictures on screen."""
    page.goto(address)
    page.wait_for_selector("main[data-busy=false]")


def dialog(page: Page, key: str, which: str) -> Locator:
    page.keyboard.press(key)
    found = page.locator(which)
    expect(found).to_be_visible()
    return found


def review(page: Page, project: str, take: Take) -> None:
    opened(page, f"{project}review?way=certain")
    take("review")
    page.keyboard.press("m")
    expect(page.locator("#tool-spots")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#toast")).to_be_visible()
    take("review-spots")
    page.keyboard.press("m")
    take("review-visit", ".film:not([hidden]) > * >> nth=0")
    take("review-sides", "#pane-a .pane-tags")
    dialog(page, "w", "#ways")
    take("ways", "#ways")
    page.keyboard.press("Escape")
    dialog(page, "/", "#filters")
    take("filters", "#filters")
    page.keyboard.press("Escape")


def afterwards(page: Page, address: str, project: str, take: Take) -> None:
    """Everything that a half reviewed survey has to show."""
    page.goto(project)
    expect(page.locator("#review-bar")).to_be_visible()
    take("overview")
    opened(page, f"{project}review?way=second")
    take("review-second")
    page.goto(f"{project}individuals")
    take("individuals")
    page.goto(f"{project}individuals/1")
    take("individual")
    page.keyboard.press("m")
    page.keyboard.type("Zu")
    expect(page.locator("#merge-with-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#merge-preview")).to_be_visible()
    take("individual-merge", ".asides .card >> nth=0")
    page.locator(".shots input[type=checkbox]").first.check()
    expect(page.locator("#picked")).to_be_visible()
    take("individual-choose", photos=True)
    page.goto(f"{project}flanks")
    take("flanks")
    page.goto(f"{project}conflicts")
    expect(page.locator("#conflict-count")).to_have_text("1")
    take("conflicts")
    page.keyboard.press("1")
    expect(page.locator("#conflicts-none")).to_be_visible()
    page.goto(f"{project}sightings?shelf=no_animal")
    take("no-animal")
    page.goto(f"{project}sightings")
    page.locator("a.name").nth(2).click()
    page.wait_for_selector("body[data-keys=heard]")
    page.keyboard.press("1")
    take("photograph", photos=True)
    page.keyboard.press("d")
    page.wait_for_selector("main.boxes[data-busy=false]:not([data-state=loading])")
    page.keyboard.press("a")
    take("boxes", photos=True)
    page.goto(f"{project}export")
    page.click("#export-go")
    expect(page.locator("#export-done")).to_be_visible()
    expect(page.locator("#exports table")).to_be_visible()
    take("export")
    page.goto(f"{project}care")
    page.click("#back-up")
    expect(page.locator("#care-told")).to_be_visible()
    page.click("#check")
    expect(page.locator("#check-when")).to_contain_text("Last checked", timeout=60_000)
    take("care")
    page.goto(f"{project}reviewers")
    expect(page.locator("#people-box")).to_be_visible()
    take("reviewers")
    page.click("#initials")
    take("initials", "form.initials")
    page.goto(f"{address}/report")
    page.wait_for_selector("#save:not([disabled])")
    take("report")
    page.goto(f"{address}/about")
    page.click("#check")
    expect(page.locator("#checks li").first).to_be_visible(timeout=60_000)
    take("about", moving=True)


def places_and_times(page: Page, project: str, store: Store, take: Take) -> None:
    """Stations, the effort, and a clock that is 12 hours off."""
    with store.write() as connection:
        connection.execute(
            "UPDATE media SET clock_at = strftime('%Y-%m-%dT%H:%M:%S', clock_at, '-12 hours')"
            " WHERE relpath LIKE 'ST02/ST02A/%'"
        )
    one = store.one("SELECT id, deployment_id FROM media WHERE relpath LIKE 'ST02/ST02A/%' AND deployment_id > 0")
    clocks.settle(store)
    assert one is not None
    deployments.add_outage(store, one["deployment_id"], "2025-04-12", "2025-04-17", "batteries empty")
    page.goto(f"{project}clocks")
    expect(page.locator("#clocks")).to_have_attribute("data-state", "ready", timeout=60_000)
    take("clocks")
    page.get_by_role("link", name="ST02 · ST02A").click()
    expect(page.locator("#clock")).to_have_attribute("data-state", "ready")
    page.locator("#sign-offers button").first.click()
    expect(page.locator("#keep-bar")).to_be_visible()
    take("clock")
    page.goto(f"{project}stations")
    expect(page.locator("#stations")).to_have_attribute("data-state", "ready")
    take("stations")
    page.goto(f"{project}effort")
    expect(page.locator("#effort")).to_have_attribute("data-state", "ready")
    take("effort", "#chart-card")


@whole
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="no Xvfb on this computer")
def test_the_picture_of_the_small_window(repository: Path) -> None:
    path = shots.PICTURES / "window.png"
    told = {**os.environ, "PYTHONPATH": str(repository)}
    screen = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1024x600x24"]
    program = [sys.executable, str(Path(__file__).with_name("window_picture.py")), str(path)]
    subprocess.run([*screen, *program], check=True, env=told, timeout=60)
    shots.shrink(path)
