"""What people see of clocks: their photographs, and what a word would change before it is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import cameras, clock_rows, spans
from spotid.project.clock_rows import Word
from spotid.project.placing import Group, Placing
from spotid.project.settling import placing_of
from spotid.project.stations_kept import COUNTED
from spotid.project.store import Store

EXAMPLES = 5
ENDS = ("first_clock", "last_clock", "first", "last")
PICTURE = ("uid", "clock_at", "captured_at", "time_source", "relpath")


@dataclass(frozen=True, slots=True)
class Clock:
    """One camera's clock in one deployment. ``first_clock``, ``last_clock``: as it said; ``first``, ``last``: put
    right; ``offset_s`` is what is added from the beginning on.
    """

    deployment_id: int
    station_id: int
    station: str
    camera: str
    photographs: int
    doubtful: int
    first_clock: str | None
    last_clock: str | None
    first: str | None
    last: str | None
    offset_s: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of a clock; ``inside``: it belongs to the deployment now."""

    uid: str
    clock_at: str
    captured_at: str | None
    time_source: str | None
    relpath: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a word would change. ``examples``: (uid, as the clock said, time before, time after)."""

    photographs: int
    first_before: str | None
    last_before: str | None
    first_after: str | None
    last_after: str | None
    inside_before: int
    inside_after: int
    untrusted_after: int
    examples: tuple[tuple[str, str, str | None, str | None], ...]


def clocks(store: Store, deployment_id: int | None = None) -> list[Clock]:
    """The clocks of all deployments that have photographs, or of one: by station, camera and start."""
    standing = clock_rows.all_standing(store)
    found: dict[tuple[int, str], Clock] = {}
    for row in store.all(
        "SELECT deployment.id, deployment.station_id, station.name AS station, deployment.camera AS own, media.camera,"
        " COUNT(*) AS photographs, SUM(captured_at IS NULL) AS doubtful, MIN(clock_at) AS first_clock,"
        " MAX(clock_at) AS last_clock, MIN(captured_at) AS first, MAX(captured_at) AS last FROM media"
        " JOIN deployment ON deployment.id = deployment_id JOIN station ON station.id = deployment.station_id"
        f" WHERE {COUNTED} AND (?1 IS NULL OR deployment.id = ?1) GROUP BY deployment.id, media.camera"
        " ORDER BY station.name COLLATE NOCASE, deployment.camera COLLATE NOCASE, starts_at, media.camera",
        deployment_id,
    ):
        camera = row["own"] or cameras.plain(row["camera"])
        own = [word for word in standing.get(row["id"], ()) if clock_rows.about(word, "" if row["own"] else camera)]
        values = {name: row[name] for name in ("station_id", "station", "photographs", "doubtful")}
        ends = {name: row[name] for name in ENDS}
        base = sum(word.offset_s for word in own if word.from_at is None)
        one = Clock(row["id"], camera=camera, offset_s=base, words=tuple(own), **values, **ends)
        key = (row["id"], cameras.key(camera))
        found[key] = _together(found[key], one) if key in found else one
    return list(found.values())


def by_year(store: Store, deployment_id: int, camera: str, year: int) -> int:
    """The base that puts the first photograph of a clock into this year, at the same day and time."""
    first = next((one.clock_at for one in pictures(store, deployment_id, camera)), None)
    if first is None:
        raise BadRequestError("This camera has no photographs with a time.", "Choose another camera.")
    if not spans.FIRST_YEAR <= year <= spans.LAST_YEAR:
        raise BadRequestError(f"{year} is no year of a camera trap.", "Type the right year.")
    later = _besides(store, deployment_id, clock_rows.camera_of(store, deployment_id, camera), first)
    when = datetime.fromisoformat(clock_rows.shifted(first, later))
    try:
        right = when.replace(year=year)
    except ValueError:  # 29 February, in a year that has none
        right = when.replace(year=year, month=3, day=1)
    return round((right - when).total_seconds())


def exact(store: Store, media_uid: str, true_at: str) -> int:
    """What the base of a photograph's clock has to be for it to have been taken at ``true_at``; what was said from
    later moments on stands. Raises BadRequestError, NotFoundError."""
    right = spans.declared(true_at, "the time of this photograph")
    if right is None or len(right) <= 10:
        raise BadRequestError("Day and time are needed.", "Write them as in 2019-03-01 16:30:00.")
    row = store.one("SELECT clock_at, camera, deployment_id FROM media WHERE uid = ?", media_uid)
    if row is None:
        raise NotFoundError("There is no such photograph.", "Reload the page.")
    if row["clock_at"] is None:
        raise BadRequestError("This photograph has no time of its clock.", "Choose one that has.")
    later = 0
    if row["deployment_id"] is not None:
        camera = clock_rows.camera_of(store, row["deployment_id"], row["camera"])
        later = _besides(store, row["deployment_id"], camera, row["clock_at"])
    apart = datetime.fromisoformat(right) - datetime.fromisoformat(row["clock_at"])
    return round(apart.total_seconds()) - later


def pictures(store: Store, deployment_id: int, camera: str = "", outside: bool = True) -> list[Picture]:
    """The photographs of a clock that tell a time, in its own order; ``outside``: also those that no deployment has."""
    key = cameras.key(clock_rows.camera_of(store, deployment_id, camera))
    return [
        Picture(**{name: row[name] for name in PICTURE}, inside=row["deployment_id"] == deployment_id)
        for row, _ in _rows(store, placing_of(store), deployment_id, key, outside)
    ]


def preview(
    store: Store,
    deployment_id: int,
    offset_s: int,
    camera: str = "",
    from_at: str | None = None,
    until_at: str | None = None,
) -> Preview:
    """What ``say`` with the same arguments and ``settle`` would change. Nothing is written. Raises as ``say``."""
    camera = clock_rows.camera_of(store, deployment_id, camera)
    standing = clock_rows.all_standing(store)
    new = clock_rows.proposed(standing.get(deployment_id, []), deployment_id, camera, offset_s, from_at, until_at, "")
    newest = max((word.id for word in clock_rows.history(store, deployment_id)), default=0)
    said = [*standing.get(deployment_id, []), *(replace(word, id=newest + n) for n, word in enumerate(new, 1))]
    after = placing_of(store, {**standing, deployment_id: clock_rows.standing(said).get(deployment_id, [])})
    found = []
    for row, group in _rows(store, after, deployment_id, cameras.key(camera), True):
        pinned = row["deployment_id"] if row["deployment_by"] else None
        found.append((row, after.place(group, row["clock_at"], row["time_source"], pinned)))
    ours = [(row, placed) for row, placed in found if deployment_id in (row["deployment_id"], placed.deployment_id)]
    before = sorted(row["captured_at"] for row, _ in ours if row["captured_at"])
    then = sorted(placed.captured_at for _, placed in ours if placed.captured_at)
    moved = [(row, placed) for row, placed in ours if row["captured_at"] != placed.captured_at] or ours
    few = [moved[n * len(moved) // min(EXAMPLES, len(moved))] for n in range(min(EXAMPLES, len(moved)))]
    return Preview(
        len(ours),
        before[0] if before else None,
        before[-1] if before else None,
        then[0] if then else None,
        then[-1] if then else None,
        sum(row["deployment_id"] == deployment_id for row, _ in ours),
        sum(placed.deployment_id == deployment_id for _, placed in ours),
        sum(placed.captured_at is None for _, placed in ours),
        tuple((row["uid"], row["clock_at"], row["captured_at"], placed.captured_at) for row, placed in few),
    )


def _rows(
    store: Store, placing: Placing, deployment_id: int, key: str, outside: bool
) -> Iterator[tuple[sqlite3.Row, Group]]:
    """The photographs of a clock with a time, and those of its camera that no deployment has."""
    for row in store.all(
        "SELECT uid, clock_at, captured_at, time_source, relpath, station_id, camera, serial, deployment_id,"
        f" deployment_by FROM media WHERE clock_at IS NOT NULL AND {COUNTED} AND (deployment_id = ?1 OR"
        " (?2 AND deployment_id IS NULL AND station_id = (SELECT station_id FROM deployment WHERE id = ?1)))"
        " ORDER BY clock_at, media.id",
        *(deployment_id, int(outside)),
    ):
        group = Group(row["station_id"], row["camera"], row["serial"])
        if key and group.key != key:
            continue
        choices = (
            () if row["deployment_id"] == deployment_id else [one for level in placing.levels(group) for one in level]
        )
        if row["deployment_id"] == deployment_id or any(one.id == deployment_id for one, _ in choices):
            yield row, group


def _besides(store: Store, deployment_id: int, camera: str, clock: str) -> int:
    """What is added to a time of a clock by all words but its own base."""
    known = [
        word
        for word in clock_rows.words(store, deployment_id)
        if clock_rows.about(word, camera) and not (word.from_at is None and clock_rows.own(word, camera))
    ]
    return clock_rows.offset_at(clock_rows.steps(known, cameras.key(camera)), clock)


def _together(one: Clock, other: Clock) -> Clock:
    """Two spellings of one camera."""
    first, last, least, most = (
        [value for value in (getattr(one, name), getattr(other, name)) if value] for name in ENDS
    )
    return replace(
        one,
        photographs=one.photographs + other.photographs,
        doubtful=one.doubtful + other.doubtful,
        first_clock=min(first, default=None),
        last_clock=max(last, default=None),
        first=min(least, default=None),
        last=max(most, default=None),
    )
