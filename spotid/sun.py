"""When the sun rises and sets at a place, in the hours of a clock there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

DAY = 1440  # minutes
UP, DOWN = "up", "down"  # in the far north and south: all day long


@dataclass(frozen=True, slots=True)
class Sun:
    """Rise and set as minutes after midnight (0 to 1439) of the local clock; ``always``: ``UP`` or ``DOWN`` where it
    does neither that day (then both are 0)."""

    rise: int
    set: int
    always: str = ""

    def height(self, minute: float) -> float:
        """Minutes by which a time of day lies inside of the day (positive) or of the night (negative)."""
        if self.always:
            return float(DAY if self.always == UP else -DAY)
        long = (self.set - self.rise) % DAY
        after = (minute - self.rise) % DAY
        return min(after, long - after) if after <= long else -min(after - long, DAY - after)


# Where nobody knows the place: the day of the tropics, with a wide twilight left to whoever asks.
ANYWHERE = Sun(6 * 60, 18 * 60)


def sun_on(latitude: float, longitude: float, day: date, zone_minutes: int) -> Sun:
    """Rise and set on a day, by the clock of a zone that is ``zone_minutes`` ahead of UTC.

    Exact to about a minute (the almanac's low-precision formulae, as the library astral has them).
    """
    from astral import Observer
    from astral.sun import elevation, sunrise, sunset

    observer = Observer(latitude, longitude, 0.0)
    try:
        moments = [find(observer, day, tzinfo=UTC) for find in (sunrise, sunset)]
    except ValueError:  # it does not rise, or does not set
        noon = 12 * 60 - round(4 * longitude)
        from datetime import datetime

        high = elevation(observer, datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=noon))
        return Sun(0, 0, UP if high > 0 else DOWN)
    rise, down = ((moment.hour * 60 + moment.minute + zone_minutes) % DAY for moment in moments)
    return Sun(rise, down)


def likely_zone(longitude: float) -> int:
    """The whole hour ahead of UTC, in minutes, that the sun itself would choose at a longitude."""
    return 60 * round(longitude / 15)
