"""Spans of time that people declare: from a day (or a moment) to a day, open where nobody said; and the nights in them.

A night is named by the day on which it begins. What stands from day s to day e was there in e − s nights: those that
begin on s, s + 1, … e − 1. Spans of nights are half-open ranges of day numbers (``date.toordinal``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from spotid.errors import BadRequestError

Nights = tuple[int, int]  # from … up to, not with
FIRST_YEAR, LAST_YEAR = 1990, 2199
NOON = timedelta(hours=12)


def declared(text: str | None, what: str) -> str | None:
    """A day ("2019-03-01") or a moment ("2019-03-01T16:30:00", also with a space or without seconds) as it is stored;
    None where nothing is said. ``what`` names it in the sentence of a BadRequestError."""
    plain = " ".join((text or "").split()).replace(" ", "T")
    if not plain:
        return None
    try:
        when = datetime.fromisoformat(plain)
    except ValueError:
        when = None
    if when is None or when.tzinfo is not None or not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise BadRequestError(
            f"“{(text or '')[:40]}” is no day for {what}.", "Write year, month and day, as in 2019-03-01."
        )
    if len(plain) <= 10:
        return when.date().isoformat()
    return when.isoformat(timespec="seconds")


def span(starts: str | None, ends: str | None, what: str) -> tuple[str | None, str | None]:
    """Both ends, checked. Raises BadRequestError where the end is before the start."""
    first, last = declared(starts, f"the start of {what}"), declared(ends, f"the end of {what}")
    if first and last and before(last, first):
        raise BadRequestError(
            f"The end of {what} ({last.replace('T', ' ')}) is before its start ({first.replace('T', ' ')}).",
            "Look whether the two are in each other's place, or the year is wrong.",
        )
    return first, last


def before(one: str, other: str) -> bool:
    """Whether a day or moment is before another; a day and a moment of that day are not."""
    length = min(len(one), len(other))
    return one[:length] < other[:length]


def inside(moment: str, starts: str | None, ends: str | None) -> bool:
    """Whether a moment lies in a span; the days of start and end belong to it."""
    return not (starts and before(moment, starts)) and not (ends and before(ends, moment))


def day(text: str) -> int:
    """The number of the day of a day or moment."""
    return date.fromisoformat(text[:10]).toordinal()


def night(moment: str) -> int:
    """The night in which a photograph was taken: from noon to noon."""
    return (datetime.fromisoformat(moment) - NOON).date().toordinal()


def iso(number: int) -> str:
    """The day of a number."""
    return date.fromordinal(number).isoformat()


def union(spans: Iterable[Nights]) -> list[Nights]:
    """The spans as few that do not meet, in order; empty ones are gone."""
    found: list[Nights] = []
    for first, last in sorted(one for one in spans if one[0] < one[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(spans: Iterable[Nights], gaps: Iterable[Nights]) -> list[Nights]:
    """What is left of spans when gaps are taken away; gaps may overlap and reach beyond."""
    found: list[Nights] = []
    holes = union(gaps)
    for first, last in union(spans):
        for gap_first, gap_last in holes:
            if gap_last <= first or gap_first >= last:
                continue
            if gap_first > first:
                found.append((first, gap_first))
            first = gap_last
        if first < last:
            found.append((first, last))
    return found


def within(spans: Iterable[Nights], bounds: Nights) -> list[Nights]:
    """The parts of spans that lie in ``bounds``."""
    return union((max(first, bounds[0]), min(last, bounds[1])) for first, last in spans)


def count(spans: Iterable[Nights]) -> int:
    """How many nights; those in several spans count once."""
    return sum(last - first for first, last in union(spans))
