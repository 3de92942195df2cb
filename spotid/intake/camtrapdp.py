"""Camtrap DP packages: deployments, media and observations as stations, files with times, and individuals.

The standard is https://camtrap-dp.tdwg.org (1.0 to 1.0.2; columns of 0.x that only had another name are read too).
Times have zones there; a camera's clock has none, so each time is also given as that clock showed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError
from spotid.intake import datapackage
from spotid.intake.camtrapdp_parts import Deployment, Medium, Observation, Package, Station, moment_of, on_clock
from spotid.intake.recognised import Odd, box_of, number

TABLES = ("deployments", "media", "observations")
KINDS = frozenset({"animal", "human", "vehicle", "blank", "unknown", "unclassified"})
COARSE_METRES = 100.0
# What a column was called before 1.0.
FORMERLY = {
    "deploymentStart": ("start",),
    "deploymentEnd": ("end",),
    "eventStart": ("start", "timestamp"),
    "eventEnd": ("end",),
    "coordinateUncertainty": ("coordinateUncertaintyInMeters",),
    "individualID": ("organismID",),
    "fileMediatype": ("mediatype",),
}


def read(path: Path) -> Package:
    """Read a package: a folder, its datapackage.json, or a ZIP.

    Raises BadRequestError or ArchiveError where it is none, OSError where it can't be read.
    """
    with datapackage.Place(path) as place:
        described = datapackage.description(place)
        package, odd = _begun(described), Odd()
        files = _files(place, described, package)
        _Deployments(package, odd).read(place, files["deployments"])
        known = {one.uid: one for one in package.deployments}
        _media(package, odd, place, files["media"], known)
        _observations(package, odd, place, files["observations"], known)
    package.remarks += odd.sentences()
    return package


def _begun(described: Mapping[str, Any]) -> Package:
    profile = str(described.get("profile") or "")
    version = re.search(r"camtrap-dp/v?(\d+(?:\.\d+)*)", profile)
    package = Package(str(described.get("title") or described.get("name") or ""), version.group(1) if version else "")
    if not described:
        package.remarks.append(f"There is no “{datapackage.DESCRIPTION}”; the tables were taken by their names.")
    elif "camtrap" not in profile:
        package.remarks.append(
            "The package does not say that it is a Camtrap DP; its tables were taken by their names."
        )
    elif package.version.startswith("0"):
        package.remarks.append(
            f"The package is of version {package.version}, before the first release; columns with other names are lost."
        )
    return package


def _files(place: datapackage.Place, described: Mapping[str, Any], package: Package) -> dict[str, list[str]]:
    said = datapackage.resources(described)
    files = {}
    for name in TABLES:
        files[name] = said.get(name) or [one for one in (f"{name}.csv", f"{name}.csv.gz") if place.has(one)][:1]
    if not said.get("observations") and not files["observations"]:  # two tables in some drafts
        both = ("media-observations", "event-observations")
        files["observations"] = [one for name in both for one in said.get(name, ())]
    for name in ("deployments", "media"):
        if not files[name]:
            raise BadRequestError(
                f"This is no Camtrap DP: it has no table “{name}”.",
                "Choose the folder with datapackage.json, deployments.csv, media.csv and observations.csv.",
            )
    if not files["observations"]:
        package.remarks.append("There is no table of observations; nobody says what is on the pictures.")
    return files


def _cell(row: Mapping[str, str], column: str) -> str:
    names = (column, *FORMERLY.get(column, ()))
    return next((row[name] for name in names if row.get(name)), "")


class _Deployments:
    """Reads deployments and makes stations of them: one for each location."""

    def __init__(self, package: Package, odd: Odd) -> None:
        self._package, self._odd = package, odd
        self._seen: set[str] = set()
        self._stations: dict[str, Station] = {}
        self._named: dict[str, str] = {}

    def read(self, place: datapackage.Place, files: list[str]) -> None:
        for row in (row for name in files for row in datapackage.rows(place, name)):
            uid = row.get("deploymentID", "")
            if not uid:
                self._odd.note("deployments have no ID and were left out")
            elif uid in self._seen:
                self._odd.note("deployments have the ID of an earlier one and were left out", uid)
            else:
                self._seen.add(uid)
                self._package.deployments.append(self._deployment(uid, row))
        self._package.stations += self._stations.values()
        coarse = [one.name for one in self._stations.values() if (one.uncertainty or 0) > COARSE_METRES]
        if coarse:
            self._package.remarks.append(
                f"The places of {len(coarse):,} stations are only known to more than {COARSE_METRES:.0f} m, such as"
                f" “{coarse[0]}”; distances between stations are no better."
            )

    def _deployment(self, uid: str, row: Mapping[str, str]) -> Deployment:
        starts, ends = (moment_of(_cell(row, column)) for column in ("deploymentStart", "deploymentEnd"))
        for moment, column in ((starts, "deploymentStart"), (ends, "deploymentEnd")):
            if moment is None:
                what = "has no time that can be read" if _cell(row, column) else "is empty"
                self._odd.note(f"deployments whose {column} {what}", uid)
        if starts and ends and (starts.tzinfo is None) == (ends.tzinfo is None) and ends < starts:
            self._odd.note("deployments end before they start", uid)
        doubtful = row.get("timestampIssues", "").lower() == "true"
        if doubtful:
            self._odd.note("deployments are marked as having wrong times", uid)
        zone = next((fixed for one in (starts, ends) if one and (fixed := _zone(one)) is not None), None)
        return Deployment(uid, self._station(uid, row), row.get("cameraID", ""), starts, ends, zone, doubtful)

    def _station(self, uid: str, row: Mapping[str, str]) -> str:
        location = row.get("locationID") or row.get("locationName") or uid
        latitude, longitude = self._degrees(uid, row, "latitude", 90), self._degrees(uid, row, "longitude", 180)
        known = self._stations.get(location)
        if known is not None:
            if (known.latitude, known.longitude) != (latitude, longitude):
                self._odd.note("deployments of one location have other coordinates; the first ones count", uid)
            return known.name
        name = row.get("locationName") or location
        if self._named.setdefault(name.casefold(), location) != location:
            name = f"{name} ({location})"  # two locations under one name stay two stations
        uncertainty = number(_cell(row, "coordinateUncertainty"))
        self._stations[location] = Station(name, location, latitude, longitude, uncertainty)
        return name

    def _degrees(self, uid: str, row: Mapping[str, str], column: str, limit: float) -> float | None:
        value = number(row.get(column, "").replace(",", "."))
        if value is None or abs(value) > limit:
            self._odd.note(f"deployments have no {column} that can be used", uid)
            return None
        return value


def _zone(moment: datetime) -> tzinfo | None:
    """The fixed zone of a time; None for UTC, which is what programs write that know no zone."""
    offset = moment.utcoffset()
    return timezone(offset) if offset else None


def _media(
    package: Package, odd: Odd, place: datapackage.Place, files: list[str], known: Mapping[str, Deployment]
) -> None:
    seen: set[str] = set()
    all_utc = bool(files)
    for row in (row for name in files for row in datapackage.rows(place, name)):
        uid, deployment, path = row.get("mediaID", ""), row.get("deploymentID", ""), row.get("filePath", "")
        if not path and not row.get("fileName"):
            continue  # drafts wrote a line for each sequence, without a file
        if not uid or uid in seen:
            odd.note("files have no ID of their own and were left out", path)
            continue
        seen.add(uid)
        home = known.get(deployment)
        if home is None:
            odd.note("files belong to a deployment that is not in the package", path)
        moment = moment_of(row.get("timestamp", ""))
        if moment is None:
            odd.note("files have no time that can be read", path)
        elif moment.tzinfo is None:
            odd.note("files have a time without a zone; it was taken as the camera's", path)
        all_utc = all_utc and moment is not None and moment.tzinfo is not None and not moment.utcoffset()
        zone = home.zone if home else None
        all_utc = all_utc and zone is None
        if home and moment and _outside(moment, home):
            odd.note("files were taken outside the days of their deployment", path)
        if path.lower().startswith(("http://", "https://")):
            odd.note("files lie on the internet; the photographs themselves must be fetched by you", path)
        name = row.get("fileName") or path.replace("\\", "/").rpartition("/")[2]
        video = _cell(row, "fileMediatype").lower().startswith("video/")
        package.media.append(Medium(uid, deployment, path, name, moment, on_clock(moment, zone), video))
    if all_utc and package.media:
        package.remarks.append(
            "All times are in UTC and no deployment names its zone; where the cameras showed local time, correct it."
        )


def _outside(moment: datetime, home: Deployment) -> bool:
    bounds = [one for one in (home.starts_at, home.ends_at) if one is not None]
    if len(bounds) < 2 or any((one.tzinfo is None) != (moment.tzinfo is None) for one in bounds):
        return False
    return not bounds[0] - timedelta(days=1) <= moment <= bounds[1] + timedelta(days=1)


def _observations(
    package: Package, odd: Odd, place: datapackage.Place, files: list[str], known: Mapping[str, Deployment]
) -> None:
    media, seen = {one.uid for one in package.media}, set[str]()
    for row in (row for name in files for row in datapackage.rows(place, name)):
        uid, medium, kind = row.get("observationID", ""), row.get("mediaID", ""), row.get("observationType", "").lower()
        if not uid or uid in seen:
            odd.note("observations have no ID of their own and were left out", uid)
            continue
        seen.add(uid)
        if row.get("deploymentID", "") not in known:
            odd.note("observations belong to a deployment that is not in the package", uid)
        if medium and medium not in media:
            odd.note("observations are of a file that is not in the package and were left out", uid)
            continue
        if kind not in KINDS:
            odd.note("observations are of a kind that the standard does not know; they count as unknown", kind or uid)
            kind = "unknown"
        package.observations.append(_observation(uid, medium, kind, row, odd))


def _observation(uid: str, medium: str, kind: str, row: Mapping[str, str], odd: Odd) -> Observation:
    sides = [row.get(column, "") for column in ("bboxX", "bboxY", "bboxWidth", "bboxHeight")]
    box = box_of([number(side) for side in sides], uid, odd) if any(sides) else None
    if row.get("individualID") and kind != "animal":
        odd.note("observations name an individual though they are of no animal", uid)
    count = number(row.get("count", ""))
    return Observation(
        uid,
        row.get("deploymentID", ""),
        medium,
        row.get("eventID", ""),
        moment_of(_cell(row, "eventStart")),
        moment_of(_cell(row, "eventEnd")),
        kind,
        species=row.get("scientificName", ""),
        individual=_cell(row, "individualID"),
        sex=row.get("sex", "").lower(),
        age=row.get("lifeStage", "").lower(),
        count=int(count) if count is not None and count >= 1 else None,
        box=box,
        by_machine=row.get("classificationMethod", "").lower() == "machine",
        by=row.get("classifiedBy", ""),
        score=number(row.get("classificationProbability", "")),
    )
