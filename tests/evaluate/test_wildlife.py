"""Folders as the published hyenas and leopards lie, the loader's table, and cameras told apart from the pictures."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spotid.errors import BadRequestError
from spotid.evaluate import wildlife
from spotid.evaluate.cameras import looks_like_cameras, placed, plane, read_cameras
from spotid.evaluate.manifest import read_manifest

LEOPARDS = [
    "F01/CAM12_2023-05-01_18-30-00_1.jpg",
    "F01/CAM3B_2023-05-04_02-03-04_2.JPG",
    "M02/CAM12_20230502_183000_01.jpg",
    "No_ID/cub/CAM12_2023-05-01_18-30-00_7.jpg",
    "M02/notes.txt",
]


def folder_of(place: Path, names: list[str]) -> Path:
    for name in names:
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return place


@pytest.mark.parametrize("above", ["", "LeopardID102/"])
def test_leopards_by_their_folders(tmp_path: Path, above: str) -> None:
    found = wildlife.from_folder(folder_of(tmp_path, [above + name for name in LEOPARDS]))
    assert [(one.identity, one.camera, one.taken) for one in found.entries] == [
        ("F01", "CAM12", datetime(2023, 5, 1, 18, 30)),
        ("F01", "CAM3B", datetime(2023, 5, 4, 2, 3, 4)),
        ("M02", "CAM12", datetime(2023, 5, 2, 18, 30)),
    ]
    assert [sentence for _, sentence in found.refused] == [f"“{above}{LEOPARDS[3]}” is of nobody known."]
    assert found.columns >= {"camera", "datetime"} and "flank" not in found.columns


def test_hyenas_with_their_sides(tmp_path: Path) -> None:
    names = ["H1/L/CAM1_2022-01-02_03-04-05.jpg", "H1/R/CAM1_2022-01-02_03-04-06.jpg", "loose.jpg"]
    found = wildlife.from_folder(folder_of(tmp_path, names))
    assert [(one.identity, one.flank) for one in found.entries] == [("H1", 1), ("H1", -1)]
    assert "in no individual's folder" in found.refused[0][1]


def test_a_folder_that_says_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="do not say who"):
        wildlife.from_folder(folder_of(tmp_path, ["1.jpg", "2.jpg"]))


def test_the_table_of_the_loader(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    heads = ["", "image_id", "path", "identity", "species", "camera", "date", "orientation", "time_split"]
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(
            [
                heads,
                [0, "1f", "H1/L/a.jpg", "H1", "spotted hyena", "CAM1", "2022-01-02 03:04:05", "left", "train"],
                [1, "2f", "unidentifiable/b.jpg", "unknown", "spotted hyena", "CAM2", "", "", ""],
            ]
        )
    found = read_manifest(file)
    [entry] = found.entries
    assert (entry.path, entry.identity, entry.camera, entry.flank) == ("H1/L/a.jpg", "H1", "CAM1", 1)
    assert entry.taken == datetime(2022, 1, 2, 3, 4, 5) and found.refused[0][0] == 3


def test_places_of_cameras_in_a_table_of_their_own(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, LEOPARDS)
    manifest = wildlife.from_folder(folder)
    (folder / "camera_locations.csv").write_text("camera_id,relative_x,relative_y\nCAM12,0,0\ncam3b,3,4\nCAM99,,\n")
    file = wildlife.cameras_in(folder)
    assert file is not None and file.name == "camera_locations.csv"
    told = placed(manifest, read_cameras(file, "km"))
    assert [one.at for one in told.entries] == [(0, 0), (3, 4), (0, 0)]
    assert told.unit == "km" and any("Line 4" in note for note in told.notes)


def test_distances_between_all_cameras_become_places(tmp_path: Path) -> None:
    points = {"CAM12": (0.0, 0.0), "CAM3B": (3.0, 4.0), "CAM7": (6.0, -1.0), "CAM8": (2.0, 2.0)}
    file = tmp_path / "distances.csv"
    rows = [[one, *(np.hypot(x - u, y - v) for u, v in points.values())] for one, (x, y) in points.items()]
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["", *points], *rows])
    assert looks_like_cameras(file)
    found = read_cameras(file)
    assert found.unit == "relative" and found.notes == []
    assert np.hypot(*np.subtract(found.at["cam12"], found.at["cam3b"])) == pytest.approx(5.0)
    lines = [f"{rows[a][0]},{rows[b][0]},{rows[a][b + 1]}\n" for a in range(4) for b in range(a)]
    file.write_text("camera_a,camera_b,Distance (km)\n" + "".join(lines))
    assert looks_like_cameras(file) and read_cameras(file).unit == "km"
    assert np.hypot(*np.subtract(read_cameras(file).at["cam8"], read_cameras(file).at["cam7"])) == pytest.approx(5.0)
    file.write_text("camera_a,camera_b,distance\n" + "".join(lines[1:]))
    assert not looks_like_cameras(file), "one pair is missing"
    file.write_text("path,identity,camera,x,y\na.jpg,Ada,C1,1,2\n")
    assert not looks_like_cameras(file), "that is a manifest"


def test_what_tells_no_places_of_cameras(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("camera,height\nC1,3\n")
    with pytest.raises(BadRequestError, match="where cameras are"):
        read_cameras(file)


def test_two_units_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("path,identity,camera,lat,lon\na.jpg,Ada,C1,1,2\nb.jpg,Ada,C2,,\n")
    (tmp_path / "c.csv").write_text("camera,x,y\nC2,3,4\n")
    with pytest.raises(BadRequestError, match="in different ways"):
        placed(read_manifest(tmp_path / "m.csv"), read_cameras(tmp_path / "c.csv"))


@settings(max_examples=40)
@given(arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2)), elements=st.floats(-50, 50)))
def test_a_plane_keeps_all_distances(points: np.ndarray) -> None:
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    made, left = plane(distance)
    again = np.hypot(*(made[:, None] - made[None]).transpose(2, 0, 1))
    assert np.allclose(distance, again, atol=1e-5) and left < 1e-6
