"""Draw the programs' icons anew from ``static/logo.svg``: ``python release/icons/make.py`` in the test environment.

Each size is drawn by itself in Chromium, so that the small ones are as sharp as the big ones.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
WINDOWS = (16, 24, 32, 48, 64, 256)
MAC = (32, 64, 128, 256, 512, 1024)
MAC_SHARE = 824 / 1024  # Apple's grid: the tile leaves room for its shadow


def drawn() -> tuple[dict[int, bytes], dict[int, bytes]]:
    """PNGs by size in pixels: filling the square, and with the margin that macOS expects."""
    from playwright.sync_api import FloatRect, sync_playwright

    from spotid.firstrun.checks import find_browser

    logo = (ROOT / "static" / "logo.svg").read_text(encoding="utf-8")
    plain: dict[int, bytes] = {}
    mac: dict[int, bytes] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        page = browser.new_page(viewport={"width": 1024, "height": 1024})
        for size in SIZES:
            for found, share in ((plain, 1.0), (mac, MAC_SHARE)):
                wide, edge = size * share, size * (1 - share) / 2
                style = f"svg{{position:absolute;left:{edge}px;top:{edge}px;width:{wide}px;height:{wide}px}}"
                page.set_content(f"<style>{style}</style>{logo}")
                corner: FloatRect = {"x": 0, "y": 0, "width": size, "height": size}
                found[size] = page.screenshot(omit_background=True, clip=corner)
        browser.close()
    return plain, mac


def main() -> None:
    """Write SpotID.png (Linux), SpotID.ico (Windows) and SpotID.icns (macOS)."""
    from PIL import Image

    plain, mac = ({size: Image.open(io.BytesIO(one)) for size, one in found.items()} for found in drawn())
    plain[256].save(HERE / "SpotID.png", optimize=True)
    rest = [plain[size] for size in WINDOWS[:-1]]
    plain[256].save(HERE / "SpotID.ico", sizes=[(size, size) for size in WINDOWS], append_images=rest)
    mac[1024].save(HERE / "SpotID.icns", append_images=[mac[size] for size in MAC[:-1]])
    for name in ("SpotID.png", "SpotID.ico", "SpotID.icns"):
        print(f"{name}: {(HERE / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
