"""A frame of a clip as an upright picture, and as a JPEG that carries its moment."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spotid.project import aside

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL import Image

QUALITY = 92
DESCRIPTION, MAKE, MODEL, EXIF_IFD, TAKEN, TAKEN_MS = 0x010E, 0x010F, 0x0110, 0x8769, 0x9003, 0x9291


def turned(frame: VideoFrame) -> int:
    """By how many degrees, counter-clockwise, a frame is to be turned to stand upright: 0, 90, 180 or 270."""
    return round(frame.rotation / 90) % 4 * 90


def upright_size(frame: VideoFrame, aspect: Fraction) -> tuple[int, int]:
    """Width and height once turned upright, with square pixels."""
    width, height = max(1, round(frame.width * aspect)), frame.height
    return (height, width) if turned(frame) in (90, 270) else (width, height)


def upright(frame: VideoFrame, aspect: Fraction, side: int | None = None) -> Image.Image:
    """The upright RGB picture of a frame; with ``side``, no larger than that on its longest side.

    Of an interlaced frame only one of its two fields is used: an animal that moves would be torn into combs.
    """
    from PIL import Image

    width, height = max(1, round(frame.width * aspect)), frame.height
    if side is not None and max(width, height) > side:
        scale = side / max(width, height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    if frame.interlaced_frame and frame.height > 1:
        rows = np.ascontiguousarray(frame.to_ndarray(format="rgb24")[::2])
        picture = Image.fromarray(rows).resize((width, height), Image.Resampling.BICUBIC)
    else:
        picture = Image.fromarray(frame.to_ndarray(format="rgb24", width=width, height=height))
    way = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }.get(turned(frame))
    return picture if way is None else picture.transpose(way)


def turned_region(region: tuple[float, float, float, float], degrees: int) -> tuple[float, float, float, float]:
    """A region (x, y, w, h as shares) of the frame as stored, in the picture turned ``degrees`` counter-clockwise."""
    x, y, w, h = region
    if degrees == 90:
        x, y, w, h = y, 1 - x - w, h, w
    elif degrees == 180:
        x, y = 1 - x - w, 1 - y - h
    elif degrees == 270:
        x, y, w, h = 1 - y - h, x, h, w
    return round(x, 5), round(y, 5), round(w, 5), round(h, 5)


def name(clip: str, ms: int) -> str:
    """The file name of a still; names in order are moments in order."""
    return f"{clip}@{ms:09d}.jpg"


def write(
    where: Path, picture: Image.Image, clip: str, ms: int, start: str | None, make: str | None, model: str | None
) -> None:
    """Write a still whole or not at all. Its EXIF says the clip and, where ``start`` is known, the moment to the ms.

    Raises DiskFullError, and ProjectError where it can't be written.
    """
    from PIL import Image

    exif = Image.Exif()
    exif[DESCRIPTION] = f"{clip} at {ms / 1000:.3f} s".encode("ascii", "replace").decode()
    for tag, text in ((MAKE, make), (MODEL, model)):
        if text:
            exif[tag] = text
    if start:
        moment = datetime.fromisoformat(start) + timedelta(milliseconds=ms)
        exif.get_ifd(EXIF_IFD).update(
            {TAKEN: moment.strftime("%Y:%m:%d %H:%M:%S"), TAKEN_MS: f"{moment.microsecond // 1000:03d}"}
        )
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, exif=exif)
    aside.keep_file(where, buffer.getvalue())
