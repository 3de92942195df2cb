"""Sunrise and sunset against almanacs, and where the sun does neither."""

from __future__ import annotations

from datetime import date

import pytest

from spotid.sun import ANYWHERE, DAY, DOWN, UP, Sun, likely_zone, sun_on


# Published times of sunrise and sunset, to the minute.
@pytest.mark.parametrize(
    ("place", "day", "zone", "rise", "set_"),
    [
        ((51.4779, -0.0015), "2025-06-21", 60, "04:43", "21:22"),  # Greenwich
        ((51.4779, -0.0015), "2025-12-21", 0, "08:04", "15:53"),
        ((-33.8688, 151.2093), "2025-12-21", 660, "05:41", "20:05"),  # Sydney
        ((-1.2864, 36.8172), "2025-03-20", 180, "06:36", "18:42"),  # Nairobi
        ((28.6139, 77.2090), "2025-06-21", 330, "05:24", "19:22"),  # Delhi
    ],
)
def test_rise_and_set_are_those_of_the_almanac(place, day: str, zone: int, rise: str, set_: str) -> None:
    sun = sun_on(*place, date.fromisoformat(day), zone)
    for told, known in ((sun.rise, rise), (sun.set, set_)):
        minutes = int(known[:2]) * 60 + int(known[3:])
        assert abs(told - minutes) <= 2, (told // 60, told % 60, known)


def test_where_it_neither_rises_nor_sets() -> None:
    assert sun_on(78.2, 15.6, date(2025, 6, 21), 120).always == UP
    assert sun_on(78.2, 15.6, date(2025, 12, 21), 60).always == DOWN
    assert sun_on(-85, 170, date(2025, 12, 21), 720).always == UP
    assert Sun(0, 0, UP).height(0) > 0 > Sun(0, 0, DOWN).height(720)


def test_height_counts_from_rise_and_set_also_over_midnight() -> None:
    assert ANYWHERE.height(12 * 60) == 360 and ANYWHERE.height(0) == -360
    assert ANYWHERE.height(5 * 60) == -60 == ANYWHERE.height(19 * 60)
    shifted = Sun(18 * 60, 6 * 60)  # a clock that is 12 hours off sees the day begin in the evening
    assert shifted.height(0) == 360 and shifted.height(12 * 60) == -360
    assert all(abs(shifted.height(minute)) <= DAY / 2 for minute in range(DAY))


def test_the_zone_that_the_sun_would_choose() -> None:
    assert (likely_zone(77.2), likely_zone(-70.6), likely_zone(0.0), likely_zone(179.0)) == (300, -300, 0, 720)
