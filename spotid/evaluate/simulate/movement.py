"""Where stations stand and when each individual passes which of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.noise import rng_for
from spotid.evaluate.simulate.scenes import KINDS
from spotid.evaluate.simulate.strips import BRANDS, Brand

SPACING_KM = 2.3
FASTEST_KMH = 3.5
"""No individual is sent faster than this between two stations, in a straight line."""
ORIGIN = (-24.93, 31.52)
TOGETHER = 0.2
"""Share of the first female's visits on which her nearly grown young follows."""


@dataclass(frozen=True)
class CameraPlace:
    """One camera of a station: ``name`` is its folder; ``side`` 1 or -1 is the side of the path it stands on."""

    name: str
    side: int
    brand: Brand
    serial: str
    scene_seed: int
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Station:
    """A place with one camera, or two that face each other."""

    name: str
    latitude: float
    longitude: float
    cameras: tuple[CameraPlace, ...]


@dataclass(frozen=True)
class Visit:
    """An individual (number from 0) passes a station; ``toward`` 1 or -1 along the path; ``follower`` walks behind."""

    individual: int
    follower: int | None
    station: int
    moment: datetime
    toward: int


def place_stations(seed: int, count: int, paired_share: float, start: datetime, days: int) -> list[Station]:
    """Stations on a jittered grid, some with two cameras, each with its own background and make of camera."""
    side = int(np.ceil(np.sqrt(count)))
    stations = []
    for k in range(count):
        rng = rng_for(seed, 61, k)
        east = (k % side - side / 2 + rng.uniform(-0.3, 0.3)) * SPACING_KM
        north = (k // side - side / 2 + rng.uniform(-0.3, 0.3)) * SPACING_KM
        latitude = ORIGIN[0] + north / 110.9
        longitude = ORIGIN[1] + east / (111.3 * np.cos(np.radians(ORIGIN[0])))
        paired = int((k + 1) * paired_share) > int(k * paired_share)
        kind = KINDS[(k + seed) % len(KINDS)]
        brand = BRANDS[int(rng.integers(len(BRANDS)))] if k >= len(BRANDS) else BRANDS[(k + seed) % len(BRANDS)]
        cameras = []
        for n, letter in enumerate("AB" if paired else "A"):
            first = start + timedelta(hours=float(9 + rng.integers(0, 6)), minutes=float(rng.integers(0, 60)))
            last = start + timedelta(days=days, hours=float(-rng.integers(2, 12)))
            cameras.append(
                CameraPlace(
                    f"ST{k + 1:02d}{letter}",
                    1 - 2 * n,
                    brand,
                    f"{brand.prefix}{int(rng.integers(10**6, 10**7))}",
                    int(rng.integers(2**31)),
                    kind,
                    first,
                    last,
                )
            )
        stations.append(Station(f"ST{k + 1:02d}", round(latitude, 5), round(float(longitude), 5), tuple(cameras)))
    return stations


def distances_km(stations: list[Station]) -> npt.NDArray[np.float64]:
    """Straight distances between stations, ``(n, n)`` kilometres."""
    north = np.array([s.latitude for s in stations]) * 110.9
    east = np.array([s.longitude for s in stations]) * 111.3 * np.cos(np.radians(ORIGIN[0]))
    return np.asarray(np.hypot(north[:, None] - north, east[:, None] - east))


def _hour(rng: np.random.Generator) -> float:
    """An hour of the day: most passes at night and in the twilight, some by day."""
    pick = rng.random()
    if pick < 0.30:
        return float(np.clip(rng.normal(7.4, 1.1), 6.2, 11))
    if pick < 0.42:
        return float(np.clip(rng.normal(16.6, 0.9), 12, 17.8))
    return float((rng.normal(22.5, 3.2)) % 24)


def roam(
    seed: int, individuals: int, stations: list[Station], start: datetime, days: int, visits: int
) -> list[list[Visit]]:
    """At least ``visits`` visits of each individual in order of time, over its home range.

    A home range is a bell curve round a centre (males wider); the next station is drawn from it among those that can
    be reached in the time. Individual 1 is the young of individual 0 and shares her centre.
    """
    between = distances_km(stations)
    centres = [int(rng_for(seed, 67, k).integers(len(stations))) for k in range(individuals)]
    if individuals > 1:
        centres[1] = centres[0]
    out: list[list[Visit]] = []
    for k in range(individuals):
        rng = rng_for(seed, 73, k)
        reach = SPACING_KM * (1.0 if k % 2 == 0 else 1.5)
        weight = np.exp(-((between[centres[k]] / reach) ** 2) / 2) + 1e-6
        hours = np.sort([rng.integers(0, days) * 24 + _hour(rng) for _ in range(visits)])
        mine: list[Visit] = []
        for hour in hours.tolist():
            moment = start + timedelta(seconds=round(hour * 3600))
            possible = weight.copy()
            if mine:
                since = (moment - mine[-1].moment).total_seconds() / 3600
                possible[between[mine[-1].station] > FASTEST_KMH * since] = 0
                if since < 0.05:
                    continue
            station = int(rng.choice(len(stations), p=possible / possible.sum()))
            together = k == 0 and individuals > 1 and rng.random() < TOGETHER
            mine.append(Visit(k, 1 if together else None, station, moment, int(rng.choice([-1, 1]))))
        out.append(mine)
    if individuals > 1:
        joint = [visit for visit in out[0] if visit.follower is not None]
        out[1] = [v for v in out[1] if all(abs((v.moment - j.moment).total_seconds()) > 12 * 3600 for j in joint)]
    return out
