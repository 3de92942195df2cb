"""The strips of a picture alone, as large as they are, to be looked at beside what was read from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spotid.intake.strip_cut import heights
from spotid.picture import open_file, upright

if TYPE_CHECKING:
    from PIL import Image

WIDEST = 1600  # pixels
MARGIN = 4  # rows of the scene that stay beside a strip
WITHOUT = 12  # where no strip is found, this part of the height at the top and at the bottom is shown


def strip_picture(path: Path) -> Image.Image:
    """The bars at the top and the bottom of a picture, one below the other. Raises PictureError."""
    import numpy as np
    from PIL import Image

    with open_file(path) as opened:
        pixels = np.asarray(upright(opened))
    high = pixels.shape[0]
    above, below = heights(pixels)
    if not above and not below:
        above = below = high // WITHOUT
    parts = [pixels[: min(high, above + MARGIN)]] if above else []
    parts += [pixels[max(0, high - below - MARGIN) :]] if below else []
    strips = Image.fromarray(np.concatenate(parts))
    if strips.width > WIDEST:
        strips = strips.resize((WIDEST, max(1, round(strips.height * WIDEST / strips.width))))
    return strips
