"""When a photograph was taken, as the camera's clock had it: local time, never rewritten.

A clock that was never set, or lost its time with the battery, starts at 1970, 1980 or 2000; one set wrong may be years
ahead. Such a time is told to people as the camera had it, and nothing is computed from it: no visit, speed or order.
Two cameras that both began anew at 2000-01-01 00:00:00 would otherwise have met the same animal at the same minute.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

EARLIEST_YEAR = 1990  # no digital camera traps before; 1970 and 1980 are clocks that were never set
RESET_YEAR = 2000  # where most clocks start anew; no camera trap wrote EXIF in that year
# A computer whose own clock lost its time must not make every photograph one of the future.
AT_LEAST_NOW = datetime(2026, 1, 1)
UNSET, FUTURE = "unset", "future"  # why a time is not trusted

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


def as_told(text: object) -> str | None:
    """An EXIF date (``2021:03:04 18:05:59``) as ISO time, trusted or not; None where it says no moment at all."""
    match = re.match(r"\s*(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})", str(text))
    return _moment(*(int(part) for part in match.groups())) if match else None


def doubt(moment: str) -> str | None:
    """Why an ISO time can't be trusted: ``UNSET``, ``FUTURE`` (later than tomorrow), or None where it can."""
    when = datetime.fromisoformat(moment)
    if when.year < EARLIEST_YEAR or when.year == RESET_YEAR:
        return UNSET
    return FUTURE if when > max(datetime.now(), AT_LEAST_NOW) + timedelta(days=1) else None


def remark(moment: str) -> str:
    """What people are told of a photograph whose time is not trusted."""
    return f"The camera's clock said {moment.replace('T', ' ')}; that can't be right, so this photograph has no time."


def moment_of(text: str | None) -> str | None:
    """The ISO time in a ``remark``."""
    match = re.search(r"said (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)", text or "")
    return f"{match.group(1)}T{match.group(2)}" if match else None


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
