"""One cell that tells a day or a moment, in every order that its numbers allow."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from spotid.intake.clock import doubt
from spotid.intake.sheet_cells import Cell

ORDERS = {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"}
SERIAL_FROM, SERIAL_TO = 20_000, 80_000  # 1954 to 2119 as Excel counts days
EPOCH, EPOCH_MAC = datetime(1899, 12, 30), datetime(1904, 1, 1)
_PIVOT = 70  # 69 is 2069, 70 is 1970, as in POSIX
# The first letters of the months in English, Spanish, French, German and Portuguese, without accents.
_MONTHS = (
    *("jan ene", "feb fev", "mar", "apr abr avr", "may mai", "jun juin", "jul juil", "aug ago aou"),
    *("sep set", "oct okt out", "nov", "dec dez dic"),
)
_DAY = re.compile(
    r"(?:[a-z]{2,9}\.?,? +)?(?P<a>\d{1,4})(?:st|nd|rd|th|\.)? *(?:[-/._ ,]| de )? *(?P<b>\d{1,2}|[a-z]{3,10})\.?"
    r" *(?:[-/._ ,]| de )+ *(?P<c>\d{1,4})(?!\d)"
)
_DAY_NAMED = re.compile(r"(?:[a-z]{2,9}\.?,? +)?(?P<b>[a-z]{3,10})\.? +(?P<a>\d{1,2})(?:st|nd|rd|th)?,? +(?P<c>\d{4})")
_EXIF = re.compile(r"(?P<a>\d{4}):(?P<b>\d{1,2}):(?P<c>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?P<a>(?:19|20)\d\d)(?P<b>\d\d)(?P<c>\d\d)(?:[t _-]?(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)?)?")
_CLOCK = re.compile(
    r"[ t,_-]*(?P<h>\d{1,2})[:.h-](?P<m>\d{2})(?:[:.m-](?P<s>\d{2})(?:[.,]\d+)?)?s? *(?P<half>[ap]\.? ?m\.?)?"
    r" *(?P<zone>z|utc|gmt|(?:utc|gmt)? ?[+-]\d{1,2}:?(?:\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell tells: by order of day and month, the day; the time of day, or None; minutes east of UTC, or None."""

    days: dict[str, date]
    clock: time | None = None
    zone: int | None = None
    how: str = "text"  # or "cell" (a real date), "serial" (Excel's number)

    def iso(self, order: str, zone: str = "written") -> str | None:
        """ISO local time, or a day; None where the order does not fit. ``zone``: "written", or minutes east of UTC to
        which a time with a zone is moved."""
        day = self.days.get(order)
        if day is None or self.clock is None:
            return None if day is None else day.isoformat()
        when = datetime.combine(day, self.clock)
        if zone != "written" and self.zone is not None:
            try:
                when += timedelta(minutes=int(zone) - self.zone)
            except OverflowError:
                return None
        return when.isoformat(timespec="seconds")


def moment(cell: Cell) -> Moment | None:
    """What a cell tells; None where it is no day."""
    if isinstance(cell, bool) or cell == "":
        return None
    if isinstance(cell, datetime):
        clock = None if cell.time() == time() else cell.time().replace(microsecond=0, tzinfo=None)
        return Moment(_always(cell.date()), clock, how="cell")
    if isinstance(cell, date):
        return Moment(_always(cell), how="cell")
    if isinstance(cell, time):
        return None
    text = str(cell).strip()
    if isinstance(cell, int | float) or re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        number = float(text.replace(",", "."))
        if SERIAL_FROM <= number <= SERIAL_TO:
            return serial(number, EPOCH)
        text = str(int(number)) if number.is_integer() and number < 1e15 else text
    return _of_text(text)


def serial(number: float, epoch: datetime) -> Moment:
    """Excel's number of a day, with the time of day behind the point."""
    when = epoch + timedelta(seconds=round(number * 86_400))
    return Moment(_always(when.date()), None if when.time() == time() else when.time(), how="serial")


def _always(day: date) -> dict[str, date]:
    return dict.fromkeys(ORDERS, day)


def _of_text(text: str) -> Moment | None:
    plain = " ".join(text.lower().split())
    if not plain.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    compact = _COMPACT.fullmatch(plain)
    if compact:
        part = compact.groupdict()
        day = _date(int(part["a"]), int(part["b"]), int(part["c"]))
        clock = _time(int(part["h"]), int(part["m"]), int(part["s"] or 0), "") if part["h"] else None
        return None if day is None or (part["h"] and clock is None) else Moment(_always(day), clock)
    match = _EXIF.match(plain) or _DAY.match(plain) or _DAY_NAMED.match(plain)
    if match is None:
        return None
    days = _days(match.group("a"), match.group("b"), match.group("c"))
    rest = plain[match.end() :].strip()
    if not days or not rest or rest in ("t", ","):
        return Moment(days) if days else None
    told = _CLOCK.fullmatch(rest)
    clock = _time(int(told["h"]), int(told["m"]), int(told["s"] or 0), told["half"] or "") if told else None
    if told is None or clock is None:
        return None
    return Moment(days, clock, _zone(told["zone"]))


def _days(a: str, b: str, c: str) -> dict[str, date]:
    if not b.isdigit():
        month = next((place for place, words in enumerate(_MONTHS, 1) if b.startswith(tuple(words.split()))), 0)
        if not month:
            return {}
        year, day = (a, c) if len(a) == 4 else (c, a)
        one = _date(_year(year), month, int(day))
        return {} if one is None else _always(one)
    if len(a) > 2:
        one = _date(int(a), int(b), int(c)) if len(a) == 4 and len(c) <= 2 else None
        return {} if one is None else _always(one)
    if len(c) not in (2, 4):
        return {}
    found = {"dmy": _date(_year(c), int(b), int(a)), "mdy": _date(_year(c), int(a), int(b))}
    if len(c) == 2 and len(a) == 2:
        found["ymd"] = _date(_year(a), int(b), int(c))
    days = {order: day for order, day in found.items() if day is not None}
    if len(c) == 4:
        return days
    # Of a year with two digits, what would be long ago or in the future is hardly meant.
    return {order: day for order, day in days.items() if doubt(day.isoformat()) is None} or days


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < _PIVOT else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


def _time(hour: int, minute: int, second: int, half: str) -> time | None:
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _zone(text: str | None) -> int | None:
    if not text:
        return None
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?", text)
    if match is None:
        return 0
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes
