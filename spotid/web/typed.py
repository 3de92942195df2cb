"""What people type on the pages about places and times: rows, days and moments in their own way of writing, zones."""

from __future__ import annotations

import re
from typing import Any

from spotid.errors import BadRequestError
from spotid.intake.sheet_moments import moment
from spotid.web.common import text

LONGEST = 200
LARGEST_ROW = 1 << 62
ZONE = re.compile(r"(?:UTC|GMT)?\s*(?:([+\-\u2212])\s*(\d{1,2})(?::?([0-5]\d))?)?", re.I | re.ASCII)
FARTHEST_ZONE = 14 * 60


def row(content: dict[str, Any], name: str, label: str = "") -> int:
    """A number of a row of the database. Raises BadRequestError."""
    value = content.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST_ROW:
        return value
    raise BadRequestError(f"{label or name} is missing.", "Reload the page and try again.")


def words(content: dict[str, Any], name: str, label: str = "", *, longest: int = LONGEST) -> str:
    """A text field that may be empty, without the spaces around it. Raises BadRequestError."""
    value = content.get(name)
    return text(content, name, label, longest=longest).strip() if isinstance(value, str) and value.strip() else ""


def moment_typed(content: dict[str, Any], name: str, label: str, *, whole: bool = False) -> str | None:
    """A day or a moment, written in any usual way, as ISO; None where the field is empty. ``whole``: with its time.

    Raises BadRequestError where it is none, or where 03/04 may be two different days.
    """
    typed = words(content, name, label, longest=40)
    if not typed:
        return None
    found = moment(typed)
    if found is None or not found.days:
        raise BadRequestError(
            f"“{typed}” is no day.", "Write it as year-month-day, with a time behind it, as in 2026-03-09 18:05."
        )
    days = {order: found.iso(order) for order in found.days}
    meant = sorted({day for day in days.values() if day is not None})
    if len(meant) > 1:
        raise BadRequestError(
            f"“{typed}” may be {meant[0][:10]} or {meant[1][:10]}.",
            "Write the year first, then month and day.",
        )
    if whole and len(meant[0]) == 10:
        raise BadRequestError(f"“{typed}” has no time.", "Write the time behind the day, as in 2026-03-09 18:05.")
    return meant[0]


def zone_typed(content: dict[str, Any], name: str) -> int | None:
    """A time zone such as ``UTC+5:30`` in minutes ahead of UTC; None where it is empty. Raises BadRequestError."""
    typed = words(content, name, longest=40)
    if not typed:
        return None
    match = ZONE.fullmatch(typed)
    minutes = 0
    if match is not None and match[2]:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
    if match is None or minutes > FARTHEST_ZONE:
        raise BadRequestError(
            f"“{typed}” is no time zone.", "Write how far it is ahead of UTC, as in UTC+5:30 or UTC-3."
        )
    return minutes if match[1] in (None, "+") else -minutes


def zone_shown(minutes: int) -> str:
    """The same as people read it: ``UTC+05:30``."""
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
