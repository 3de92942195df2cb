"""The page of models in a real browser, by keyboard alone: consent, progress that survives leaving the page, stopping,
going on, comparing, removing; and nothing leaves this computer before a person has said so."""

from __future__ import annotations

import dataclasses
import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spotid.weights import catalogue, keep, shelf
from spotid.weights.catalogue import Sum, Weight
from spotid.weights.fetch import Rules
from tests.end_to_end.shots import take
from tests.end_to_end.test_accessible import violations
from tests.weights.host import OTHER, Host, whole

pytestmark = pytest.mark.browser

BODY = random.Random(3).randbytes(6_000_000)
NAME = "mdv6-yolov10-c"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, site: Any) -> Iterator[Host]:
    pytest.importorskip("requests", reason="belongs to the packages of the published models")
    host, real = Host(), catalogue.read

    def read(path: Any = None) -> dict[str, Weight]:
        sums = (Sum("sha256", hashlib.sha256(BODY).hexdigest(), 3),)
        return {
            name: dataclasses.replace(one, url=f"{host.root}/{name}", bytes=len(BODY), sums=sums)
            for name, one in real(path).items()
        }

    monkeypatch.setattr(catalogue, "read", read)
    monkeypatch.setattr(site.app.extensions["models"], "_rules", lambda: Rules(local=True, spare=0, first_pause=0.1))
    shelf._listed.cache_clear()
    yield host
    site.app.extensions["models"].close()
    host.close()
    shelf._listed.cache_clear()


def slowly(handler: Any) -> None:
    """The file in small pieces, for as long as somebody listens."""
    handler.send_response(200)
    for name, value in {"Content-Length": str(len(BODY)), "ETag": '"one"'}.items():
        handler.send_header(name, value)
    handler.end_headers()
    try:
        for at in range(0, len(BODY), 200_000):
            handler.wfile.write(BODY[at : at + 200_000])
            time.sleep(0.25)
    except OSError:
        pass
    handler.close_connection = True


def test_by_keyboard_from_consent_to_removal(page: Page, site: Any, host: Host, tmp_path: Path) -> None:
    host.answers[f"/{NAME}"] = [slowly, whole(BODY)]
    page.goto(f"{site.address}/models")
    row = page.locator(f'tr[data-name="{NAME}"]')
    expect(row).to_have_attribute("aria-current", "true")
    page.keyboard.press("f")
    consent = page.get_by_role("dialog", name=f"Fetch {NAME}?")
    expect(consent).to_contain_text("Together 6 MB.")
    expect(consent).to_contain_text("GNU Affero General Public License 3")
    expect(page.locator("#consent-yes")).to_be_disabled()
    assert violations(page) == [] and host.asked == []
    page.keyboard.press("Escape")
    expect(consent).to_be_hidden()
    page.keyboard.press("f")
    page.keyboard.press("Space")  # the licence has the focus
    expect(page.locator("#consent-yes")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator("#work-title")).to_have_text(f"Fetching {NAME}")
    expect(page.locator("#work-text")).to_contain_text("of 6 MB")
    take(page, "models_fetching", tmp_path, moving=True)
    page.goto(f"{site.address}/about")
    page.goto(f"{site.address}/models")
    expect(page.locator("#work-title")).to_have_text(f"Fetching {NAME}")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("Stopped; what has arrived is kept.")
    expect(row.locator(".chip")).to_contain_text("are here")
    page.keyboard.press("f")
    expect(consent).to_contain_text("Accepted before.")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("It has arrived and was compared.")
    expect(row.locator(".chip")).not_to_contain_text("not here")
    assert host.ranges()[0] == "" and host.ranges()[-1].startswith("bytes=")
    page.keyboard.press("d")
    expect(page.locator(".model-more")).to_contain_text("It is the published file.")
    page.keyboard.press("c")
    expect(row).to_contain_text("Every byte is as it came.")
    keep.place(shelf.model(NAME).weights[0], shelf.folder()).write_bytes(OTHER)
    page.keyboard.press("c")
    expect(row.locator(".notice.bad")).to_contain_text("instead of 6,000,000")
    page.keyboard.press("Delete")
    expect(row.get_by_role("button", name="Really remove?")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator("#models-told")).to_contain_text(f"{NAME} was removed")
    expect(row.locator(".chip")).to_have_text("not here")
    assert site.complaints == [] and all(one.startswith(site.address) for one in site.requests)


@pytest.mark.slow
def test_offline_and_from_a_stick_on_a_narrow_screen(page: Page, site: Any, host: Host, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "mobile_sam.pt").write_bytes(BODY)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.address)
    page.locator("#more summary").click()
    page.get_by_role("link", name="Models", exact=True).first.click()
    page.wait_for_url("**/models")
    page.locator("#models[data-state=ready]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("n")
    page.keyboard.press("Space")
    page.locator("#ways-go").press("Enter")
    expect(page.locator("#models-offline")).to_be_visible()
    page.keyboard.press("f")
    page.locator("#consent input[type=checkbox]").first.check()
    page.locator("#consent-yes").click()
    expect(page.locator("#models-error")).to_contain_text("stay offline")
    page.keyboard.press("i")
    page.keyboard.type(str(tmp_path / "stick"))
    page.keyboard.press("Enter")
    expect(page.locator("#models-told")).to_contain_text("“mobile_sam.pt” was taken in")
    expect(page.locator('tr[data-name="mobile-sam"] .chip')).not_to_contain_text("not here")
    assert violations(page) == [] and host.asked == []
    page.keyboard.press("i")
    page.locator("#bring-path").fill(str(tmp_path / "no such folder"))
    page.keyboard.press("Enter")
    expect(page.locator("#models-error")).to_contain_text("There is nothing at")
    assert [one for one in site.complaints if "400" not in one and "404" not in one] == []
