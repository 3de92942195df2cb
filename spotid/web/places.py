"""Stations: their list and their map, typed or from a table, and photographs that have none."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.intake import where_beside
from spotid.intake.sheet_moments import ORDERS
from spotid.intake.station_table import StationRow, read_stations
from spotid.intake.where import parsed, projected
from spotid.project import clocks, stations_beside, stations_kept, stations_placed, stations_told
from spotid.project.filenames import shown as plain
from spotid.project.stations_kept import Station
from spotid.project.store import Store
from spotid.web import drawn
from spotid.web.common import bench, body, shown, text
from spotid.web.typed import row, words

pages = Blueprint("places", __name__)

LONGEST_TABLE = 950_000  # letters of base64: a table of 700 kB, some 10,000 stations
KINDS = (".csv", ".tsv", ".txt", ".xlsx")
MOST_SHOWN = 12  # rows of a table, and folders without a station
MOST_FOLDERS = 200


@pages.get("/project/<project_id>/stations")
def stations(project_id: str) -> ResponseReturnValue:
    """Every station."""
    return render_template("stations.html", project=shown(bench().project(project_id)), tab="stations")


@pages.get("/api/project/<project_id>/stations")
def told(project_id: str) -> ResponseReturnValue:
    """Every station, the map of those with a place, and the photographs without a station."""
    return jsonify(_told(bench().project(project_id).store))


@pages.post("/api/project/<project_id>/station-add")
def add(project_id: str) -> ResponseReturnValue:
    """A new station."""
    content = body()
    beside = _beside(content)
    latitude, longitude = (None, None) if beside else _place(content)
    name = text(content, "name", "The name", longest=200)
    store = _store(project_id)
    added = stations_kept.add(store, name, latitude, longitude, content.get("sensitive") is not False)
    if beside:
        stations_kept.place_beside(store, added, *beside)
    return _changed(project_id)


@pages.post("/api/project/<project_id>/station-change")
def change(project_id: str) -> ResponseReturnValue:
    """Another name or place of a station, and whether its place is told."""
    store, content = _store(project_id), body()
    one = stations_kept.station(store, row(content, "station", "The station"))
    beside = _beside(content)
    where = (None, None) if beside else _place(content)
    name = text(content, "name", "The name", longest=200)
    if name.strip() != one.name:
        stations_kept.rename(store, one.id, name)
    if beside:
        if beside != (one.x_m, one.y_m):
            stations_kept.place_beside(store, one.id, *beside)
    elif where != (one.latitude, one.longitude) or one.x_m is not None:
        stations_kept.place(store, one.id, *where)
    if isinstance(content.get("sensitive"), bool):
        stations_kept.keep_sensitive(store, one.id, content["sensitive"])
    return _changed(project_id)


@pages.post("/api/project/<project_id>/station-join")
def join(project_id: str) -> ResponseReturnValue:
    """Two spellings of one station become one."""
    content = body()
    one, into = row(content, "station", "The station"), row(content, "into", "The other station")
    stations_kept.join(_store(project_id), one, into)
    return _changed(project_id)


@pages.post("/api/project/<project_id>/station-remove")
def remove(project_id: str) -> ResponseReturnValue:
    """Take away a station without photographs."""
    stations_kept.remove(_store(project_id), row(body(), "station", "The station"))
    return _changed(project_id)


@pages.post("/api/project/<project_id>/stations-sensitive")
def sensitive(project_id: str) -> ResponseReturnValue:
    """Say whether the places of all stations are told to nobody unless a person asks for it."""
    content = body()
    if not isinstance(content.get("sensitive"), bool):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    stations_kept.keep_sensitive(_store(project_id), None, content["sensitive"])
    return jsonify(_told(_store(project_id)))


@pages.post("/api/project/<project_id>/stations-give")
def give(project_id: str) -> ResponseReturnValue:
    """Give the photographs of a folder that have no station one; a name not known yet is a new station."""
    store, content = _store(project_id), body()
    inside = content.get("inside")
    known = {one.folder for one in stations_kept.without(store)}
    if not isinstance(inside, str) or inside not in known:
        raise BadRequestError("All photographs of this folder have a station.", "Reload the page.")
    name, camera = text(content, "name", "The station", longest=200), words(content, "camera", "The camera")
    everyone = {one.name.casefold(): one.id for one in stations_kept.stations(store)}
    station_id = everyone.get(name.strip().casefold()) or stations_kept.add(store, name)
    stations_kept.give(store, inside, station_id, camera)
    return _changed(project_id)


@pages.post("/api/project/<project_id>/stations-table")
def table(project_id: str) -> ResponseReturnValue:
    """A table of stations, chosen on the page: what it says, and with ``sure`` it is taken in."""
    content = body()
    order = content.get("dates")
    answers = {"dates": order} if isinstance(order, str) and order in ORDERS else {}
    unit = content.get("unit")
    if isinstance(unit, str) and unit in (*stations_beside.UNITS, stations_beside.DEGREES):
        answers["unit"] = unit
    rows, remarks = _read(text(content, "name", "The file"), content.get("content"), answers)
    if content.get("sure") is not True:
        return jsonify(rows=[asdict(one) for one in rows[:MOST_SHOWN]], found=len(rows), sentences=remarks)
    remarks += stations_told.keep_table(_store(project_id), rows)
    _settle(project_id)
    return jsonify(_told(_store(project_id)) | {"sentences": remarks, "taken": len(rows)})


def _read(name: str, content: object, answers: dict[str, str]) -> tuple[Sequence[StationRow], list[str]]:
    """The rows of a table that a browser sent as base64, and what could not be used. Raises BadRequestError."""
    kind = Path(name).suffix.lower()
    if kind not in KINDS:
        raise BadRequestError("This is no table.", "Choose a file that ends in .csv or .xlsx.")
    if not isinstance(content, str) or len(content) > LONGEST_TABLE:
        raise BadRequestError("The table is too large to be sent.", "Put it among the photographs as stations.csv.")
    try:
        held = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequestError("The table did not arrive whole.", "Choose it again.") from None
    remarks: list[str] = []
    with tempfile.TemporaryDirectory(prefix="spotid-table-") as folder:
        path = Path(folder) / f"stations{kind}"
        path.write_bytes(held)
        return read_stations(path, remarks.append, answers), remarks


def _place(content: dict[str, Any]) -> tuple[float | None, float | None]:
    """A typed place, in degrees or, with ``epsg``, as easting and northing; (None, None) where it is left empty."""
    typed, system = words(content, "place", "The place"), words(content, "epsg", "The system")
    if not typed:
        return None, None
    if not system:
        return parsed(typed)
    parts = typed.replace(";", " ").replace(", ", " ").split()
    if len(parts) != 2:
        raise BadRequestError(
            "An easting and a northing were expected.",
            "Write two numbers with a space between: 512000 4650000.",
        )
    return projected(parts[0], parts[1], system)


def _beside(content: dict[str, Any]) -> where_beside.Beside | None:
    """A typed place as metres from one point, where the system says "m" or "km"; else None."""
    typed, unit = words(content, "place", "The place"), words(content, "epsg", "The system").strip().lower()
    if not typed or unit not in stations_beside.UNITS:
        return None
    parts = typed.replace(";", " ").replace(", ", " ").split()
    if len(parts) != 2:
        raise BadRequestError("Two numbers were expected.", where_beside.ADVICE)
    return where_beside.beside(parts[0], parts[1], unit)


def _store(project_id: str) -> Store:
    return bench().project(project_id).store


def _settle(project_id: str) -> None:
    """Everything that hangs on stations and deployments follows, and the reviewer's desk reads it anew."""
    clocks.settle(_store(project_id))
    bench().boxes_changed(project_id)


def _changed(project_id: str) -> ResponseReturnValue:
    _settle(project_id)
    return jsonify(_told(_store(project_id)))


def _told(store: Store) -> dict[str, Any]:
    everyone = stations_kept.stations(store)
    folders = stations_kept.without(store)
    apart = {station: round(metres) for station, metres in stations_placed.scattered(store).items()}
    return {
        "stations": [_station(one) | {"scattered": apart.get(one.id)} for one in everyone],
        "map": _map(everyone),
        "without": [asdict(one) | {"shown": plain(one.folder)} for one in folders[:MOST_FOLDERS]],
        "photographs_without": sum(one.photographs for one in folders),
        "folders_without": len(folders),
    }


def _station(one: Station) -> dict[str, Any]:
    where = "" if one.latitude is None or one.longitude is None else f"{one.latitude:.5f}, {one.longitude:.5f}"
    if one.x_m is not None and one.y_m is not None:
        where = f"{one.x_m:.10g}, {one.y_m:.10g}"
    return asdict(one) | {
        "unit": "" if one.x_m is None else "m",
        "shown": plain(one.name),
        "place": where,
        "cameras": [plain(name) for name in one.cameras if name],
    }


def _map(everyone: Sequence[Station]) -> dict[str, Any] | None:
    """The drawing of all stations with a place; ``ids`` are those of its places, in their order."""
    rows = [
        {name: getattr(one, name) for name in ("id", "name", "latitude", "longitude", "x_m", "y_m")}
        | {"n": max(one.photographs, 1)}
        for one in everyone
    ]
    placed = drawn.placed(cast(Any, rows))
    found = drawn.drawn_map(cast(Any, rows), [])
    return None if found is None else asdict(found) | {"ids": [one["id"] for one in placed]}
