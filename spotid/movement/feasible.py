"""Could one animal have been at both places? The feasibility score of "Spotted", and plain speeds in km/h.

The paper's text tells its equations in words; what had to be reconstructed is said at each place below.

1. d = distance / longest distance of the survey, 0..1 (Eq. 1). "Normalised to a range between 0 and 1" may also mean
   from the shortest distance on; that is 0 as soon as one station has two sightings, so both readings agree.
2. t = gap / longest gap of the survey, 0..1 (Eq. 2).
3. S = exp(-rate · d / t), rate 1 (Eq. 3): 1 at one place, however long the gap; towards 0 for places far apart at
   nearly one time.

The equations leave open what is not a number: a gap of nothing, and cameras of one pair that stand a few metres apart
and fire at once. Here a gap counts as at least ``CLOCK_MINUTES``, and ``NEAR_KM`` are taken off every distance. What is
not known is NaN: no opinion, never a veto.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotid.movement.records import Records

CLOCK_MINUTES = 1.0  # clocks of two cameras of one pair agree no better
NEAR_KM = 0.05  # paired cameras face each other over a track, and a place read off by hand is good to 10-20 m
NEAR_SHARE = 0.0025  # the same where coordinates have no scale: 50 m of a survey 20 km across
DRIFT_MINUTES = 10.0  # by so much the clocks of two stations may disagree before a speed is called impossible
STRETCHED_DAYS = 3.0  # times the interquartile range of the times; evenly spread times have a longest gap of 2
STRETCHED_KM = 10.0  # times the median distance between places; places spread over a disc have a longest one of 2.2
FEW_PLACES = 1500  # up to here every pair of places is measured for the longest distance
DIRECTIONS = 512
BLOCK_PAIRS = 100_000  # stay in the cache: 2,000 sightings in 0.09 s, against 0.6 s in one piece


@dataclass(frozen=True)
class Feasibility:
    """The score of one survey: its longest distance (km, or the coordinates' unit) and longest gap (days)."""

    longest_km: float
    longest_days: float
    rate: float = 1.0

    def score(self, records: Records, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """S of sightings given by number, 0..1 float64; arrays are broadcast, NaN = no opinion."""
        return self._of(records.km(one, other), records.gap(one, other), records.scaled)

    def matrix(self, records: Records) -> np.ndarray:
        """S of all pairs: (n, n) float32, symmetric, 1 on the diagonal where place and time are known."""
        n = len(records)
        out = np.empty((n, n), np.float32)
        places, place = np.unique(records.at, axis=0, return_inverse=True)  # NaN rows count as one place, or several
        place = place.reshape(-1)
        first = np.zeros(len(places), np.int64)
        first[place[::-1]] = np.arange(n)[::-1]
        few = len(places) <= FEW_PLACES
        km = records.km(first[:, None], first[None, :]) if few else None
        everyone = np.arange(n)
        rows = max(1, BLOCK_PAIRS // max(1, n))
        for start in range(0, n, rows):
            block = everyone[start : start + rows, None]
            apart = records.km(block, everyone[None]) if km is None else km[place[block], place[None]]
            out[start : start + rows] = self._of(apart, records.gap(block, everyone[None]), records.scaled)
        return out

    def _of(self, km: np.ndarray, days: np.ndarray, scaled: bool) -> np.ndarray:
        near = NEAR_KM if scaled else NEAR_SHARE * self.longest_km
        least = CLOCK_MINUTES / 1440
        far = np.maximum(km - near, 0.0) / self.longest_km if self.longest_km > 0 else np.asarray(km) * 0.0
        gap = np.maximum(days, least) / max(self.longest_days, least)
        return np.asarray(np.exp(-self.rate * far / gap))


def of_survey(records: Records, rate: float = 1.0, trimmed: bool = True) -> Feasibility:
    """The score scaled to a survey's longest distance and gap, over the sightings whose place or time is known.

    One clock set to a wrong year would stretch the longest gap and make every true pair look hurried, one place on
    another continent would make every pair look near. ``trimmed`` (beyond the paper) bounds both by what the bulk of
    the survey spans, ``STRETCHED_DAYS`` and ``STRETCHED_KM``; a survey without such a record keeps the paper's values.
    """
    if not rate >= 0:
        raise ValueError(f"the rate must be 0 or more, not {rate}")
    days = records.days[np.isfinite(records.days)]
    longest_days = float(np.ptp(days)) if len(days) else 0.0
    middle = float(np.subtract(*np.percentile(days, [75, 25]))) if len(days) else 0.0
    if trimmed and middle > 0:
        longest_days = min(longest_days, STRETCHED_DAYS * middle)
    longest_km, median_km = _spread(records)
    if trimmed and median_km > 0:
        longest_km = min(longest_km, STRETCHED_KM * median_km)
    return Feasibility(longest_km, longest_days, float(rate))


def speeds(records: Records, one: np.ndarray, other: np.ndarray, clock_minutes: float = CLOCK_MINUTES) -> np.ndarray:
    """The least speed in km/h that leads from one sighting to the other along a straight line; arrays are broadcast.

    NaN where a place or a time is not known, or where coordinates have no scale. A gap counts as at least
    ``clock_minutes``.
    """
    km = records.km(one, other)
    if not records.scaled:
        return np.full(np.broadcast(km).shape, np.nan)
    return np.asarray(km / (np.maximum(records.gap(one, other), clock_minutes / 1440) * 24))


def impossible(
    records: Records, one: np.ndarray, other: np.ndarray, limit_kmh: float, clock_minutes: float = DRIFT_MINUTES
) -> np.ndarray:
    """Whether no animal of at most ``limit_kmh`` can have been at both, as bool; arrays are broadcast.

    ``NEAR_KM`` and ``clock_minutes`` are granted. Never true where a place or a time is not known or coordinates have
    no scale.
    """
    km = records.km(one, other)
    if not records.scaled:
        return np.zeros(np.broadcast(km).shape, bool)
    hours = records.gap(one, other) * 24 + clock_minutes / 60
    return np.asarray(km - NEAR_KM > limit_kmh * hours)  # comparing with NaN is False


def _spread(records: Records) -> tuple[float, float]:
    """The longest and the median distance between two places of the survey; 0 where there are not two."""
    known = np.flatnonzero(np.isfinite(records.at).all(axis=1))
    if not len(known):
        return 0.0, 0.0
    places = known[np.sort(np.unique(records.at[known], axis=0, return_index=True)[1])]
    if len(places) < 2:
        return 0.0, 0.0
    some = places[:: max(1, len(places) // FEW_PLACES)]
    upper = np.triu_indices(len(some), 1)
    median = float(np.median(records.km(some[upper[0]], some[upper[1]])))
    outer = places if len(places) <= FEW_PLACES else places[_outermost(_in_space(records, places))]
    return float(records.km(outer[:, None], outer[None]).max()), median


def _in_space(records: Records, places: np.ndarray) -> np.ndarray:
    """The places as points of space, (k, 3): on the unit sphere, or flat."""
    at = records.at[places]
    if not records.degrees:
        return np.column_stack([at, np.zeros(len(at))])
    lat, lon = np.radians(at[:, 0]), np.radians(at[:, 1])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _outermost(points: np.ndarray) -> np.ndarray:
    """Numbers of the points that lie farthest out in one of many directions spread over the sphere.

    The two farthest apart are among them, or a pair nearly as far apart.
    """
    turn = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * turn / DIRECTIONS
    around = turn * np.pi * (3 - 5**0.5)  # the golden angle: even cover
    level = np.sqrt(1 - height**2)
    ways = np.column_stack([level * np.cos(around), level * np.sin(around), height])
    return np.unique(np.argmax((points - points.mean(axis=0)) @ ways.T, axis=0))
