"""Pages that show names which no page expects: nothing runs, nothing overflows, nothing turns the text around."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from spotid.boxes import Box
from spotid.project import media
from spotid.project.filenames import kept
from spotid.words import Problem
from tests.saboteurs.make import names

pytestmark = pytest.mark.browser

LONG = f"{'m' * 120}/{'n' * 250}.jpg"


@pytest.fixture
def stock(stock, picture):
    """Photographs of every troublesome name, in which something was found or not, and one problem of every kind."""
    for number, (relpath, kind) in enumerate(names()):
        if kind.startswith("a station called"):
            continue
        name = kept(relpath) if number % 7 else f"{'S' * 90} {number}/{kept(relpath).rsplit('/', 1)[-1]}"
        stock.add(name, picture((number, 90, 60)), () if number % 2 else (Box(0.1, 0.1, 0.5, 0.5),))
    for problem in Problem:
        relpath = LONG if problem is Problem.EMPTY else f"<b>{problem.value}</b>\n/\u202e{problem.value} '\"&.jpg"
        stock.add(relpath, picture(), ())
        row = stock.project.store.one("SELECT id FROM media WHERE relpath = ?", relpath)
        media.put_aside(stock.project.store, row["id"], problem, f"{problem.sentence} (<i>{'e' * 300}</i>)")
    return stock


def sound(page: Page, where: str) -> None:
    """Nothing that a name brought along runs, and nothing sticks out of the window."""
    assert page.evaluate("document.querySelectorAll('td script, .problem script, .problem b, .problem i').length") == 0
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"{where} is {wide} pixels wide in a window of {window}"
    cut = "[...document.querySelectorAll('.problem span, .sheet td')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert page.evaluate(f"{cut}.length") == 0, f"text is cut off at {where}"
    if window > 1000:
        tall = page.evaluate("Math.max(0, ...[...document.querySelectorAll('tbody tr')].map(e => e.offsetHeight))")
        assert tall < 500, f"a row of {where} is {tall} pixels high"


def test_every_page_shows_hostile_names_as_text(page: Page, site) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    shown: list[str] = []
    for where in ("sightings", "sightings?shelf=no_animal", "sightings?shelf=problem", "", "export"):
        page.goto(site.url(where))
        shown += page.locator("tbody .name").all_inner_texts()
        for width in (1366, 700):
            page.set_viewport_size({"width": width, "height": 768})
            sound(page, f"{where!r} at {width}")
    assert {"script>.jpg", "{{ 7*7 }}.jpg", "=1+1.jpg"} <= set(shown), "names are shown as they are"
    assert not any(set(name) & set("\n\t\u202e\x07") for name in shown)


def test_the_problems_list_gives_each_its_reason_and_its_advice(page: Page, site) -> None:
    page.goto(site.url("run"))
    page.locator("#problems summary").click()
    rows = page.locator(".problem")
    expect(rows).to_have_count(len(Problem), timeout=20_000)
    sound(page, "run")
    told = rows.all_inner_texts()
    for problem in Problem:
        assert any(problem.sentence in text and problem.advice in text for text in told), problem
    for row in rows.all():
        box = row.bounding_box()
        assert box is not None and box["width"] <= 1366 and box["height"] < 400
    page.set_viewport_size({"width": 700, "height": 768})
    sound(page, "run in a narrow window")
