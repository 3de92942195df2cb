"""One picture of a clip at a moment, for pages that show a clip whose kind browsers can't play."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.intake import still_file
from spotid.intake.film_file import no_picture, opened
from spotid.intake.film_reader import ClipReader

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

SIDE, QUALITY = 960, 80


def picture_at(path: Path, ms: int, side: int = SIDE) -> bytes:
    """The upright picture shown at a moment as JPEG, no larger than ``side``. Raises PictureError, MemoryError."""
    for leap in (True, False):
        with opened(path) as (container, stream):
            found = ClipReader(container, stream).at(ms, leap)
            if found is not None and (found[0] <= ms or not leap):
                return _encoded(found[1], stream, side)
    raise no_picture(path)


def _encoded(frame: VideoFrame, stream: VideoStream, side: int) -> bytes:
    aspect = stream.sample_aspect_ratio
    square = aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)
    buffer = io.BytesIO()
    still_file.upright(frame, square, side).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
