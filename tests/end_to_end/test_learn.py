"""Learning from confirmed animals, on the run page in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from spotid.web import bench_of, create_app
from tests.learning_stock import survey

from .conftest import Site

pytestmark = pytest.mark.browser
pytest.importorskip("faiss")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A project with confirmed animals and embeddings that have something to teach."""
    survey(tmp_path / "project").close()
    app = create_app()
    project = bench_of(app).open(tmp_path / "project")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", project, bench_of(app), app)
    server.shutdown()
    thread.join(timeout=10)
    bench_of(app).close()


@pytest.mark.slow
def test_learn_by_keys_and_go_back(page: Page, site: Site) -> None:
    page.goto(site.url("run"))
    page.wait_for_selector("#learn[data-state=ready]")
    expect(page.locator("#learn-versions li")).to_have_count(0)
    page.keyboard.press("l")
    expect(page.locator("#learn-told")).to_contain_text("listed by what was learnt", timeout=60_000)
    version = page.locator("#learn-versions li")
    expect(version).to_have_count(1)
    expect(version).to_contain_text("in use")
    expect(version).to_contain_text("It surely helps the descriptions. Learnt from 56 pictures of 14 animals.")
    expect(version).to_contain_text("Animals that it had never seen: the right one came first for")
    expect(page.locator("#learn-use")).to_contain_text("Use none")
    page.keyboard.press("u")
    expect(page.locator("#learn-told")).to_contain_text("by the descriptions as they are", timeout=60_000)
    expect(version).not_to_contain_text("in use")
    expect(version.get_by_role("button", name="Use this version")).to_be_enabled()
    assert site.complaints == []
