"""Clocks in a year that can't be, or that is not the deployment's, or in which no other camera was at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spotid.project.clock_shots import Shot, Sign, Span

FRESH_DAYS = 400  # a clock that starts anew begins on the first of a year and stays near it for as long as a survey
ALONE_DAYS, FEWEST_OTHERS = 300, 2  # how far a clock must be from how many others before its year is doubted
TYPICAL_STARTS = (1970, 1980, 2000)


def odd_year(shots: Sequence[Shot], span: Span, others: Sequence[Span]) -> Sign | None:
    """What speaks against the year of the pictures, or of a stretch of them; None where nothing does."""
    stretches = _stretches(shots)
    for at, stretch in enumerate(stretches):
        if (found := _year(stretch, *span) or _alone(stretch, others)) is not None:
            until = stretches[at + 1][0] if at + 1 < len(stretches) else None
            first = (stretch[0].clock or stretch[0].at) if at else None
            return replace(found, from_at=first, until_at=(until.clock or until.at) if until is not None else None)
    return None


def _stretches(shots: Sequence[Shot]) -> list[list[Shot]]:
    """The pictures, parted where nearly a year lies between two: a clock that began anew goes on in another year."""
    found: list[list[Shot]] = []
    for shot in shots:
        far = timedelta(days=ALONE_DAYS)
        if found and datetime.fromisoformat(shot.at) - datetime.fromisoformat(found[-1][-1].at) < far:
            found[-1].append(shot)
        else:
            found.append([shot])
    return found


def _year(shots: Sequence[Shot], starts: str | None, ends: str | None) -> Sign | None:
    """A year that can't be, or that is not the deployment's."""
    first, last = (datetime.fromisoformat(shot.at) for shot in (shots[0], shots[-1]))
    begin = _moment(starts)
    end = _moment(ends)
    anew = first.year in TYPICAL_STARTS and (first - datetime(first.year, 1, 1)).days <= FRESH_DAYS
    if anew:
        return Sign(
            "reset",
            "The clock has begun anew, as clocks do when the batteries were out.",
            f"By this clock, the pictures were taken from {first:%Y-%m-%d} to {last:%Y-%m-%d}.",
            "Find a picture whose moment you know, such as the first one with you in it, and say when it was taken.",
            (round((begin - first).total_seconds()),) if begin is not None and begin > first else (),
        )
    late = first > datetime.now() + timedelta(days=1) or first.year < 1990
    apart = begin is not None and (last < begin - timedelta(days=45) or (end and first > end + timedelta(days=45)))
    if not late and not apart:
        return None
    years = sorted({begin.year, end.year if end else begin.year}) if begin is not None else []
    offsets = tuple(year_offset(shots[0].at, year) for year in years)
    fitting = [one for one in offsets if begin and _inside(first, last, one, begin, end)]
    if late:
        reason = f"By this clock, the pictures were taken from {first:%Y-%m-%d} to {last:%Y-%m-%d}, which can't be."
    else:
        reason = f"By this clock, the first picture is of {first:%Y-%m-%d}; but the camera stood there from {starts}."
    return Sign("year", "The year seems wrong.", reason, "Type the right year.", tuple(fitting[:1] or offsets[:1]))


def _alone(shots: Sequence[Shot], others: Sequence[Span]) -> Sign | None:
    """A clock that is far from all others of the survey, by nearly whole years."""
    first, last = (datetime.fromisoformat(shot.at) for shot in (shots[0], shots[-1]))
    spans = [(_moment(begin), _moment(end)) for begin, end in others]
    known = [(begin, end) for begin, end in spans if begin is not None and end is not None]
    if len(known) < FEWEST_OTHERS:
        return None
    apart = [max(begin - last, first - end, timedelta()) for begin, end in known]
    if min(apart) < timedelta(days=ALONE_DAYS):
        return None
    begin, end = known[apart.index(min(apart))]
    offsets = [year_offset(shots[0].at, year) for year in range(begin.year - 1, end.year + 1)]
    offset = min(offsets, key=lambda one: abs((first + timedelta(seconds=one) - begin).total_seconds()))
    return Sign(
        "year",
        "The year seems wrong.",
        f"By this clock, the pictures were taken from {first:%Y-%m-%d} to {last:%Y-%m-%d}; no other camera was at work"
        f" within {ALONE_DAYS} days of that.",
        "Type the right year, if it is not a survey of its own.",
        (offset,),
    )


def _inside(first: datetime, last: datetime, offset: int, begin: datetime, end: datetime | None) -> bool:
    slack, moved = timedelta(days=2), timedelta(seconds=offset)
    return first + moved >= begin - slack and (end is None or last + moved <= end + slack)


def year_offset(at: str, year: int) -> int:
    """Seconds that bring a moment to the same day and time of another year; 29 February becomes 1 March.

    Raises ValueError for a year that no calendar has.
    """
    moment = datetime.fromisoformat(at)
    try:
        there = moment.replace(year=year)
    except ValueError:
        if (moment.month, moment.day) != (2, 29):
            raise
        there = moment.replace(year=year, month=3, day=1)
    return round((there - moment).total_seconds())


def _moment(text: str | None) -> datetime | None:
    """A day or moment as a table or a person wrote it; None where it is none."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
