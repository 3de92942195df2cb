"""Names of cameras: which two mean the same one of a station.

A camera is named by the folders below its station's ("Camera A", "A/DCIM/100MEDIA"), by a table ("A"), or by nobody:
then its serial number stands in. Folders that the camera itself makes on a card name no camera: when the card is
changed they begin anew, or count on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CARD = re.compile(r"dcim|\d{3}[_-]?[a-z]\w{2,7}", re.I)
_APART = re.compile(r"[\s_-]+")
_PREFIX = re.compile(r"(?:camera|cam|unit|side)(?:[ _-]+(?=\w{1,3}$)|(?=(?:[a-z]|\d{1,3})$))", re.I)


def plain(camera: str) -> str:
    """The name without the folders that cameras make on their cards."""
    return "/".join(part for part in camera.split("/") if part and not _CARD.fullmatch(part))


def key(camera: str) -> str:
    """What is equal for two spellings of one camera: "Camera A", "cam_a" and "A/DCIM/100RECNX" are "a"."""
    parts = [_PREFIX.sub("", " ".join(_APART.split(part.strip()))) for part in plain(camera).split("/")]
    return "/".join(parts).casefold()


def named(camera: str, serial: str | None) -> bool:
    """Whether somebody named the camera: a serial number names the thing, not its place at the station."""
    return bool(plain(camera)) and camera != serial


def told(cameras: Iterable[str]) -> tuple[str, ...]:
    """The cameras by name, each once."""
    return tuple(sorted({key(one): plain(one) for one in sorted(cameras) if plain(one)}.values()))
