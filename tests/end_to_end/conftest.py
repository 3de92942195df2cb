"""The real program behind a real browser: a stocked project with its pictures, served on a free port."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from werkzeug.serving import make_server

from spotid.project import ledger
from spotid.web import bench_of, create_app
from tests.end_to_end.quiet import COUNTING

logging.getLogger("werkzeug").setLevel(logging.ERROR)
SIZE = (300, 180)
PATIENCE_MS = 20_000  # with a page, beside whatever else the computer does; nothing waits longer than it has to
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Site:
    """The served program: its address, the project in it, and what the browser complained about or reached for."""

    address: str
    project: Any
    bench: Any = None
    app: Any = None
    uids: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def url(self, page: str = "") -> str:
        return f"{self.address}/project/{self.project.id}/{page}"

    def reread(self) -> None:
        """Let the pages see what was put into the project behind their back, as the end of a run does."""
        self.bench.boxes_changed(self.project.id)

    def kinds(self) -> list[str]:
        """The answers in the ledger, oldest first."""
        return [event.kind for event in ledger.events(self.project.store)]


def draw(number: int) -> Image.Image:
    """A picture that is told apart by its number of spots."""
    picture = Image.new("RGB", SIZE, (150, 120, 70))
    pen = ImageDraw.Draw(picture)
    for spot in range(number + 1):
        left = 15 + 45 * spot
        pen.ellipse((left, 60, left + 30, 110), fill=(40, 30, 20))
    return picture


@pytest.fixture
def site(stock) -> Iterator[Site]:
    """A project of six sightings, each with every view."""
    layout = stock.project.layout
    for number, uid in enumerate(stock.uids):
        picture = draw(number)
        views = (layout.crop, layout.pattern, layout.edges, layout.cutout)
        for path in (view(uid, "test") for view in views):
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.convert("RGBA" if path.suffix == ".webp" else "RGB").save(path)
    folder = stock.project.path
    stock.project.close()
    app = create_app()
    project = bench_of(app).open(folder)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", project, bench_of(app), app, list(stock.uids))
    server.shutdown()
    thread.join(timeout=10)
    bench_of(app).close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh window of a small laptop; what its console says is kept in ``site.complaints``."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
    context.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    context.add_init_script(COUNTING)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            site.complaints.append(message.text)

    def asked(request: Request) -> None:
        site.requests.append(request.url)

    opened.on("console", heard)
    opened.on("pageerror", lambda error: site.complaints.append(str(error)))
    opened.on("request", asked)
    yield opened
    context.close()


class Review:
    """The review page as a person sees it."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site

    def settled(self) -> Review:
        """Wait until the answer is kept and the next pictures are on screen."""
        self.page.wait_for_selector("main[data-busy=false]")
        return self

    def press(self, *keys: str) -> Review:
        for key in keys:
            # On a busy machine a key may reach the page after ``press`` has returned: count what the page has heard.
            heard = self.page.evaluate(
                "() => window.heard ?? (addEventListener('keyup', () => window.heard++), window.heard = 0)"
            )
            self.page.keyboard.press(key)
            self.page.wait_for_function("heard => window.heard > heard", arg=heard)
            self.settled()
        return self

    def shown(self) -> tuple[str | None, str | None]:
        """The sightings on screen, by the pictures themselves."""
        pair = [self.page.query_selector(f"#pane-{side} .frame > img") for side in "ab"]
        left, right = (picture.get_attribute("data-uid") if picture else None for picture in pair)
        return left, right

    def state(self) -> str:
        """pair, anchor_done, all_done or empty."""
        return self.page.get_attribute("main", "data-state") or ""

    def says(self, part: str) -> str:
        return (self.page.text_content(f"#{part}") or "").strip()

    def lens(self, side: str) -> str:
        """The zoom and pan of one side."""
        return str(self.page.evaluate(f"document.querySelector('#pane-{side} .canvas').style.transform"))


@pytest.fixture
def review(page: Page, site: Site) -> Review:
    """The review page, with the first pair on screen."""
    page.goto(site.url("review"))
    return Review(page, site).settled()
