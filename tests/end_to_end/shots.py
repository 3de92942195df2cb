"""Pictures of the pages: with ``SPOTID_PICTURES=1`` those of the documentation, else in a test's own folder."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
VARIABLE = "SPOTID_PICTURES"
LARGEST_BYTES = 190_000
ALL_BYTES = 2_000_000  # of all pictures together; they travel with every copy of the program
COLOURS = (256, 192, 128, 96, 64, 48, 32)  # fewer and fewer, until the picture is small enough for a repository
MARGIN = 12  # pixels around a part of a page


def take(
    page: Page,
    name: str,
    folder: Path,
    *,
    size: tuple[int, int] = (1366, 768),
    scheme: str = "light",
    of: Locator | None = None,
    moving: bool = False,
) -> Path:
    """Take a picture of the page as it stands: a fixed window, nothing moving, no caret. Gives the file.

    ``folder`` is where it goes unless the documentation's pictures are being made. ``of``: only this part of the page,
    with what has the focus left as it is. ``moving``: the page hears from the program all the time.
    """
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    if not moving:
        page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(img => img.loading === 'lazy' || img.complete)")
    page.mouse.move(size[0] - 2, size[1] - 2)
    path = (PICTURES if os.environ.get(VARIABLE) == "1" else folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    if of is None:
        page.evaluate("document.activeElement?.blur()")
        page.screenshot(path=path, caret="hide", animations="disabled")
    else:
        of.scroll_into_view_if_needed()
        page.screenshot(path=path, caret="hide", animations="disabled", clip=around(page, of))
    shrink(path)
    return path


def around(page: Page, part: Locator) -> FloatRect:
    """The place of a part of the page with a small margin, as far as the window shows it."""
    box, window = part.bounding_box(), page.viewport_size
    assert box and window, "the part is not shown"
    left, top = max(0.0, box["x"] - MARGIN), max(0.0, box["y"] - MARGIN)
    right = min(window["width"], box["x"] + box["width"] + MARGIN)
    bottom = min(window["height"], box["y"] + box["height"] + MARGIN)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def shrink(path: Path) -> None:
    """Write a PNG again with as many colours as fit into ``LARGEST_BYTES``."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    for colours in COLOURS:
        # An octree keeps the colours of small things, such as buttons; a median cut gives all to the photographs.
        picture.quantize(colours, Image.Quantize.FASTOCTREE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return
