"""What is told of a station whose clock or place is probably wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from spotid.movement.clock_fits import years_in

TIMES, CLOCK, SWAP, PLACE, FAR = "times", "clock", "swap", "place", "far"


@dataclass(frozen=True)
class Oddity:
    """A station, or a clock of it, that is odd. ``kind``: "times" (far from everybody else's) and "clock" are of a
    clock; "swap", "place" and "far" (from all other stations) are of a place."""

    station: str  # or the clock's name
    kind: str
    repair: str  # what would put it right, in a sentence
    pairs: int  # of one animal, of this station and others
    improbable: int  # of them, as things stand
    sentence: str  # what is odd
    left: int = 0  # of them, that would be improbable once repaired
    days: float = 0.0  # to be added to the clock
    partner: str = ""  # the station that it is exchanged with, or whose surroundings it belongs to
    nats: float = 0.0  # how clear it is, beyond what chance makes of all that was tried
    sightings: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64), repr=False, compare=False)


def shift_told(days: float) -> str:
    """The repair of a clock that so many days have to be added to."""
    years = years_in(days)
    if abs(years) == 1:
        return "Its year is probably one too late." if years < 0 else "Its year is probably one too early."
    if years:
        number = abs(years)
        if years < 0:
            return f"Its year is probably {number} too late."
        return f"Its year is probably {number} too early."
    hours = round(abs(days) * 24)
    if hours == 12:
        return "It is probably 12 hours off: noon and midnight are exchanged."
    if hours <= 1:
        return "It is probably an hour fast." if days < 0 else "It is probably an hour slow."
    if hours < 24:
        return f"It is probably {hours} hours fast." if days < 0 else f"It is probably {hours} hours slow."
    whole = round(abs(days))
    if whole == 1:
        return "It is probably about a day fast." if days < 0 else "It is probably about a day slow."
    return f"It is probably about {whole} days fast." if days < 0 else f"It is probably about {whole} days slow."


def clock_told(name: str, pairs: int, improbable: int) -> str:
    """What speaks against a clock: journeys that can't be, or animals' times that fit nowhere."""
    if improbable:
        return (
            f"The clock of “{name}” is probably wrong: {improbable} of {pairs} pairs of one animal that lead to other"
            " stations are improbable."
        )
    return f"The clock of “{name}” is probably wrong: its animals were elsewhere at other times ({pairs} pairs)."
