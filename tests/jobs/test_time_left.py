"""How long it will take: measured, by a clock that is set by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spotid.jobs.awake import AwakeClock
from spotid.jobs.speeds import Speeds, waiting
from spotid.jobs.timeleft import TimeLeft
from spotid.project import media
from tests.jobs.test_awake import Fake

STAGES = ("scan", "read", "detect", "crop")


class Run:
    """A run whose steps take given times."""

    def __init__(self, path: Path) -> None:
        self.fake = Fake()
        self.clock = AwakeClock(self.fake)
        self.speeds = Speeds("leopard", path)
        self.time = TimeLeft(STAGES, self.speeds, self.clock)

    def work(self, stage: str, steps: int, each: float, total: int | None = None, *, over: bool = True) -> None:
        self.time.begin(stage)
        for done in range(1, steps + 1):
            left = each
            while left > 0:
                part = min(1.0, left)
                self.fake.at += part
                self.clock()
                left -= part
            self.time.step(stage, done, total or steps)
        if over:
            self.time.step(stage, steps, total or steps, over=True)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "speeds.json")


def test_the_stages_ahead_count_by_what_they_took_before(run: Run, tmp_path: Path) -> None:
    for stage, each in (("read", 0.5), ("detect", 2.0), ("crop", 1.0)):
        run.work(stage, 40, each)
    later = Run(tmp_path / "speeds.json")
    later.work("read", 50, 0.25, total=100, over=False)
    left = later.time.left({"read": 100, "detect": 100, "crop": 60})
    assert left.unmeasured == ()
    assert left.seconds == pytest.approx(50 * 0.25 + 100 * 2.0 + 60 * 1.0, rel=0.05)


def test_a_stage_that_was_never_measured_is_named(run: Run) -> None:
    run.work("read", 20, 0.5, total=100, over=False)
    left = run.time.left({"detect": 100, "crop": 10})
    assert left.seconds == pytest.approx(40, rel=0.05) and left.unmeasured == ("detect", "crop")
    assert run.time.left({"detect": 0, "crop": 0}).unmeasured == ()


def test_nothing_is_promised_before_anything_is_known(run: Run) -> None:
    assert run.time.left({}).seconds is None
    run.time.step("read", 0, 100)
    assert run.time.left({"detect": 100}).seconds is None
    run.work("read", 20, 0.5, total=100, over=False)
    assert run.time.left(None).seconds is None, "how much lies ahead is not known while files are looked for"


def test_a_sleep_spoils_nothing(run: Run) -> None:
    run.work("read", 50, 1.0, total=100, over=False)
    run.fake.at += 12 * 3600
    run.time.step("read", 51, 100)
    assert run.time.left({}).seconds == pytest.approx(49, rel=0.15)


def test_what_was_done_before_is_not_taken_for_speed(run: Run) -> None:
    run.time.begin("crop")
    run.time.step("crop", 5000, 5100)  # told at once: an earlier run did it
    for done in range(5001, 5011):
        run.fake.at += 2.0
        run.time.step("crop", done, 5100)
    assert run.time.left({}).seconds == pytest.approx(180, rel=0.05)
    run.time.step("crop", 5010, 5010, over=True)
    assert run.speeds.seconds_each("crop") == pytest.approx(2.0, rel=0.05)


def test_batches_that_take_minutes(run: Run) -> None:
    run.time.begin("detect")
    for batch in (1, 2, 3):
        for _ in range(90):
            run.fake.at += 1.0
            run.clock()
        run.time.step("detect", 200 * batch, 1000)
    assert run.time.left({}).seconds == pytest.approx(400 * 0.45, rel=0.05)


def test_a_spoiled_file_of_speeds_is_no_fault(tmp_path: Path) -> None:
    for content in ("", "[]", '{"a": 1}', '{"leopard read": ["x", 1]}', "\x00"):
        (tmp_path / "s.json").write_text(content)
        speeds = Speeds("leopard", tmp_path / "s.json")
        assert speeds.seconds_each("read") is None
    speeds.keep("read", 10.0, 20)
    assert Speeds("leopard", tmp_path / "s.json").seconds_each("read") == 0.5
    assert Speeds("tiger", tmp_path / "s.json").seconds_each("read") is None
    speeds.keep("read", 0.01, 2)  # too little to say anything
    assert json.loads((tmp_path / "s.json").read_text()) == {"leopard read": [10.0, 20.0]}


def test_what_lies_ahead_of_a_stocked_project(stock) -> None:
    ahead = waiting(stock.project)
    assert ahead["read"] == ahead["detect"] == ahead["crop"] == 0 and ahead["neighbours"] == 6 and ahead["points"] == 18
    media.add_found(stock.project.store, stock.root, [media.Found(f"new {n}.jpg", 9, 9) for n in range(10)])
    ahead = waiting(stock.project)
    assert ahead["read"] == ahead["detect"] == 10
    assert 5 <= ahead["crop"] <= 10 and ahead["embed"] == ahead["crop"]
