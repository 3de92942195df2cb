"""Pictures of the pages: with ``SPOTID_PICTURES=1`` those of the documentation, else in a test's own folder."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
VARIABLE = "SPOTID_PICTURES"
LARGEST_BYTES = 250_000
COLOURS = (256, 192, 128, 96, 64)  # fewer and fewer, until the picture is small enough for a repository


def take(page: Page, name: str, folder: Path, *, size: tuple[int, int] = (1366, 768), scheme: str = "light") -> Path:
    """Take a picture of the page as it stands: a fixed window, nothing moving, no caret. Gives the file.

    ``folder`` is where it goes unless the documentation's pictures are being made.
    """
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(img => img.loading === 'lazy' || img.complete)")
    page.mouse.move(size[0] - 2, size[1] - 2)
    page.evaluate("document.activeElement?.blur()")
    path = (PICTURES if os.environ.get(VARIABLE) == "1" else folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, caret="hide", animations="disabled")
    shrink(path)
    return path


def shrink(path: Path) -> None:
    """Write a PNG again with as many colours as fit into ``LARGEST_BYTES``."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    for colours in COLOURS:
        picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(
            path, optimize=True
        )
        if path.stat().st_size <= LARGEST_BYTES:
            return
