"""Which times are trusted. A clock that was never set, or lost its time with the battery, starts at 1970, 1980 or 2000;
one set wrong may be years ahead. Such a time is told to people as the camera had it, and nothing is computed from it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

EARLIEST_YEAR = 1990  # no digital camera traps before; 1970 and 1980 are clocks that were never set
RESET_YEAR = 2000  # where most clocks start anew; no camera trap wrote EXIF in that year
# A computer whose own clock lost its time must not make every photograph one of the future.
AT_LEAST_NOW = datetime(2026, 1, 1)
UNSET, FUTURE = "unset", "future"  # why a time is not trusted


def latest() -> str:
    """The last moment that is not of the future, ISO: a day from now."""
    return (max(datetime.now(), AT_LEAST_NOW) + timedelta(days=1)).isoformat(timespec="seconds")


def doubt(moment: str, last: str | None = None) -> str | None:
    """Why an ISO time or day can't be trusted: ``UNSET``, ``FUTURE`` (later than ``last``), or None where it can."""
    year = int(moment[:4])
    if year < EARLIEST_YEAR or year == RESET_YEAR:
        return UNSET
    return FUTURE if moment > (last or latest()) else None


def remark(moment: str) -> str:
    """What people are told of a photograph whose time is not trusted."""
    return f"The camera's clock said {moment.replace('T', ' ')}; that can't be right, so this photograph has no time."


def moment_of(text: str | None) -> str | None:
    """The ISO time in a ``remark``; None where it is another sentence."""
    match = re.match(r"The camera's clock said (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d);", text or "")
    return f"{match.group(1)}T{match.group(2)}" if match else None
