"""What a camera wrote into a picture: time, make, model, serial number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spotid.intake import clock

if TYPE_CHECKING:
    from PIL import Image

_MAKE, _MODEL, _DATE = 0x010F, 0x0110, 0x0132
_EXIF_FOLDER, _DATE_ORIGINAL, _DATE_DIGITISED, _SERIAL = 0x8769, 0x9003, 0x9004, 0xA431
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class CameraNotes:
    """None stands for what the file does not say."""

    captured_at: str | None = None
    make: str | None = None
    model: str | None = None
    serial: str | None = None


def camera_notes(picture: Image.Image) -> CameraNotes:
    """Read the EXIF of an opened picture; garbage counts as nothing said."""
    try:
        exif = picture.getexif()
        detail = exif.get_ifd(_EXIF_FOLDER)
        dates = (detail.get(_DATE_ORIGINAL), detail.get(_DATE_DIGITISED), exif.get(_DATE))
        captured_at = next((when for when in map(clock.from_exif, dates) if when), None)
        return CameraNotes(captured_at, _text(exif.get(_MAKE)), _text(exif.get(_MODEL)), _text(detail.get(_SERIAL)))
    except Exception:  # Pillow raises almost anything on damaged tags
        return CameraNotes()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST]
    return text or None
