"""A small survey, written twice: the same bytes, and a truth that fits its pictures."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.evaluate.simulate import strips
from spotid.evaluate.simulate.command import simulate
from spotid.evaluate.simulate.survey import SurveyPlan, sample_plan, simulate_survey
from spotid.evaluate.simulate.truth import SurveyTruth, read_frames, read_sightings

PLAN = SurveyPlan(seed=4, individuals=3, stations=3, frames=14, frame_size=(480, 360), masks=True)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SurveyTruth]:
    out = tmp_path_factory.mktemp("survey") / "out"
    return out, simulate_survey(out, PLAN)


@pytest.mark.slow
def test_files_and_rows_agree(survey: tuple[Path, SurveyTruth]) -> None:
    out, truth = survey
    files = {p.relative_to(out).as_posix() for p in out.rglob("*.JPG")}
    assert files == {row.path for row in truth.frames}
    assert len(files) == PLAN.frames + 2
    whole = [row for row in truth.frames if row.problem in ("", "rotated")]
    assert len(whole) == PLAN.frames
    assert sum(row.animals for row in truth.frames) == len(truth.sightings)
    assert read_sightings(out / "truth") == [
        replace(row, **{k: round(getattr(row, k), 5) for k in ("x", "y", "w", "h", "occlusion")})
        for row in truth.sightings
    ]
    assert read_frames(out / "truth") == truth.frames


def test_boxes_hold_their_masks(survey: tuple[Path, SurveyTruth]) -> None:
    out, truth = survey
    number: dict[str, int] = {}
    for row in truth.sightings:
        number[row.path] = number.get(row.path, 0) + 1
        mask = np.array(Image.open(out / "truth" / "masks" / f"{row.path.removesuffix('.JPG')}_{number[row.path]}.png"))
        assert mask.dtype == np.bool_ and mask.shape == (360, 480)
        left, top, right, bottom = Box(row.x, row.y, row.w, row.h).pixels(480, 360)
        assert mask[top:bottom, left:right].sum() == mask.sum() > 0
        assert mask[top:bottom, left].any() and mask[top, left:right].any()
        assert 0 <= row.occlusion < 1
        assert row.flank in ("left", "right")


def test_exif_says_when_and_which_camera(survey: tuple[Path, SurveyTruth]) -> None:
    out, truth = survey
    serials: dict[str, set[str]] = {}
    for row in truth.frames:
        if row.problem in ("empty", "truncated"):
            continue
        with Image.open(out / row.path) as picture:
            exif = picture.getexif()
            part = exif.get_ifd(0x8769)
            assert part[0x9003] == row.datetime.replace("-", ":").replace("T", " ")
            assert exif[0x010F] in {brand.make for brand in strips.BRANDS} and exif[0x0110]
            serials.setdefault(row.camera, set()).add(part[0xA431])
            assert ImageOps.exif_transpose(picture).size == PLAN.frame_size
            assert (exif.get(0x0112, 1) == 6) == (row.problem == "rotated")
    assert all(len(found) == 1 for found in serials.values())


def test_broken_files_are_broken(survey: tuple[Path, SurveyTruth]) -> None:
    out, truth = survey
    broken = {row.problem: out / row.path for row in truth.frames if row.problem}
    assert {"empty", "truncated"} <= set(broken)
    assert broken["empty"].stat().st_size == 0
    with pytest.raises(OSError, match="truncated"), Image.open(broken["truncated"]) as picture:
        picture.load()


def test_stations_table(survey: tuple[Path, SurveyTruth]) -> None:
    out, truth = survey
    with (out / "stations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["station", "camera", "latitude", "longitude", "start", "end"]
    assert {(r["station"], r["camera"]) for r in rows} >= {(f.station, f.camera) for f in truth.frames}
    assert all(-90 < float(r["latitude"]) < 90 and r["start"] < r["end"] for r in rows)


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    plan = replace(PLAN, frames=2, stations=1, frame_size=(320, 240))
    first, second = tmp_path / "a", tmp_path / "b"
    simulate_survey(first, plan)
    simulate_survey(second, plan)
    for path in sorted(p for p in first.rglob("*") if p.is_file()):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes(), path
    simulate_survey(tmp_path / "c", replace(plan, seed=9, frames=1))
    assert (tmp_path / "c" / "stations.csv").read_bytes() != (first / "stations.csv").read_bytes()


def test_size_budget_and_progress(tmp_path: Path) -> None:
    plan = replace(PLAN, frames=3, stations=1, extras=False, masks=False, max_bytes=60_000)
    calls: list[tuple[int, int]] = []
    truth = simulate_survey(tmp_path / "out", plan, lambda done, total: calls.append((done, total)))
    assert calls == [(1, 3), (2, 3), (3, 3)]
    assert sum((tmp_path / "out" / row.path).stat().st_size for row in truth.frames) <= 60_000
    assert not (tmp_path / "out" / "truth" / "masks").exists()


def test_refuses_what_can_not_be_done(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(BadRequestError, match="not an empty folder"):
        simulate_survey(tmp_path / "there", PLAN)
    for wrong in ({"frames": 0}, {"empty_share": 1.5}, {"frame_size": (10, 10)}):
        with pytest.raises(BadRequestError):
            replace(PLAN, **wrong).check()
    sample_plan().check()


def test_command_writes_a_survey(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(
        simulate,
        [str(out), "--frames", "2", "--individuals", "1", "--stations", "1", "--seed", "3", "--size", "320x240"],
    )
    assert done.exit_code == 0, done.output
    assert "4 files" in done.output
    assert (out / "truth" / "README.md").is_file()
