"""The light in which a photograph was taken, told from a small picture: daylight, infrared, or a flash in the dark.

Told by colour, not by the hour, so that it can show that a camera's clock is wrong.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from spotid.errors import PictureError
from spotid.picture import open_file

DAYLIGHT, INFRARED, FLASH = "daylight", "infrared", "flash"
GRID = (48, 32)  # what a picture is reduced to
EDGE = 0.12  # of the height, left out at the top and at the bottom: information strips have colours of their own
# Spread of the two colour channels (8 bits, YCbCr) that brightness does not explain, so that a tint over the whole
# picture is no colour. In the sample survey infrared frames have 0.0 and the palest daylight 3.8.
GREY = 1.5
# A quarter of a frame that is darker than this lies beyond the reach of a flash. In the sample survey flash has 33 at
# most, daylight 71 at least. A sunspot in a dark wood looks like a flash, a flash on a near rock like day: one picture
# proves nothing; see ``project.clock_signs``.
DARK = 45


def light_of(path: Path) -> str | None:
    """``DAYLIGHT``, ``INFRARED`` or ``FLASH``; None where the picture can't be read."""
    try:
        about = path.stat()
    except OSError:
        return None
    return _light_of(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=50_000)
def _light_of(path: Path, size: int, modified_ns: int) -> str | None:
    from PIL import Image

    try:
        with open_file(path) as opened:
            opened.draft("RGB", (2 * GRID[0], 2 * GRID[1]))
            whole = opened.convert("RGB")
        wide, high = whole.size
        edge = round(EDGE * high)
        small = whole.crop((0, edge, wide, max(high - edge, edge + 1))).resize(GRID, Image.Resampling.BOX)
    except (PictureError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None
    content = small.convert("YCbCr").tobytes()
    bright = content[0::3]
    if _unexplained(bright, content[1::3]) + _unexplained(bright, content[2::3]) < GREY**2:
        return INFRARED
    return FLASH if sorted(bright)[len(bright) // 4] < DARK else DAYLIGHT


def _unexplained(bright: bytes, colour: bytes) -> float:
    """The variance of a colour channel that a straight line through the brightness leaves."""
    n = len(bright)
    mean_b, mean_c = sum(bright) / n, sum(colour) / n
    var_b = sum(b * b for b in bright) / n - mean_b**2
    var_c = sum(c * c for c in colour) / n - mean_c**2
    both = sum(b * c for b, c in zip(bright, colour, strict=True)) / n - mean_b * mean_c
    return max(var_c - both * both / var_b if var_b > 1e-9 else var_c, 0.0)
