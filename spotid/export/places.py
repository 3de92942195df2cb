"""The tables of stations, deployments and effort. Coordinates of sensitive stations are left out unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spotid.export.tables import explained, text_of
from spotid.project import clocks, deployments, effort, stations_kept, surveys
from spotid.project.clocks import Word
from spotid.project.deployments import Deployment
from spotid.project.store import Store

STATIONS_FILE, DEPLOYMENTS_FILE, EFFORT_FILE = "stations.csv", "deployments.csv", "effort.csv"
STATIONS = (
    ("station", "the name of the station"),
    ("camera", "the camera, where somebody named it; one line for each deployment"),
    ("latitude", "in degrees, north is positive; empty where nobody said so, or the place is kept to yourselves"),
    ("longitude", "in degrees, east is positive"),
    ("start", "the day (or moment) from which the camera stood there; empty where nobody said"),
    ("end", "the day until which it stood there"),
    ("problem1_from", "a day on which the camera stopped; further ones in problem2_from and so on"),
    ("problem1_to", "the day on which it worked again; empty: until it was taken down"),
)
BESIDE = (  # columns that are there where stations have such places
    ("x_m", "metres to the east of one point, the same for all stations, where their places are not known in degrees"),
    ("y_m", "metres to the north of that point"),
)
DEPLOYMENTS = (
    ("station", "the name of the station"),
    ("camera", "the camera; empty where the deployment is of the whole station"),
    ("start", "the first night, by the day on which it begins; taken from the first photograph where nobody said"),
    ("end", "the day after the last night, when the camera was taken down; or taken from the last photograph"),
    ("guessed", "what was taken from photographs: start, end or both; then nights are the least that there were"),
    ("told_by", "who declared the deployment: table, person, package, or photographs where nobody did"),
    ("nights", "trap nights: nights from start to end, less those of outages"),
    ("lost", "nights of outages; overlapping outages count once"),
    ("quiet", "of the nights, those before the first and after the last photograph: was the camera at work?"),
    ("outages", "when the camera did not work: from/to, parted by semicolons"),
    ("photographs", "how many photographs belong to the deployment"),
    ("animals", "how many of them show an animal"),
    ("untimed", "how many of them have no trusted time"),
    ("first", "when the first photograph was taken, the clock put right"),
    ("last", "when the last one was taken"),
    ("clock", "what was added to the camera's clock, in seconds: always, or from a moment of that clock on"),
)
EFFORT = (
    ("survey", "the title of the survey"),
    ("occasion", "the number of the occasion in the survey, from 1"),
    ("from", "its first night, by the day on which it begins"),
    ("station", "the name of the station"),
    ("nights", "in how many nights of the occasion at least one camera of the station was at work"),
)
KEPT = (
    "  Coordinates of sensitive stations are left out. An export that had them may have left its table in “earlier\n"
    "  tables”: look there before you pass this folder on.\n"
)
INSIDE = "  Some of the cameras wrote coordinates into the photographs themselves, and so into their copies.\n"


def documents(store: Store, coordinates: bool = False) -> dict[str, bytes]:
    """The tables by the names of their files. ``coordinates``: also those of sensitive stations."""
    found = {
        STATIONS_FILE: station_table(store, coordinates),
        DEPLOYMENTS_FILE: text_of(DEPLOYMENTS, deployment_lines(store)),
    }
    lines = list(effort_lines(store))
    return found | ({EFFORT_FILE: text_of(EFFORT, lines)} if lines else {})


def readme(store: Store, coordinates: bool = False) -> str:
    """What the tables are and hold, for the README of an export."""
    kept = "" if coordinates else KEPT
    if store.value("SELECT 1 FROM media WHERE gps_latitude IS NOT NULL LIMIT 1"):
        kept += INSIDE
    told = "".join(f"  {sentence}\n" for sentence in effort.told(store))
    return (
        f"{STATIONS_FILE}\n  One line for each deployment. SpotID reads this table where it lies beside photographs.\n"
        f"{explained((*STATIONS[:4], *BESIDE, *STATIONS[4:]))}\n{kept}\n"
        f"{DEPLOYMENTS_FILE}\n{explained(DEPLOYMENTS)}\n{told}\n"
        f"{EFFORT_FILE}\n  Written where there are surveys: one line for each survey, occasion and station.\n"
        f"{explained(EFFORT)}\n\n"
    )


def station_table(store: Store, coordinates: bool = False) -> bytes:
    """``stations.csv``, as it is read too."""
    places = {one.id: one for one in stations_kept.stations(store)}
    everyone = deployments.deployments(store)
    most = max([1, *(len(one.outages) for one in everyone)])
    beside = BESIDE if any(one.x_m is not None for one in places.values()) else ()
    columns = (
        STATIONS[:4]
        + beside
        + STATIONS[4:-2]
        + tuple((f"problem{number}_{end}", "") for number in range(1, most + 1) for end in ("from", "to"))
    )
    without = {one.id for one in places.values()} - {one.station_id for one in everyone}
    lines = [_station_line(places[one.station_id], one, coordinates, most) for one in everyone]
    lines += [_station_line(places[one], None, coordinates, most) for one in sorted(without)]
    return text_of(columns, sorted(lines, key=lambda line: (line["station"].casefold(), line["camera"].casefold())))


def _station_line(
    station: stations_kept.Station, one: Deployment | None, coordinates: bool, most: int
) -> dict[str, Any]:
    told = coordinates or not station.sensitive
    shown = station.latitude is not None and station.longitude is not None and told
    line = {
        "station": station.name,
        "camera": one.camera if one is not None else "",
        "latitude": f"{station.latitude:.6f}" if shown else None,
        "longitude": f"{station.longitude:.6f}" if shown else None,
        "start": one.starts_at if one is not None else None,
        "end": one.ends_at if one is not None else None,
    }
    for name, metres in (("x_m", station.x_m), ("y_m", station.y_m)):
        line[name] = None if metres is None or not told else f"{metres:g}" if metres == round(metres) else f"{metres}"
    outages = one.outages if one is not None else ()
    for number in range(most):
        gap = outages[number] if number < len(outages) else None
        line[f"problem{number + 1}_from"] = gap.starts_at if gap is not None else None
        line[f"problem{number + 1}_to"] = gap.ends_at if gap is not None else None
    return line


def deployment_lines(store: Store) -> Iterator[dict[str, Any]]:
    """The rows of ``deployments.csv``."""
    counted = {one.deployment_id: one for one in effort.by_deployment(store)}
    for one in deployments.deployments(store):
        nights = counted[one.id]
        yield {
            "station": one.station,
            "camera": one.camera,
            "start": nights.start,
            "end": nights.end,
            "guessed": nights.guessed,
            "told_by": one.told_by,
            "nights": str(nights.nights),
            "lost": str(nights.lost),
            "quiet": str(nights.quiet),
            "outages": "; ".join(f"{gap.starts_at}/{gap.ends_at or ''}" for gap in one.outages),
            "photographs": str(one.photographs),
            "animals": str(one.animals),
            "untimed": str(one.doubtful),
            "first": one.first,
            "last": one.last,
            "clock": "; ".join(map(_clock, clocks.words(store, one.id))) if one.corrected else "",
        }


def _clock(word: Word) -> str:
    camera = f"{word.camera}: " if word.camera else ""
    # "add" in front, so that no spreadsheet takes it for a formula
    return f"{camera}add {word.offset_s}" + (f" from {word.from_at}" if word.from_at else "")


def effort_lines(store: Store) -> Iterator[dict[str, Any]]:
    """The rows of ``effort.csv``."""
    for survey in surveys.surveys(store):
        found = effort.by_occasion(store, survey.id)
        for station, nights in zip(found.stations, found.nights, strict=True):
            for number, (first, count) in enumerate(zip(found.starts, nights, strict=True), 1):
                yield {
                    "survey": survey.title,
                    "occasion": str(number),
                    "from": first,
                    "station": station,
                    "nights": str(count),
                }
