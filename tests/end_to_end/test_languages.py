"""The pages in Spanish and French: nothing of the English is left on them, and the language can be changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from spotid.project import parts_kept
from spotid.translations import catalogues
from tests.end_to_end.quiet import COUNTING, quiet

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "run",
    "review",
    "boxes",
    "individuals",
    "conflicts",
    "reviewers",
    "sightings",
    "export",
    "care",
    "nothing-here",
    "/models",
)
ENGLISH = re.compile(r"\b(the|and|of|is|are|was|were|this|that|with|your|you|not|no|has|have|for|from)\b", re.I)
SHARED = re.compile(r"\b(no|has|son|are)\b|(?<!\S)/\S+", re.I)  # words of Spanish or French as well; paths
# Every text that is shown or read out, without those that say themselves to be English and the names of files.
TEXTS = """() => {
  const found = [];
  const apart = "[lang=en], .path, bdi, script, style";
  const seen = node => node.checkVisibility({ visibilityProperty: true }) && !node.closest(apart);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue.trim();
    if (text && seen(walker.currentNode.parentElement)) found.push(text);
  }
  for (const name of ["title", "aria-label", "placeholder", "alt"])
    for (const node of document.querySelectorAll(`[${name}]`)) if (seen(node)) found.push(node.getAttribute(name));
  return found.filter(Boolean);
}"""


STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(node => node.getBoundingClientRect().right > innerWidth)
  .map(node => node.outerHTML.slice(0, 90)).slice(0, 6)"""


def left_in_english(texts: list[str], language: str) -> list[str]:
    """Texts that are known to have a translation, or that read like English."""
    known = {
        str(m.id): m.string for m in catalogues.read(language) if m.id and isinstance(m.id, str) and m.string != m.id
    }
    said = {
        str(one) for m in catalogues.read(language) for one in (m.string if isinstance(m.string, tuple) else [m.string])
    }
    return [
        text
        for text in texts
        if not text.startswith("/")  # a path
        and text not in said
        and (text in known or ENGLISH.search(SHARED.sub("", text)))
    ]


@pytest.mark.parametrize("language", ["es", "fr"])
def test_no_answer_covers_another(browser: Browser, site, language: str) -> None:
    context = browser.new_context(locale=language)
    context.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    page = context.new_page()
    for width in (1366, 1280):
        page.set_viewport_size({"width": width, "height": 768})
        page.goto(site.url("review"))
        page.wait_for_selector("main[data-busy=false]")
        undo, others = (page.locator(f".actions {part}").bounding_box() for part in (".kept-row .button", ".buttons"))
        assert undo and others
        beside = undo["x"] >= 0 and undo["x"] + undo["width"] <= others["x"]
        assert beside or undo["y"] >= others["y"] + others["height"], width
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "pages"), [("es", ("", "review", "individuals")), ("fr", PAGES)])
def test_no_english_is_left(browser: Browser, site, language: str, pages: tuple[str, ...]) -> None:
    desk = site.bench.desk(site.project.id)
    desk.answer("11111111-aaaa", "same", site.uids[0], site.uids[1])
    desk.answer("22222222-aaaa", "unusable", site.uids[3])
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=language)
    context.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    context.add_init_script(COUNTING)
    page = context.new_page()
    bad, wide = {}, {}
    for name in (None, *pages):
        page.goto(site.address + (name or "") if name is None or name.startswith("/") else site.url(name))
        quiet(page)
        assert page.evaluate("document.documentElement.lang") == language
        if left := left_in_english(page.evaluate(TEXTS), language):
            bad[name or "home"] = left
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide[name] = page.evaluate(STICKS_OUT)
    context.close()
    assert bad == {}
    assert wide == {}, "longer words must fit, too"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "fr"])
def test_no_english_is_left_on_models_parts_and_learning(browser: Browser, site, language: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=language)
    context.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    context.add_init_script(COUNTING)
    page = context.new_page()
    left: dict[str, list[str]] = {}

    def look(what: str) -> None:
        quiet(page)
        left[what] = left_in_english(page.evaluate(TEXTS), language)

    page.goto(f"{site.address}/models")
    for name in ("mobile-sam", "miewid-msv3", "speciesnet"):
        page.locator(f'tr[data-name="{name}"] [data-act="more"]').click()
    page.locator("#ways").click()
    page.locator("#bring").click()
    look("models")
    page.locator("#bring-path").fill("/no such folder/model.toml")
    page.locator("#bring-go").click()
    expect(page.locator("#models-error")).to_be_visible()
    look("an error")
    page.locator('tr[data-name="miewid-msv3"] [data-act="get"]').click()
    expect(page.locator("#consent")).to_be_visible()
    look("consent")
    parts_kept.keep(site.project.store, "leopard", {"encoder": "miewid-msv3"})
    page.goto(site.url("run"))
    page.locator("#parts summary").click()
    expect(page.locator("#parts-profiles select").first).to_be_enabled()
    look("a part that is not here")
    for role, name in (("cutout", "grabcut"), ("encoder", "coat-vlad"), ("matcher", "coat-points")):
        page.locator(f"#part-leopard-{role}").select_option(name)
        expect(page.locator("#parts-said")).to_contain_text(name)
        look(role)
    page.locator("#kind-hyena").check()
    expect(page.locator(".run-parts-of")).to_have_count(2)
    look("two kinds")
    context.close()
    assert {what: texts for what, texts in left.items() if texts} == {}


def test_the_language_is_changed_and_stays(page: Page, site) -> None:
    page.goto(site.url())
    page.locator("footer").get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto(site.url("run"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("link", name="Aperçu")).to_be_visible()
    page.goto(site.url("review"))  # a page without a footer
    page.locator("#more summary").click()
    page.locator("#more").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    assert site.complaints == []


def test_numbers_follow_the_language(page: Page, site) -> None:
    page.context.add_cookies([{"name": "spotid-language", "value": "fr", "url": site.address}])
    page.goto(site.url())
    told = page.evaluate("import('/static/js/i18n.js').then(m => [m.number(12345), m.nt('{n} file', '{n} files', 0)])")
    assert told == ["12\u202f345", "0 fichier"]
