"""How well the times of one clock fit what its animals did elsewhere, as it stands and with so many days added.

Three things are compared, in nats, animal by animal. An animal that is seen at one station is seen again at others
within hours or days more often than chance has it. It is at a station in the months in which it is about at others. And
no animal is in two places at once. The first two are ratios: below the line stands how often any animal was seen at the
stations to which the animals of this clock go, so that a camera that worked when those did not (in another year of a
long survey, for instance) is not drawn into the months in which they worked.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spotid.movement.tracks import ONE_STAY_DAYS, Tracks

SHORT_DAYS = (0.25, 1.0, 3.0)  # to either side
LONG_DAYS = 30.0
CLUSTERED = 0.5  # the share of stays that are taken to follow another one
RATE = 0.05  # stays of an animal a day, below which its clustering tells nothing
PRESENCE = 0.5  # of what is usual when stays are spread evenly over the survey, the same for its presence
MOST_STAYS = 6.0  # that count of one animal: its stays hang together
MOST_PRESENCE = 2.5  # nats of one animal
AT_ONCE = 2.5  # nats that a stay costs which no animal can have made, and how many of an animal count
MOST_AT_ONCE = 2.0
WRONG = 0.02  # the share of clocks that are wrong, and of those by what
YEAR, HALF_DAY, HOURS, YEARS, DAYS = 0.35, 0.25, 0.29, 0.1, 0.01  # days are drawn from what fits, and pay for it
MOST_YEARS, MOST_SHARED = 6, 10
NONE = np.zeros(0)
NEAR_KM, DRIFT_DAYS = 0.05, 10 / 1440  # granted to places and clocks, as in ``feasible``


def fits(
    tracks: Tracks, clock: int, shifts: np.ndarray, km: np.ndarray, limit_kmh: float, everyone: Mapping[int, np.ndarray]
) -> np.ndarray:
    """Nats for each animal and shift, ``(a, c)``, of the animals that the clock shares with others.

    ``shifts``: (c,) days added to the clock. ``km``: (s, s) between stations; NaN where nothing is known of it, or
    where the coordinates have no scale. ``everyone``: the days of all stays by clock, of animals known and not known.
    """
    timed = tracks.timed
    here = timed.who[timed.clock == clock]
    shared = [animal for animal in np.unique(here) if (timed.clock[timed.of(animal)] != clock).any()]
    about = {int(other) for animal in shared for other in timed.clock[timed.of(animal)]} - {clock}
    around = np.sort(np.concatenate([everyone.get(other, NONE) for other in sorted(about)] or [NONE]))
    if len(around) < 2:
        return np.zeros((0, len(shifts)))
    floor = PRESENCE / max(2 * LONG_DAYS, float(around[-1] - around[0]))
    found = []
    for animal in shared:
        own = timed.only(np.arange(*timed.of(animal).indices(len(timed.who))))
        ours = own.clock == clock
        when = own.day[ours][:, None] + shifts[None, :]
        others = np.sort(own.day[~ours])
        long, usual = (_within(each, when, LONG_DAYS) / (2 * LONG_DAYS) for each in (others, around))
        clustered = np.zeros(when.shape)
        for reach in SHORT_DAYS:
            expected = long * _within(around, when, reach) / (2 * reach) / np.maximum(usual, 1e-9)
            clustered += (_within(others, when, reach) / (2 * reach) + RATE) / (expected + RATE) / len(SHORT_DAYS)
        clustered = np.log(1 - CLUSTERED + CLUSTERED * clustered)
        nowhere = usual == 0  # no camera tells anything there: to be moved out of the survey gains nothing
        clustered = np.where(nowhere, clustered[:, :1], clustered)
        present = np.log((long / len(others) + floor) / (usual / len(around) + floor))
        present = np.where(nowhere, present[:, :1], present).mean(axis=0)
        weight = min(1.0, MOST_STAYS / len(when))
        twice = _twice(own, ours, ~ours, when, km, limit_kmh)
        found.append(
            clustered.sum(axis=0) * weight
            + np.clip(present, -MOST_PRESENCE, MOST_PRESENCE)
            - AT_ONCE * np.minimum(twice.sum(axis=0), MOST_AT_ONCE)
        )
    return np.array(found).reshape(len(found), len(shifts))


def _twice(
    timed: Tracks, ours: np.ndarray, theirs: np.ndarray, when: np.ndarray, km: np.ndarray, limit_kmh: float
) -> np.ndarray:
    """``when``'s shape, bool: stays that no animal can have made, given where else it was."""
    twice = np.zeros(when.shape, bool)
    for here in np.unique(timed.station[ours]):
        rows = timed.station[ours] == here
        for there in np.unique(timed.station[theirs]):
            window = (km[here, there] - NEAR_KM) / limit_kmh / 24 - DRIFT_DAYS
            if window > 0:
                days = np.sort(timed.day[theirs & (timed.station == there)])
                twice[rows] |= _within(days, when[rows], window) > 0
    return twice


def stays(days: np.ndarray, clock: np.ndarray) -> dict[int, np.ndarray]:
    """The days of the stays that sightings make at each clock, whoever it was: an hour apart or more, rising."""
    order = np.lexsort((days, clock))
    days, clock = days[order], clock[order]
    first = np.ones(len(days), bool)
    first[1:] = (clock[1:] != clock[:-1]) | (np.diff(days) > ONE_STAY_DAYS)
    days, clock = days[first], clock[first]
    numbers, starts = np.unique(clock, return_index=True)
    return dict(zip(numbers.tolist(), np.split(days, starts[1:]), strict=True)) if len(numbers) else {}


def _within(days: np.ndarray, when: np.ndarray, reach: float) -> np.ndarray:
    """How many of sorted days lie within so many days of each moment."""
    return np.searchsorted(days, when + reach, "right") - np.searchsorted(days, when - reach, "left")


def shifts_of(tracks: Tracks, clock: int) -> tuple[np.ndarray, np.ndarray]:
    """Days that a clock may be off by, and how likely each of them is before anything is seen of it: (c,) each.

    The first is 0, as things stand. The others are what goes wrong with clocks: years (with and without their leap
    day), twelve hours, other hours, as with time zones, and the days that clocks of its animals are apart by.
    """
    hours = [sign * hour / 24 for hour in range(1, 12) for sign in (-1, 1)]
    far = [float(sign * day) for k in range(2, MOST_YEARS + 1) for day in _years(k) for sign in (-1, 1)]
    days = [day for day in _shared(tracks, clock) if day not in far and abs(day) not in (365, 366)]
    kinds = (
        (YEAR, [-365.0, 365.0, -366.0, 366.0]),
        (HALF_DAY, [-0.5, 0.5]),
        (HOURS, hours),
        (YEARS, far),
        (DAYS, days),
    )
    shifts = [0.0] + [shift for _, several in kinds for shift in several]
    likely = [1.0] + [WRONG * share / len(several) for share, several in kinds for _ in several]
    return np.array(shifts), np.array(likely)


def hour_shifts() -> np.ndarray:
    """The parts of a day by which a clock may be off: hours, ``(24,)`` from 0 on."""
    return np.arange(24) / 24


def _shared(tracks: Tracks, clock: int) -> list[float]:
    """The days that lie between stays of the most animals at this clock and at others."""
    timed = tracks.timed
    votes: dict[int, set[int]] = {}
    for animal in np.unique(timed.who[timed.clock == clock]):
        days, own = timed.day[timed.of(animal)], timed.clock[timed.of(animal)] == clock
        ours, theirs = days[own], days[~own]
        for apart in np.unique(np.round((theirs[:, None] - ours[None, :]).ravel())).astype(int):
            votes.setdefault(int(apart), set()).add(int(animal))
    shared = sorted((day for day in votes if len(votes[day]) > 1 and day), key=lambda day: (-len(votes[day]), abs(day)))
    return [float(day) for day in dict.fromkeys([*shared[:MOST_SHARED], *(-1, 1, -2, 2, -3, 3)])]


def _years(k: int) -> tuple[int, ...]:
    """The days that k years may have."""
    return tuple(sorted({int(np.floor(k * 365.2425)), int(np.ceil(k * 365.2425))}))


def years_in(days: float) -> int:
    """How many whole years these days are, signed; 0 where they are none."""
    k = round(abs(days) / 365.2425)
    return int(np.sign(days)) * k if k and min(abs(abs(days) - one) for one in _years(k)) <= 1.0 else 0
