"""What a camera wrote into a picture: time, make, model, serial number."""

from __future__ import annotations

import warnings
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
    """None stands for what the file does not say; ``told`` is a time that can't be trusted, as the camera had it."""

    captured_at: str | None = None
    told: str | None = None
    make: str | None = None
    model: str | None = None
    serial: str | None = None


def camera_notes(picture: Image.Image) -> CameraNotes:
    """Read the EXIF of an opened picture; garbage counts as nothing said."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _notes(picture)
    except Exception:  # Pillow raises almost anything on damaged tags
        return CameraNotes()


def _notes(picture: Image.Image) -> CameraNotes:
    exif = picture.getexif()
    detail = exif.get_ifd(_EXIF_FOLDER)
    dates = (detail.get(_DATE_ORIGINAL), detail.get(_DATE_DIGITISED), exif.get(_DATE))
    # The first that says a moment counts: the last one, when a program changed the file, must not stand in for a
    # clock that was never set.
    when = next((moment for moment in map(clock.as_told, dates) if moment), None)
    trusted = when is not None and clock.doubt(when) is None
    return CameraNotes(
        when if trusted else None,
        None if trusted else when,
        *(_text(exif.get(_MAKE)), _text(exif.get(_MODEL)), _text(detail.get(_SERIAL))),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST]
    return text or None
