"""Deployments: which camera hung at which station from when until when, and when it did not work.

What a change means for photographs and times follows in ``clocks.settle``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import cameras, clock_rows, spans
from spotid.project.placing import PHOTOGRAPHS, Group
from spotid.project.sightings import SHOWS_OURS
from spotid.project.stations_kept import COUNTED
from spotid.project.stations_kept import station as station_of
from spotid.project.store import Store

LONGEST = 200
PERSON, PACKAGE, TABLE = "person", "package", "table"
_DEPLOYMENTS = f"""
SELECT deployment.id, deployment.station_id, station.name AS station, deployment.camera, starts_at, ends_at, told_by,
       zone_minutes, COUNT(media.id) AS photographs, COALESCE(SUM({SHOWS_OURS}), 0) AS animals,
       COALESCE(SUM(media.id IS NOT NULL AND captured_at IS NULL), 0) AS doubtful, MIN(captured_at) AS first,
       MAX(captured_at) AS last, json_group_array(DISTINCT media.camera) AS cameras
FROM deployment JOIN station ON station.id = deployment.station_id
LEFT JOIN media ON media.deployment_id = deployment.id AND """


@dataclass(frozen=True, slots=True)
class Outage:
    """When a camera did not work: from the day it stopped to the day it worked again; None: to the deployment's end."""

    id: int
    deployment_id: int
    starts_at: str
    ends_at: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A camera at a station. ``camera`` "": the whole station. ``first``, ``last``: of its photographs, put right.

    ``told_by``: "table", "person", "package", or "photographs" where nobody declared it.
    """

    id: int
    station_id: int
    station: str
    camera: str
    starts_at: str | None
    ends_at: str | None
    told_by: str
    zone_minutes: int | None
    photographs: int
    animals: int
    doubtful: int
    first: str | None
    last: str | None
    cameras: tuple[str, ...]
    outages: tuple[Outage, ...]
    corrected: bool


@dataclass(frozen=True, slots=True)
class Outside:
    """Photographs of a camera outside every deployment that could be theirs; ``first``, ``last`` as the clock said."""

    station_id: int
    station: str
    camera: str
    photographs: int
    first: str | None
    last: str | None
    uid: str
    deployments: tuple[int, ...]
    why: str


def deployments(store: Store, station_id: int | None = None) -> list[Deployment]:
    """All deployments, or those of a station: by station, camera and start.

    One that nobody declared is told of as long as photographs belong to it; after that it only remembers its words.
    """
    found = _read(store, "?1 IS NULL OR deployment.station_id = ?1", station_id)
    return [one for one in found if one.photographs or one.told_by != PHOTOGRAPHS]


def deployment(store: Store, deployment_id: int) -> Deployment:
    """One deployment. Raises NotFoundError."""
    found = _read(store, "deployment.id = ?1", deployment_id)
    if not found:
        raise NotFoundError("There is no such deployment.", "Look at the list; it may have been taken away.")
    return found[0]


def add(
    store: Store,
    station_id: int,
    camera: str = "",
    starts_at: str | None = None,
    ends_at: str | None = None,
    by: str = PERSON,
) -> int:
    """A new deployment; its id. Raises BadRequestError where one of the same camera begins at the same time."""
    station_of(store, station_id)
    camera, first, last = _checked(camera, starts_at, ends_at)
    _single(store, station_id, camera, first, None)
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO deployment (station_id, camera, starts_at, ends_at, told_by) VALUES (?, ?, ?, ?, ?)",
            (station_id, camera, first, last, by),
        )
        return int(cursor.lastrowid or 0)


def change(store: Store, deployment_id: int, camera: str, starts_at: str | None, ends_at: str | None) -> None:
    """Say anew which camera it was and from when until when. It counts as declared by a person then."""
    known = deployment(store, deployment_id)
    camera, first, last = _checked(camera, starts_at, ends_at)
    _single(store, known.station_id, camera, first, deployment_id)
    with store.write() as connection:
        connection.execute(
            "UPDATE deployment SET camera = ?, starts_at = ?, ends_at = ?, told_by = ? WHERE id = ?",
            (camera, first, last, PERSON, deployment_id),
        )


def swap(store: Store, deployment_id: int, day: str, camera: str) -> int:
    """Another camera hangs there from this day (or moment) on, as long as the first was to; its deployment's id."""
    known = deployment(store, deployment_id)
    when = spans.declared(day, "the swap")
    if when is None:
        raise BadRequestError("A swap needs its day.", "Write the day on which the camera was changed.")
    if not spans.inside(when, known.starts_at, known.ends_at):
        raise BadRequestError(
            f"{when.replace('T', ' ')} is outside this deployment.", "Choose a day between its start and its end."
        )
    camera, first, last = _checked(camera, when, known.ends_at)
    _single(store, known.station_id, camera, first, None)
    with store.write() as connection:
        connection.execute("UPDATE deployment SET ends_at = ?, told_by = ? WHERE id = ?", (when, PERSON, deployment_id))
        cursor = connection.execute(
            "INSERT INTO deployment (station_id, camera, starts_at, ends_at, told_by) VALUES (?, ?, ?, ?, ?)",
            (known.station_id, camera, first, last, PERSON),
        )
        return int(cursor.lastrowid or 0)


def remove(store: Store, deployment_id: int) -> None:
    """Take a declaration back. Its photographs and what was said of its clock go to another of that camera; where there
    is none, it stays open, as if nobody had declared it."""
    deployment(store, deployment_id)
    with store.write() as connection:
        connection.execute(
            "UPDATE deployment SET told_by = ?, starts_at = NULL, ends_at = NULL WHERE id = ?",
            (PHOTOGRAPHS, deployment_id),
        )


def pin(store: Store, uids: Sequence[str], deployment_id: int | None) -> int:
    """Say whose photographs these are, whatever their times; None: by their times again. Returns how many."""
    if deployment_id is not None:
        deployment(store, deployment_id)
    with store.write() as connection:
        cursor = connection.execute(
            "UPDATE media SET deployment_id = ?, deployment_by = ? WHERE uid IN (SELECT value FROM json_each(?))",
            (deployment_id, "" if deployment_id is None else PERSON, json.dumps(list(uids))),
        )
        return int(cursor.rowcount)


def add_outage(store: Store, deployment_id: int, starts_at: str, ends_at: str | None = None, reason: str = "") -> int:
    """Say that a camera did not work; the outage's id. Raises BadRequestError where it lies outside the deployment."""
    first, last = _outage(deployment(store, deployment_id), starts_at, ends_at)
    with store.write() as connection:
        cursor = connection.execute(
            "INSERT INTO outage (deployment_id, starts_at, ends_at, reason) VALUES (?, ?, ?, ?)",
            (deployment_id, first, last, reason.strip()[:LONGEST]),
        )
        return int(cursor.lastrowid or 0)


def change_outage(store: Store, outage_id: int, starts_at: str, ends_at: str | None, reason: str) -> None:
    """Say anew when and why."""
    row = store.one("SELECT deployment_id FROM outage WHERE id = ?", outage_id)
    if row is None:
        raise NotFoundError("There is no such outage.", "Look at the list; it may have been taken away.")
    first, last = _outage(deployment(store, row["deployment_id"]), starts_at, ends_at)
    with store.write() as connection:
        connection.execute(
            "UPDATE outage SET starts_at = ?, ends_at = ?, reason = ? WHERE id = ?",
            (first, last, reason.strip()[:LONGEST], outage_id),
        )


def remove_outage(store: Store, outage_id: int) -> None:
    """The camera worked after all."""
    with store.write() as connection:
        connection.execute("DELETE FROM outage WHERE id = ?", (outage_id,))


def outside(store: Store) -> list[Outside]:
    """Photographs of cameras with deployments that belong to none of them, by station and camera."""
    rows = store.all(
        "SELECT station_id, station.name AS station, camera, serial, COUNT(*) AS photographs, MIN(clock_at) AS first,"
        " MAX(clock_at) AS last, MIN(uid) AS uid FROM media JOIN station ON station.id = station_id"
        f" WHERE deployment_id IS NULL AND state NOT IN ('found', 'problem') AND {COUNTED}"
        " GROUP BY station_id, camera, serial ORDER BY station.name COLLATE NOCASE, camera, serial"
    )
    from spotid.project.settling import placing_of

    placing = placing_of(store) if rows else None
    found = []
    for row in rows:
        assert placing is not None
        levels = placing.levels(Group(row["station_id"], row["camera"], row["serial"]))
        choices = sorted((one for level in levels for one, _ in level), key=lambda one: one.starts_at or "")
        values = {name: row[name] for name in ("station_id", "station", "photographs", "first", "last", "uid")}
        camera = cameras.plain(row["camera"])
        ids = tuple(one.id for one in choices)
        found.append(Outside(**values, camera=camera, deployments=ids, why=_why(row, choices)))
    return found


def _why(row: sqlite3.Row, choices: Sequence[object]) -> str:
    if not choices:
        return "These photographs wait for the next run."
    if row["first"] is None:
        return "They have no time, and more than one deployment of this camera could be theirs."
    return "Their times, as the clock had them, are outside every deployment of this camera."


def _read(store: Store, where: str, value: int | None) -> list[Deployment]:
    outages: dict[int, list[Outage]] = {}
    for row in store.all("SELECT id, deployment_id, starts_at, ends_at, reason FROM outage ORDER BY starts_at, id"):
        outages.setdefault(row["deployment_id"], []).append(Outage(**dict(row)))
    words = clock_rows.all_standing(store)
    rows = store.all(
        f"{_DEPLOYMENTS}{COUNTED} WHERE {where} GROUP BY deployment.id"
        " ORDER BY station.name COLLATE NOCASE, deployment.camera COLLATE NOCASE, starts_at, deployment.id",
        value,
    )
    found = []
    for row in rows:
        values = dict(row)
        told = json.loads(values.pop("cameras"))
        found.append(
            Deployment(
                **values,
                cameras=cameras.told(told if row["photographs"] else ()),
                outages=tuple(outages.get(row["id"], ())),
                corrected=row["id"] in words,
            )
        )
    return found


def _checked(camera: str, starts_at: str | None, ends_at: str | None) -> tuple[str, str | None, str | None]:
    plain = " ".join(camera.split())
    if len(plain) > LONGEST or not plain.isprintable():
        raise BadRequestError("That is no name of a camera.", "Use the name that the folder has, “A” for instance.")
    return (plain, *spans.span(starts_at, ends_at, "a deployment"))


def _single(store: Store, station_id: int, camera: str, starts_at: str | None, own: int | None) -> None:
    for row in store.all("SELECT id, camera, starts_at, told_by FROM deployment WHERE station_id = ?", station_id):
        same = cameras.key(row["camera"]) == cameras.key(camera) and row["starts_at"] == starts_at
        if same and row["id"] != own and row["told_by"] != PHOTOGRAPHS:
            raise BadRequestError(
                "This camera has a deployment with the same start already.", "Change that one, or write another start."
            )


def _outage(known: Deployment, starts_at: str, ends_at: str | None) -> tuple[str, str | None]:
    first, last = spans.span(starts_at, ends_at, "an outage")
    if first is None:
        raise BadRequestError("An outage needs the day on which the camera stopped.", "Write it as in 2019-03-01.")
    ahead = known.ends_at is not None and spans.before(known.ends_at, first)
    behind = known.starts_at is not None and last is not None and spans.before(last, known.starts_at)
    if ahead or behind:
        raise BadRequestError("That is outside the deployment.", "Choose days between its start and its end.")
    return first, last
