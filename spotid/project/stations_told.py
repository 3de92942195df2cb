"""What a table of stations says, merged with what is known: read again, it changes nothing.

What a person typed stands. A line about the same camera and time as an earlier line takes its place; what was said of
clocks and outages stays with the deployment. Deployments of other times stay: they may be of another year's table.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spotid.project import cameras, notes, spans
from spotid.project.deployments import PERSON, TABLE
from spotid.project.media import station_id
from spotid.project.placing import PHOTOGRAPHS
from spotid.project.stations_placed import metres
from spotid.project.store import Store

MOVED_M = 1.0  # less is how a number was rounded
DAYS_NOTE = "station_days"  # the order of day and month that a person said: "dmy", "mdy" or "ymd"
READ_NOTE = "stations"  # with the folder: what its table said when it was last read


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: days or moments as ISO; ``outages``: when the camera stopped, when it worked again.

    ``x_m``, ``y_m``: metres from any one point, where the table has no degrees.
    """

    station: str
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None
    start: str | None = None
    end: str | None = None
    outages: tuple[tuple[str, str | None], ...] = ()
    x_m: float | None = field(default=None, repr=False)
    y_m: float | None = field(default=None, repr=False)


def keep_folder_table(store: Store, folder: str, lines: Sequence[Line]) -> list[str]:
    """Keep what the table of a folder says, as ``keep_table``, unless it says what it said the last time: what people
    changed since is not undone by every run."""
    said = repr(list(lines)) + "".join(f" {line.x_m},{line.y_m}" for line in lines if line.x_m is not None)
    name, digest = f"{READ_NOTE} {folder}", hashlib.sha256(said.encode()).hexdigest()
    if notes.get(store, name) == digest:
        return []
    told = keep_table(store, lines)
    notes.put(store, name, digest)
    return told


def keep_table(store: Store, lines: Iterable[Line]) -> list[str]:
    """Keep what a table says. Returns sentences on what was not taken, and what is odd."""
    told: list[str] = []
    groups: dict[tuple[str, str], list[Line]] = {}
    with store.write() as connection:
        for line in lines:
            station = station_id(connection, line.station)
            _place(connection, station, line, told)
            groups.setdefault((line.station.casefold(), cameras.key(line.camera)), []).append(line)
        for group in groups.values():
            _group(connection, group, told)
    return told


def _place(connection: sqlite3.Connection, station: int, line: Line, told: list[str]) -> None:
    if line.x_m is not None:
        _beside(connection, station, line, told)
        return
    if line.latitude is None or line.longitude is None:
        return
    known = connection.execute("SELECT * FROM station WHERE id = ?", (station,)).fetchone()
    if known["placed_by"] == PERSON and known["x_m"] is not None:
        told.append(f"“{line.station}” stays where a person placed it.")
        return
    if known["placed_by"] == PERSON and known["latitude"] is not None:
        away = metres((known["latitude"], known["longitude"]), (line.latitude, line.longitude))
        if away > MOVED_M:
            told.append(f"“{line.station}” stays where a person placed it, {away:,.0f} m from where the table has it.")
        return
    connection.execute(
        "UPDATE station SET latitude = ?, longitude = ?, x_m = NULL, y_m = NULL, placed_by = ? WHERE id = ?",
        (line.latitude, line.longitude, TABLE, station),
    )


def _beside(connection: sqlite3.Connection, station: int, line: Line, told: list[str]) -> None:
    known = connection.execute("SELECT * FROM station WHERE id = ?", (station,)).fetchone()
    if known["placed_by"] == PERSON and (known["x_m"], known["y_m"]) != (line.x_m, line.y_m):
        told.append(f"“{line.station}” stays where a person placed it.")
        return
    connection.execute(
        "UPDATE station SET latitude = NULL, longitude = NULL, x_m = ?, y_m = ?, placed_by = ? WHERE id = ?",
        (line.x_m, line.y_m, TABLE, station),
    )


def _group(connection: sqlite3.Connection, lines: Sequence[Line], told: list[str]) -> None:
    """The lines of one camera of one station."""
    station = station_id(connection, lines[0].station)
    key = cameras.key(lines[0].camera)
    known = [
        row
        for row in connection.execute(
            "SELECT * FROM deployment WHERE station_id = ? AND told_by != ? ORDER BY starts_at, id",
            (station, PHOTOGRAPHS),
        ).fetchall()
        if cameras.key(row["camera"]) == key
    ]
    begins = {line.start: line for line in lines if line.start or line.end}
    dated = list(begins.values())
    name = f"“{lines[0].station}”" + (f", camera {lines[0].camera}" if lines[0].camera else "")
    for line in sorted(dated, key=lambda one: not any(row["starts_at"] == one.start for row in known)):
        row = next((row for row in known if row["starts_at"] == line.start), None)
        row = row or next((row for row in known if _overlap(row, line)), None)
        if row is None:
            cursor = connection.execute(
                "INSERT INTO deployment (station_id, camera, starts_at, ends_at, told_by) VALUES (?, ?, ?, ?, ?)",
                (station, line.camera, line.start, line.end, TABLE),
            )
            _outages(connection, int(cursor.lastrowid or 0), line)
            continue
        known.remove(row)
        if row["told_by"] == TABLE:
            connection.execute(
                "UPDATE deployment SET starts_at = ?, ends_at = ? WHERE id = ?", (line.start, line.end, row["id"])
            )
        elif (row["starts_at"], row["ends_at"]) != (line.start, line.end):
            told.append(f"{name}: {_days(row['starts_at'], row['ends_at'])}, as was typed, and not as in the table.")
        _outages(connection, row["id"], line)
    if len({(line.start, line.end) for line in lines if line.start or line.end}) > len(dated):
        told.append(f"{name}: two lines begin on the same day; the last of them counts.")
    told += [f"{name}: the lines {one} overlap." for one in _overlaps(dated)]


def _outages(connection: sqlite3.Connection, deployment: int, line: Line) -> None:
    """Add the outages of a line; one that begins on a day on which one is known to begin is that one."""
    known = {
        row["starts_at"]
        for row in connection.execute("SELECT starts_at FROM outage WHERE deployment_id = ?", (deployment,))
    }
    for first, last in line.outages:
        if first not in known:
            connection.execute(
                "INSERT INTO outage (deployment_id, starts_at, ends_at, reason) VALUES (?, ?, ?, ?)",
                (deployment, first, last, "as the table says"),
            )


def _overlap(row: sqlite3.Row, line: Line) -> bool:
    """Whether they have more than the day of a swap in common."""
    return _meet((row["starts_at"], row["ends_at"]), (line.start, line.end))


def _meet(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    apart = (one[1] and other[0] and one[1][:10] <= other[0][:10]) or (
        other[1] and one[0] and other[1][:10] <= one[0][:10]
    )
    return not apart


def _overlaps(lines: Sequence[Line]) -> list[str]:
    found = []
    for place, one in enumerate(lines):
        for other in lines[place + 1 :]:
            if (one.start, one.end) != (other.start, other.end) and _meet(
                (one.start, one.end), (other.start, other.end)
            ):
                found.append(f"{_days(one.start, one.end)} and {_days(other.start, other.end)}")
    return found


def _days(start: str | None, end: str | None) -> str:
    if start and end and spans.before(end, start):
        return f"{start} to {end} (the end is before the start)"
    return f"{start or '…'} to {end or '…'}".replace("T", " ")
