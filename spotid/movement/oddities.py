"""Stations whose clock or place is probably wrong, as the animals seen there and elsewhere show.

A wrong clock or place makes journeys that no animal makes, breaks up what an animal did in one night, and puts animals
where none of their neighbours are. Each station is compared with the repairs that are usual (``clock_fits`` has the
clock's; places are exchanged, or moved to where other stations are). It is named where one repair is clearly likelier
than things as they stand (``CLEAR_CLOCK``, ``CLEAR_PLACE``), and no single animal bears that alone, since one wrong
answer makes one animal odd everywhere. The strongest is taken first and left out of what follows, for the stations that
share its animals look odd beside it. What is told is a sign and no correction: a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from spotid.movement import clock_fits, clock_hours, place_fits, tracks
from spotid.movement.odd_pairs import Judge
from spotid.movement.odd_times import far_places, lonely_times
from spotid.movement.odd_told import CLOCK, FAR, PLACE, SWAP, TIMES, Oddity
from spotid.movement.ranges import RangeModel
from spotid.movement.records import Records

__all__ = ["CLOCK", "FAR", "PLACE", "SWAP", "TIMES", "Oddity", "oddities", "trusted"]

LIMIT_KMH = 8.0  # as the crow flies, kept up from one camera to another; a profile has its own
MISPLACED = 0.01  # the share of stations whose place is wrong
# Nats by which a repair has to be likelier than things as they stand; benchmarks/oddities.py has what that costs.
CLEAR_CLOCK, CLEAR_PLACE = 4.5, 0.5
AGREE = 0.5  # of all nats for or against a repair: animals that contradict one another accuse nobody
EACH, SLIGHT = 0.75, 0.05  # nats of an animal on average, of those that say anything: slight ones add up to nothing
WITHOUT_BEST = 3.0  # nats that have to be left without the animal that speaks loudest
FEWEST_ANIMALS, FEWEST_STATIONS = 2, 3
FEWEST_TO_MOVE = 3  # animals that a place is doubted for where no exchange explains it
HINT = 0.5  # nats from which on an exchange is worked out
Named = tuple[float, Callable[[], Oddity]]  # how clear it is, and what is to be told of it
MOST = 12
MOST_STATIONS, MOST_PAIRS = 1000, 300  # whose places are judged, and exchanges that are worked out


def oddities(
    records: Records,
    one: np.ndarray,
    other: np.ndarray,
    ranges: RangeModel | None = None,
    *,
    clock: np.ndarray | None = None,
    clock_names: Sequence[str] = (),
    limit_kmh: float = LIMIT_KMH,
) -> list[Oddity]:
    """Stations that are odd, the clearest first.

    ``one``, ``other``: (m,) numbers of sightings, pairs believed to be one animal; not all of its pairs are needed,
    they are put together. ``ranges``: how the animals move, where that was learnt; it only serves to count improbable
    pairs. ``clock``: (n,) number of the clock that told the time of a sighting, -1 for none, with ``clock_names``;
    where not given, each station has one.
    """
    one, other = np.asarray(one, np.int64), np.asarray(other, np.int64)
    if clock is None:
        clock, clock_names = records.station, records.names
    names = tuple(clock_names) or tuple(str(number) for number in range(int(clock.max(initial=-1)) + 1))
    judge = Judge(records, one, other, ranges, limit_kmh)
    found = [*lonely_times(records, clock, names, judge), *far_places(records, judge)]
    left = trusted(records, found)
    while len(found) < MOST:
        strongest = _strongest(left, one, other, clock, names, judge, limit_kmh)
        if strongest is None:
            break
        found.append(strongest)
        left = trusted(left, [strongest])
    return found


def trusted(records: Records, found: Sequence[Oddity]) -> Records:
    """The records without the times of odd clocks and the places of odd stations: NaN, so that they say nothing."""
    at, days = records.at.copy(), records.days.copy()
    for oddity in found:
        if oddity.kind in (CLOCK, TIMES):
            days[oddity.sightings] = np.nan
        else:
            at[oddity.sightings] = np.nan
    return replace(records, at=at, days=days)


def _strongest(
    records: Records,
    one: np.ndarray,
    other: np.ndarray,
    clock: np.ndarray,
    names: Sequence[str],
    judge: Judge,
    limit_kmh: float,
) -> Oddity | None:
    stays = tracks.tracks_of(records, one, other, clock)
    at = tracks.places(records)
    km = tracks.distances(records, at)
    timed_km = km if records.scaled else np.full_like(km, np.nan)
    if len(np.unique(stays.station)) < FEWEST_STATIONS:
        return None
    clocks = _clocks(records, stays, clock, names, timed_km, judge, limit_kmh)
    places = _places(stays, km, timed_km, judge, limit_kmh)
    best = max([*clocks, *places], key=lambda each: each[0], default=None)
    return None if best is None else best[1]()


def _clear(gain: np.ndarray, likely: float, besides: float = 0.0) -> float:
    """By how many nats a repair is clearer than it has to be; 0 or less where it is not to be named.

    ``gain``: (a,) nats of each animal; ``besides``: that are no animal's. ``likely``: before anything is seen.
    """
    if gain.sum() < max(AGREE * np.abs(gain).sum(), EACH * np.count_nonzero(np.abs(gain) > SLIGHT)):
        return 0.0
    if len(gain) < FEWEST_ANIMALS or gain.sum() - gain.max() + besides < WITHOUT_BEST:
        return 0.0
    return float(gain.sum() + besides + np.log(likely))


def _clocks(
    records: Records,
    stays: tracks.Tracks,
    clock: np.ndarray,
    names: Sequence[str],
    km: np.ndarray,
    judge: Judge,
    limit_kmh: float,
) -> list[Named]:
    found: list[Named] = []
    timed = (clock >= 0) & np.isfinite(records.days)
    steps = clock_fits.hour_shifts()
    everyone = clock_fits.stays(records.days[timed], clock[timed])
    kept = clock_hours.hours(everyone, steps)
    whole = np.sort(np.concatenate([*everyone.values(), np.zeros(0)]))
    for number in np.unique(stays.clock[stays.clock >= 0]):
        shifts, likely = clock_fits.shifts_of(stays, int(number))
        nats = clock_fits.fits(stays, int(number), shifts, km, limit_kmh, everyone)
        if not len(nats):
            continue
        besides = clock_hours.alone(everyone, whole, int(number), shifts)
        besides = besides - besides[0]
        if number < len(kept):
            besides += kept[number][np.searchsorted(steps, np.mod(shifts, 1.0) - 1e-6) % len(steps)]
        gains = nats - nats[:, :1]
        best = int(np.argmax(gains.sum(axis=0) + besides + np.log(likely)))
        clear = _clear(gains[:, best], float(likely[best]), float(besides[best])) - CLEAR_CLOCK
        if clear > 0:
            mine = np.flatnonzero((clock == number) & timed)
            found.append((clear, partial(judge.clock, names[number], mine, float(shifts[best]), clear)))
    return found


def _places(stays: tracks.Tracks, km: np.ndarray, timed_km: np.ndarray, judge: Judge, limit_kmh: float) -> list[Named]:
    seen = place_fits.seen(stays, len(km))
    placed = np.flatnonzero(np.isfinite(np.diag(km)) & (seen.sum(axis=0) > 0))
    if not FEWEST_STATIONS < len(placed) <= MOST_STATIONS:
        return []
    near = place_fits.nearness(km, place_fits.reach(seen, km))
    full = seen @ near
    every = np.zeros(stays.animals)
    likely = MISPLACED / len(placed)

    def hurried(one: int, row: np.ndarray) -> np.ndarray:
        return place_fits.hurry(stays, one, row, limit_kmh) if judge.records.scaled else every

    found: list[Named] = []
    pairs: dict[tuple[int, int], float] = {}
    for one in placed.tolist():
        animals, nats = place_fits.fits(seen, full, near, [one], one, placed)
        gains = nats - nats[:, placed == one]
        total = gains.sum(axis=0)
        for at in np.flatnonzero(total > HINT).tolist():
            pair = (min(one, int(placed[at])), max(one, int(placed[at])))
            pairs[pair] = pairs.get(pair, 0.0) + float(total[at])
        best = int(np.argmax(total))
        there, gain = int(placed[best]), every.copy()
        gain[animals] = gains[:, best]
        if gain.sum() > HINT:
            gain = gain + hurried(one, timed_km[one]) - hurried(one, timed_km[there])
        clear = _clear(gain[gain != 0], likely) - CLEAR_PLACE
        if clear > 0 and np.count_nonzero(gain) >= FEWEST_TO_MOVE:
            found.append((clear, partial(judge.moved, one, there, clear)))
    for one, there in sorted(pairs, key=lambda pair: -pairs[pair])[:MOST_PAIRS]:
        gain = place_fits.exchange(seen, full, near, one, there)
        if gain.sum() < HINT:
            continue
        turned = np.arange(len(km))
        turned[one], turned[there] = there, one
        for here in (one, there):
            gain = gain + hurried(here, timed_km[here]) - hurried(here, timed_km[turned[here]][turned])
        clear = _clear(gain[gain != 0], likely) - CLEAR_PLACE
        if clear > 0:
            found.append((clear, partial(judge.swapped, one, there, clear)))
    return found
