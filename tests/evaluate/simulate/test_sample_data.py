"""The sample survey in the repository is what its own truth says."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from spotid.evaluate.simulate.survey import sample_plan
from spotid.evaluate.simulate.truth import read_frames, read_sightings

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"


@pytest.fixture(scope="module", autouse=True)
def _there() -> None:
    assert SAMPLE.is_dir(), "sample_data/ is part of the repository"


def test_files_are_the_ones_listed() -> None:
    frames = read_frames(SAMPLE / "truth")
    assert {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.JPG")} == {row.path for row in frames}
    assert len(frames) == sample_plan().frames + 2
    assert {row.problem for row in frames} == {"", "rotated", "empty", "truncated"}
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file()) <= 8_000_000


def test_sightings_lie_in_listed_frames() -> None:
    animals = {row.path: row.animals for row in read_frames(SAMPLE / "truth")}
    counted: dict[str, int] = defaultdict(int)
    for row in read_sightings(SAMPLE / "truth"):
        counted[row.path] += 1
        assert row.x >= 0 and row.x + row.w <= 1.00001 and row.y >= 0 and row.y + row.h <= 1.00001
    assert counted == {path: n for path, n in animals.items() if n}


def test_it_holds_what_a_first_look_needs() -> None:
    rows = read_sightings(SAMPLE / "truth")
    assert len({row.individual for row in rows}) == sample_plan().individuals
    assert {row.light for row in rows} == {"day", "infrared", "flash"}
    assert max(sum(r.path == row.path for r in rows) for row in rows) == 2
    passes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        passes[row.individual, row.flank].add(row.burst)
    assert sum(len(bursts) >= 2 for bursts in passes.values()) >= 8
    assert len({Path(row.path).name for row in rows}) < len({row.path for row in rows})


def test_pictures_open_upright_and_stations_are_known() -> None:
    with (SAMPLE / "stations.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["station"], row["camera"]) for row in csv.DictReader(file)}
    for row in read_frames(SAMPLE / "truth"):
        assert (row.station, row.camera) in known
        if row.problem in ("", "rotated"):
            with Image.open(SAMPLE / row.path) as picture:
                assert ImageOps.exif_transpose(picture).size == sample_plan().frame_size
