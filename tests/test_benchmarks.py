"""The benchmarks' own arithmetic, on a survey of a few drawn pictures whose answers are known."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def beside_the_benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks are scripts that import their neighbours by name."""
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pictures of two animals at two stations, the last of a side that the others do not show."""
    made = tmp_path / "six"
    made.mkdir()
    rows = []
    for number, (who, side, day) in enumerate(
        [("A", "left", 1), ("A", "left", 1), ("A", "left", 2), ("B", "left", 3), ("B", "left", 4), ("A", "right", 5)]
    ):
        name = f"{number}.jpg"
        Image.new("RGB", (64, 48), (40 * number, 90, 30)).save(made / name)
        when = f"2026-03-{day:02d}T06:0{number}:00"
        rows.append([name, who, side, "north", when, "0.25 0.25 0.5 0.5" if number < 5 else ""])
    with (made / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "identity", "side", "camera", "datetime", "box"], *rows])
    return made


def test_same_encounter_and_other_side_do_not_count(folder: Path) -> None:
    from labels import Label, LabelledSet

    every, one_side = LabelledSet(folder, same_side=False), LabelledSet(folder, same_side=True)
    assert not every.allowed("0", "1")  # a minute apart at one camera
    assert every.allowed("0", "2") and every.allowed("0", "5")
    assert not one_side.allowed("0", "5") and one_side.allowed("0", "3")
    numbered = [Label({"path": f"x/{name}.jpg"}) for name in ("124_leftphoto", "124_rightphoto", "125_leftphoto")]
    assert numbered[0].same_encounter(numbered[1]) and not numbered[0].same_encounter(numbered[2])


def test_true_boxes_are_cut_out_and_the_rest_left_out(folder: Path, tmp_path: Path) -> None:
    from labels import LabelledSet

    boxed = LabelledSet(folder, same_side=False).cut_to_boxes(tmp_path / "boxed")
    assert len(boxed.labels) == 5 and all(label.box is None for label in boxed.labels)
    with Image.open(boxed.folder / boxed.pictures[0]) as picture:
        assert picture.size == (32, 24)


def test_kept_results_of_hotspotter_are_scored_by_the_same_scorer(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import hotspotter
    import identify
    from labels import LabelledSet

    chosen = LabelledSet(folder, same_side=True)
    results = tmp_path / "cache" / "results"
    results.mkdir(parents=True)
    stem = results / hotspotter.digest(folder.resolve(), chosen.pictures)
    cost = {"picture_cpu_s": 0.5, "query_cpu_s": 2.0, "memory_mb": 700, "ibeis": "2.6.0"}
    stem.with_suffix(".json").write_text(json.dumps(cost), encoding="utf-8")
    # 0 finds 2 once its own encounter (1) and the other side (5) are out of the way; 2 finds 3 first; 3 finds nobody
    lists = {0: [1, 5, 2], 1: [2], 2: [3, 0, 1], 4: [3]}
    with stem.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["query", "rank", "candidate", "score"])
        writer.writerows([q, place, c, 1 / place] for q, found in lists.items() for place, c in enumerate(found, 1))
    out = tmp_path / "figures.json"
    arguments = [str(folder), "--same-side", "--only-hotspotter", "--hotspotter", "no such python"]
    identify.main([*arguments, "--cache", str(tmp_path / "cache"), "--json", str(out)])
    [record] = json.loads(out.read_text(encoding="utf-8"))["sets"]
    figures = {name: values["HotSpotter"] for name, values in record["figures"].items()}
    assert record["counts"]["HotSpotter"] == {"queries": 5, "individuals": 2}
    assert figures["top-1 micro"] == pytest.approx(3 / 5) and figures["top-5 micro"] == pytest.approx(4 / 5)
    assert figures["top-1 macro"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert figures["queries without candidates"] == 1 and figures["CPU seconds per query"] == 2.0
    assert "kept from an earlier call" in capsys.readouterr().out


def test_calibration_error_by_hand() -> None:
    from report import brier, calibration_error

    chance = np.repeat([0.1, 0.9], 50)
    same = np.concatenate([np.arange(50) % 10 == 0, np.arange(50) % 10 != 0]).astype(float)
    assert calibration_error(chance, same) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error(chance, 1 - same) == pytest.approx(0.8)
    assert brier(chance, same) == pytest.approx(0.09)


def test_two_methods_side_by_side() -> None:
    from report import Report

    report = Report("set")
    report.put("SpotID", one=0.5, own=3)
    report.put("HotSpotter", one=0.25)
    lines = report.text().splitlines()
    assert lines[-2].split() == ["one", "0.500", "0.250", "2.00"]
    assert lines[-1].split() == ["own", "3", "–", "–"]


def test_the_asked_pairs_are_those_of_the_review(stock: Any, tmp_path: Path) -> None:
    from labels import LabelledSet
    from pairs import asked

    # photographs 0, 1 and 2 are one animal; 3 is boxed elsewhere than the truth; 4 and 5 are another animal
    rows = [(f"North/100MEDIA/IMG_{n:04d}.JPG", "A", "0 0 1 1") for n in range(3)]
    rows += [(f"South/100MEDIA/IMG_{n:04d}.JPG", "B", "0 0 1 1" if n else "0 0 .1 .1") for n in range(3)]
    with (stock.photographs / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "identity", "box"], *rows])
    found = asked(stock.project, LabelledSet(stock.photographs, same_side=False))
    pairs = [(stock.ids.index(pair.anchor), stock.ids.index(pair.candidate), pair.same) for pair in found]
    # 0: its nearest first; 2 is not asked of 1 again. 4 of 0 and 5 of 0 settle the rest, but for 4 and 5 themselves.
    assert pairs == [(0, 1, True), (0, 2, True), (0, 4, False), (0, 5, False), (4, 5, True)]
    assert [pair.same for pair in asked(stock.project, LabelledSet(stock.photographs, False), {"B"})] == [True]


def test_matchers_still_finds_what_it_imports() -> None:
    import identify

    assert identify.Label and identify.tell
    assert str(HERE) in sys.path


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """Three real animals: one seen on three nights at two stations, one twice, one once; and a clock that was reset."""
    rows = [
        ("a", "N", "2020-01-01T20:00:00"),
        ("a", "N", "2020-01-01T20:10:00"),
        ("a", "S", "2020-01-05T04:00:00"),
        ("a", "N", "2020-02-01T22:00:00"),
        ("a", "N", "2000-01-07T18:00:00"),
        ("b", "S", "2020-01-02T20:00:00"),
        ("b", "S", "2020-03-02T20:00:00"),
        ("c", "N", "2020-01-03T20:00:00"),
    ]
    file = tmp_path / "captures.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([["identity", "camera", "datetime"], *rows])
    return file


def test_drawn_movements_are_those_of_real_animals(folder: Path, captures: Path) -> None:
    import movements
    from labels import LabelledSet

    real = movements.histories(captures)
    assert sorted(len(events) for events in real) == [1, 2, 3], "ten minutes are one event, a reset clock is none"
    labelled = LabelledSet(folder, same_side=True)
    taken = movements.simulate(labelled, captures, seed=4)
    assert taken == movements.simulate(labelled, captures, seed=4)
    assert sorted(one.path for one in taken) == sorted(labelled.pictures)
    where = {one.path: (one.station, one.time.date()) for one in taken}
    for occasions in movements.occasions(labelled).values():
        for occasion in occasions:
            assert len({where[label.path] for label in occasion}) == 1, "near-copies stay together"
    for who in "AB":
        mine = sorted((one.time, one.x, one.y) for one in taken if one.identity == who)
        for (at, x, y), (then, far_x, far_y) in pairwise(mine):
            hours = (then - at).total_seconds() / 3600
            assert np.hypot(x - far_x, y - far_y) / 1000 <= movements.WALK_KMH * hours + 1e-6


def test_faults_are_what_they_say(folder: Path, captures: Path) -> None:
    import movements
    from labels import LabelledSet

    taken = movements.simulate(LabelledSet(folder, same_side=True), captures, seed=4)
    late, (station,) = movements.broken(taken, "clock", seed=1)
    before = {one.path: one for one in taken}
    for one in late:
        off = (before[one.path].time - one.time).days
        assert off == (365 if one.station == station else 0)
    swapped, names = movements.broken(taken, "swap", seed=1)
    place = {one.station: (one.x, one.y) for one in taken}
    assert {one.station: (one.x, one.y) for one in swapped}[names[0]] == place[names[1]]


@pytest.fixture(scope="module")
def pictures_and_crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What parts are measured on: one picture and two crops of the sample survey."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HERE))
        import parts_stock

        made = tmp_path_factory.mktemp("parts") / "stock"
        parts_stock.write(made, pictures=1, crops=2)
    return made


def test_parts_are_measured_on_crops_as_a_run_keeps_them(pictures_and_crops: Path) -> None:
    import parts_stock

    from spotid.prepare.cutouts.outline import box_round

    [picture], crops = parts_stock.read_pictures(pictures_and_crops), parts_stock.read_crops(pictures_and_crops)
    with Image.open(picture.large) as large, Image.open(picture.small) as small:
        assert (large.size, small.size) == ((2048, 1536), (640, 480))
    assert picture.station == "ST01" and picture.captured_at.startswith("2025-")
    assert len(crops) == 2
    for crop in crops:
        assert max(crop.rgb.shape) == 1024 and crop.mask.shape == crop.rgb.shape[:2]
        assert box_round(crop.mask).iou(crop.inner) > 0.9


def test_an_own_part_is_measured(pictures_and_crops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2
    import parts_measured

    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    threads = cv2.getNumThreads()
    try:
        found = parts_measured.measure("matcher", "coat-points", pictures_and_crops, clock=True, times=1, limit=0.0)
    finally:
        cv2.setNumThreads(threads)
    assert len(found["seconds"]) == 2 and min(found["seconds"]) > 0
    assert 0 < found["points"] <= 800 and found["peak"] > 50e6


def test_calls_are_timed_without_the_first() -> None:
    from parts_measured import Watch

    called: list[str] = []
    watch = Watch(clock=True, times=4, limit=60.0)
    assert watch.each(called.append, ["a", "b", "c"]) > 0 and called == ["a", "b", "c", "a", "b"]
    called.clear()
    Watch(clock=True, times=4, limit=-1.0).each(called.append, ["a", "b", "c"])
    assert called == ["a", "b"], "where there is no more time, one call counts all the same"


def test_a_part_that_cannot_be_measured_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import argparse

    import parts

    from spotid.errors import JobError

    told = {"own": {"seconds": [0.02, 0.5], "points": 700, "peak": 2e8}}
    told["other"] = {"seconds": [0.0001, 9.0], "points": 256, "peak": 1.2e9}

    def one(work: Path, chosen: argparse.Namespace, name: str) -> dict[str, Any]:
        if name == "huge":
            raise JobError("it takes 7.5 GB, and 2.0 GB are free", "")
        return told[name]

    monkeypatch.setattr(parts, "one", one)
    lines = list(parts.table(tmp_path, argparse.Namespace(role="matcher"), ["own", "huge", "other"]))
    assert lines[2] == "| `own` | 700 | 0.020 | 1 | 0.50 | 1 | 200 MB |"
    assert lines[3] == "| `huge` | not measured: it takes 7.5 GB, and 2.0 GB are free | | | | | |"
    assert lines[4] == "| `other` | 256 | 0.000 | 0.01 | 9.0 | 18 | 1,200 MB |"
    assert {line.count("|") for line in lines} == {8}


def test_there_is_a_network_for_every_detector_of_the_list() -> None:
    import parts_files
    import parts_measured

    listed = {name for name in parts_measured.known("detector") if parts_measured.published(name)}
    assert listed == set(parts_files.DETECTORS)
    assert all(parts_measured.usual(role) in parts_measured.known(role) for role in parts_measured.ROLES)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("role", "name", "packages"),
    [
        ("detector", "mdv6-yolov10-c", ["ultralytics"]),
        ("cutout", "mobile-sam", ["ultralytics"]),
        ("encoder", "spotid-2024", ["timm"]),
        ("matcher", "aliked-lightglue", ["kornia"]),
    ],
)
def test_a_published_part_is_measured_beside_the_own_one(role: str, name: str, packages: list[str]) -> None:
    import parts_measured

    for package in ("torch", *packages):
        pytest.importorskip(package)
    command = [sys.executable, str(HERE / "parts.py"), "--role", role, name, "--times", "1", "--pictures", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr
    *_, own, published = done.stdout.splitlines()
    assert own.startswith(f"| `{parts_measured.usual(role)}` |") and published.startswith(f"| `{name}` |")
    assert "not measured" not in done.stdout and "random weights" in done.stdout
