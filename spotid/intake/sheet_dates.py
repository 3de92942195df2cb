"""The column of days and times: how it is written is decided over the whole column, and told with examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spotid.intake import clock
from spotid.intake.sheet_cells import Cell
from spotid.intake.sheet_moments import EPOCH, EPOCH_MAC, ORDERS, Moment, moment, serial
from spotid.intake.sheet_parts import EXAMPLES, TIME, Answers, Example, Reading, Understood, counted, quoted

Told = tuple[str | None, str]  # ISO local time or day, or None; a remark, or nothing
MISSING = frozenset({"", "#n/a", "na", "n/a", "nan", "none", "null", "nil", "-", "--", "?", "unknown", "nat"})
NEVER = re.compile(r"0{4}[-:/]0{2}[-:/]0{2}.*")
_CHECKED = "dates"


def read_dates(column: Sequence[Cell], answers: Answers, understood: list[Understood]) -> list[Told]:
    """What each cell tells, by the one order that the column is written in. ``answers``: ``dates`` (an order of
    ``ORDERS``), ``serial`` (1900 or 1904), ``zone`` ("written", or minutes east of UTC)."""
    read: list[Moment | None] = [moment(cell) for cell in column]
    found = [(str(cell), one) for cell, one in zip(column, read, strict=True) if one is not None]
    order = _order(found, answers, understood)
    zone = _zone(found, order, answers, understood)
    if any(one.how == "serial" for _, one in found):
        read = _serials(column, read, answers, understood)
    if any(one.how == "cell" for _, one in found):
        count = sum(one.how == "cell" for _, one in found)
        understood.append(Understood("date cells", f"{counted(count, 'cell')} of “{TIME}” with a real day in it."))
    if found and all(one.clock is None for _, one in found):
        understood.append(Understood("days", f"“{TIME}” tells days without a time of day."))
    return [_told(cell, one, order, zone) for cell, one in zip(column, read, strict=True)]


def _told(cell: Cell, one: Moment | None, order: str, zone: str) -> Told:
    text = str(cell).strip()
    if text.lower() in MISSING:
        return None, ""
    if NEVER.fullmatch(text):
        return None, f"“{text[:40]}” is what a clock says that was never set; the line has no time."
    taken = None if one is None else one.iso(order, zone)
    if taken is None:
        why = "" if one is None else f" when it is read as {ORDERS[order]}"
        return None, f"“{text[:40]}” is no day and time{why}; the line has no time."
    doubt = clock.doubt(taken)
    if doubt is not None:
        when = "lies in the future" if doubt == clock.FUTURE else "is what a clock says that was never set"
        return None, f"“{text[:40]}” {when}; the line has no time."
    return taken, ""


def _order(found: list[tuple[str, Moment]], answers: Answers, understood: list[Understood]) -> str:
    open_ones = [(text, one) for text, one in found if len(set(one.days.values())) > 1 or len(one.days) < len(ORDERS)]
    if not open_ones:
        if found:
            texts = [(text, one) for text, one in found if one.how == "text"] or found
            told = "Days are written so that they mean one thing only."
            understood.append(Understood(_CHECKED, told, examples=_examples(texts, "dmy")))
        return "dmy"
    fits = {order: sum(order in one.days for _, one in open_ones) for order in ("dmy", "mdy", "ymd")}
    most = max(fits.values())
    best = [order for order in fits if fits[order] == most]
    chosen = answers.get(_CHECKED, "")
    if chosen not in fits:
        chosen = best[0]
    telling = [item for item in open_ones if len(set(item[1].days.values())) > 1] if len(best) > 1 else open_ones
    shown = [item for item in (telling or open_ones) if chosen in item[1].days]
    readings = tuple(Reading(order, ORDERS[order], _examples(shown, order)) for order in fits if fits[order])
    wrong = [text for text, one in open_ones if chosen not in one.days]
    sentence = f"Days are read as {ORDERS[chosen]}."
    asks = False
    if wrong:
        mixed = len([order for order in ("dmy", "mdy") if fits[order] < len(open_ones)]) == 2
        sentence += f" {len(wrong):,} of {len(open_ones):,} do not fit: {quoted(wrong)}."
        sentence += " The column mixes two ways to write a day, so others may be wrong unseen." if mixed else ""
        asks = True
    if len(best) > 1 and any(len({one.days.get(order) for order in best}) > 1 for _, one in open_ones):
        others = " or ".join(ORDERS[order] for order in best if order != chosen)
        sentence += f" Nothing in the column tells whether {others} is meant."
        asks = True
    elif not wrong:
        proof = next((text for text, one in open_ones if len(one.days) == 1), "")
        sentence += f" “{proof}” leaves no other reading." if proof else ""
    understood.append(Understood(_CHECKED, sentence, chosen, _examples(shown, chosen), readings, asks))
    return chosen


def _zone(found: list[tuple[str, Moment]], order: str, answers: Answers, understood: list[Understood]) -> str:
    zoned = [(text, one) for text, one in found if one.zone is not None and one.clock is not None]
    if not zoned:
        return "written"
    chosen = answers.get("zone", "written")
    if not re.fullmatch(r"-?\d{1,3}", chosen):
        chosen = "written"
    zones = sorted({one.zone for _, one in zoned if one.zone is not None})
    keys = dict.fromkeys(("written", *(str(zone) for zone in zones), "0", chosen))
    readings = tuple(
        Reading(
            key,
            "the time as it is written, as the camera's clock had it"
            if key == "written"
            else f"moved to {_hours(key)}",
            tuple((text, one.iso(order, key) or "") for text, one in zoned[:EXAMPLES]),
        )
        for key in keys
    )
    own = next(reading for reading in readings if reading.key == chosen)
    told = ", ".join(_hours(str(zone)) for zone in zones[:EXAMPLES])
    sentence = f"{counted(len(zoned), 'time')} with a time zone ({told}); taken is {own.sentence}."
    understood.append(Understood("zone", sentence, chosen, own.examples, readings, asks=True))
    return chosen


def _hours(minutes: str) -> str:
    number = int(minutes)
    sign = "-" if number < 0 else "+"
    return f"UTC{sign}{abs(number) // 60:02d}:{abs(number) % 60:02d}" if number else "UTC"


def _serials(
    column: Sequence[Cell], read: list[Moment | None], answers: Answers, understood: list[Understood]
) -> list[Moment | None]:
    chosen = "1904" if answers.get("serial") == "1904" else "1900"
    numbers = [
        (place, float(str(cell).replace(",", ".")))
        for place, (cell, one) in enumerate(zip(column, read, strict=True))
        if one is not None and one.how == "serial"
    ]
    readings = tuple(
        Reading(
            key,
            f"days counted from {key}",
            tuple((str(column[place]), serial(number, epoch).iso("dmy") or "") for place, number in numbers[:EXAMPLES]),
        )
        for key, epoch in (("1900", EPOCH), ("1904", EPOCH_MAC))
    )
    own = readings[chosen == "1904"]
    sentence = f"{counted(len(numbers), 'day')} told by a spreadsheet's number, read as {own.sentence}."
    understood.append(Understood("serial", sentence, chosen, own.examples, readings, asks=True))
    moved = list(read)
    for place, number in numbers:
        moved[place] = serial(number, EPOCH_MAC if chosen == "1904" else EPOCH)
    return moved


def _examples(found: list[tuple[str, Moment]], order: str) -> tuple[Example, ...]:
    return tuple((text[:40], one.iso(order) or "no day") for text, one in found[:EXAMPLES])
