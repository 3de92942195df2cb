"""When a clip began: local time as the camera had it, with the place it was read from and how far it can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from spotid.intake import clock

WITH_ZONE = "com.apple.quicktime.creationdate"  # local time and its distance from UTC; telephones write it
TOLD = ("creation_time", "date", "date-eng")
TELEPHONES = ("com.apple.quicktime.make", "com.android.version", "com.android.manufacturer")
CONTAINER, UTC, NAME, FILE = "container", "container-utc", "name", "file"


@dataclass(frozen=True, slots=True)
class Began:
    """``moment`` is ISO local time, or None. ``source``: ``container`` (taken as the camera's own local time),
    ``container-utc`` (a telephone's: truly UTC, the local time is not known), ``name``, ``file`` (when the file was
    last written: a guess), or why there is none: ``unset``, ``future``, or ``""``."""

    moment: str | None
    source: str
    remark: str | None = None
    told: str | None = None  # what the camera's clock said, where that is not to be trusted

    @property
    def sure(self) -> bool:
        """Whether the camera told it: a guess is shown to people and nothing is computed from it."""
        return self.moment is not None and self.source in (CONTAINER, NAME)


def began(told: Mapping[str, str], path: Path, seconds: float) -> Began:
    """When the clip at ``path`` of ``seconds`` began; ``told`` is what its container says (keys in lower case).

    ``creation_time`` is UTC by the standard, and camera traps write their local clock into it: it is taken as local
    time, unless a telephone wrote the clip, or the file's name has the same moment at another hour: then the name, in
    local time, is right.
    """
    named = clock.from_name(path.name)
    zoned = clock.as_told(told.get(WITH_ZONE, ""))
    if zoned and clock.doubt(zoned) is None:
        return Began(zoned, CONTAINER)
    said = next((when for key in TOLD if (when := clock.as_told(told.get(key, "")) or _idit(told.get(key, "")))), None)
    doubt = clock.doubt(said) if said else None
    if said and doubt is None:
        if named and _other_zone(said, named):
            return Began(named, NAME)
        if any(key in told for key in TELEPHONES):
            return Began(said, UTC, "The clip's time is in UTC; the local time of the place is not known.")
        return Began(said, CONTAINER)
    if named:
        return Began(named, NAME)
    if said and doubt:
        return Began(None, doubt, clock.remark(said).replace("this photograph", "this clip"), said)
    return _written(path, seconds)


def at(start: str, ms: int) -> str:
    """The moment ``ms`` after ``start``, to the second (both ISO)."""
    return (datetime.fromisoformat(start) + timedelta(milliseconds=ms)).replace(microsecond=0).isoformat()


def _written(path: Path, seconds: float) -> Began:
    """A camera writes the end of a clip last, so it began its own length before that."""
    try:
        when = datetime.fromtimestamp(path.stat().st_mtime) - timedelta(seconds=min(max(seconds, 0.0), 86_400.0))
        moment = when.replace(microsecond=0).isoformat()
    except (OSError, ValueError, OverflowError):
        return Began(None, "")
    if clock.doubt(moment):
        return Began(None, "")
    written = moment[:16].replace("T", " ")
    return Began(moment, FILE, f"The clip has no time of its own; going by its file it may have begun at {written}.")


def _other_zone(said: str, named: str) -> bool:
    """Whether two moments are one, told in two zones: apart by whole quarters of an hour and at most 14 hours."""
    apart = abs((datetime.fromisoformat(said) - datetime.fromisoformat(named)).total_seconds())
    return 600 < apart <= 14 * 3600 + 120 and min(apart % 900, 900 - apart % 900) <= 120


def _idit(text: str) -> str | None:
    """The date that AVI files of cameras carry: ``Thu Mar 01 05:06:07 2024``."""
    match = re.match(r"\s*[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})", text)
    if not match:
        return None
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    month, day, hours, year = match.groups()
    if month.lower() not in months:
        return None
    return clock.as_told(f"{year}:{months.index(month.lower()) + 1:02d}:{int(day):02d} {hours}")
