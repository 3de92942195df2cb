"""Places, times and visits by a manifest, instead of or beside what a project knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spotid.evaluate.manifest import Entry, Manifest, place_name
from spotid.movement.records import DAY_S, Records


def records_by(manifest: Manifest, entries: Sequence[Entry], known: Records) -> Records:
    """The records of these lines; ``known``, in the same order, fills in for columns that the manifest has not."""
    at, degrees, scaled = known.at, known.degrees, known.scaled
    station, names, days = known.station, known.names, known.days
    if {"x", "latitude"} & manifest.columns:
        places = [manifest.km(entry.at) or (np.nan, np.nan) for entry in entries]
        at, degrees, scaled = np.array(places, np.float64).reshape(-1, 2), manifest.degrees, manifest.scaled
    if {"station", "camera"} & manifest.columns:
        told = [place_name(entry) for entry in entries]
        names = tuple(sorted({name for name in told if name}))
        number = {name: index for index, name in enumerate(names)}
        station = np.array([number.get(name, -1) for name in told], np.int64)
    elif {"x", "latitude"} & manifest.columns:
        station, names = _stations_of(at)
    if "datetime" in manifest.columns:
        moments = [entry.taken for entry in entries]
        first = min((one for one in moments if one is not None), default=None)
        days = np.array(
            [(one - first).total_seconds() / DAY_S if one is not None and first is not None else np.nan
             for one in moments], np.float64
        )  # fmt: skip
    return Records(at, days, station, names, degrees, scaled)


def _stations_of(at: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """A station for every place that is told, where no station has a name."""
    station, placed = np.full(len(at), -1, np.int64), np.isfinite(at).all(axis=1)
    if placed.any():
        places, number = np.unique(at[placed], axis=0, return_inverse=True)
        station[placed] = number.ravel()
        return station, tuple(f"{one:g}, {other:g}" for one, other in places)
    return station, ()


def visits_by(
    manifest: Manifest, entries: Sequence[Entry], told: Records, known: np.ndarray, minutes: float
) -> np.ndarray:
    """Visits ``(n,)`` int64: as the lines name them, else by station and time, else as they are ``known``.

    Pictures of one station belong to one visit as long as each follows the one before within so many minutes,
    whichever camera took them: two cameras of a station photograph one animal from both sides at the same moment.
    """
    named = [(place_name(entry), entry.visit) if entry.visit else None for entry in entries]
    computed = bool({"datetime", "station", "camera", "x", "latitude"} & manifest.columns)
    numbers: dict[object, int] = {}
    chain = _chained(told, minutes) if computed else known
    visits = [
        numbers.setdefault(("named", name) if name is not None else ("other", int(other)), len(numbers))
        for name, other in zip(named, chain, strict=True)
    ]
    return np.array(visits, np.int64)


def _chained(told: Records, minutes: float) -> np.ndarray:
    """A number for each run of sightings at one station; sightings without a station or a time are alone.

    Where no sighting has a station, all count as one place: then a visit is what was taken in one go.
    """
    station = told.station if (told.station >= 0).any() else np.zeros(len(told), np.int64)
    visit, last = np.arange(len(told), dtype=np.int64), -1
    for one in np.lexsort((told.days, station)):
        if station[one] < 0 or np.isnan(told.days[one]):
            continue
        if last >= 0 and station[last] == station[one]:
            close = (told.days[one] - told.days[last]) * DAY_S <= minutes * 60.0
            visit[one] = visit[last] if close else visit[one]
        last = int(one)
    return visit
