"""Reads date, time and camera name from the information strip that many cameras burn into their pictures.

``look`` reads one picture alone; ``settle`` weighs the pictures of one card against each other and only then answers.
A wrong time is worse than none: whatever is not certain stays None. Everything read here waits for a person's word.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from spotid.intake.strip_cut import Ink, Line, Pixels, bars, lines
from spotid.intake.strip_dates import Moment, figures, moment
from spotid.intake.strip_letters import JUNK, Letters, letters

LEVELS = (0.4, 0.55, 0.7)  # where ink begins: what reads alike at two of them is believed
BELIEVED, CERTAIN = 0.75, 0.95  # odds of the weakest character: for an answer at all, for a sure one
LONGEST_PAUSE = timedelta(days=400)

_MAKERS = (
    "RECONYX",
    "BUSHNELL",
    "BROWNING",
    "CUDDEBACK",
    "MOULTRIE",
    "SPYPOINT",
    "STEALTH",
    "TRAIL CAMERAS",
    "HYPERFIRE",
)


@dataclass(frozen=True, slots=True)
class Strip:
    """What a strip says. ``time`` is the camera's own clock, None where it could not be made out beyond doubt."""

    time: datetime | None
    camera: str | None
    text: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture shows by itself: its writing, its time in each possible order, the names that it may bear."""

    text: str
    moment: Moment | None
    names: tuple[str, ...]


def look(pixels: Pixels, reader: Letters | None = None) -> Seen | None:
    """Read the strip of one picture (rows × columns × 3, levels 0 to 255); None where no strip with a date is."""
    reader = reader or letters()
    found: list[Moment] = []
    names: Counter[str] = Counter()
    longest = ""
    inked = bars(pixels)
    for level in LEVELS:
        texts = []
        for bar in inked:
            for text, sure, fields in _rows(bar, level, reader):
                said = moment(text, sure)
                found += [said] if said is not None else []
                texts.append(text)
                names.update({name for name in (_name(*field) for field in fields) if name})
        longest = max(longest, "\n".join(text for text in texts if text.strip()), key=_worth)
    said = _agreed(found)
    if said is None and _worth(longest) < 4:
        return None
    return Seen(longest, said, tuple(name for name, count in names.most_common() if count >= 2))


def settle(card: Sequence[Seen | None], order: str | None = None) -> list[Strip | None]:
    """Answer for all pictures of one card in file order; ``order`` ("DMY", "MDY", "YMD") when a person said which.

    Without it the order of day and month must be the only one that fits the whole card, else no time is given.
    """
    order = order or _order(card)
    times = [_time(seen, order) for seen in card]
    halves = {seen.moment.half_day for seen, time in zip(card, times, strict=True) if seen and seen.moment and time}
    if len(halves) == 2:  # one card writes its hours in one way: a lost PM would pass for a morning
        times = [
            time if seen and seen.moment and seen.moment.half_day else None
            for seen, time in zip(card, times, strict=True)
        ]
    backed = _in_order(times)
    votes = Counter(seen.names[0] for seen in card if seen and seen.names)
    name, count = votes.most_common(1)[0] if votes else (None, 0)
    name = name if count * 2 > sum(votes.values()) else None
    answers: list[Strip | None] = []
    for seen, time, good in zip(card, times, backed, strict=True):
        if seen is None:
            answers.append(None)
            continue
        kept = time if good is not None else None
        certain = kept is not None and seen.moment is not None and seen.moment.sure >= CERTAIN and bool(good)
        answers.append(Strip(kept, name if name in seen.names else None, seen.text, certain))
    return answers


def read_card(files: Iterable[Path], order: str | None = None) -> list[Strip | None]:
    """Read the strips of one card's picture files, in file order; a file that can't be opened counts as without one."""
    from PIL import Image

    card: list[Seen | None] = []
    for file in files:
        try:
            with Image.open(file) as picture:
                card.append(look(np.asarray(picture.convert("RGB"))))
        except (OSError, ValueError, Image.DecompressionBombError):
            card.append(None)
    return settle(card, order)


def _rows(bar: Ink, level: float, reader: Letters) -> list[tuple[str, tuple[float, ...], list[tuple[str, float]]]]:
    """The rows of a bar: the whole text, the odds of each character, and the single fields with their weakest odds."""
    rows: list[list[Line]] = []
    for line in sorted(lines(bar, level), key=lambda found: (found.top + found.bottom) / 2):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top < middle < rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    told = []
    for row in rows:
        text, sure, fields = "", (), []  # type: str, tuple[float, ...], list[tuple[str, float]]
        for line in sorted(row, key=lambda found: found.box[0]):
            read = reader.read(bar, line)
            fields.append((read.text, min(read.sure)))
            text, sure = (f"{text}  {read.text}", (*sure, 1.0, 1.0, *read.sure)) if text else (read.text, read.sure)
        told.append((text.replace(JUNK, "¤"), sure, fields))
    return told


def _worth(text: str) -> int:
    return sum(letter.isalnum() for letter in text) - 2 * text.count("¤")


def _agreed(found: list[Moment]) -> Moment | None:
    """The time that at least two levels of ink gave, where none gave another one."""
    good = [said for said in found if said.sure >= BELIEVED]
    if len(good) < 2 or len({(said.by_order, said.half_day) for said in good}) > 1:
        return None
    return max(good, key=lambda said: said.sure)


def _name(text: str, weakest: float) -> str | None:
    """A camera's name: a field of certain letters that is neither time, temperature, counter nor maker."""
    plain = _told_apart(text.strip(" -.:,"))
    if weakest < 0.6 or len(plain) < 3 or JUNK in plain or not any(letter.isalpha() for letter in plain):
        return None
    if moment(f"{plain} 1:00", (1.0,) * (len(plain) + 5)) or re.fullmatch(r"-?\d+ ?° ?[CF]", plain):
        return None
    if re.search(r"\d:\d\d|\d ?/ ?\d|\d ?°|INHG|HPA", plain, re.I) or _maker(plain):
        return None
    return plain


def _maker(text: str) -> bool:
    """Whether a maker's name is in the text, whichever way 1, I and L were read."""
    alike = str.maketrans("01L", "OII")
    return any(maker.translate(alike) in text.upper().translate(alike) for maker in _MAKERS)


def _told_apart(text: str) -> str:
    """0 or O, 1 or I: a figure beside figures, a letter beside letters."""
    out = list(text)
    for at, letter in enumerate(text):
        if letter in "OoIl01":
            beside = [text[near] for near in (at - 1, at + 1) if 0 <= near < len(text) and text[near] not in "OoIl01"]
            count = sum(near.isdigit() for near in beside) - sum(near.isalpha() for near in beside)
            if count > 0 or (count == 0 and not any(near.isalpha() for near in beside)):
                out[at] = figures(letter)
            elif count < 0 and letter in "01":
                out[at] = "O" if letter == "0" else "I"
    return "".join(out)


def _order(card: Sequence[Seen | None]) -> str | None:
    """The only order of day and month that fits every picture of the card, by the calendar and then by running on."""
    said = [dict(seen.moment.by_order) for seen in card if seen and seen.moment]
    numeric = [choices for choices in said if len(choices) > 1 or "named" not in choices]
    fitting = [order for order in ("YMD", "DMY", "MDY") if numeric and all(order in choices for choices in numeric)]
    if len(fitting) > 1:
        runs = {order: tuple(choices[order] for choices in numeric) for order in fitting}
        if len(set(runs.values())) == 1:
            return fitting[0]
        fitting = [order for order, run in runs.items() if all(a <= b for a, b in itertools.pairwise(run))]
    return fitting[0] if len(fitting) == 1 else None


def _time(seen: Seen | None, order: str | None) -> datetime | None:
    if seen is None or seen.moment is None:
        return None
    choices = dict(seen.moment.by_order)
    return choices.get("named") or (choices.get(order) if order else None)


def _in_order(times: Sequence[datetime | None]) -> list[bool | None]:
    """For each time: True where a neighbour bears it out, False where none does, None where it must be wrong."""
    known = [at for at, time in enumerate(times) if time is not None]
    answers: list[bool | None] = [None] * len(times)
    for place, at in enumerate(known):
        here = times[at]
        before = [times[i] for i in known[max(0, place - 2) : place]]
        after = [times[i] for i in known[place + 1 : place + 3]]
        assert here is not None
        early = any(other is not None and other > here for other in before[-1:])
        late = any(other is not None and other < here for other in after[:1])
        if _jumps(before, here, after, early, late):
            continue
        near = [abs(other - here) for other in (*before[-1:], *after[:1]) if other is not None]
        answers[at] = bool(near) and min(near) <= LONGEST_PAUSE and not (early or late)
    return answers


def _jumps(
    before: list[datetime | None], here: datetime, after: list[datetime | None], early: bool, late: bool
) -> bool:
    """Whether a time falls out of its neighbours' order while these agree with each other."""
    if before and after:
        last, following = before[-1], after[0]
        return last is not None and following is not None and last <= following and (early or late)
    pair = before or after
    return len(pair) == 2 and pair[0] is not None and pair[1] is not None and pair[0] <= pair[1] and (early or late)


def orders(card: Sequence[Seen | None]) -> list[str]:
    """The orders of day and month that every date of the card allows; one or none where a person need not choose."""
    if _order(card):
        return [str(_order(card))]
    said = [dict(seen.moment.by_order) for seen in card if seen and seen.moment]
    numeric = [choices for choices in said if "named" not in choices]
    counts = {order: sum(order in choices for choices in numeric) for order in ("DMY", "MDY", "YMD")}
    most = max(counts.values(), default=0)
    return [order for order, count in counts.items() if count and count == most]
