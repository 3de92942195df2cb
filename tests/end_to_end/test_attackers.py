"""Attackers in a real browser: a page elsewhere, a page on another port, a name that turns to this computer.

``evil.example`` is this computer by the browser's own doing. The attacker's page tries all that a page can; what it
got hold of is read from it, what it wrote from the ledger.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Response, request
from PIL import Image
from playwright.sync_api import Browser, Page

from spotid.project import ledger, media
from spotid.web import bench_of, create_app, serve, session

pytestmark = pytest.mark.browser
KEY = session.new_key()


@dataclass
class Target:
    """SpotID as it really runs, with its key, and the attacker's server beside it."""

    port: int
    evil_port: int
    app: Any
    project: Any
    foreign: list[tuple[str, str, int]]  # what other pages asked for, and what they were answered

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def door(self) -> str:
        return f"{self.address}/?key={KEY}"

    def state(self) -> tuple[int, int, int]:
        """What a write would change: answers, files, projects that are open."""
        opened = len(bench_of(self.app)._opened)
        return len(ledger.events(self.project.store)), media.count(self.project.store), opened


ATTACK = Path(__file__).with_name("attack.html")


@pytest.fixture
def target(stock) -> Iterator[Target]:
    from waitress.server import create_server

    layout = stock.project.layout
    for uid in stock.uids:
        path = layout.crop(uid, "test")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (30, 20), (200, 30, 30)).save(path)
    folder = stock.project.path
    stock.project.close()
    app = create_app(key=KEY)
    foreign: list[tuple[str, str, int]] = []

    @app.after_request
    def note(response: Response) -> Response:
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            foreign.append((request.method, request.path, response.status_code))
        return response

    project = bench_of(app).open(folder)
    listening = serve.listening_socket(6300)
    listening.listen(32)
    server = create_server(app, sockets=[listening], threads=8, **serve.LIMITS)

    def work() -> None:
        with contextlib.suppress(OSError, ValueError):  # its sockets are closed under it at the end
            server.run()

    threading.Thread(target=work, daemon=True).start()
    made = Target(listening.getsockname()[1], 0, app, project, foreign)
    other = str(stock.photographs)

    class Evil(BaseHTTPRequestHandler):
        """The attacker's own server: its page, and whatever else it is asked for."""

        def do_GET(self) -> None:
            text = ATTACK.read_text(encoding="utf-8").replace("TARGET", json.dumps(made.address))
            text = text.replace("PROJECT", json.dumps(project.id)).replace("SIGHTING", json.dumps(stock.uids[0]))
            text = text.replace("a: A", f"a: {json.dumps(stock.uids[0])}").replace(
                "b: B", f"b: {json.dumps(stock.uids[1])}"
            )
            content = text.replace("OTHER", json.dumps(other)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    evil = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=evil.serve_forever, daemon=True).start()
    made.evil_port = evil.server_address[1]
    yield made
    evil.shutdown()
    server.close()
    server.asyncore.close_all(server._map)
    bench_of(app).close()


@pytest.fixture(scope="module")
def lured(browser: Browser, browser_path: str) -> Iterator[Browser]:
    """A browser for which evil.example is this computer."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP *.evil.example 127.0.0.1"
    started = browser.browser_type.launch(executable_path=browser_path, args=["--no-sandbox", rules])
    yield started
    started.close()


@pytest.fixture
def window(lured: Browser, target: Target) -> Iterator[Page]:
    """A window in which SpotID is open, with its cookie: what the attacker would like to use."""
    context = lured.new_context()
    opened = context.new_page()
    opened.goto(target.door)
    opened.get_by_label("Path to existing embeddings folder", exact=True).wait_for()
    yield opened
    context.close()


def got(page: Page) -> list[Any]:
    page.wait_for_function("document.title === 'done'", timeout=60_000)
    return list(page.evaluate("window.got"))


@pytest.mark.parametrize("where", ["http://evil.example:{evil}/", "http://127.0.0.1:{evil}/"])
def test_a_page_elsewhere_reads_nothing_and_writes_nothing(window: Page, target: Target, where: str) -> None:
    before = target.state()
    attacker = window.context.new_page()
    attacker.goto(where.format(evil=target.evil_port))
    assert got(attacker) == []
    assert len(target.foreign) > 50
    assert {status for _, _, status in target.foreign} <= {403, 405}, target.foreign
    assert target.state() == before
    # The person's own window still works.
    window.goto(f"{target.address}/project/{target.project.id}/review")
    window.wait_for_selector("main[data-busy=false]")
    window.keyboard.press("y")
    window.wait_for_selector("#kept:not(:empty)")
    assert target.state()[0] == before[0] + 1


def test_a_name_that_turns_to_this_computer_gets_nothing(window: Page, target: Target) -> None:
    """DNS rebinding: by the browser's rules the page at evil.example may read all that evil.example answers."""
    before = target.state()
    reply = window.context.new_page().goto(f"http://evil.example:{target.port}/")
    assert reply is not None and reply.status == 403
    page = window.context.new_page()
    page.goto(f"http://evil.example:{target.port}/static/css/base.css")
    for path in ("/", "/api/alive", "/api/browse", f"/api/project/{target.project.id}/pair", f"/?key={KEY}"):
        assert page.evaluate("async (path) => (await fetch(path)).status", path) == 403, path
    script = """async (path) => (await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"},
        body: '{"uid": "evil-answer-0002"}'})).status"""
    assert page.evaluate(script, f"/api/project/{target.project.id}/undo") == 403
    assert target.state() == before


def test_a_wrong_key_and_a_bare_address_show_how_to_get_in(lured: Browser, target: Target) -> None:
    context = lured.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    for address in (
        target.address,
        f"{target.address}/?key=wrong",
        f"{target.address}/project/{target.project.id}/review",
    ):
        reply = page.goto(address)
        assert reply is not None and reply.status == 403
        assert "Start SpotID again" in (page.text_content("main") or "")
        assert page.evaluate("document.images[0].naturalWidth") > 0, "the page that refuses is whole"
    assert context.cookies() == []
    # Only the page itself is refused, nothing that it needs.
    assert all("status of 403" in text for text in complaints) and len(complaints) == 3, complaints
    context.close()


def test_the_key_is_not_left_in_the_window(window: Page, target: Target) -> None:
    assert window.url == f"{target.address}/"
    cookie = window.context.cookies()[0]
    assert cookie["name"] == f"spotid-{target.port}" and cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert KEY not in json.dumps(cookie) and KEY not in window.content()
    assert window.evaluate("document.cookie") == ""
    window.goto("about:blank")
    window.go_back()
    assert KEY not in window.url


def test_a_link_with_the_key_in_a_foreign_page_lets_in_the_person_who_clicks_it(lured: Browser, target: Target) -> None:
    """A person may have sent the address to himself by mail; the key in it is what counts."""
    context = lured.new_context()
    page = context.new_page()
    page.goto(f"http://evil.example:{target.evil_port}/")
    page.evaluate("(url) => { location.href = url; }", target.door)
    page.get_by_label("Path to existing embeddings folder", exact=True).wait_for()
    assert page.url == f"{target.address}/"
    context.close()


def test_a_window_of_an_earlier_start_says_so(window: Page, target: Target) -> None:
    """The program was started anew, with another key: the page that stayed open tells it in a sentence."""
    window.goto(f"{target.address}/project/{target.project.id}/review")
    window.wait_for_selector("main[data-busy=false]")
    before = target.state()
    window.context.add_cookies(
        [{"name": f"spotid-{target.port}", "value": "of-an-earlier-start", "url": target.address}]
    )
    window.keyboard.press("y")
    notice = window.locator("#shut-out")
    notice.wait_for()
    assert "SpotID was started anew since this page was opened." in (notice.text_content() or "")
    assert target.state() == before
    window.reload()
    assert "started anew" in (window.text_content("main") or "")


def test_all_pages_keep_to_their_own_policy(window: Page, target: Target) -> None:
    complaints: list[str] = []
    window.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    for name in ("", "run", "review", "boxes", "individuals", "sightings", "export"):
        window.goto(f"{target.address}/project/{target.project.id}/{name}")
        window.wait_for_timeout(100)
    assert [text for text in complaints if "Content Security Policy" in text or "Permissions" in text] == []
