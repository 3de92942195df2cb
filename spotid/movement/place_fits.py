"""How well the animals of one station fit the place that it is said to be at.

Which animals come to a station? Those that are seen around it. So for a place, all animals of the survey are weighed by
how near the other stations are that they were seen at, and the animals of the station ought to be heavy ones: the
likelihood, in nats, of each of them among all animals. A station that truly lies apart is not drawn into the midst of
the others, where many animals weigh as much that never came to it.
"""

from __future__ import annotations

import numpy as np

from spotid.movement.clock_fits import AT_ONCE, DRIFT_DAYS, MOST_AT_ONCE, NEAR_KM
from spotid.movement.tracks import Tracks

Nats = tuple[np.ndarray, np.ndarray]
LEAST = 1e-12  # of an animal's weight: below it nothing is known of where else it is
STRAY = 0.1  # the share of animals that come from anywhere, or are not the animal that they are believed to be


def seen(tracks: Tracks, stations: int) -> np.ndarray:
    """``(k, s)`` float64: 1 where an animal was seen at a station."""
    found = np.zeros((tracks.animals, stations))
    found[tracks.who, tracks.station] = 1.0
    return found


def reach(at: np.ndarray, km: np.ndarray) -> float:
    """The median distance between two stations of one animal, or the least distance between two where none has two."""
    apart = (at.T @ at)[np.triu_indices(len(km), 1)]
    between = km[np.triu_indices(len(km), 1)]
    known = np.isfinite(between) & (between > 0)
    if not known.any():
        return 0.0
    used = known & (apart > 0)
    if not used.any():
        return float(between[known].min())
    order = np.argsort(between[used])
    total = np.cumsum(apart[used][order])
    return float(between[used][order][np.searchsorted(total, total[-1] / 2)])


def nearness(km: np.ndarray, reach_km: float) -> np.ndarray:
    """``(s, s)``: how much an animal of one station is expected at another: 1, a quarter at ``reach_km``, and a long
    tail, since some wander. A station without a place is near to none."""
    found = 1 / (1 + (km / max(reach_km, 1e-9)) ** 2) ** 2
    return np.where(np.isfinite(found), found, 0.0)


def fits(
    at: np.ndarray, full: np.ndarray, near: np.ndarray, left_out: list[int], station: int, place: np.ndarray
) -> Nats:
    """The animals of a station that are seen elsewhere, and their nats at places (numbers of stations), ``(a, p)``.

    ``full``: ``at @ near``, what all animals weigh by all stations; those that are left out are taken off.
    """
    out = np.array(left_out, np.int64)
    changed = np.flatnonzero(at[:, out].any(axis=1))
    less = at[np.ix_(changed, out)] @ near[np.ix_(out, place)]
    weight = np.maximum(full[np.ix_(changed, place)] - less, 0.0)
    total = full[:, place].sum(axis=0) - less.sum(axis=0)
    mine = (at[changed, station] > 0) & (weight.max(axis=1, initial=0.0) > LEAST)
    share = np.divide(weight[mine], total, out=np.zeros((int(mine.sum()), len(place))), where=total > LEAST)
    return changed[mine], np.log((1 - STRAY) * share + STRAY / len(at))


def exchange(at: np.ndarray, full: np.ndarray, near: np.ndarray, one: int, there: int) -> np.ndarray:
    """``(k,)`` nats of each animal by which two stations fit better in each other's place."""
    gain = np.zeros(len(at))
    for here, other in ((one, there), (there, one)):
        animals, nats = fits(at, full, near, [one, there], here, np.array([here, other]))
        gain[animals] += nats[:, 1] - nats[:, 0]
    return gain


def hurry(stays: Tracks, station: int, km: np.ndarray, limit_kmh: float) -> np.ndarray:
    """``(k,)`` nats that the stays at a station cost which no animal can have made, ``km`` (s,) being from there."""
    cost = np.zeros(stays.animals)
    timed = stays.timed
    for animal in np.unique(timed.who[timed.station == station]):
        days, where = timed.day[timed.of(animal)], timed.station[timed.of(animal)]
        own, others = where == station, where != station
        window = (km[where[others]] - NEAR_KM) / limit_kmh / 24 - DRIFT_DAYS
        twice = (np.abs(days[own][:, None] - days[others][None, :]) < window[None, :]).any(axis=1)
        cost[animal] = AT_ONCE * min(MOST_AT_ONCE, int(twice.sum()))
    return cost
