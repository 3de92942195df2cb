"""Finds date and time in a strip's writing, in every order of day and month that it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

FIRST_YEAR, LAST_YEAR = 2000, 2049
NAMED, YMD, DMY, MDY = "named", "YMD", "DMY", "MDY"

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMES = "|".join(_MONTHS)
_D = "[0-9OoIl]"  # figures, with the letters that look the same
_ALONE, _END = r"(?<!\S)", r"(?![^\s,])"  # what touches other writing, read or not, may be a part of it
_NUMBERS = re.compile(rf"{_ALONE}({_D}{{1,4}}) ?([-/.]) ?({_D}{{1,2}}) ?\2 ?({_D}{{1,4}}){_END}")
_DAY_FIRST = re.compile(rf"{_ALONE}({_D}{{1,2}})[ -]?({_NAMES})[A-Z]*\.?[ ,-]*({_D}{{4}}|{_D}{{2}}){_END}", re.I)
_MONTH_FIRST = re.compile(rf"{_ALONE}({_NAMES})[A-Z]*\.?[ -]?({_D}{{1,2}})[ ,-]+({_D}{{4}}){_END}", re.I)
_CLOCK = re.compile(rf"{_ALONE}({_D}{{1,2}}) ?: ?({_D}{{2}})(?: ?: ?({_D}{{2}}))?( ?[AP]\.?M\.?)?{_END}", re.I)
_HALF_READ = re.compile(r"^ ([¤AP]|[^\s\d]M)(\s|$)", re.I)  # an AM or PM of which not all was made out


@dataclass(frozen=True, slots=True)
class Moment:
    """What a strip says of its time: one answer per order of day and month, and how sure its weakest character is."""

    by_order: tuple[tuple[str, datetime], ...]
    half_day: bool
    sure: float
    spans: tuple[tuple[int, int], ...]


def moment(text: str, sure: tuple[float, ...]) -> Moment | None:
    """The one date and the one time of a line of writing; None where there is none, or more than one of either."""
    days = list(_days(text))
    clocks = list(_CLOCK.finditer(text))
    if len(days) != 1 or len(clocks) != 1 or _lonely_figure(text, clocks[0].start(), days):
        return None
    (begin, end, choices), found = days[0], clocks[0]
    clock = _clock(found, text)
    dated = tuple((order, datetime.combine(day, clock)) for order, day in choices) if clock is not None else ()
    if not dated:
        return None
    spans = ((begin, end), found.span())
    weakest = min(value for start, stop in spans for value in sure[start:stop])
    return Moment(dated, found.group(4) is not None, weakest, spans)


def figures(text: str) -> str:
    """The figures that letters of the same shape stand for."""
    return text.translate(str.maketrans("OoIl", "0011"))


def _lonely_figure(text: str, start: int, days: list[tuple[int, int, list[tuple[str, date]]]]) -> bool:
    """Whether a lone figure stands right before a time: then the hour may have been torn in two."""
    before = re.search(rf"(\S*{_D}) {{1,2}}$", text[:start])
    return before is not None and not any(begin <= before.start() < end for begin, end, _ in days)


def _days(text: str) -> Iterator[tuple[int, int, list[tuple[str, date]]]]:
    for found in _NUMBERS.finditer(text):
        one, two, three = (figures(found.group(i)) for i in (1, 3, 4))
        tries = {YMD: (one, two, three), DMY: (three, two, one), MDY: (three, one, two)}
        if len(one) == 3 or len(three) == 3 or {len(one), len(three)} == {4}:
            continue
        choices = [
            (order, day) for order, (y, m, d) in tries.items() if len(d) < 3 and (day := _day(y, m, d)) is not None
        ]
        if choices:
            yield found.start(), found.end(), choices
    for pattern, (year, month, day_at) in ((_DAY_FIRST, (3, 2, 1)), (_MONTH_FIRST, (3, 1, 2))):
        for found in pattern.finditer(text):
            number = str(_MONTHS.index(found.group(month).upper()) + 1)
            named = _day(figures(found.group(year)), number, figures(found.group(day_at)))
            if named is not None:
                yield found.start(), found.end(), [(NAMED, named)]


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or len(month) > 2:
        return None
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day)) if FIRST_YEAR <= number <= LAST_YEAR else None
    except ValueError:
        return None


def _clock(found: re.Match[str], text: str) -> time | None:
    hour, minute, second = (int(figures(part or "0")) for part in found.group(1, 2, 3))
    half = (found.group(4) or "").strip().upper()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("P") else 0)
    elif hour <= 12 and _HALF_READ.match(text[found.end() :]):
        return None
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
