"""How often a wrong clock is told by the light in the pictures, and how often a right one is doubted.

Drawn surveys: animals pass by day and by night in a share that differs from camera to camera, near the sun's rise and
set the light may be either, and some pictures are told wrongly (a sunspot in a dark wood looks like a flash). For each
number of pictures and each error of the clock, the share of cameras with each sign.

    python benchmarks/clock_signs.py [--cameras 300] [--wrong 0.1]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from datetime import date, datetime, timedelta

from spotid.project.clock_shots import Shot, Sky
from spotid.project.clock_signs import sign
from spotid.project.sky import sun_of
from spotid.sun import sun_on

PICTURES = (8, 15, 30, 80)
ERRORS = (0, 1, -2, 5, -8, 12)  # hours
SPAN = 60  # days
FIRST = date(2026, 1, 10)


def camera(dice: random.Random, count: int, hours: float, wrong: float) -> tuple[list[Shot], float, float, int]:
    """Pictures of one camera somewhere between the 45th parallels, its place, and its zone in minutes."""
    latitude, longitude = dice.uniform(-45, 45), dice.uniform(-170, 170)
    zone = 60 * (round(longitude / 15) + dice.choice((-1, 0, 0, 0, 1)))  # clocks of a country, not of the sun
    nightly = dice.uniform(0.25, 0.9)
    shots = []
    for _ in range(count):
        day = FIRST + timedelta(days=dice.randrange(SPAN))
        sun = sun_on(latitude, longitude, day, zone)
        minute = dice.randrange(1440)
        while (sun.height(minute) < 0) != (dice.random() < nightly):
            minute = dice.randrange(1440)
        height = sun.height(minute) + dice.uniform(-40, 40)
        light = "daylight" if (height > 0) != (dice.random() < wrong) else "infrared"
        moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minute, hours=hours)
        shots.append(Shot(moment.isoformat(), light))
    return sorted(shots, key=lambda one: one.at), latitude, longitude, zone


def told(found: list[str]) -> str:
    """Shares of the signs, in per cent."""
    counts = Counter(found)
    return "  ".join(f"{name} {100 * counts[name] / len(found):3.0f}" for name in ("fine", "12 h", "hours", "mixed"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=300)
    parser.add_argument("--wrong", type=float, default=0.1, help="share of pictures whose light is told wrongly")
    asked = parser.parse_args()
    for known in ("zone", "place", ""):
        print({"zone": "place and zone known", "place": "place known, zone guessed", "": "nothing known"}[known])
        for count in PICTURES:
            for hours in ERRORS:
                dice = random.Random(f"{known} {count} {hours}")
                found = []
                for _ in range(asked.cameras):
                    shots, latitude, longitude, zone = camera(dice, count, hours, asked.wrong)
                    guess = zone if known == "zone" else 60 * round(longitude / 15)
                    sky = Sky(sun_of(latitude, longitude, guess), known) if known else Sky()
                    one = sign(shots, sky)
                    found.append("12 h" if one.offsets == (43_200, -43_200) else one.kind)
                print(f"  {count:3d} pictures, {hours:+3d} h:  {told(found)}")


if __name__ == "__main__":
    main()
