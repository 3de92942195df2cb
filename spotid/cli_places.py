"""The command for stations: read a table of them, write one, list what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spotid.cli_care import PROJECT, opened

DAYS = click.Choice(["ymd", "dmy", "mdy"])
UNIT = click.Choice(["m", "km", "degrees"])


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@PROJECT
@click.option("--days", type=DAYS, help="How FILE writes its days, where nothing in it tells: dmy is day, month, year.")
@click.option("--unit", type=UNIT, help="What columns x and y of FILE are, where no projection (EPSG) is told.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the stations as a CSV.")
@click.option("--coordinates", is_flag=True, help="With --out: also where sensitive stations are.")
def stations(**given: Any) -> None:
    """Read stations, deployments and outages from FILE (CSV or XLSX), or list those that there are.

    FILE has a column “station” and any of camera, latitude, longitude (or easting, northing, EPSG; or x and y from any
    one point), start, end, problem1_from, problem1_to. What was typed on the page stays; photographs find their
    deployments at once.
    """
    (_read if given["file"] is not None else _told)(**given)


@opened(looking=False)
def _read(project: Any, file: Path, days: str | None, unit: str | None, out: Path | None, coordinates: bool) -> None:
    from spotid.errors import BadRequestError
    from spotid.intake.station_table import read_stations
    from spotid.project import clocks, notes, stations_beside, stations_told

    answers = ({"dates": days} if days else {}) | ({"unit": unit} if unit else {})
    try:
        lines = read_stations(file, click.echo, answers)
    except OSError as error:
        raise BadRequestError(
            f"“{file.name}” can't be read: {error.strerror or error}.", "Look at the path, and whether it is open."
        ) from None
    if days:
        notes.put(project.store, stations_told.DAYS_NOTE, days)
    if unit:
        notes.put(project.store, stations_beside.UNIT_NOTE, unit)
    for sentence in [*stations_told.keep_table(project.store, lines), *stations_beside.told(project.store)]:
        click.echo(sentence)
    settled = clocks.settle(project.store)
    click.echo(f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'} read from {file}.")
    if settled.changed:
        click.echo(f"{settled.changed:,} photographs have another time now; the next run looks at their visits anew.")
    _list(project, out, coordinates)


@opened(looking=True)
def _told(
    project: Any, file: Path | None, days: str | None, unit: str | None, out: Path | None, coordinates: bool
) -> None:
    _list(project, out, coordinates)


def _list(project: Any, out: Path | None, coordinates: bool) -> None:
    from spotid.export import places
    from spotid.project import deployments, effort, odd_stations, stations_kept
    from spotid.project.files import write_whole

    store = project.store
    if out is not None:
        write_whole(out.absolute(), places.station_table(store, coordinates))
        click.echo(f"Stations written to {out}")
        return
    everyone = {one.station_id: one for one in effort.by_station(store)}
    for one in stations_kept.stations(store):
        nights = everyone[one.id].nights if one.id in everyone else 0
        placed = "  placed" if one.latitude is not None else "  placed beside the others" if one.x_m is not None else ""
        click.echo(f"{one.name:<24} {one.photographs:>8,} photographs {nights:>6,} nights{placed}")
    total = effort.total(store)
    click.echo(
        f"{total.stations:,} stations with deployments, {total.nights:,} trap nights"
        f" ({total.camera_nights:,} camera nights, {total.lost:,} lost to outages)."
    )
    for sentence in effort.told(store):
        click.echo(sentence)
    for odd in odd_stations.found(store):
        click.echo(f"{odd.oddity.sentence} {odd.oddity.repair}")
    for out_one in deployments.outside(store):
        camera = f", camera {out_one.camera}" if out_one.camera else ""
        click.echo(f"Outside every deployment: {out_one.photographs:,} photographs of {out_one.station}{camera}.")
    loose = sum(folder.photographs for folder in stations_kept.without(store))
    if loose:
        click.echo(f"{loose:,} photographs have no station.")


def register(main: click.Group) -> None:
    """Add the command of this module."""
    main.add_command(stations)
