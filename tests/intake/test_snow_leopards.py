"""Real frames of snow leopards: stations, cameras, times and encounters come out as their manifest has them.

The folder of the frames is named by SPOTID_FRAMES; it holds ``manifest.csv`` (path, camera, unit, datetime, encounter).
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import pytest

from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Silent
from spotid.project import cameras, clocks, deployments, media, stations_kept
from spotid.settings import settings

FRAMES = os.environ.get("SPOTID_FRAMES", "")
HOUR = 3600
needed = pytest.mark.skipif(not FRAMES, reason="SPOTID_FRAMES does not name the folder of the snow leopards' frames")


@needed
def test_stations_cameras_times_and_encounters_are_those_of_the_manifest(project) -> None:
    folder = Path(FRAMES)
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        manifest = {row["path"]: row for row in csv.DictReader(file)}
    media.root_id(project.store, folder)
    scan_roots(project, Silent())
    read_pending(project, settings(), Silent())

    def rows() -> dict[str, dict[str, object]]:
        found = project.store.all(
            "SELECT media.*, station.name AS station FROM media LEFT JOIN station ON station.id = station_id"
        )
        return {row["relpath"]: dict(row) for row in found}

    read = rows()
    assert read.keys() == manifest.keys()
    assert {(one["station"], cameras.key(str(one["camera"]))) for one in read.values()} == {
        (row["camera"], cameras.key(row["unit"])) for row in manifest.values()
    }
    for path, row in manifest.items():
        assert (read[path]["station"], read[path]["camera"]) == (row["camera"], row["unit"])
        assert read[path]["time_source"] == ("exif" if row["datetime_source"] == "exif" else "name")
    stations = stations_kept.stations(project.store)
    assert len(stations) == len({row["camera"] for row in manifest.values()})

    # The names of pictures without EXIF are thirteen hours behind: one word for each such camera puts them right.
    behind = {(row["camera"], row["unit"]) for row in manifest.values() if row["datetime_source"] != "exif"}
    said = 0
    for one in deployments.deployments(project.store):
        if (one.station, one.camera) in behind:
            path = min(p for p, row in manifest.items() if (row["camera"], row["unit"]) == (one.station, one.camera))
            offset = clocks.exact(project.store, str(read[path]["uid"]), manifest[path]["datetime"])
            assert offset == 13 * HOUR
            clocks.say(project.store, one.id, offset)
            said += 1
    assert said == len(behind)
    settled = clocks.settle(project.store)
    assert settled.changed == sum(row["datetime_source"] != "exif" for row in manifest.values())
    read = rows()
    assert {path: one["captured_at"] for path, one in read.items()} == {
        path: row["datetime"] for path, row in manifest.items()
    }
    visits: dict[object, set[str]] = defaultdict(set)
    for path, one in read.items():
        visits[one["visit"]].add(path)
    encounters: dict[str, set[str]] = defaultdict(set)
    for path, row in manifest.items():
        encounters[row["encounter"]].add(path)
    assert sorted(map(sorted, visits.values())) == sorted(map(sorted, encounters.values()))
