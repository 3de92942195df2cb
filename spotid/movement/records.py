"""Where and when sightings were taken, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

EARTH_KM = 6371.0
DAY_S = 86_400.0


@dataclass(frozen=True)
class Records:
    """Place and time of ``n`` sightings. What is not known is NaN, a station that is not known -1."""

    at: np.ndarray  # (n, 2) float64: latitude and longitude in degrees, or x and y in km
    days: np.ndarray  # (n,) float64: days since the first of them
    station: np.ndarray  # (n,) int64: number in ``names``
    names: tuple[str, ...] = ()
    degrees: bool = True
    scaled: bool = True  # whether distances are kilometres; relative coordinates may have any scale

    def __len__(self) -> int:
        return len(self.days)

    def km(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Straight-line distance in km between sightings given by number; arrays are broadcast, NaN where unknown.

        Along the ground by the haversine formula (Sinnott 1984) for degrees.
        """
        a, b = self.at[one], self.at[other]
        if not self.degrees:
            return np.asarray(np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1]))
        lat, lon, far_lat, far_lon = (np.radians(v) for v in (a[..., 0], a[..., 1], b[..., 0], b[..., 1]))
        half = np.sin((far_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(far_lat) * np.sin((far_lon - lon) / 2) ** 2
        return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half))))

    def gap(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Days between sightings given by number, 0 and up; NaN where a time is not known."""
        return np.asarray(np.abs(self.days[one] - self.days[other]))

    def one_station(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether both are of one station, as bool; a station that is not known is none."""
        return np.asarray((self.station[one] == self.station[other]) & (self.station[one] >= 0))

    def only(self, chosen: np.ndarray) -> Records:
        """The sightings with these numbers, in that order."""
        return Records(self.at[chosen], self.days[chosen], self.station[chosen], self.names, self.degrees, self.scaled)


def records_of(
    stations: Sequence[str | None],
    times: Sequence[str | None],
    places: Sequence[tuple[float, float] | None],
    *,
    degrees: bool = True,
    scaled: bool = True,
) -> Records:
    """Records from plain values: station names, moments in ISO format, and places as in ``Records.at``."""
    names = sorted({one for one in stations if one})
    number = {name: index for index, name in enumerate(names)}
    moments = [datetime.fromisoformat(one).replace(tzinfo=None) if one else None for one in times]
    first = min((one for one in moments if one is not None), default=datetime(2000, 1, 1))
    days = [float("nan") if one is None else (one - first).total_seconds() / DAY_S for one in moments]
    at = [(float("nan"), float("nan")) if one is None else one for one in places]
    return Records(
        np.array(at, np.float64).reshape(len(at), 2),
        np.array(days, np.float64),
        np.array([number.get(one or "", -1) for one in stations], np.int64),
        tuple(names),
        degrees,
        scaled,
    )
