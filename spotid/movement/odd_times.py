"""Clocks far from everybody else's time, and stations far from everybody else's place: odd even without any pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spotid.movement import odd_told, tracks
from spotid.movement.odd_pairs import Judge
from spotid.movement.odd_told import FAR, TIMES, Oddity
from spotid.movement.records import Records

LONELY_DAYS = 180.0  # from all other clocks' times
PAUSE = 1.5  # times the longest pause in all other clocks' times: seasons lie apart, too
FEWEST_OTHERS = 3  # other clocks, and in all so many
FEWEST_TIMES = 10  # times of theirs
MOST_FAR = 3
FAR_WIDTHS, FAR_KM = 5.0, 50.0  # from all other stations: times the width of the survey without it, and at least


def lonely_times(records: Records, clock: np.ndarray, names: Sequence[str], judge: Judge) -> list[Oddity]:
    """Clocks with times that lie far from those of all other clocks."""
    known = (clock >= 0) & np.isfinite(records.days)
    numbers = np.unique(clock[known])
    found: list[Oddity] = []
    for number in numbers:
        others = np.sort(records.days[known & (clock != number)])
        if len(numbers) <= FEWEST_OTHERS or len(others) < FEWEST_TIMES:
            break
        mine = np.flatnonzero(known & (clock == number))
        after = np.searchsorted(others, records.days[mine])
        before = np.abs(records.days[mine] - others[np.maximum(after - 1, 0)])
        away = np.minimum(before, np.abs(records.days[mine] - others[np.minimum(after, len(others) - 1)]))
        beyond = (after == 0) | (after == len(others))
        odd = beyond & (away > max(LONELY_DAYS, PAUSE * float(np.diff(others).max(initial=0.0))))
        if not odd.any():
            continue
        lonely, name = mine[odd], names[number]
        pairs, improbable = judge.count(lonely)
        days = _bringing(records.days[lonely], others)
        moved = records.days.copy()
        moved[lonely] += days
        left = judge.count(lonely, replace(records, days=moved))[1]
        found.append(
            Oddity(
                name,
                TIMES,
                odd_told.shift_told(days),
                pairs,
                improbable,
                f"The times of “{name}” lie {round(float(away[odd].min()))} days or more from those of all other"
                f" cameras ({len(lonely)} sightings).",
                left=left,
                days=days,
                nats=float(away[odd].min()),
                sightings=lonely,
            )
        )
    return found


def _bringing(days: np.ndarray, others: np.ndarray) -> float:
    """The days that bring times into those of others: the fewest whole years that do, else from middle to middle."""
    first, last = others[0] - 1.0, others[-1] + 1.0
    for years in range(1, 61):
        for sign in (-1, 1):
            shift = sign * round(years * 365.2425)
            if days.min() + shift >= first and days.max() + shift <= last:
                return float(shift)
    return float(np.round(np.median(others) - np.median(days)))


def far_places(records: Records, judge: Judge) -> list[Oddity]:
    """Stations far from all others that animals of other stations are said to come to."""
    at = tracks.places(records)
    placed = np.flatnonzero(np.isfinite(at).all(axis=1))
    if len(placed) <= FEWEST_OTHERS:
        return []
    km = tracks.distances(records, at)
    found: list[Oddity] = []
    among = km[np.ix_(placed, placed)] + np.where(np.eye(len(placed), dtype=bool), np.inf, 0.0)
    lonely = among.min(axis=1)
    for at in np.argsort(-lonely, kind="stable")[:MOST_FAR]:
        station, nearest = placed[at], float(lonely[at])
        rest = placed[placed != station]
        if nearest <= (FAR_KM if records.scaled else 0.0):
            break
        if nearest <= FAR_WIDTHS * float(km[np.ix_(rest, rest)].max()):
            continue
        mine = np.flatnonzero(records.station == station)
        pairs, improbable = judge.count(mine)
        if not pairs:
            continue
        name = judge.name(int(station))
        found.append(
            Oddity(
                name,
                FAR,
                "A digit or a sign may be wrong; look at its coordinates.",
                pairs,
                improbable,
                f"“{name}” is said to be {round(nearest)} km from all other stations, yet their animals are seen there:"
                f" {improbable} of {pairs} pairs are improbable.",
                nats=nearest,
                sightings=mine,
            )
        )
    return found
