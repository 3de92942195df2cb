"""When a photograph was taken, as the camera's clock had it: local time, never rewritten."""

from __future__ import annotations

import re
from datetime import datetime

EARLIEST_YEAR = 1990  # no digital camera traps before; 1970 and 1980 are clocks that were never set

# 2019-03-01_19-49-36, 20190301_194936, 2019-3-1 19:49:36, 20190301194936 …, also with text around it.
_STAMPS = (
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.](?P<month>\d{1,2})[-_.](?P<day>\d{1,2})[-_ T.]+"
        r"(?P<hour>\d{1,2})[-_:.h](?P<minute>\d{2})(?:[-_:.m](?P<second>\d{2}))?(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)[-_ T]?"
        r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?!\d)"
    ),
)


def from_exif(text: object) -> str | None:
    """An EXIF date (``2021:03:04 18:05:59``) as ISO local time, or None where it can't be one."""
    match = re.match(r"\s*(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})", str(text))
    return _plausible(*(int(part) for part in match.groups())) if match else None


def from_name(name: str) -> str | None:
    """A date and time written in a file's name, as ISO local time, or None."""
    for pattern in _STAMPS:
        for match in pattern.finditer(name):
            part = match.groupdict(default="0")
            when = _plausible(*(int(part[key]) for key in ("year", "month", "day", "hour", "minute", "second")))
            if when:
                return when
    return None


def _plausible(year: int, month: int, day: int, hour: int, minute: int, second: int) -> str | None:
    try:
        when = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    if year < EARLIEST_YEAR or year > datetime.now().year + 1:
        return None
    return when.isoformat()
