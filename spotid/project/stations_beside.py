"""Places of stations that are known only to each other: metres from one point, without degrees."""

from __future__ import annotations

from dataclasses import dataclass

from spotid.project.store import Store

UNIT_NOTE = "station_unit"  # what a person said that x and y without a projection are: "m", "km" or "degrees"
UNITS = {"m": 1.0, "km": 1000.0}  # metres
DEGREES = "degrees"


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many stations have a place in degrees, and how many in metres from one point."""

    degrees: int
    metres: int

    @property
    def mixed(self) -> bool:
        """Whether there are both: between stations of different kinds, no distance is known."""
        return self.degrees > 0 and self.metres > 0

    @property
    def in_degrees(self) -> bool:
        """Which kind counts where one has to be chosen: that of the most stations, degrees where they are even."""
        return self.degrees >= self.metres


def kinds(store: Store) -> Kinds:
    """The kinds of places that the stations of a project have."""
    row = store.one(
        "SELECT SUM(latitude IS NOT NULL AND longitude IS NOT NULL) AS degrees,"
        " SUM(x_m IS NOT NULL AND y_m IS NOT NULL AND latitude IS NULL) AS metres FROM station"
    )
    return Kinds(0, 0) if row is None else Kinds(row["degrees"] or 0, row["metres"] or 0)


def told(store: Store) -> list[str]:
    """What is odd about the places of stations, in sentences."""
    found = kinds(store)
    if not found.mixed:
        return []
    fewer, stations = min(found.degrees, found.metres), found.degrees + found.metres
    if found.in_degrees:
        return [
            f"Of {stations:,} stations {fewer:,} have their place in metres from a point, the others in degrees: how"
            " far the ones are from the others is not known."
        ]
    return [
        f"Of {stations:,} stations {fewer:,} have their place in degrees, the others in metres from a point: how far"
        " the ones are from the others is not known."
    ]
