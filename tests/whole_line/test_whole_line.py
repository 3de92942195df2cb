"""The promise in one piece: from a raw folder to exported individuals, in a real browser, leaving and coming back."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("SPOTID_SCREENSHOTS")  # where to keep pictures for the manual; none are kept otherwise


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme="light")
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    # The network is off: whatever is not this program's own address fails.
    opened.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
    yield opened
    opened.close()
    assert faults == []


def picture_of(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def call(address: str, path: str, body: object = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def shown(page: Page) -> tuple[str | None, str | None]:
    """The sightings on the screen: anchor and comparison."""
    expect(page.locator("#main")).to_have_attribute("data-state", "pair", timeout=20_000)
    return tuple(page.locator(f"#{pane} img").first.get_attribute("data-uid") for pane in ("pane-a", "pane-b"))


def kept_row(page: Page, row: int) -> None:
    expect(page.locator("#kept")).to_contain_text(f"row {row}", timeout=20_000)
    expect(page.locator("#main")).to_have_attribute("data-busy", "false", timeout=20_000)


def ledger(project: Path) -> list[tuple[str, str | None, str | None]]:
    connection = sqlite3.connect(f"{(project / 'project.sqlite').as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT kind, a, b FROM decision ORDER BY id").fetchall()
    connection.close()
    return rows


def test_from_a_raw_folder_to_exported_leopards(program, page: Page, little_survey: Path, tmp_path: Path) -> None:
    project = tmp_path / "Mon étude"
    running = program()

    # Home: run the model from scratch.
    page.goto(running.door)
    picture_of(page, "home")
    page.get_by_label("Path for embeddings output").fill(str(project))
    page.get_by_label("Path to uncropped images").fill(str(little_survey))
    page.get_by_role("button", name="Run Model").click()
    page.get_by_label("pictures and clips of individuals that nobody has told apart yet").check()
    picture_of(page, "import")
    page.get_by_role("button", name="Import", exact=False).click()
    page.wait_for_url("**/run")
    expect(page.locator("#stages")).to_contain_text("Finding the animals")
    page.wait_for_timeout(2500)
    picture_of(page, "run")
    expect(page.locator("#done-go")).to_be_visible(timeout=180_000)
    picture_of(page, "run-done")
    expect(page.locator("#problems-count")).to_contain_text("2")
    page.locator("#done-go").click()

    # Review: five pairs by key, one taken back.
    first = shown(page)
    page.wait_for_timeout(500)
    picture_of(page, "review")
    answered = []
    for row, key in enumerate(("y", "n", "n", "c", "n"), 1):
        answered.append(shown(page))
        page.keyboard.press(key)
        kept_row(page, row)
    assert answered[0] == first
    assert len(set(map(frozenset, answered))) == 5, "no pair comes twice"
    page.keyboard.press("u")
    expect(page.locator("#kept")).to_contain_text("taken back — row 5", timeout=20_000)
    assert shown(page) == answered[4], "the pair that was taken back is on the screen again"
    rows = ledger(project)
    assert [kind for kind, _, _ in rows] == ["same", "different", "different", "cannot_tell", "different", "undo"]
    assert [frozenset(row[1:]) for row in rows[:5]] == [frozenset(pair) for pair in answered]

    # Leave, come back, and be where it was.
    page.goto("about:blank")
    running.close()
    running = program()
    page.goto(running.door)
    page.get_by_label("Path to existing embeddings folder").fill(str(project))
    page.get_by_role("button", name="Open Embeddings").click()
    page.wait_for_url("**/review")
    assert shown(page) == answered[4]
    assert len(ledger(project)) == 6

    # End session: the files on the disk are right.
    page.keyboard.press("e")
    page.wait_for_url("**/export")
    page.locator("#export-go").click()
    expect(page.locator("#export-done")).to_be_visible(timeout=60_000)
    picture_of(page, "export")
    out = project / "exports" / "matches"
    with (out / "leopard_matches.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["Leopard ID"] for line in lines} == {"leopard_1"}
    assert {line["Sighting"] for line in lines} == set(first)
    for line in lines:
        assert (out / line["Image Path"]).read_bytes() == Path(line["Original Path"]).read_bytes()
    assert {path.name for path in out.iterdir() if path.is_dir()} == {"leopard_1"}


@pytest.mark.slow
def test_a_killed_program_loses_no_answer_and_resumes_its_run(
    program, little_survey: Path, tmp_path: Path, until
) -> None:
    project = tmp_path / "Killed"
    running = program()
    made = call(
        running.address,
        "/api/projects/run",
        {"project_path": str(project), "images_path": str(little_survey), "station_level": "auto"},
    )
    job = f"/api/project/{made['id']}/job"

    def stage_of(address: str) -> str:
        told = call(address, job)
        return told["stage"] if told["state"] in ("running", "queued") else "end"

    # Mid-run: the plug is pulled while the animals are being cropped.
    until(lambda: stage_of(running.address) in ("crop", "embed", "neighbours", "points", "end"), what="cropping")
    running.kill()
    running = program()
    call(running.address, "/api/projects/open", {"path": str(project)})
    told = call(running.address, job)
    assert told["state"] in ("failed", "done") and told["sentence"]
    call(running.address, job, {"action": "start"})
    until(lambda: stage_of(running.address) == "end", what="the resumed run")
    assert call(running.address, job)["state"] == "done"

    # Mid-review: what was acknowledged is in the ledger after the plug is pulled.
    pair_path, acknowledged = f"/api/project/{made['id']}/pair", []
    for number in range(6):
        pair = call(running.address, pair_path)
        said = {"uid": f"kill-test-{number}", "kind": "different"}
        said |= {"a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
        reply = call(running.address, f"/api/project/{made['id']}/answers", said)
        acknowledged.append((reply["kept"]["row"], frozenset((said["a"], said["b"]))))
    following = reply["pair"]
    running.kill()
    assert [(row, frozenset(line[1:])) for row, line in enumerate(ledger(project), 1)] == acknowledged
    running = program()
    call(running.address, "/api/projects/open", {"path": str(project)})
    again = call(running.address, pair_path)
    assert (again["anchor"]["uid"], again["comparison"]["uid"]) == (
        following["anchor"]["uid"],
        following["comparison"]["uid"],
    )


def test_a_second_start_finds_the_first_and_a_taken_port_is_passed_over(program, home: Path) -> None:
    import subprocess
    import sys

    running = program()
    second = subprocess.run(
        [sys.executable, "-m", "spotid", "app", "--no-browser", "--port", "5600"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "SPOTID_HOME": str(home)},
    )
    assert f"running already: {running.address}" in second.stdout
    assert call(running.address, "/api/alive")["program"] == "SpotID"
