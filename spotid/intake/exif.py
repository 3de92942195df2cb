"""What a camera wrote into a picture: time, make, model, serial number, and where it was."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spotid.intake import clock

if TYPE_CHECKING:
    from PIL import Image

_MAKE, _MODEL, _DATE = 0x010F, 0x0110, 0x0132
_GPS_FOLDER = 0x8825
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
    gps: tuple[float, float] | None = None  # latitude and longitude in degrees


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
        *(_text(exif.get(_MAKE)), _text(exif.get(_MODEL)), _text(detail.get(_SERIAL)), _gps(exif)),
    )


def _gps(exif: Image.Exif) -> tuple[float, float] | None:
    """Where the camera's receiver was; None where it says nothing, or 0 and 0, as one does that knows no place."""
    try:
        told = exif.get_ifd(_GPS_FOLDER)
        latitude, longitude = (
            sum(float(part) / unit for part, unit in zip(told[tag], (1, 60, 3600), strict=True)) for tag in (2, 4)
        )
    except Exception:  # no place, or a damaged one; the rest of the notes is good
        return None
    latitude = -latitude if str(told.get(1, "N")).upper().startswith("S") else latitude
    longitude = -longitude if str(told.get(3, "E")).upper().startswith("W") else longitude
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude == 0 and longitude == 0):
        return None
    return round(latitude, 7), round(longitude, 7)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST]
    return text or None
