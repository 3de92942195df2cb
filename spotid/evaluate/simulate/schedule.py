"""Which camera takes which picture when: visits become bursts, wind takes empty pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from spotid.evaluate.simulate import light, movement
from spotid.evaluate.simulate.movement import CameraPlace, Station, Visit
from spotid.evaluate.simulate.noise import rng_for

DAYLIGHT = (6.1, 17.9)
"""Hours between which cameras take colour pictures without a lamp."""


@dataclass(frozen=True)
class Shot:
    """One picture to take. ``after`` seconds since the burst began at this camera; ``seed`` draws what is by chance."""

    station: int
    camera: int
    moment: datetime
    visit: Visit | None
    burst: str
    burst_seed: int
    number: int
    of: int
    after: float


def light_kind(camera: CameraPlace, moment: datetime) -> str:
    """Day colour, or the camera's night light."""
    hour = moment.hour + moment.minute / 60
    return light.DAY if DAYLIGHT[0] <= hour <= DAYLIGHT[1] else camera.brand.night


def _shots_of(seed: int, number: int, visit: Visit, stations: list[Station], burst_share: float) -> list[Shot]:
    rng = rng_for(seed, 83, number)
    out = []
    for n, camera in enumerate(stations[visit.station].cameras):
        begin = visit.moment + timedelta(seconds=int(rng.integers(0, 4)) if n else 0)
        if not camera.start <= begin <= camera.end - timedelta(minutes=1):
            continue
        count = int(rng.integers(2, 4)) if rng.random() < burst_share else 1
        gaps = [0, *np.cumsum(rng.integers(1, 4, 2)).tolist()][:count]
        for k, gap in enumerate(gaps):
            moment = begin + timedelta(seconds=gap)
            out.append(
                Shot(visit.station, n, moment, visit, f"{camera.name}-{number:05d}", number, k + 1, count, float(gap))
            )
    return out


def plan_shots(
    seed: int,
    individuals: int,
    stations: list[Station],
    start: datetime,
    days: int,
    frames: int,
    empty_share: float,
    burst_share: float,
) -> list[Shot]:
    """Exactly ``frames`` shots by camera and time; the individuals take turns in filling the animal pictures."""
    empties = round(frames * empty_share)
    wanted = frames - empties
    cameras = sum(len(s.cameras) for s in stations)
    per_visit = (1 + 1.5 * burst_share) * cameras / len(stations)
    visits = int(np.ceil(1.8 * wanted / max(individuals, 1) / per_visit)) + 6
    roaming = movement.roam(seed, individuals, stations, start, days, visits)
    rng = rng_for(seed, 89)
    queues = [[mine[k] for k in rng.permutation(len(mine)).tolist()] for mine in roaming]
    shots: list[Shot] = []
    number = 0
    while len(shots) < wanted and any(queues):
        for queue in queues:
            if queue and len(shots) < wanted:
                number += 1
                shots += _shots_of(seed, number, queue.pop(), stations, burst_share)[: wanted - len(shots)]
    places = [(s, n) for s, station in enumerate(stations) for n in range(len(station.cameras))]
    # Were there too few visits, empty pictures make up the number.
    for k in range(frames - len(shots)):
        s, n = places[int(rng.integers(len(places)))] if k >= len(places) else places[k]
        camera = stations[s].cameras[n]
        moment = start + timedelta(seconds=round((int(rng.integers(0, days)) * 24 + _windy_hour(rng)) * 3600))
        moment = min(max(moment, camera.start), camera.end)
        shots.append(Shot(s, n, moment, None, f"{camera.name}-E{k + 1:05d}", 10**6 + k, 1, 1, 0.0))
    return sorted(shots, key=lambda shot: (shot.station, shot.camera, shot.moment, shot.burst, shot.number))


def _windy_hour(rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(12.5, 3), 6.3, 17.7)) if rng.random() < 0.72 else float(rng.normal(0.5, 3) % 24)
