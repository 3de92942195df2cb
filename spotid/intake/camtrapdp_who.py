"""Whom a Camtrap DP package names, and where: its observations brought down to single files.

An observation is of one file, or of an event: all files of a deployment between two times. A name told of an event
is told of its files only where that can be meant in one way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from spotid.boxes import WHOLE, Box
from spotid.intake.camtrapdp_parts import Medium, Observation, Package
from spotid.intake.recognised import ANIMAL, PERSON, VEHICLE, Odd, Recognised, RecognisedBox

CATEGORIES = {"animal": ANIMAL, "human": PERSON, "vehicle": VEHICLE}


@dataclass(frozen=True, slots=True)
class Named:
    """An individual in one file. ``box`` is None where nobody drew one; ``of_event`` where an event was named."""

    individual: str
    medium: Medium
    box: Box | None
    species: str
    sex: str
    age: str
    by: str
    by_machine: bool
    of_event: bool


class Events:
    """Finds the files of an event."""

    def __init__(self, media: Sequence[Medium]) -> None:
        self._by_uid = {one.uid: one for one in media}
        self._sorted: dict[tuple[str, bool], list[tuple[datetime, Medium]]] = defaultdict(list)
        for one in media:
            if one.moment is not None:  # times with and without a zone can't be compared
                self._sorted[one.deployment, one.moment.tzinfo is not None].append((one.moment, one))
        for times in self._sorted.values():
            times.sort(key=lambda pair: (pair[0], pair[1].uid))

    def media_of(self, seen: Observation) -> list[Medium]:
        """The files that an observation is about, in order of time."""
        if seen.medium:
            return [self._by_uid[seen.medium]]
        if seen.starts_at is None:
            return []
        ends = seen.ends_at if seen.ends_at is not None else seen.starts_at
        if (ends.tzinfo is None) != (seen.starts_at.tzinfo is None):
            return []
        times = self._sorted.get((seen.deployment, seen.starts_at.tzinfo is not None), [])
        first = bisect_left(times, seen.starts_at, key=lambda pair: pair[0])
        last = bisect_right(times, ends, key=lambda pair: pair[0])
        return [medium for _, medium in times[first:last]]


def individuals(package: Package) -> tuple[list[Named], list[str]]:
    """All files in which somebody is named, and in sentences what can't be used or should be looked at."""
    events, odd = Events(package.media), Odd()
    seen = [one for one in package.observations if one.individual and one.kind == "animal"]
    direct = [one for one in seen if one.medium]
    named = [_named(one, events.media_of(one)[0], False) for one in direct]
    told = {(one.medium.uid, one.individual) for one in named}
    filled = {one.medium.uid for one in named}
    animals: dict[str, set[str]] = defaultdict(set)  # file → names that events give it, empty for an animal without one
    spread: list[tuple[Observation, Medium]] = []
    for one in package.observations:
        if one.kind == "animal" and not one.medium:
            for medium in events.media_of(one):
                animals[medium.uid].add(one.individual)
                if one.individual:
                    spread.append((one, medium))
            if one.individual and not events.media_of(one):
                odd.note("events name an individual but no file lies within their times", one.individual)
    for one, medium in spread:
        if (medium.uid, one.individual) in told:
            continue
        if medium.uid in filled or len(animals[medium.uid]) > 1:
            odd.note("files lie in events of several animals; who is who on them is not said", medium.path)
            continue
        named.append(_named(one, medium, True))
    return named, odd.sentences() + _doubts(seen)


def recognised(package: Package) -> list[Recognised]:
    """The files of a package with the boxes and species told of each single file.

    A file of which nothing is told is not among them; one told to be blank has no boxes. A box of a person counts 1.
    """
    by_medium: dict[str, list[Observation]] = defaultdict(list)
    for one in package.observations:
        if one.medium:
            by_medium[one.medium].append(one)
    found = []
    for medium in package.media:
        seen = by_medium.get(medium.uid)
        if not seen or all(one.kind in ("unknown", "unclassified") for one in seen):
            continue
        boxes = tuple(
            RecognisedBox(one.box, CATEGORIES[one.kind], _score(one), one.species, one.score)
            for one in seen
            if one.box is not None and one.kind in CATEGORIES
        )
        species = {one.species for one in seen if one.species and one.kind == "animal"}
        found.append(Recognised(medium.path, boxes, species=species.pop() if len(species) == 1 else ""))
    return found


def _score(one: Observation) -> float:
    if not one.by_machine:
        return 1.0
    return one.score if one.score is not None and 0 <= one.score <= 1 else 1.0


def _named(one: Observation, medium: Medium, of_event: bool) -> Named:
    box = one.box if one.box != WHOLE else None
    return Named(one.individual, medium, box, one.species, one.sex, one.age, one.by, one.by_machine, of_event)


def _doubts(seen: Sequence[Observation]) -> list[str]:
    """What should be looked at before names are believed."""
    told = []
    kinds: dict[str, set[str]] = defaultdict(set)
    sexes: dict[str, set[str]] = defaultdict(set)
    events: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in seen:
        kinds[one.individual].add(one.species)
        sexes[one.individual].add(one.sex)
        events[one.individual].add((one.deployment, one.event or one.uid))
    for name, found in sorted(kinds.items()):
        if len(found - {""}) > 1:
            told.append(f"“{name}” is told of {' and '.join(sorted(found - {''}))}; one animal has one species.")
    for name, found in sorted(sexes.items()):
        if len(found - {""}) > 1:
            told.append(f"“{name}” is told to be {' and '.join(sorted(found - {''}))}.")
    if len(events) > 1 and all(len(found) == 1 for found in events.values()):
        told.append(
            "No individual is seen in a second event; perhaps the names only number the animals within an event."
        )
    if any(one.by_machine for one in seen):
        count = sum(one.by_machine for one in seen)
        told.append(f"{count:,} names were given by a program, not by a person.")
    return told
