"""What a person does with the demonstration, in the page and with keys: open it, answer, export."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.bundle.frozen import Frozen

KINDS = {"y": "same", "n": "different", "c": "cannot_tell", "x": "not_comparable"}
# An answer: its kind and the two sightings, in no order.
Answer = tuple[str, frozenset[str]]


def open_project(page: Page, door: str, project: Path) -> None:
    """From the first page to the review."""
    page.goto(door)
    page.get_by_label("Path to existing embeddings folder").fill(str(project))
    page.get_by_role("button", name="Open Embeddings").click()
    page.wait_for_url("**/review")


def follow_run(page: Page, program: Frozen, project: Path) -> None:
    """From the first page to the run, and at its end to the review."""
    page.goto(program.door)
    made = program.call("/api/projects/open", {"path": str(project)})
    page.goto(f"{program.address}/project/{made['id']}/run")
    expect(page.locator("#done-go")).to_be_visible(timeout=600_000)
    page.locator("#done-go").click()
    page.wait_for_url("**/review")


def shown(page: Page) -> frozenset[str]:
    """The two sightings on the screen, both of them drawn."""
    expect(page.locator("#main")).to_have_attribute("data-state", "pair", timeout=20_000)
    expect(page.locator("#main")).to_have_attribute("data-busy", "false", timeout=20_000)
    pair = [page.locator(f"#{pane} img").first for pane in ("pane-a", "pane-b")]
    for picture in pair:
        assert picture.evaluate("one => one.complete && one.naturalWidth > 0"), "a picture is not drawn"
    return frozenset(str(picture.get_attribute("data-uid")) for picture in pair)


def answer(page: Page, keys: str, done: int = 0) -> list[Answer]:
    """Answer one pair with each key, and give what the page has acknowledged; ``done`` answers were given before."""
    given: list[Answer] = []
    for row, key in enumerate(keys, done + 1):
        given.append((KINDS[key], shown(page)))
        page.keyboard.press(key)
        expect(page.locator("#kept")).to_contain_text(f"row {row}", timeout=20_000)
    return given


def export(page: Page, project: Path) -> Path:
    """From the review to the exported folder, whose path is given."""
    shown(page)
    page.keyboard.press("e")
    page.wait_for_url("**/export")
    page.locator("#export-go").click()
    expect(page.locator("#export-done")).to_be_visible(timeout=60_000)
    return project / "exports" / "matches"


def kept(project: Path) -> list[Answer]:
    """The answers that are on the disk, oldest first."""
    connection = sqlite3.connect(f"{(project / 'project.sqlite').as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT kind, a, b FROM decision ORDER BY id").fetchall()
    connection.close()
    return [(kind, frozenset((a, b))) for kind, a, b in rows]
