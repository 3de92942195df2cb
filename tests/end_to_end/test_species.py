"""The shelf of other species and the page that takes in recognitions, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spotid.jobs.runner import Jobs
from spotid.profiles.names import Names
from spotid.project import classified, parts_kept, species
from spotid.project.classified import Word
from spotid.project.store import Store

pytestmark = pytest.mark.browser
OURS = Names(["leopard"]).ours


def tell(store: Store, uid: str, name: str, score: float) -> None:
    with store.write() as connection:
        connection.execute(
            "UPDATE sighting SET species = ?, species_by = 'recognitions', species_score = ? WHERE uid = ?",
            (name, score, uid),
        )


def states(site: Any) -> list[str]:
    rows = {row["uid"]: row["state"] for row in site.project.store.all("SELECT uid, state FROM sighting")}
    return [rows[uid] for uid in site.uids]


def heard(page: Page) -> None:
    """Wait until the page hears its keys."""
    page.wait_for_selector("body[data-keys=heard]")


@pytest.fixture
def sorted_out(site: Any) -> Any:
    """Three animals on the shelf: two hyaenas and a lion; three that go on."""
    for number, (name, score) in enumerate([("spotted hyaena", 0.31), ("spotted hyaena", 0.96), ("lion", 0.5)]):
        tell(site.project.store, site.uids[number], name, score)
    species.settle(site.project.store, OURS)
    site.reread()
    return site


def test_many_are_sorted_at_once_by_keys_and_taken_back(page: Page, sorted_out: Any) -> None:
    site = sorted_out
    page.goto(site.url())
    expect(page.locator(".shelf-list a[href$='/species'] .shelf-count")).to_have_text("3")
    page.locator(".shelf-list a[href$='/species']").click()
    expect(page.locator("#shots li")).to_have_count(3)
    expect(page.locator("#shots li").first).to_contain_text("31 %")
    expect(page.locator("#picked")).to_be_hidden()
    heard(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("#picked-count")).to_have_text("2 animals chosen")
    page.keyboard.press("y")
    expect(page.locator("#kept")).to_have_text("2 animals go on.")
    expect(page.locator("#shots li")).to_have_count(1)
    assert states(site).count("other") == 1
    heard(page)
    page.keyboard.press("u")
    expect(page.locator("#kept")).to_have_text("Taken back.")
    expect(page.locator("#shots li")).to_have_count(3)
    expect(page.locator("#shots li").first).to_contain_text("31 %")
    heard(page)
    page.keyboard.press("a")
    expect(page.locator("#picked-count")).to_have_text("3 animals chosen")
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()
    assert site.complaints == []


def test_animals_that_go_on_are_sent_to_the_shelf_by_mouse(page: Page, sorted_out: Any) -> None:
    site = sorted_out
    page.goto(site.url("species?shelf=line"))
    heard(page)
    cards = page.locator("#shots li label.shot")
    cards.nth(0).click()
    cards.nth(2).click(modifiers=["Shift"])
    expect(page.locator("#picked-count")).to_have_text("3 animals chosen")
    page.keyboard.press("n")
    page.keyboard.type("leopard")
    page.keyboard.press("Enter")
    expect(page.locator("#deed-fault")).to_contain_text("is one of the animals that are told apart here")
    page.locator("#sort-name").fill("civet")
    page.locator("#sort-others").click()
    expect(page.locator("#kept")).to_have_text("3 animals wait on the shelf of other species.")
    expect(page.locator(".empty h2")).to_have_text("No animals yet")
    assert states(site) == ["other"] * 6
    page.goto(site.url("species"))
    page.locator(".species-names a", has_text="civet").click()
    expect(page.locator("#name-ours")).to_contain_text("civet")
    heard(page)
    page.keyboard.press("m")
    expect(page.locator("#kept")).to_contain_text("3 animals came back")
    assert states(site).count("other") == 3


def test_a_classifier_is_told_with_its_score_and_asked_for_a_country(page: Page, site: Any) -> None:
    store = site.project.store
    rows = store.all("SELECT id FROM sighting ORDER BY id")
    hyena, guess = Word("spotted hyaena (Crocuta crocuta)", 0.93), Word("serval (Leptailurus serval)", 0.41)
    row = classified.begin(store, "0123456789abcdef", "speciesnet", 0.65, lambda words, least: None)
    classified.keep(store, row, [(rows[0]["id"], [hyena, guess], hyena), (rows[1]["id"], [guess], None)])
    classified.put_in_force(store, row)
    species.settle(store, OURS)
    parts_kept.keep(store, "leopard", {"classifier": "speciesnet"})
    site.reread()
    page.goto(site.url("species"))
    expect(page.locator("#shots li")).to_have_count(1)
    expect(page.locator("#shots li")).to_contain_text("speciesnet, 93 %")
    heard(page)
    page.keyboard.press("c")
    page.keyboard.type("Kenya")  # three letters fit
    page.keyboard.press("Enter")
    expect(page.locator("#kept")).to_have_text("Kept: KEN.")
    assert classified.country(store) == "KEN"
    heard(page)
    page.keyboard.press("u")
    expect(page.locator("#kept")).to_have_text("Taken back.")
    assert classified.country(store) == ""
    page.goto(site.url("species?shelf=line"))
    expect(page.locator("#shots li").first).to_contain_text("perhaps serval (Leptailurus serval) 41\u00a0%")


def test_a_file_is_looked_into_and_taken_in(
    page: Page, site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(Jobs, "start", lambda self, project, kind, **told: started.append(kind))
    box = {"category": "1", "conf": 0.8, "bbox": [0.01, 0.01, 0.97, 0.97], "classifications": [["0", 0.9]]}
    names = [row["relpath"] for row in site.project.store.all("SELECT relpath FROM media ORDER BY id")]
    whole = {
        "images": [{"file": name, "detections": [box]} for name in [*names, "elsewhere/A_1.JPG"]],
        "detection_categories": {"1": "animal"},
        "classification_categories": {"0": "tendwa"},
        "info": {"format_version": "1.5", "detector": "md_v5a"},
    }
    path = tmp_path / "cards" / "found.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    page.goto(site.url("recognitions"))
    page.locator("[data-offered]").click()
    expect(page.locator("#found-said")).to_contain_text("6 of 7 pictures")
    expect(page.locator("#found-species tr")).to_have_count(1)
    tick = page.locator("#found-species input")
    expect(tick).not_to_be_checked()
    tick.check()
    expect(page.locator("#replace-text")).to_contain_text("6 of these photographs")
    page.locator("#take").click()
    page.wait_for_url("**/run")
    store = site.project.store
    assert started == ["run"] and store.value("SELECT COUNT(*) FROM recognition") == 6
    assert species.words(store) == {"tendwa": True}
    page.goto(site.url("recognitions"))
    expect(page.locator(".taken-before li")).to_have_count(1)
    page.set_input_files("#file-upload input[type=file]", {"name": "x.json", "mimeType": "", "buffer": b"no json"})
    page.locator("#look").click()
    expect(page.locator("#fault")).to_contain_text("no JSON that can be read")
    assert len(site.bench.uploads.waiting()) == 1
    page.set_input_files(
        "#file-upload input[type=file]", {"name": "y.json", "mimeType": "", "buffer": path.read_bytes()}
    )
    page.locator("#look").click()
    expect(page.locator("#found-said")).to_contain_text("6 of 7 pictures")
    page.locator("#take").click()
    page.wait_for_url("**/run")
    assert site.bench.uploads.waiting() == [] and started == ["run", "run"]
    assert [one for one in site.complaints if "400" not in one] == []
