"""The pictures of the documentation, of the sample survey as a reviewer who knows its truth left it.

``SPOTID_PICTURES=1 python -m pytest tests/end_to_end/test_pictures.py`` makes those under ``docs/pictures`` anew; it
works through the whole sample survey first, which takes a minute. Without it one picture is taken of a drawn project.
"""

from __future__ import annotations

import csv
import itertools
import os
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from spotid.intake import source
from spotid.jobs.runner import Jobs
from spotid.project.folder import create_project
from spotid.review import deeds
from spotid.review.desk import Desk
from spotid.web import bench_of, create_app
from tests.end_to_end import shots

pytestmark = pytest.mark.browser
whole = pytest.mark.skipif(os.environ.get(shots.VARIABLE) != "1", reason=f"only with {shots.VARIABLE}=1")
ANSWERED = {
    "L01": "Amina",
    "L02": "Neema",
    "L03": "Zuri",
    "L04": "Tatu",
}  # the animals that the reviewer has worked through; the others are left


def test_a_picture_is_small_and_of_the_window(page: Page, site, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(shots.VARIABLE, raising=False)
    page.goto(site.url())
    taken = shots.take(page, "overview", tmp_path, scheme="dark")
    assert taken.parent == tmp_path and taken.stat().st_size <= shots.LARGEST_BYTES
    with Image.open(taken) as picture:
        assert picture.size == (1366, 768)
        assert ImageStat.Stat(picture.convert("L")).mean[0] < 90, "it is not dark"


def test_the_documentation_shows_no_picture_that_is_not_there(repository: Path) -> None:
    for path in [repository / "README.md", *(repository / "docs").glob("*.md")]:
        for part in path.read_text(encoding="utf-8").split("](")[1:]:
            name = part.split(")")[0]
            if name.endswith(".png"):
                assert (path.parent / name).is_file(), f"{path.name} shows {name}"
                assert (path.parent / name).stat().st_size <= shots.LARGEST_BYTES, f"{name} is too large"


def animals(repository: Path, desk: Desk) -> dict[str, list[str]]:
    """The sightings of every animal of the sample survey, by the box that lies nearest to the true one."""
    seen: dict[str, list[str]] = defaultdict(list)
    found = defaultdict(list)
    for row in desk.project.store.all(
        "SELECT sighting.uid, x, w, relpath FROM sighting JOIN media ON media.id = media_id WHERE sighting.state ="
        " 'embedded'"
    ):
        found[row["relpath"]].append(row)
    with (repository / "sample_data" / "truth" / "sightings.csv").open(encoding="utf-8") as table:
        for line in csv.DictReader(table):
            middle = float(line["x"]) + float(line["w"]) / 2
            near = sorted(found[line["path"]], key=lambda row: abs(row["x"] + row["w"] / 2 - middle))
            if near and abs(near[0]["x"] + near[0]["w"] / 2 - middle) < 0.2:
                seen[line["individual"] + line["flank"]].append(near[0]["uid"])
    return seen


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the sample survey, half reviewed, and the address of its project."""
    repository = Path(__file__).resolve().parents[2]
    folder = tmp_path_factory.mktemp("projects") / "Sample survey.spotid"
    project = create_project(folder)
    source.take(project, source.checked(repository / "sample_data", folder, "auto"), "auto")
    job = Jobs().start(project, "run")
    job.wait()
    project.close()
    app = create_app()
    project = bench_of(app).open(folder)
    desk = bench_of(app).desk(project.id)
    for key, uids in sorted(animals(repository, desk).items()):
        if key[:3] not in ANSWERED:
            continue
        for one, other in itertools.pairwise(uids):
            if not desk.identities.relation(one, other):
                desk.answer(str(uuid.uuid4()), "same", one, other, seconds=6.2)
    known = animals(repository, desk)
    for animal, name in ANSWERED.items():
        left, right = known.get(f"{animal}left"), known.get(f"{animal}right")
        if left and right:
            deeds.link(desk, str(uuid.uuid4()), left[0], right[0])
        if either := left or right:
            deeds.describe(desk, str(uuid.uuid4()), either[0], {"name": name, "sex": "female"})
    chain = next(uids for key, uids in sorted(animals(repository, desk).items()) if len(uids) >= 4)
    desk.answer(str(uuid.uuid4()), "different", chain[0], chain[2], seconds=1.4)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    yield address, f"{address}/project/{project.id}/"
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
def test_the_pictures_of_the_documentation(
    browser: Browser, survey, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    address, project = survey
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB", timezone_id="UTC")
    context.add_init_script(
        "localStorage.setItem('spotid-tour', 'yes'); localStorage.setItem('spotid-initials', 'ANA');"
        "localStorage.setItem('spotid-initials-asked', '1')"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    base = str(tmp_path_factory.getbasetemp())

    def take(name: str, scheme: str = "light") -> None:
        page.evaluate(ELSEWHERE, base)
        shots.take(page, name, tmp_path, scheme=scheme)

    page.goto(address)
    take("home")
    for name in ("run", "export"):
        page.goto(project + name)
        page.wait_for_load_state("networkidle")
        take(name)
    page.goto(project)
    expect(page.locator("#review-bar")).to_be_visible()
    take("overview")
    page.goto(project + "individuals")
    take("individuals")
    page.goto(project + "individuals/1")
    take("individual")
    page.goto(project + "conflicts")
    expect(page.locator("#conflict-count")).to_have_text("1")
    take("conflicts")
    page.goto(project + "review?way=certain")
    page.wait_for_selector("main[data-busy=false]")
    take("review")
    take("review-dark", "dark")
    context.close()
