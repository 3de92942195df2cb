"""Clips in a real browser: played from the moment of a still, shown picture by picture, or told to be away."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from spotid.boxes import Box
from spotid.intake.clips import take_stills
from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Silent
from spotid.project import clips, media, sightings
from spotid.settings import settings
from spotid.words import MediaState
from tests.end_to_end.conftest import Review, Site
from tests.end_to_end.test_accessible import everywhere
from tests.intake.films import RED, make, number_of

pytest.importorskip("av")
pytestmark = pytest.mark.browser
FILM = "document.querySelector('.clip-stage video')"
PAINTED = """() => {
    const film = document.querySelector(".clip-stage video"), canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
    const pen = canvas.getContext("2d");
    pen.drawImage(film, 0, 0);
    const pixels = [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
    return {pixels, wide: canvas.width, high: canvas.height};
}"""

BEGINS = """() => {
    const once = {capture: true, once: true};
    window.begins = new Promise(good => document.addEventListener("seeked", e => good(e.target.currentTime), once));
    return true;  // a promise would be waited for
}"""


def with_clip(site: Site, folder: Path, name: str, **how: object) -> dict[str, object]:
    """Takes a clip into the project and gives its last still, with a box of one animal; it moves from second 3 to 7."""
    folder.mkdir(exist_ok=True)
    make(folder / name, seconds=8, g="20", animals=[(3, 7, RED)], **how)  # type: ignore[arg-type]
    project = site.project
    media.root_id(project.store, folder)
    scan_roots(project, Silent())
    take_stills(project, settings(), Silent())
    read_pending(project, settings(), Silent())
    row = project.store.one("SELECT * FROM media WHERE kind = 'still' ORDER BY at_ms DESC LIMIT 1")
    box = sightings.NewSighting(Box(0.25, 0.5, 0.5, 0.3), 0.9, "test")
    sightings.keep_detections(project.store, [(row["id"], [box])], "test")
    site.reread()
    return dict(row)


def played(page: Page) -> tuple[float, int]:
    """The film's moment, and the number of the frame that is painted."""
    seen = page.evaluate(PAINTED)
    pixels = np.array(seen["pixels"], np.uint8).reshape(seen["high"], seen["wide"], 4)[..., :3]
    return page.evaluate("() => document.querySelector('.clip-stage video').currentTime"), number_of(pixels)


@pytest.mark.parametrize("name", ["IMG_0005.WEBM", "IMG_0005.MTS"])
def test_a_clip_plays_from_its_stills_moment(page: Page, site: Site, tmp_path: Path, name: str) -> None:
    """One that Chromium plays as it is, and one that is packed anew for it."""
    still = with_clip(site, tmp_path / "card", name.lower())
    at = still["at_ms"] / 1000
    assert at > 3
    page.goto(site.url(f"photograph/{still['uid']}"))
    expect(page.locator("h1")).to_have_text(f"{name.lower()}, 0:{at:04.1f}")
    expect(page.locator("body[data-keys]")).to_be_attached()
    page.evaluate(BEGINS)
    page.keyboard.press("p")
    video = page.locator(".clip-stage video")
    expect(video).to_be_visible()
    assert page.evaluate("() => window.begins") == pytest.approx(at - 1, abs=0.1), "a second before the still"
    page.wait_for_function("from => document.querySelector('.clip-stage video').currentTime > from", arg=at - 0.9)
    page.keyboard.press("p")
    page.wait_for_function(
        "() => { const v = document.querySelector('.clip-stage video'); return v.paused && !v.seeking; }"
    )
    expect(page.locator(".clip-box")).to_be_visible()
    second, frame = played(page)
    assert second == pytest.approx(at + 0.02, abs=0.01) and frame == still["at_ms"] // 100
    stage, box = page.locator(".clip-stage").bounding_box(), page.locator(".clip-box").bounding_box()
    assert box["x"] - stage["x"] == pytest.approx(stage["width"] / 4, abs=3)
    assert stage["width"] / stage["height"] == pytest.approx(160 / 96, abs=0.02)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".clip-boxes")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".clip-player")).to_have_count(0)
    copied = list((site.project.path / "cache" / "clips").rglob("*.mp4"))
    assert len(copied) == (name == "IMG_0005.MTS")
    assert not site.complaints and all(url.startswith(site.address) for url in site.requests)


def test_a_clip_that_no_browser_plays_is_shown_picture_by_picture(page: Page, site: Site, tmp_path: Path) -> None:
    still = with_clip(site, tmp_path / "card", "IMG_0005.AVI")
    at = still["at_ms"] / 1000
    page.goto(site.url(f"photograph/{still['uid']}"))
    page.get_by_role("button", name="Play clip").click()
    expect(page.locator(".clip-says")).to_contain_text("can't play this kind of clip")
    stage = page.locator(".clip-stage")
    page.wait_for_function("at => Number(document.querySelector('.clip-stage').dataset.second) >= at", arg=at - 0.5)
    page.keyboard.press("p")
    expect(stage).to_have_attribute("data-second", f"{at + 0.02:.2f}")
    expect(page.locator(".clip-box")).to_be_visible()
    shown = page.request.get(site.address + page.locator(".clip-stage img").get_attribute("src"))
    with Image.open(io.BytesIO(shown.body())) as picture:
        assert number_of(np.asarray(picture)) == still["at_ms"] // 100
    page.keyboard.press("ArrowRight")
    expect(stage).to_have_attribute("data-second", f"{at + 0.52:.2f}")
    assert everywhere(page) == {}
    links = page.locator(".clip-stills a")
    expect(links).to_have_count(len(clips.stills_of(site.project.store, still["parent_id"])))
    links.first.click()
    expect(page.locator("h1")).to_contain_text("IMG_0005.AVI, 0:0")
    assert not site.complaints


def test_a_clip_whose_disk_is_away_says_so_and_its_stills_stay(page: Page, site: Site, tmp_path: Path) -> None:
    still = with_clip(site, tmp_path / "card", "a.webm")
    (tmp_path / "card" / "a.webm").unlink()
    clip = site.project.store.one("SELECT * FROM media WHERE kind = 'clip'")
    page.goto(site.url("sightings?shelf=clip"))
    page.locator(f'a[href*="{clip["uid"]}"]').first.click()
    expect(page.get_by_role("heading", name="A clip")).to_be_visible()
    expect(page.locator("body[data-keys]")).to_be_attached()
    page.keyboard.press("p")
    expect(page.locator(".clip-says")).to_contain_text("The clip is not there now")
    expect(page.locator(".clip-stills a").last).to_have_attribute(
        "href", f"/project/{site.project.id}/photograph/{still['uid']}"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".clip-player")).to_have_count(0)
    assert not site.complaints


def test_the_review_plays_the_comparisons_clip(review: Review, page: Page, site: Site, tmp_path: Path) -> None:
    still = with_clip(site, tmp_path / "card", "a.webm")
    with site.project.store.write() as connection:
        connection.execute("UPDATE media SET state = ? WHERE id = ?", (MediaState.MISSING, still["id"]))
        for uid in site.uids[1:]:  # everybody but the first anchor was taken out of the clip
            connection.execute(
                "UPDATE media SET kind = 'still', parent_id = ?, at_ms = 4000 WHERE id ="
                " (SELECT media_id FROM sighting WHERE uid = ?)",
                (still["parent_id"], uid),
            )
    site.reread()
    page.reload()
    review.settled()
    expect(page.locator('[data-act="clip"]')).to_be_visible()
    expect(page.locator('[data-act="clip-anchor"]')).to_be_hidden()
    page.keyboard.press("Shift+P")
    expect(page.locator("#toast")).to_contain_text("not taken from a clip")
    page.keyboard.press("p")
    expect(page.locator(".clip-stage video")).to_be_visible()
    page.keyboard.press("y")
    page.keyboard.press("Escape")
    expect(page.locator(".clip-player")).to_have_count(0)
    assert site.kinds() == [], "keys of the review mean nothing while a clip plays"
    assert all("404" in one for one in site.complaints), "the stocked photographs have no small pictures"
