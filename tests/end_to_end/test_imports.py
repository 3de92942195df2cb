"""Taking collections in, in a browser: sent, looked at, answered, taken, and taken back."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spotid.project import collections
from spotid.project.collections import Row
from spotid.web import bench_of
from tests.end_to_end.test_accessible import everywhere, violations

pytestmark = pytest.mark.browser

# What Windows takes for a name of a folder is harmless.
NASTY = "F12 gpj" if os.name == "nt" else "F12 <img src=x onerror=alert(1)> \u202egpj"


@pytest.fixture(autouse=True)
def still(site, monkeypatch) -> Iterator[list[Path]]:
    """No run is started by these pages; which were asked for is told."""
    ran: list[Path] = []
    monkeypatch.setattr(type(bench_of(site.app)), "run", lambda self, project, **_: ran.append(project.path))
    yield ran


@pytest.fixture
def cards(tmp_path: Path, picture) -> Path:
    for number, name in enumerate(("F12 Tiga", "M02", NASTY, "Unknown", "empty")):
        folder = tmp_path / "Leopards" / name
        folder.mkdir(parents=True)
        for frame in range(2):
            (folder / f"IMG_{number}{frame}.JPG").write_bytes(picture((40 * number, 90, 20 * frame)))
    return tmp_path / "Leopards"


def begin(page: Page, site, project: Path, images: Path) -> None:
    page.goto(site.address)
    page.get_by_label("Path for embeddings output", exact=True).fill(str(project))
    page.get_by_label("Path to uncropped images", exact=True).fill(str(images))
    page.get_by_role("button", name="Run Model").click()
    page.wait_for_url("**/import/**")
    expect(page.locator("#import")).to_have_attribute("data-state", "ready")


def test_from_the_folder_to_the_run_by_keyboard(page: Page, site, cards: Path, tmp_path: Path, still) -> None:
    project = tmp_path / "Survey"
    begin(page, site, project, cards)
    assert everywhere(page) == {}
    page.set_viewport_size({"width": 1366, "height": 768})
    take, open_ones = page.locator("#import-take"), page.locator("fieldset[data-state=open]")
    expect(take).to_be_disabled()
    page.keyboard.press("i")
    page.keyboard.press("q")
    expect(page.locator("input[value=unsorted]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("input[value=sorted]")).to_be_checked()
    expect(page.locator("input[value=sorted]")).to_be_focused()
    page.get_by_role("button", name="folders as suggested").press("Enter")
    expect(open_ones).to_have_count(0)
    expect(page.locator("#list")).to_contain_text("F12 Tiga")
    expect(page.locator("#list img")).to_have_count(0)
    expect(page.locator("#list")).to_contain_text(NASTY.replace("\u202e", "\ufffd"))
    page.get_by_label("“empty” (2 files)").select_option("nobody")
    expect(page.get_by_label("“empty” (2 files)")).to_have_value("nobody")
    expect(take).to_be_enabled()
    page.locator("#animals").press_sequentially("ti")  # letters choose among the names of a list, and import nothing
    expect(page.locator("#animals")).to_have_value("tiger")
    expect(page.locator("#import")).to_have_attribute("data-state", "ready")
    page.locator("#animals").blur()
    assert not project.exists() and still == []
    page.keyboard.press("i")
    page.wait_for_url("**/run")
    assert still == [project]
    [made] = [one for one in site.bench.projects() if one.path == project]
    [kept] = collections.listed(made.store)
    assert kept["answers"]["layout"] == "sorted" and kept["answers"]["folder:empty"] == "nobody"
    assert [text for text in site.complaints if "404" not in text] == []


def gone(page: Page, folder: Path) -> None:
    """Wait until nothing is left of what was sent."""
    for _ in range(1000):
        if not folder.exists():
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"left: {[str(path) for path in folder.rglob('*')]}")


def test_a_zip_that_is_sent_can_be_cancelled_and_leaves_nothing(page: Page, site, tmp_path: Path) -> None:
    project, archive = tmp_path / "Survey", tmp_path / "Leopards.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for number in range(4):
            zipped.writestr(f"Leopards/F{number}/IMG_{number}.JPG", os.urandom(1_000_000))
    page.goto(site.address)
    page.get_by_label("Path for embeddings output", exact=True).fill(str(project))
    page.locator("#zip-upload input[type=file]").set_input_files(archive)
    expect(page.locator("#zip-upload")).to_contain_text("Leopards.zip")
    expect(page.get_by_label("Path to uncropped images", exact=True)).to_be_disabled()
    pieces = 0

    def slowly(route) -> None:
        nonlocal pieces
        pieces += 1
        if pieces == 2:
            route.abort()  # the connection breaks once, and the file goes on from there
        elif pieces < 6 or cancelled:
            route.continue_()
        # what is not answered keeps the page waiting

    cancelled = False
    page.route("**/piece?*", slowly)
    page.get_by_role("button", name="Run Model").click()
    expect(page.locator("[data-part=far]")).to_contain_text("2 MB of 4 MB")
    assert list(project.rglob("*.part"))
    cancelled = True
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=sending]")).to_be_hidden()
    expect(page.locator("#run-form [role=alert]")).to_be_hidden()
    gone(page, project)
    other = page.context.new_page()  # a tab that is closed within takes everything along
    other.goto(site.address)
    other.get_by_label("Path for embeddings output", exact=True).fill(str(project))
    other.locator("#zip-upload input[type=file]").set_input_files(archive)
    other.route("**/piece?*", lambda route: None)
    with other.expect_request("**/piece?*"):
        other.get_by_role("button", name="Run Model").click()
    assert list(project.rglob("*.part"))
    other.on("dialog", lambda asked: asked.accept())  # "Leave the page?"
    with other.expect_event("close"):
        other.close(run_before_unload=True)  # as a person closes it: torn down, a tab may lose its last request
    gone(page, project)
    page.get_by_role("button", name="Run Model").click()
    page.wait_for_url("**/import/**")
    expect(page.locator("#found-figures")).to_contain_text("4")
    page.keyboard.press("Escape")
    expect(page.locator("#import-open")).to_contain_text("thrown away")
    page.keyboard.press("Escape")
    page.wait_for_url(f"{site.address}/")
    assert not project.exists()


def test_a_folder_that_takes_long_says_how_far_it_is_and_is_left(
    page: Page, site, cards, tmp_path, monkeypatch
) -> None:
    import threading

    from spotid.intake import taking
    from spotid.progress import Cancelled

    ended = threading.Event()

    def look(images, answers, project, *, files=None, progress):
        try:
            while True:
                progress.step(1000)
                ended.wait(0.01)
        except Cancelled:
            ended.set()
            raise

    monkeypatch.setattr(taking, "look", look)
    page.goto(site.address)
    page.get_by_label("Path to uncropped images", exact=True).fill(str(cards))
    page.get_by_role("button", name="Run Model").click()
    expect(page.locator("#looking-count")).to_contain_text("files so far")
    expect(page.locator("#import-take")).to_be_disabled()
    page.keyboard.press("Escape")
    page.wait_for_url(f"{site.address}/")
    assert ended.wait(10)


def test_an_import_of_photographs_alone_is_not_called_unused(page: Page, site) -> None:
    collections.keep(site.project.store, "unsorted", Path("/cards"), [])
    page.goto(site.url("imports"))
    expect(page.locator("#imports td.number")).to_have_text(["–"] * 3)
    page.get_by_role("link", name="Outcome of").click()
    expect(page.locator("#rows-none")).to_have_text(
        "This import brought photographs or clips alone; nothing was said of them."
    )


def test_the_outcome_is_settled_and_taken_back(page: Page, site) -> None:
    store = site.project.store
    [first, second, *_] = store.all("SELECT root_id, relpath FROM media ORDER BY id")
    rows = [(one["root_id"], Row(one["relpath"], "2", NASTY, state="ask", why="Which?")) for one in (first, second)]
    rows += [(first["root_id"], Row("", "9", state="refused", why="It names no file."))]
    collections.keep(store, "sheet", Path("/cards <b>"), rows)
    page.goto(site.url())
    page.get_by_role("link", name="Rows of an import to be answered").click()
    outcome = page.locator("#outcome")
    expect(outcome).to_have_attribute("data-state", "ready")
    expect(page.get_by_role("tab", name="To be answered (2)")).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    assert page.locator("#rows img").evaluate_all("all => all.every(one => one.className === '' && one.alt)")
    page.locator("[data-deed=choose]").first.click()
    expect(page.get_by_role("tab", name="To be answered (1)")).to_be_visible()
    page.locator("[data-deed=leave]").first.press("Enter")
    expect(page.locator("#rows-none")).to_contain_text("Nothing is asked")
    page.get_by_role("tab", name="To be answered (0)").press("ArrowRight")
    expect(page.locator("#rows")).to_contain_text("It names no file.")
    page.get_by_role("button", name="Take the whole import back").click()
    expect(page.get_by_role("button", name="Leave all as it is")).to_be_focused()
    page.get_by_role("button", name="Take it back", exact=True).click()
    expect(page.locator("#outcome-told")).to_contain_text("taken back")
    assert site.kinds()[-1] == "undo"
    page.get_by_role("link", name="All imports").click()
    expect(page.locator("#imports")).to_contain_text("taken back")
    expect(page.locator("#imports b")).to_have_count(0)
    assert site.complaints == []


def test_a_later_sheet_by_the_chooser(page: Page, site, tmp_path: Path) -> None:
    relpath = site.project.store.one("SELECT relpath FROM media ORDER BY id LIMIT 1")["relpath"]
    (tmp_path / "sheets").mkdir()
    sheet = tmp_path / "sheets" / "later.csv"
    sheet.write_text(f"original_path,locality name\n{relpath},Far Ridge\n", encoding="utf-8")
    page.goto(site.url("imports"))
    page.get_by_label("Sheet (CSV or Excel)", exact=True).fill(str(tmp_path / "sheets"))
    page.get_by_role("button", name="Browse… for the sheet").click()
    page.locator(".browse-item .name", has_text="later.csv").click()
    expect(page.get_by_label("Sheet (CSV or Excel)", exact=True)).to_have_value(str(sheet))
    page.get_by_role("button", name="See what it would change").click()
    page.wait_for_url("**/import/**")
    expect(page.locator("#list")).to_contain_text("Far Ridge")
    expect(page.locator("#list")).to_contain_text("replaces what was said before")
    page.get_by_role("button", name="Apply the changes").click()
    page.wait_for_url("**/imports/**")
    expect(page.locator("#outcome")).to_have_attribute("data-state", "ready")
