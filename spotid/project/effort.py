"""Effort: in how many nights cameras were at work.

A trap night is named by the day on which it begins. A camera that hung from day s to day e was there in e − s nights;
those from the day on which it stopped to the day on which it worked again are taken off, overlapping ones once. Where
nobody said when it was put up or taken down, its first and last photographs stand in, night by night from noon to noon,
which is told: it is the least that it can have been. Nights before the first and after the last photograph are *quiet*:
they count, since a quiet place is no fault, and are told, since a dead battery is quiet too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spotid.project import spans, surveys
from spotid.project.deployments import Deployment, deployments
from spotid.project.spans import Nights
from spotid.project.store import Store

ALWAYS: Nights = (1, 4_000_000)


@dataclass(frozen=True, slots=True)
class Stood:
    """The nights of one deployment: those in which it hung there, those of its outages, and those with proof that it
    worked, from the first photograph to the last. ``guessed``: "", "start", "end" or "both" came from photographs."""

    deployment: Deployment
    there: tuple[Nights, ...]
    lost: tuple[Nights, ...]
    proof: Nights | None
    guessed: str

    def worked(self, proven: bool = False) -> list[Nights]:
        """The nights that count; ``proven``: quiet ones left out."""
        left = spans.without(self.there, self.lost)
        if not proven:
            return left
        return [] if self.proof is None else spans.within(left, self.proof)


@dataclass(frozen=True, slots=True)
class Effort:
    """What one deployment counts. ``nights``: outages are taken off (``lost``); ``quiet`` ones are among them."""

    deployment_id: int
    station_id: int
    station: str
    camera: str
    told_by: str
    start: str | None
    end: str | None
    nights: int
    lost: int
    quiet: int
    guessed: str
    photographs: int
    animals: int


@dataclass(frozen=True, slots=True)
class StationEffort:
    """What one station counts. ``nights``: with at least one camera at work; ``camera_nights``: of all its cameras."""

    station_id: int
    station: str
    cameras: int
    nights: int
    camera_nights: int
    lost: int
    guessed: bool
    animals: int


@dataclass(frozen=True, slots=True)
class Total:
    """A survey as a whole; ``guessed``: deployments whose start or end came from photographs."""

    stations: int
    deployments: int
    nights: int
    camera_nights: int
    lost: int
    guessed: int


@dataclass(frozen=True, slots=True)
class Occasions:
    """``nights[station][occasion]``; ``starts``: the first day of each occasion. The last one may be shorter."""

    starts: list[str]
    stations: list[str]
    nights: list[list[int]]


def stood(one: Deployment) -> Stood:
    """The nights of a deployment."""
    first, last = (None if one.first is None else spans.night(one.first)), one.last
    proof = None if first is None or last is None else (first, spans.night(last) + 1)
    start = spans.day(one.starts_at) if one.starts_at else proof[0] if proof else None
    end = spans.day(one.ends_at) if one.ends_at else proof[1] if proof else None
    missing = [name for name, said in (("start", one.starts_at), ("end", one.ends_at)) if not said]
    guessed = "both" if len(missing) == 2 else "".join(missing)
    there = ((start, end),) if start is not None and end is not None and start < end else ()
    lost = [
        (spans.day(gap.starts_at), spans.day(gap.ends_at) if gap.ends_at else there[0][1])
        for gap in one.outages
        if there
    ]
    return Stood(
        one, there, tuple(part for hole in spans.union(lost) for part in spans.within(there, hole)), proof, guessed
    )


def of(store: Store, survey_id: int | None = None) -> list[Stood]:
    """The nights of all deployments that there were, or of those in a survey, cut to its days."""
    bounds = bounds_of(store, survey_id)
    found = []
    for one in map(stood, deployments(store)):
        there, lost = spans.within(one.there, bounds), spans.within(one.lost, bounds)
        if there or (survey_id is None and (one.deployment.photographs or one.deployment.told_by != "photographs")):
            found.append(Stood(one.deployment, tuple(there), tuple(lost), one.proof, one.guessed))
    return found


def bounds_of(store: Store, survey_id: int | None) -> Nights:
    """The nights of a survey; open ends are open."""
    if survey_id is None:
        return ALWAYS
    one = surveys.survey(store, survey_id)
    return (
        spans.day(one.starts_at) if one.starts_at else ALWAYS[0],
        spans.day(one.ends_at) if one.ends_at else ALWAYS[1],
    )


def by_deployment(store: Store, survey_id: int | None = None, proven: bool = False) -> list[Effort]:
    """What each deployment counts: by station, camera and start. ``proven``: quiet nights are left out."""
    return [_effort(one, proven) for one in of(store, survey_id)]


def _effort(one: Stood, proven: bool) -> Effort:
    known = one.deployment
    worked = one.worked()
    quiet = spans.count(worked) - spans.count(one.worked(proven=True))
    return Effort(
        *(known.id, known.station_id, known.station, known.camera, known.told_by),
        start=spans.iso(one.there[0][0]) if one.there else known.starts_at and known.starts_at[:10],
        end=spans.iso(one.there[-1][1]) if one.there else known.ends_at and known.ends_at[:10],
        nights=spans.count(worked) - (quiet if proven else 0),
        lost=spans.count(one.lost),
        quiet=quiet,
        guessed=one.guessed,
        photographs=known.photographs,
        animals=known.animals,
    )


def by_station(store: Store, survey_id: int | None = None, proven: bool = False) -> list[StationEffort]:
    """What each station counts, by name."""
    groups: dict[int, list[Stood]] = {}
    for one in of(store, survey_id):
        groups.setdefault(one.deployment.station_id, []).append(one)
    found = []
    for station, group in groups.items():
        worked = [one.worked(proven) for one in group]
        names = {one.deployment.camera.casefold() for one in group} - {""}
        seen = {camera.casefold() for one in group for camera in one.deployment.cameras}
        found.append(
            StationEffort(
                *(station, group[0].deployment.station, max(len(names), len(seen), 1)),
                nights=spans.count(part for parts in worked for part in parts),
                camera_nights=sum(spans.count(parts) for parts in worked),
                lost=sum(spans.count(one.lost) for one in group),
                guessed=any(one.guessed for one in group),
                animals=sum(one.deployment.animals for one in group),
            )
        )
    return found


def total(store: Store, survey_id: int | None = None, proven: bool = False) -> Total:
    """What a survey, or everything, counts."""
    each, stations = by_deployment(store, survey_id, proven), by_station(store, survey_id, proven)
    return Total(
        *(len(stations), len(each)),
        nights=sum(one.nights for one in stations),
        camera_nights=sum(one.camera_nights for one in stations),
        lost=sum(one.lost for one in each),
        guessed=sum(bool(one.guessed) for one in each),
    )


def by_occasion(store: Store, survey_id: int, proven: bool = False) -> Occasions:
    """The station nights of a survey, occasion by occasion."""
    parts: dict[str, list[Nights]] = {}
    for one in of(store, survey_id):
        parts.setdefault(one.deployment.station, []).extend(one.worked(proven))
    bounds = bounds_of(store, survey_id)
    ends = [night for nights in parts.values() for part in nights for night in part]
    first = bounds[0] if bounds[0] != ALWAYS[0] else min(ends, default=0)
    last = bounds[1] if bounds[1] != ALWAYS[1] else max(ends, default=0)
    cuts = occasions(first, last, surveys.survey(store, survey_id).occasion_days)
    nights = [[spans.count(spans.within(spans.union(own), cut)) for cut in cuts] for own in parts.values()]
    return Occasions([spans.iso(cut[0]) for cut in cuts], list(parts), nights)


def occasions(first: int, last: int, days: int) -> list[Nights]:
    """The nights from ``first`` up to ``last`` in pieces of so many; the last one may be shorter."""
    return [(start, min(start + days, last)) for start in range(first, last, days)]


def told(store: Store, survey_id: int | None = None) -> list[str]:
    """What was taken from photographs, is quiet for long, or makes no sense: in sentences."""
    found: list[str] = []
    each = of(store, survey_id)
    guessed = [one for one in each if one.guessed and one.there]
    if guessed:
        found.append(
            f"Deployments without a start or an end: {len(guessed):,}. Nights are counted from the first photograph or"
            " to the last one, which is the least that it can have been."
        )
    empty = [one for one in each if not one.there]
    if empty:
        found.append(f"Deployments with no night to count: {_names(empty)}.")
    quiet = [one for one in each if not one.guessed and _effort(one, False).quiet > LONG_QUIET]
    if quiet:
        found.append(
            f"More than {LONG_QUIET} nights without a photograph at the start or the end of a deployment:"
            f" {_names(quiet)}. Did the camera work?"
        )
    return found + overlapping(each)


LONG_QUIET, NAMED = 14, 3


def overlapping(each: Iterable[Stood]) -> list[str]:
    """Deployments of one camera at one time."""
    groups: dict[tuple[int, str], list[Stood]] = {}
    for one in each:
        groups.setdefault((one.deployment.station_id, one.deployment.camera.casefold()), []).append(one)
    found = []
    for group in groups.values():
        twice = sum(spans.count(one.there) for one in group) - spans.count(part for one in group for part in one.there)
        if twice:
            found.append(f"Deployments of one camera overlap: {_names(group[:1])}. Nights that count twice: {twice:,}.")
    return found


def _names(group: list[Stood]) -> str:
    names = [
        one.deployment.station + (f" · {one.deployment.camera}" if one.deployment.camera else "")
        for one in group[:NAMED]
    ]
    more = f"; +{len(group) - NAMED:,}" if len(group) > NAMED else ""
    return "; ".join(names) + more
