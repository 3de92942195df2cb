"""When a photograph was taken, as the camera's clock had it: local time, never rewritten.

A time that can't be right (see ``project.trust``) is told to people as the camera had it, and nothing is computed from
it: no visit, speed or order. Two cameras that both began anew at 2000-01-01 00:00:00 would otherwise have met the same
animal at the same minute.
"""

from __future__ import annotations

import re
from datetime import datetime

from spotid.project.trust import FUTURE, UNSET, doubt, moment_of, remark

__all__ = ["FUTURE", "UNSET", "as_told", "doubt", "from_name", "moment_of", "remark"]

# 2019-03-01_19-49-36, 20190301_194936, 2019-3-1 19:49:36, 20190301194936 …, also with text around it.
_STAMPS = (
    re.compile(  # without the noughts in front only where hour, minute and second are there: 2012-8-28__16-0-4
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.](?P<month>\d{1,2})[-_.](?P<day>\d{1,2})[-_ T.]+"
        r"(?P<hour>\d{1,2})[-_:.h](?P<minute>\d{1,2})[-_:.m](?P<second>\d{1,2})(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.](?P<month>\d{1,2})[-_.](?P<day>\d{1,2})[-_ T.]+"
        r"(?P<hour>\d{1,2})[-_:.h](?P<minute>\d{2})(?:[-_:.m](?P<second>\d{2}))?(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)[-_ T]?"
        r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?!\d)"
    ),
)


def as_told(text: object) -> str | None:
    """An EXIF date (``2021:03:04 18:05:59``) as ISO time, trusted or not; None where it says no moment at all."""
    match = re.match(r"\s*(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})", str(text))
    return _moment(*(int(part) for part in match.groups())) if match else None


def from_name(name: str) -> str | None:
    """A date and time written in a file's name, as ISO local time, or None."""
    for pattern in _STAMPS:
        for match in pattern.finditer(name):
            part = match.groupdict(default="0")
            when = _trusted(_moment(*(int(part[key]) for key in ("year", "month", "day", "hour", "minute", "second"))))
            if when:
                return when
    return None


def _trusted(moment: str | None) -> str | None:
    return moment if moment is not None and doubt(moment) is None else None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> str | None:
    try:
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return None
