"""What the light in a camera's pictures says of its clock: infrared at noon, daylight at midnight.

Only signs, never corrections: a person decides. Nothing is said where the pictures do not bear it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from spotid.light import DAYLIGHT
from spotid.project.clock_shots import Shot, Sign, Sky, Span
from spotid.project.clock_years import odd_year
from spotid.sun import DAY, Sun

FEWEST = 8  # pictures whose light is known, below which nothing is said
HALF = 720  # minutes
STEP = 30  # minutes between the offsets that are tried
# Share and number of pictures that contradict their hour, from which on a clock is doubted. One picture in ten may be
# told wrongly (a sunspot in a dark wood looks like a flash): benchmarks/clock_signs.py has how often that misleads.
BAD, BAD_PICTURES = 0.25, 4
TWELVE_BEFORE = (0.05, 1.5)  # by what share, or how many pictures, another offset must fit better than twelve hours


def against(shots: Sequence[Shot], sky: Sky, offset: int = 0) -> list[Shot]:
    """The pictures whose light contradicts their hour when ``offset`` minutes are added to the clock."""
    suns: dict[str, Sun] = {}
    found = []
    for shot in shots:
        if shot.light is None:
            continue
        day = shot.at[:10]
        if day not in suns:
            suns[day] = sky.sun(date.fromisoformat(day))
        height = suns[day].height((shot.minute + offset) % DAY)
        if height < -sky.twilight if shot.light == DAYLIGHT else height > sky.twilight:
            found.append(shot)
    return found


def sign(shots: Sequence[Shot], sky: Sky, span: Span = (None, None), others: Sequence[Span] = ()) -> Sign:
    """What the pictures of one clock, in their order, say of it.

    ``span``: when a person or a table says that the camera stood there. ``others``: first and last picture of each of
    the survey's other clocks.
    """
    if (odd := odd_year(shots, span, others)) is not None:
        return odd
    known = [shot for shot in shots if shot.light is not None]
    if len(known) < FEWEST:
        return Sign("few", "There are too few pictures to tell by their light whether the clock is right.")
    wrong = against(known, sky)
    share = len(wrong) / len(known)
    if share < BAD or len(wrong) < BAD_PICTURES:
        return Sign("fine", "Nothing speaks against this clock: it is light by day and dark by night.")
    shares = {offset: len(against(known, sky, offset)) / len(known) for offset in range(-HALF, HALF, STEP)}
    best = min(shares.values())
    reason = _seen(known, wrong)
    if best > share / 3:
        return Sign(
            "mixed",
            "Some pictures contradict this clock, and no single correction explains them.",
            reason,
            "It may have been set anew in between. Look for the day from which the colours change places.",
        )
    if shares[-HALF] <= best + max(TWELVE_BEFORE[0], TWELVE_BEFORE[1] / len(known)):
        return Sign(
            "hours",
            "The clock seems 12 hours off.",
            reason,
            "Choose earlier or later by the day on which the camera was put up or taken down.",
            (HALF * 60, -HALF * 60),
        )
    offset = _middle([one for one, value in shares.items() if value <= best + 0.01])
    hours = f"{abs(offset) / 60:g}"
    verdict = (
        f"The clock seems about {hours} hours slow." if offset > 0 else f"The clock seems about {hours} hours fast."
    )
    advice = "The light tells the hours roughly; one picture whose moment you know tells them exactly."
    return Sign("hours", verdict, reason, advice, (offset * 60,))


def _seen(known: Sequence[Shot], wrong: Sequence[Shot]) -> str:
    """The reason: where the kind of light lies that contradicts its hour most often."""
    by_day = [shot for shot in wrong if shot.light == DAYLIGHT]
    in_dark = [shot for shot in wrong if shot.light != DAYLIGHT]
    daylight = len(by_day) > len(in_dark)
    few = by_day if daylight else in_dark
    of = sum((shot.light == DAYLIGHT) == daylight for shot in known)
    begin, end = _hours([shot.minute for shot in few])
    if daylight:
        return f"By this clock, {len(few)} of {of} pictures taken by daylight lie between {begin} and {end}."
    return f"By this clock, {len(few)} of {of} pictures taken in the dark lie between {begin} and {end}."


def _hours(minutes: Sequence[int]) -> tuple[str, str]:
    """The shortest stretch of whole hours that holds all times of day; it may go over midnight."""
    hours = sorted({minute // 60 for minute in minutes})
    gaps = [((hours[(at + 1) % len(hours)] - hour - 1) % 24, at) for at, hour in enumerate(hours)]
    _, at = max(gaps)
    return f"{hours[(at + 1) % len(hours)]:02d}:00", f"{(hours[at] + 1) % 24:02d}:00"


def _middle(offsets: Sequence[int]) -> int:
    """The middle of the longest run of offsets on the circle of a day; the nearer to no correction of two."""
    runs: list[list[int]] = []
    for offset in sorted(offsets):
        if runs and offset - runs[-1][-1] == STEP:
            runs[-1].append(offset)
        else:
            runs.append([offset])
    if len(runs) > 1 and runs[0][0] == -HALF and runs[-1][-1] == HALF - STEP:
        runs[0] = runs.pop() + [one + DAY for one in runs[0]]
    run = max(runs, key=lambda one: (len(one), -abs(one[len(one) // 2])))
    middle = run[len(run) // 2]
    return middle - DAY if middle > HALF else middle
