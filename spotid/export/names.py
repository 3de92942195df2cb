"""Names for files and folders that every operating system accepts and that never meet twice."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")})


def safe(text: str, longest: int = LONGEST) -> str:
    """``text`` as a part of a file name: letters, digits, ``-``, ``_`` and ``.`` only, never empty or reserved.

    At most ``longest`` bytes and one, as disks count a name: a Chinese letter is three of them.
    """
    plain = unicodedata.normalize("NFC", text)
    cut = re.sub(r"[^\w.\-]+", "-", plain, flags=re.UNICODE).encode("utf-8", "replace")[:longest]
    plain = cut.decode("utf-8", "ignore").strip("-. ")
    if not plain or plain.lower().split(".")[0] in _RESERVED:
        return f"_{plain}"
    return plain


def export_name(station: str | None, captured_at: str | None, original: str, sighting_uid: str) -> str:
    """A name that says station, time and the camera's own file name, and ends in the sighting so that it is unique.

    Camera cards all hold an ``IMG_0001.JPG``; the sighting's uid is what keeps two of them apart.
    """
    stem, dot, extension = original.rpartition(".")
    if not dot:
        stem, extension = original, ""
    when = (captured_at or "").replace(":", "-").replace("T", "_")
    parts = [safe(part) for part in (station or "", when, stem) if part]
    parts.append(sighting_uid[:8])
    return "__".join(parts) + (f".{safe(extension.lower(), 8)}" if extension else "")
