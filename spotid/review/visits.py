"""Frames of one visit that are compared as one: a *unit*.

A camera fires several times while one animal walks by. Comparing every frame with every frame of another visit asks one
question many times, so frames of one visit, station and camera that follow one another closely form a unit, which is
compared once. What is known
outweighs that guess: frames that are told apart, belong to two individuals or surely show two sides are never in one
unit; and where a photograph shows several animals nothing tells which is which, so that visit's frames stand alone.

Frames with and without an individual are not mixed: an answer that covers some frames and leaves one out thereby makes
the one that was left out a unit of its own, which is asked about again. All frames of a unit are thus either one group
of the identities or each alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from spotid.project.folder import Project
from spotid.project.sightings import OUT_SQL
from spotid.review.identity import Identities
from spotid.review.sides import Sides
from spotid.words import SightingState, Verdict

# Seconds between two frames of one unit. In all 17 visits of snow leopards that were measured it was 30 at most; two
# animals that follow each other may pass a camera minutes apart, within one visit.
TOGETHER = 120
MOST = 12  # frames of a unit: what a person can look through beside a question
COMPARED = frozenset({SightingState.CROPPED, SightingState.EMBEDDED})


class Seen(NamedTuple):
    """Where and when a sighting was made; a tuple, since a large survey has many."""

    place: int  # in the order of stations and times
    photograph: int
    visit: tuple[int, int | None, str] | None  # with station and camera; None: of no visit
    ready: bool  # there is a crop to look at
    occasion: int | None  # the visit alone, whichever camera saw it
    station: str | None
    captured_at: str | None
    species: str
    quality: float | None


def read_seen(project: Project) -> dict[str, Seen]:
    """All sightings in the line (``sightings.OUT``), station by station in the order in which they were taken."""
    rows = project.store.all(
        "SELECT sighting.uid, media_id, visit, station_id, camera, station.name AS station, captured_at, species,"
        " quality, sighting.state FROM sighting JOIN media ON media.id = media_id"
        f" LEFT JOIN station ON station.id = station_id WHERE sighting.state NOT IN {OUT_SQL}"
        " ORDER BY station_id, captured_at, media.id, sighting.id"
    )
    return {
        row["uid"]: Seen(
            place,
            row["media_id"],
            None if row["visit"] is None else (row["visit"], row["station_id"], row["camera"]),
            row["state"] in COMPARED,
            row["visit"],
            *(row["station"], row["captured_at"], row["species"], row["quality"]),
        )
        for place, row in enumerate(rows)
    }


class Units:
    """Which sightings are one unit, as answers and sides stand. A unit goes by its *head*, its first frame.

    ``joinable`` says whether the frames of a visit may be one unit at all; a visit that nothing outside is like is
    left as it is, so that its frames are asked about one by one.
    """

    def __init__(
        self, visits: Iterable[Sequence[str]] = (), sides: Sides | None = None, known: Identities | None = None
    ):
        self._sides, self._known = sides or Sides({}), known or Identities()
        self._visit: dict[str, Sequence[str]] = {}  # frame → the frames of its visit, where there are several
        self._unit: dict[str, tuple[str, ...]] = {}
        for frames in visits:
            if len(frames) > 1:
                self._visit |= dict.fromkeys(frames, frames)
                self._settle(frames)

    def frames(self, sighting: str) -> tuple[str, ...]:
        """All frames of the sighting's unit, itself included, in the order in which they were taken."""
        return self._unit.get(sighting) or (sighting,)

    def alone(self, sighting: str) -> bool:
        """Whether the sighting is a unit of its own."""
        return sighting not in self._unit

    def head(self, sighting: str) -> str:
        """The frame that the sighting's unit goes by."""
        unit = self._unit.get(sighting)
        return unit[0] if unit else sighting

    def told_apart(self, sighting: str) -> int:
        """How many frames of the same visit are not in its unit because a person said that they are others."""
        known, unit = self._known, self.frames(sighting)
        return sum(
            one not in unit and _others(known, one, sighting)
            for one in self._visit.get(sighting, ())
            if not known.is_unusable(one)
        )

    def changed(self, sightings: Collection[str]) -> set[str]:
        """Form the units anew that these sightings are concerned in; all frames whose unit is another one now."""
        moved: set[str] = set()
        for frames in {id(frames): frames for one in sightings if (frames := self._visit.get(one))}.values():
            before = {one: self._unit.get(one) for one in frames}
            self._settle(frames)
            moved |= {one for one in frames if self._unit.get(one) != before[one]}
        return moved

    def _settle(self, frames: Sequence[str]) -> None:
        for unit in self._divided(frames):
            for one in unit:
                if len(unit) > 1:
                    self._unit[one] = tuple(unit)
                else:
                    self._unit.pop(one, None)

    def _divided(self, frames: Sequence[str]) -> list[list[str]]:
        """The units of a visit. A frame joins the unit that was seen last among those that it fits."""
        alone: list[list[str]] = []
        units: list[list[str]] = []
        for one in frames:
            if self._known.is_unusable(one):
                alone.append([one])
                continue
            at = next((at for at in range(len(units) - 1, -1, -1) if self._fits(one, units[at])), None)
            unit = [] if at is None else units.pop(at)
            unit.append(one)
            units.append(unit)
        return alone + units

    def _fits(self, one: str, unit: list[str]) -> bool:
        known = self._known
        number = known.individual(one)
        if len(unit) >= MOST or number != known.individual(unit[0]):
            return False
        if any(self._sides.opposite(one, other) for other in unit):
            return False
        return number is not None or all(known.relation(one, other) is not Verdict.DIFFERENT for other in unit)


def _others(known: Identities, one: str, other: str) -> bool:
    ours, theirs = known.individual(one), known.individual(other)
    return known.relation(one, other) is Verdict.DIFFERENT or (None not in (ours, theirs) and ours != theirs)


def visits_of(seen: Mapping[str, Seen], like: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The frames of every visit that may be one unit, in the order in which they were taken.

    ``like``: sighting → its look-alikes. Left out are visits with several animals in one photograph, and those that
    look like nothing beyond themselves: their frames can only be joined by comparing them with one another.
    """
    animals: dict[int, int] = {}
    visits: dict[tuple[int, int | None, str], list[str]] = {}
    for uid, one in seen.items():
        animals[one.photograph] = animals.get(one.photograph, 0) + 1
        if one.visit is not None:
            visits.setdefault(one.visit, []).append(uid)
    found = []
    for visit in visits.values():
        if any(animals[seen[one].photograph] > 1 for one in visit):
            continue
        for frames in _bursts([one for one in visit if seen[one].ready], seen):
            inside = set(frames)
            if len(frames) > 1 and any(other not in inside for one in frames for other in like.get(one, ())):
                found.append(frames)
    return found


def _bursts(frames: Sequence[str], seen: Mapping[str, Seen]) -> list[list[str]]:
    """A visit's frames, parted where the camera was still for a while: another animal may have come by since."""
    found: list[list[str]] = []
    before: datetime | None = None
    for one in frames:
        text = seen[one].captured_at
        taken = None if text is None else datetime.fromisoformat(text)
        if before is None or taken is None or (taken - before).total_seconds() > TOGETHER:
            found.append([])
        found[-1].append(one)
        before = taken
    return found
